"""How an apply ends, and what is kept and told of it; the real ones are in tests/e2e."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.commands.test_unfinished_applies import Night, saved
from tests.journal_events import entries
from tests.terraform.test_apply_progress import hook, planned
from tfswap.commands import apply as story
from tfswap.errors import RejectedError, StateLockedError, TerraformError
from tfswap.steps import verdict as verdicts
from tfswap.steps.verdict import BoundVerdict
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import ChildInterrupted

BEGUN = (
    planned("aws_backup_selection.main[0]", "replace"),
    planned("aws_lambda_function.f", "update"),
    hook("apply_start", "aws_backup_selection.main[0]", "delete"),
    hook("apply_complete", "aws_backup_selection.main[0]", "delete", 1),
)
REST = (
    hook("apply_start", "aws_backup_selection.main[0]", "create"),
    hook("apply_complete", "aws_backup_selection.main[0]", "create", 1),
    hook("apply_start", "aws_lambda_function.f", "update"),
    hook("apply_complete", "aws_lambda_function.f", "update", 1),
)


@pytest.fixture
def guided_run(tmp_path: Path) -> Night:
    directory = SwapDirectory(tmp_path)
    directory.make()
    saved(directory.applying)
    return Night(directory)


def bound(guided_run: Night) -> BoundVerdict:
    sha256 = verdicts.digest(guided_run.directory.applying)
    now = datetime.now(UTC)
    return BoundVerdict("ready", "plan", sha256, "l", 5, "production", "s", now)


def run(guided_run: Night, lines: tuple[str, ...], error: BaseException | None = None) -> None:
    """Let an apply say these lines, and end so."""

    def says(words: Any, doing: str, *, on_line: Callable[[str], None], into: Path) -> None:
        assert words[:2] == ("apply", "-json")
        assert into == guided_run.directory.apply_log
        for line in lines:
            on_line(line)
        if error is not None:
            raise error

    terraform = cast(Terraform, SimpleNamespace(run=says, root=guided_run.directory.repo))
    story._apply(guided_run.context, terraform, bound(guided_run))


def events(guided_run: Night) -> list[tuple[Any, ...]]:
    names = ("event", "plan_sha256", "done", "half", "not_begun")
    return [tuple(e.get(name) for name in names) for e in entries(guided_run.context.journal.path)]


def test_a_good_end_forgets_what_was_begun(guided_run: Night) -> None:
    sha256 = verdicts.digest(guided_run.directory.applying)
    run(guided_run, (*BEGUN, *REST))
    assert events(guided_run) == [
        ("apply", sha256, None, None, None),
        ("applied", sha256, 2, 0, 0),
    ]
    assert guided_run.directory.begun == []


def test_a_failure_midway_says_how_far_it_got(
    guided_run: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    sha256 = verdicts.digest(guided_run.directory.applying)
    with pytest.raises(TerraformError, match="stopped: 0 of 2 resources are done") as caught:
        run(guided_run, BEGUN, TerraformError("Terraform failed.", details=("Error: no",)))
    assert "then: tfswap verify-plan" in caught.value.hint
    assert caught.value.details == ("Error: no",)
    shown = capsys.readouterr().out
    assert "half done aws_backup_selection.main[0]  (deleted, not yet created)" in shown
    assert "not started aws_lambda_function.f  (to be updated)" in shown
    assert events(guided_run)[1] == ("apply-failed", sha256, 0, 1, 1)
    assert [verdicts.digest(path) for path in guided_run.directory.begun] == [sha256]


def test_a_state_that_was_not_saved_comes_first(guided_run: Night) -> None:
    (guided_run.directory.repo / "errored.tfstate").write_text("{}")
    with pytest.raises(TerraformError) as caught:
        run(guided_run, BEGUN, TerraformError("Terraform failed."))
    assert "errored.tfstate" in caught.value.hint
    assert "tfswap status" in caught.value.hint


def test_what_began_nothing_leaves_the_plan_to_be_applied(guided_run: Night) -> None:
    with pytest.raises(StateLockedError, match="is locked"):
        run(guided_run, (), StateLockedError("The state is locked."))
    assert [event[0] for event in events(guided_run)] == ["apply", "apply-refused"]
    assert guided_run.directory.begun == []
    story._refuse_again(guided_run.context, BoundVerdict("ready", "p", "x", "l", 5, "w", "s", _NOW))


@pytest.mark.parametrize("lines", [(), BEGUN])
def test_an_interrupt_keeps_the_plan_and_says_how_far_it_got(
    guided_run: Night, lines: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where nothing was heard yet: nobody knows what was on its way."""
    with pytest.raises(ChildInterrupted):
        run(guided_run, lines, ChildInterrupted(()))
    assert events(guided_run)[1][0] == "apply-failed"
    assert len(guided_run.directory.begun) == 1
    assert "Done and not done" in capsys.readouterr().out


def test_a_plan_that_was_begun_is_not_applied_again(guided_run: Night) -> None:
    ready = bound(guided_run)
    with pytest.raises(KeyboardInterrupt):
        run(guided_run, BEGUN, KeyboardInterrupt())
    with pytest.raises(RejectedError, match="started at") as caught:
        story._refuse_again(guided_run.context, ready)
    assert "tfswap verify-plan" in caught.value.hint


_NOW = datetime.now(UTC)
