"""``run --protect`` and its undoing, on tables in the stand-in; tests/e2e has Terraform in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.aws.lab import make_table
from tests.commands.faults import Faults
from tests.journal_events import event
from tests.steps.conftest import table as swapped
from tfswap.aws.deletion import is_protected
from tfswap.aws.errors import DeniedError
from tfswap.aws.session import Aws
from tfswap.aws.table_facts import describe
from tfswap.console import Console
from tfswap.context import credentials
from tfswap.context.deletion_protection import protect, unprotect_what_was_off, what_was_off
from tfswap.journal.writer import Journal
from tfswap.swap import Swap
from tfswap.terraform.state_file import State, StateInstance

OLD, NEW = "production-Lpas", "production-Lpas-20240715"


@pytest.fixture(autouse=True)
def runner(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "aws_of", lambda *_: aws)


class Bench:
    """As much of a workbench as is needed."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / "journal.jsonl")
        self.console = Console(quiet=True)


@pytest.fixture
def context(tmp_path: Path) -> Any:
    return Bench(tmp_path)


@pytest.fixture
def swap() -> Swap:
    return Swap(
        environment="production",
        environment_origin="--environment",
        workspace="production",
        root_module="terraform/environment",
        account="123456789012",
        partition="aws",
        branch="b",
        tables=(swapped("Lpas"),),
    )


def held(protected: bool = True) -> State:
    whole = {"name": OLD, "deletion_protection_enabled": protected}
    address = swapped("Lpas").address
    return State(7, "l", {address: StateInstance(address, whole, False, {})})


def on(aws: Aws) -> dict[str, bool]:
    dynamodb = aws.client("dynamodb")
    return {name: is_protected(dynamodb, name) for name in (OLD, NEW)}


def test_both_go_on_and_only_what_was_off_goes_off(aws: Aws, context: Any, swap: Swap) -> None:
    make_table(aws, OLD, DeletionProtectionEnabled=True)
    make_table(aws, NEW)
    for _ in range(2):
        protect(context, swap, held())
        assert on(aws) == {OLD: True, NEW: True}
    assert [one.table for one in what_was_off(context.journal)] == [NEW]
    for times in (1, 0):
        assert len(unprotect_what_was_off(context.journal, aws)) == times
        assert on(aws) == {OLD: True, NEW: False}


def test_a_table_the_configuration_leaves_unprotected_is_not_fought_over(
    aws: Aws, context: Any, swap: Swap, capsys: pytest.CaptureFixture[str]
) -> None:
    make_table(aws, OLD)
    make_table(aws, NEW)
    protect(context, swap, held(protected=False))
    assert on(aws) == {OLD: True, NEW: False}
    assert "is not protected" in capsys.readouterr().err


def test_after_an_apply_nothing_is_undone_behind_terraform(
    aws: Aws, context: Any, swap: Swap
) -> None:
    make_table(aws, OLD)
    make_table(aws, NEW)
    protect(context, swap, held())
    context.journal.note(event("apply"))
    assert unprotect_what_was_off(context.journal, aws) == []
    assert on(aws) == {OLD: True, NEW: True}


def test_a_refused_apply_decided_nothing(aws: Aws, context: Any, swap: Swap) -> None:
    make_table(aws, OLD)
    make_table(aws, NEW)
    protect(context, swap, held())
    wanted = what_was_off(context.journal)
    for _ in range(2):
        context.journal.note(event("apply"))
        context.journal.note(event("apply-refused"))
        assert what_was_off(context.journal) == wanted
    context.journal.note(event("apply"))
    context.journal.note(event("apply-failed"))
    assert what_was_off(context.journal) == []
    context.journal.note(event("apply"))
    context.journal.note(event("apply-refused"))
    assert what_was_off(context.journal) == []


def test_killed_between_note_and_deed(aws: Aws, context: Any, swap: Swap) -> None:
    make_table(aws, OLD)
    make_table(aws, NEW)
    context.journal.note(event("protect", table=OLD, region="eu-west-1"))
    protect(context, swap, held())
    assert on(aws) == {OLD: True, NEW: True}
    context.journal.note(event("unprotect", table=NEW, region="eu-west-1"))
    unprotect_what_was_off(context.journal, aws)
    assert on(aws) == {OLD: False, NEW: False}
    assert what_was_off(context.journal) == []


def test_a_table_that_is_gone_does_not_keep_the_other_protected(
    aws: Aws, context: Any, swap: Swap
) -> None:
    make_table(aws, OLD)
    context.journal.note(event("protect", table=OLD, region="eu-west-1"))
    context.journal.note(event("protect", table=NEW, region="eu-west-1"))
    aws.client("dynamodb").update_table(TableName=OLD, DeletionProtectionEnabled=True)
    assert [one.table for one in unprotect_what_was_off(context.journal, aws)] == [OLD]
    assert describe(aws, OLD).protected is False
    assert what_was_off(context.journal) == []


def test_who_may_not_protect_is_told_so_before_the_state_is_written(
    aws: Aws, context: Any, swap: Swap, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_table(aws, OLD)
    make_table(aws, NEW)
    Faults(monkeypatch).refuse("UpdateTable", "AccessDeniedException")
    with pytest.raises(DeniedError, match=f"enable the deletion protection of {OLD}") as shown:
        protect(context, swap, held())
    assert "allowed dynamodb:UpdateTable" in shown.value.hint
    assert on(aws) == {OLD: False, NEW: False}


def test_a_restored_table_in_another_region_is_protected_there(
    aws: Aws, context: Any, swap: Swap
) -> None:
    there = replace(aws, region="eu-west-2")
    make_table(there, OLD)
    make_table(there, NEW)
    elsewhere = msgspec.structs.replace(swap.tables[0], region="eu-west-2")
    protect(context, msgspec.structs.replace(swap, tables=(elsewhere,)), held())
    assert on(there) == {OLD: True, NEW: True}
