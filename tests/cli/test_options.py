"""Options are written once: groups are spelled out for Typer, and put together again."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
import typer

from tfswap.cli import swap, tables
from tfswap.cli.options import (
    CommonOptions,
    LocationOptions,
    TerraformOptions,
    flags_of,
    with_options,
)
from tfswap.config import Overrides

TABLES = [
    *(tables.pipeline_status, tables.pipeline_stop, tables.pipeline_start),
    *(tables.backups, tables.restore, tables.compare, swap.prepare),
]
WORDS = {
    *("environment", "workspace", "root", "account", "region"),
    *("prefix", "terraform_bin", "role", "repo", "quiet"),
}


@pytest.mark.parametrize("command", TABLES, ids=lambda one: one.__name__)
def test_commands_about_tables_take_all_of_where_and_how(command: Callable[..., None]) -> None:
    assert set(inspect.signature(command).parameters) >= WORDS


def test_a_group_arrives_whole_and_the_rest_as_it_is() -> None:
    seen: list[object] = []

    @with_options
    def command(
        terraform: TerraformOptions, name: Annotated[str, typer.Argument()], many: int = 1
    ) -> None:
        seen.extend((terraform, name, many))

    names = [*inspect.signature(command).parameters]
    assert names == ["name", "many", "prefix", "terraform_bin", "role", "repo", "quiet"]
    values = {"prefix": "p", "terraform_bin": None, "role": "r", "repo": Path("x"), "quiet": True}
    command(name="n", many=2, **values)
    assert seen == [TerraformOptions(**values), "n", 2]


def test_what_was_typed_is_typed_again_an_empty_word_too() -> None:
    where = LocationOptions(environment="demo", role="")
    assert where.typed() == ("--environment", "demo", "--role", "")
    select = swap.SelectOptions(leaf=["/a", "/b"], tfvars="x.tfvars")
    assert flags_of(select, "tfvars", "leaf", "branch") == (
        *("--tfvars", "x.tfvars"),
        *("--leaf", "/a", "--leaf", "/b"),
    )


def test_groups_become_settings() -> None:
    where = LocationOptions(environment="demo", root="tf", prefix="p", region="eu-west-1")
    assert where.overrides(pair="Ana") == Overrides(
        environment="demo", root_module="tf", prefix="p", region="eu-west-1", pair="Ana"
    )
    assert CommonOptions().overrides() == Overrides()
