"""Any repository: the one right string is found, or the refusal says where and what to write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.discovery.conftest import Find, Make
from tests.discovery.shapes import EDITED, REFUSED, TABLE, TOP, table
from tests.discovery.way_out import apply
from tfswap.config import Config, Setting
from tfswap.discovery.refusals import AlreadyNamedError, RefusedError
from tfswap.edit import files
from tfswap.errors import RepoError


def written(make: Make, marked: dict[str, str]) -> tuple[Path, str, str]:
    """Write a shape; return the repository, and the file and text that is to change."""
    plain = {name: re.sub("[«»]", "", text) for name, text in marked.items()}
    repo = make({}, bare=True)
    for name, text in plain.items():
        path = repo / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    for name, text in marked.items():
        if "«" in text:
            return repo, name, text
    return repo, "", ""


@pytest.mark.parametrize("shape", EDITED)
def test_the_one_string_is_edited_and_set_back(shape: str, make: Make, find: Find) -> None:
    marked, wanted, _, physical = EDITED[shape]
    repo, file, text = written(make, marked)
    swap = find(repo, wanted)
    done = swap.tables[0]
    assert done.new_name == (physical or wanted)
    assert done.leaf.file == file
    before = (repo / file).read_bytes()
    after = files.swapped(before, file, swap.tables)
    assert after.decode() == re.sub("«.*»", done.new_value, text)
    assert files.swapped(after, file, swap.tables, back=True) == before
    (repo / file).write_bytes(after)
    with pytest.raises(AlreadyNamedError):
        find(repo, wanted)


@pytest.mark.parametrize("shape", REFUSED)
@pytest.mark.parametrize("flags", [{}, {"addresses": ("aws_dynamodb_table.orders",)}])
def test_what_else_would_change_is_said(
    shape: str, flags: dict[str, tuple[str, ...]], make: Make, find: Find
) -> None:
    marked, wanted, said = REFUSED[shape]
    repo, _, _ = written(make, marked)
    with pytest.raises(RepoError) as error:
        find(repo, wanted, config=Config(**flags))  # type: ignore[arg-type]
    shown = "\n".join((error.value.message, *error.value.details))
    assert re.search(said, shown), shown
    assert error.value.hint


@pytest.mark.parametrize(
    ("shape", "typed"),
    [
        ("map keys", "orders-20240715"),
        ("set of names", "orders-20240715"),
        ("all workspaces", "default-orders-20240715"),
        ("all workspaces, name before", "orders-default-20240715"),
        ("a literal that other environments have too", "orders-20240715"),
        ("two roots, one module", "orders-20240715"),
        ("a queue of the same name", "orders-20240715"),
        ("a function named after it", "orders-20240715"),
    ],
)
def test_the_way_out_that_a_refusal_names_works(
    shape: str, typed: str, make: Make, find: Find
) -> None:
    marked, wanted, _ = REFUSED[shape]
    repo, _, _ = written(make, marked)
    with pytest.raises(RefusedError) as error:
        find(repo, wanted)
    assert typed in error.value.hint
    apply(repo, error.value.changes)
    config = Config(root_module="envs/dev") if (repo / "envs").is_dir() else Config()
    assert find(repo, typed, config=config).tables[0].new_name == typed


def test_a_name_of_a_variable_from_outside(make: Make, find: Find) -> None:
    repo = make({"main.tf": table("var.n") + 'variable "n" {}\n'}, bare=True)
    with pytest.raises(RepoError, match="set by TF_VAR_n"):
        find(repo, "orders-20240715", variables={"n": "orders"})
    config = Config(env_variables={"n": "orders"})
    with pytest.raises(RepoError, match="set by -var in TF_CLI_ARGS"):
        find(repo, "orders-20240715", config=config)


def test_a_variable_file_that_is_told_goes_into_the_swap(make: Make, find: Find) -> None:
    shape = {
        "tf/main.tf": table("var.n") + 'variable "n" {}\n',
        "vars/prod.tfvars": 'n = "orders"\n',
        "vars/live.tfvars": 'n = "orders"\n',
    }
    repo = make(shape, bare=True)
    with pytest.raises(RepoError) as error:
        find(repo, "orders-20240715")
    assert "--tfvars" in error.value.hint
    assert error.value.details == ("vars/live.tfvars", "vars/prod.tfvars")
    for config in (
        Config(tfvars="vars/prod.tfvars"),
        Config(tfvars="../vars/prod.tfvars"),
        Config(env_var_files=("../vars/prod.tfvars",)),
    ):
        swap = find(repo, "orders-20240715", config=config)
        assert swap.var_files == ("../vars/prod.tfvars",)
        assert swap.tables[0].leaf.file == "vars/prod.tfvars"


def test_a_tfvars_file_that_terraform_overrides_is_refused(make: Make, find: Find) -> None:
    shape = {
        "main.tf": table("var.n") + 'variable "n" {}\n',
        "terraform.tfvars.json": '{"n": "orders"}',
        "z.auto.tfvars.json": '{"n": "users"}',
    }
    with pytest.raises(RepoError, match=r"z\.auto\.tfvars\.json is read later"):
        find(
            make(shape, bare=True), "orders-20240715", config=Config(tfvars="terraform.tfvars.json")
        )


def test_a_region_of_its_own_goes_into_the_import(make: Make, find: Find) -> None:
    text = TOP + TABLE.replace("hash_key", 'region = "eu-west-2"\n  hash_key') % '"orders"'
    swap = find(make({"main.tf": text}, bare=True), "orders-20240715")
    assert swap.tables[0].import_id == "orders-20240715@eu-west-2"


def test_a_folder_is_chosen_where_two_have_the_table(make: Make, find: Find) -> None:
    shape = {"a/main.tf": table('"orders"'), "b/main.tf": table('"orders"')}
    with pytest.raises(RepoError) as error:
        find(make(shape, bare=True), "orders-20240715")
    assert [line.split()[0] for line in error.value.details] == ["a", "b"]
    assert find(make(shape, bare=True), "orders-20240715", config=Config(root_module="b"))


def test_the_workspace_is_the_environment_where_there_are_none(make: Make, find: Find) -> None:
    repo = make({"main.tf": table('"orders"')}, bare=True)
    swap = find(repo, "orders-20240715")
    assert (swap.environment, swap.workspace) == ("default", "default")


def test_a_default_that_environments_share_is_not_edited(make: Make, find: Find) -> None:
    name = 'merge(var.environments["default"], var.environments[terraform.workspace]).t'
    shape = {
        "main.tf": table(name) + 'variable "environments" {}\n',
        "terraform.tfvars.json": '{"environments": {"default": {"t": "orders"}, "production": {}}}',
    }
    config = Config(environment=Setting("production", "--environment"))
    with pytest.raises(RepoError, match="names more than") as error:
        find(make(shape, bare=True), "orders-20240715", config=config)
    assert any("workspace default" in line for line in error.value.details)


def test_line_breaks_in_an_interpolation(make: Make, find: Find) -> None:
    user = 'resource "x" "y" {\n  v = "a-${\n    aws_dynamodb_table.orders.name\n  }"\n  w = 1\n}\n'
    other = 'output "z" {\n  value = x.y.v\n}\n'
    repo = make({"main.tf": table('"${\n  "x"\n  }-orders"') + user + other}, bare=True)
    swap = find(repo, "x-orders-20240715").tables[0]
    assert (swap.new_name, swap.leaf.line) == ("x-orders-20240715", 10)
    assert [(c.address, c.line) for c in swap.consumers] == [("x.y", 13), ("output.z", 19)]


def test_a_line_that_passes_a_tfvars_file_is_a_hint(make: Make, find: Find) -> None:
    shape = {
        "main.tf": table("var.n") + 'variable "n" {}\n',
        "env/a.tfvars": 'n = "orders"\n',
        "env/b.tfvars": 'n = "orders"\n',
        "Makefile": "plan:\n\tterraform plan -var-file=env/b.tfvars\n",
        ".github/workflows/x.yml": "run: terraform apply -var-file=env/a.tfvars\n",
    }
    with pytest.raises(RepoError) as error:
        find(make(shape, bare=True), "orders-20240715")
    assert error.value.details == (
        "env/a.tfvars  (passed at .github/workflows/x.yml:1)",
        "env/b.tfvars  (passed at Makefile:2)",
    )


def test_a_tfvars_file_that_is_not_there_is_refused_with_those_that_are(
    make: Make, find: Find
) -> None:
    shape = {"main.tf": table("var.n") + 'variable "n" {}\n', "env/a.tfvars": 'n = "orders"\n'}
    with pytest.raises(RepoError, match="no tfvars file b") as error:
        find(make(shape, bare=True), "orders-20240715", config=Config(tfvars="b.tfvars"))
    assert error.value.details == ("env/a.tfvars",)
