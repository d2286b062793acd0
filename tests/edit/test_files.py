"""Each kind of file with name sources: found at its place, changed byte for byte, changed back."""

from __future__ import annotations

import pytest

from tfswap.edit.files import parse, splice
from tfswap.errors import RepoError

NEW = "orders-20240715"
CASES = [
    # file, text with «orders» at the name source, its pointer
    ("a.tfvars", 'x = 1\ntable_name = "«orders»" # kept\n', "/table_name"),
    ("a.tfvars", "\ufefft = {\r\n\tprod = { name\t= \"«orders»\" }\r\n}\r\n", "/t/prod/name"),
    ("a.tfvars", 'names = ["é", "«orders»"]', "/names/1"),
    ("a.tfvars", 'a = "orders"\nb = "«orders»"\n', "/b"),
    ("a.tfvars", 'a = "\\u006frders"\nb = "x\\n«orders»\\t"\n', "/b/#1"),
    ("m.tf", 'variable "n" {\n  default = "«orders»"\n}\n', "/variable/n/default"),
    ("m.tf", 'locals {\n  n = "«orders»"\n}\nlocals {\n  o = "orders"\n}\n', "/locals/n"),
    (
        "m.tf",
        'resource "aws_dynamodb_table" "o" {\n  name = "${var.env}-«orders»"\n}\n',
        "/resource/aws_dynamodb_table/o/name/#0",
    ),
    ("m.tf", 'module "o" {\n  t = { "a.b" = ["${x}", "«orders»"] }\n}\n', "/module/o/t/a.b/1"),
    ("m.tf", 'locals {\n  n = split(",", "users,«orders»")\n}\n', "/locals/n/#1"),
    ("m.tf", "locals {\n  n = <<-EOT\n    users\n    «orders»\n  EOT\n}\n", "/locals/n/#1"),
    ("m.tf", 'locals {\n  n = <<EOT\n{"a": "\\«orders»", "b": "${v}"}\nEOT\n}\n', "/locals/n/#1"),
    ("m.tf", 'locals {\n  n = var.x ? "«orders»" : "users"\n}\n', "/locals/n/#0"),
    ("c.yaml", "tables:\n  - name: «orders»  # the table\n    key: orders\n", "/tables/0/name"),
    ("c.yml", "# é\na: 'orders'\nb: \"«orders»\"\n", "/b"),
    ("c.json", '[{"name": "«orders»"}, "orders"]', "/0/name"),
    ("m.tf.json", '{"locals": {"n": "«orders»", "m": "${x}-orders"}}', "/locals/n"),
    ("a.tfvars.json", '{"orders": "«orders»"}', "/orders"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "marked", "pointer"), CASES)
def test_only_the_one_string_changes_and_changes_back(file: str, marked: str, pointer: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    leaf = parse(text.encode(), file).leaf(pointer)
    before = marked.partition("«")[0]
    assert (leaf.value, leaf.line) == ("orders", before.count("\n") + 1)
    changed = splice(text.encode(), file, pointer, "orders", NEW)
    assert changed.decode() == marked.replace("«orders»", NEW)
    assert parse(changed, file).leaf(pointer).value == NEW
    assert splice(changed, file, pointer, NEW, "orders").decode() == text


def test_escapes_are_left_as_they_are_written() -> None:
    text = b'n = "\\u006frders"\n'
    changed = splice(text, "a.tfvars", "/n", "orders", NEW)
    assert changed == b'n = "\\u006frders-20240715"\n'
    assert splice(changed, "a.tfvars", "/n", NEW, "orders") == text


@pytest.mark.parametrize("file", ["a.tfvars", "c.yaml", "a.tfvars.json"])
def test_another_value_is_refused(file: str) -> None:
    text = {"a.tfvars": b'n = "users"', "c.yaml": b"n: users", "a.tfvars.json": b'{"n": "users"}'}
    with pytest.raises(RepoError, match="'users', not 'orders'"):
        splice(text[file], file, "/n", "orders", NEW)
    with pytest.raises(RepoError, match="no string at"):
        splice(text[file], file, "/m", "orders", NEW)


def test_what_is_no_name_is_not_written_into_code() -> None:
    with pytest.raises(RepoError, match="cannot be written here"):
        splice(b'n = "orders"', "a.tfvars", "/n", "orders", '${x}"')


def test_a_string_that_goes_on_with_an_interpolation_is_no_name() -> None:
    text = b'resource "aws_dynamodb_table" "o" {\n  name = "orders-${var.env}"\n}\n'
    assert not list(parse(text, "m.tf").leaves("orders"))


def test_two_blocks_of_one_name_are_not_told_apart() -> None:
    text = b'provider "aws" {\n  profile = "orders"\n}\nprovider "aws" {\n  profile = "orders"\n}\n'
    with pytest.raises(RepoError, match="several strings"):
        splice(text, "m.tf", "/provider/aws/profile", "orders", NEW)
