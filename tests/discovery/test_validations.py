"""Variables that do not accept the new name, and keys that a map has twice."""

from __future__ import annotations

import pytest

from tests.discovery.conftest import Find, Make
from tests.discovery.shapes import TABLE, table
from tests.discovery.way_out import apply
from tfswap.discovery.refusals import RefusedError
from tfswap.errors import RepoError

VALIDATION = """variable "n" {
  default = "orders"
  validation {
    condition     = %s
    error_message = "Use letters only."
  }
}
"""
LETTERS = 'can(regex("^[a-z]+$", var.n))'


@pytest.mark.parametrize("condition", [LETTERS, "length(var.n) < 10", 'var.n == "orders"'])
def test_a_validation_that_the_new_name_breaks(make: Make, find: Find, condition: str) -> None:
    text = VALIDATION % condition + table("var.n")
    with pytest.raises(RefusedError) as error:
        find(make({"main.tf": text}, bare=True), "orders-20240715")
    assert error.value.message == (
        "main.tf:4: the validation of variable n does not accept 'orders-20240715' at main.tf:2."
    )
    assert error.value.details == ("error_message: Use letters only.",)


def test_a_validation_in_the_table_s_module(make: Make, find: Find) -> None:
    call = 'module "m" {\n  source = "./m"\n  n = var.names.orders\n}\n'
    files = {
        "main.tf": 'variable "names" {}\nterraform {\n  backend "s3" {}\n}\n'
        'provider "aws" {\n  region = "eu-west-1"\n}\n' + call,
        "terraform.tfvars": 'names = { orders = "orders" }\n',
        "m/main.tf": VALIDATION % LETTERS + TABLE % "var.n",
    }
    with pytest.raises(RefusedError, match=r"^m/main.tf:4: .* at terraform.tfvars:1\.$"):
        find(make(files, bare=True), "orders-20240715")


@pytest.mark.parametrize(
    "condition",
    [
        "length(var.n) > 3",
        'can(regex("^[[:alnum:]-]+$", var.n))',
        'can(regex("^\\\\p{L}", var.n))',  # which Go knows and Python does not
        "var.n == data.x.y.z",
        "var.other > 1",
    ],
)
def test_a_validation_that_holds_or_is_not_known(make: Make, find: Find, condition: str) -> None:
    text = VALIDATION % condition + table("var.n")
    assert find(make({"main.tf": text}, bare=True), "orders-20240715")


@pytest.mark.parametrize("first", ["orders", "old"])
def test_a_key_that_a_map_has_twice(make: Make, find: Find, first: str) -> None:
    text = f'locals {{\n  t = {{\n    a = "{first}"\n    a = "orders"\n  }}\n}}\n'
    with pytest.raises(RefusedError) as error:
        find(make({"main.tf": text + table("local.t.a")}, bare=True), "orders-20240715")
    assert error.value.message == (
        "main.tf:3 and main.tf:4: /locals/t/a is set 2 times; Terraform uses the last one only."
    )
    assert "remove main.tf:3," in str(error.value.hint)


def test_keys_that_are_expressions_are_told_apart(make: Make, find: Find) -> None:
    members = '    (local.k) = "orders"\n    "${local.k}2" = "users"\n'
    text = f'locals {{\n  k = "k"\n  t = {{\n{members}  }}\n}}\n'
    swap = find(make({"main.tf": text + table("local.t.k")}, bare=True), "orders-20240715")
    assert swap.tables[0].leaf.line == 4


def test_the_way_out_takes_a_variable_s_name_that_is_free(make: Make, find: Find) -> None:
    taken = 'variable "orders_table_names" {\n  default = "mine"\n}\n'
    name = '"orders-${terraform.workspace}"'
    repo = make({"main.tf": table(name) + taken}, bare=True)
    with pytest.raises(RepoError) as error:
        find(repo, "orders-default-20240715")
    told = "\n".join(error.value.details)
    assert "lookup(var.orders_table_names_2, " in told
    assert 'variable "orders_table_names_2"' in told
    assert isinstance(error.value, RefusedError)
    apply(repo, error.value.changes)
    typed = "orders-default-20240715"
    assert find(repo, typed).tables[0].new_name == typed
