"""The outgoing name spelt out in files."""

from __future__ import annotations

from tests.review.test_rules import FILE, table
from tfswap.review.facts import TableEdit
from tfswap.review.hardcoded_names import find, searched


def lines(path: str, text: str, *tables: TableEdit) -> list[tuple[int, bool]]:
    found = find({path: text.encode()}, tables or (table(),), {FILE})
    return [(mention.line, mention.is_comment) for mention in found]


def test_names_have_boundaries() -> None:
    text = (
        'a = "production-Lpas-20240715"\nb = "preproduction-Lpas"\nc = "production-Lpas2"\n'
        'd = "arn:aws:dynamodb:eu-west-1:123456789012:table/production-Lpas/index/*"\n'
    )
    assert lines("a.tf", text) == [(4, False)]


def test_comments_are_told_apart() -> None:
    text = "# production-Lpas\n  // production-Lpas\nx: production-Lpas # production-Lpas\n"
    assert lines("a.tf", text) == [(1, True), (2, True), (3, False)]
    assert lines("a.json", "# production-Lpas") == [(1, False)]


def test_what_is_searched() -> None:
    for path in ("a.tf", "b/c.yaml.tftpl", ".github/workflows/x.yml", "d.json", "e.auto.tfvars"):
        assert searched(path)
    for path in ("README.md", "notes.txt", "app.go"):
        assert not searched(path)


def test_bytes_that_are_no_text_are_read_over() -> None:
    found = find({"a.json": b'\xff\xfe "production-Lpas"'}, (table(),), ())
    assert [mention.line for mention in found] == [1]


def test_another_environments_table_may_have_the_same_name() -> None:
    """Where names carry no environment, accounts tell the tables apart."""
    plain = table()._replace(old_name="Lpas", new_name="Lpas-20240715")
    text = (
        '{ "environments": {\n"demo": { "dynamodb": { "lpas": "Lpas" } },\n'
        '"production": { "dynamodb": { "lpas": "Lpas-20240715" },\n"index": "Lpas" } } }'
    )
    assert lines(FILE, text, plain) == [(4, False)]
    assert lines("other.json", text, plain) == [(2, False), (4, False)]


def test_a_label_and_a_part_of_a_path_are_no_names() -> None:
    text = (
        'resource "aws_s3_object" "production-Lpas" {\n'
        '  key = "lambda/production-Lpas/handler.zip"\n  source = "./production-Lpas/x"\n'
        '  name = "production-Lpas"\n'
    )
    assert lines("a.tf", text) == [(4, False)]


def test_code_that_was_evaluated_is_not_read_as_text_but_for_its_comments() -> None:
    data = {"a.tf": b'# production-Lpas\nx = "production-Lpas"\n'}
    found = find(data, (table(),), (), {"a.tf"})
    assert [(mention.line, mention.is_comment) for mention in found] == [(1, True)]
