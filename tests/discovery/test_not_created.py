"""A table whose ``count`` or ``for_each`` leaves none in the environment: where, and who has it."""

from __future__ import annotations

import json

import pytest

from tests.discovery.conftest import Find, Make
from tests.discovery.shapes import TABLE, TOP
from tfswap.config import Config, Setting
from tfswap.discovery.refusals import NotCreatedError

NAMED = TOP + TABLE % '"orders"'
VARIABLE = 'variable "environments" {}\n'


def repeated(argument: str, text: str = NAMED) -> str:
    return text.replace("hash_key", f"{argument}\n  hash_key")


def environments(**values: object) -> str:
    return json.dumps({"environments": values})


def line_of(text: str, part: str) -> int:
    return next(i for i, line in enumerate(text.split("\n"), 1) if part in line)


def refusal(make: Make, find: Find, files: dict[str, str], environment: str) -> NotCreatedError:
    config = Config(environment=Setting(environment, "--environment"))
    with pytest.raises(NotCreatedError) as error:
        find(make(files, bare=True), "orders-20240715", config=config)
    return error.value


def test_a_count_of_one_workspace(make: Make, find: Find) -> None:
    text = repeated('count = local.account == "development" ? 1 : 0')
    text += "locals {\n  account = lower(terraform.workspace)\n}\n"
    # Where a module is not downloaded, the table is still known.
    text += 'module "far" {\n  source = "acme/far/aws"\n}\n'
    error = refusal(make, find, {"main.tf": text}, "production")
    assert error.message == (
        f"main.tf:{line_of(text, 'count')}: aws_dynamodb_table.orders is not created in "
        "environment production: its count is 0."
    )
    assert error.hint == ("It is created in development. Choose it with --environment development.")
    config = Config(environment=Setting("development", "--environment"))
    assert find(make({"main.tf": text}, bare=True), "orders-20240715", config=config)


def test_a_count_of_all_workspaces_but_one(make: Make, find: Find) -> None:
    text = repeated('count = terraform.workspace == "production" ? 0 : 1')
    error = refusal(make, find, {"main.tf": text}, "production")
    assert error.hint == "It is created in any other workspace. Choose one with --environment."


def test_a_count_of_the_environment_s_own_values(make: Make, find: Find) -> None:
    files = {
        "main.tf": repeated("count = var.environments[terraform.workspace].on ? 1 : 0") + VARIABLE,
        "terraform.tfvars.json": environments(
            production={"on": False}, test={"on": True}, demo={"on": True}, old={"on": False}
        ),
    }
    error = refusal(make, find, files, "production")
    assert error.hint == "It is created in test, demo. Choose one with --environment."


def test_a_name_in_the_tfvars_of_a_table_that_is_not_created(make: Make, find: Find) -> None:
    text = repeated("count = local.own.on ? 1 : 0", TOP + TABLE % "local.own.table") + VARIABLE
    text += "locals {\n  own = var.environments[terraform.workspace]\n}\n"
    values = {on: {"on": on == "test", "table": "orders"} for on in ("production", "test")}
    files = {"main.tf": text, "terraform.tfvars.json": environments(**values)}
    error = refusal(make, find, files, "production")
    assert error.message.startswith(f"main.tf:{line_of(text, 'count')}: ")


def test_a_module_of_which_there_is_none(make: Make, find: Find) -> None:
    call = 'module "tables" {\n  source = "./tables"\n  count  = var.n\n}\n'
    files = {
        "main.tf": TOP + call + 'variable "n" {\n  default = 0\n}\n',
        "tables/main.tf": TABLE % '"${terraform.workspace}-orders"',
    }
    error = refusal(make, find, files, "production")
    assert error.message == (
        f"main.tf:{line_of(files['main.tf'], 'count')}: module.tables.aws_dynamodb_table.orders "
        "is not created in environment production: module.tables's count is 0."
    )
    assert "--tfvars" in str(error.hint)


@pytest.mark.parametrize(
    ("own", "says"), [([], "its for_each is empty"), (["users"], "its for_each has no such key")]
)
def test_a_for_each_without_the_key(make: Make, find: Find, own: list[str], says: str) -> None:
    each = "for_each = toset(var.environments[terraform.workspace].tables)"
    text = repeated(each, TOP + TABLE % "each.key") + VARIABLE
    tables = {"production": {"tables": own}, "test": {"tables": ["orders"]}}
    files = {"main.tf": text, "terraform.tfvars.json": environments(**tables)}
    error = refusal(make, find, files, "production")
    assert error.message == (
        f"main.tf:{line_of(text, 'for_each')}: aws_dynamodb_table.orders is not created in "
        f"environment production: {says}."
    )
    assert error.hint == "It is created in test. Choose it with --environment test."


def test_a_tfvars_file_that_creates_it_is_found(make: Make, find: Find) -> None:
    files = {
        "main.tf": repeated("count = var.n") + 'variable "n" {\n  default = 0\n}\n',
        "env/dev.tfvars": "n = 1\n",
    }
    assert find(make(files, bare=True), "orders-20240715").var_files == ("env/dev.tfvars",)


def test_another_table_is_not_said_to_be_missing_for_its_count(make: Make, find: Find) -> None:
    text = repeated("count = 0", TOP + TABLE % '"users"')
    with pytest.raises(Exception, match="no table is named 'orders'") as error:
        find(make({"main.tf": text}, bare=True), "orders-20240715")
    assert not isinstance(error.value, NotCreatedError)
