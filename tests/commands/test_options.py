"""The commands of the AWS half take the same words for where and how."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from tfswap.cli import aws, tables
from tfswap.cli.access import settings, typed

SISTERS = [
    *(aws.pipeline_status, aws.pipeline_stop, aws.pipeline_start),
    *(aws.backups, aws.restore, tables.compare),
]
WORDS = {
    *("environment", "workspace", "root", "account", "region"),
    *("prefix", "terraform_bin", "role", "repo", "quiet"),
}


@pytest.mark.parametrize("command", SISTERS)
def test_all_of_them_take_all_of_it_and_hand_it_on(command: Callable[..., None]) -> None:
    names = set(inspect.signature(command).parameters)
    assert names >= WORDS
    given = {name: f"<{name}>" for name in names}
    assert set(settings(given)) == WORDS - {"root", "repo", "quiet"} | {"root_module"}
    assert "--terraform-bin <terraform_bin>" in " ".join(typed(given))


def test_what_was_typed_is_typed_again_an_empty_word_too() -> None:
    given = {**dict.fromkeys(WORDS), "environment": "demo", "role": ""}
    assert typed(given) == ("--environment", "demo", "--role", "")
