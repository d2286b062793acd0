"""How an apply ends, and what is kept and told of it; the real ones are in tests/e2e."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.commands.test_begun import Night, saved
from tests.terraform.test_progress import hook, planned
from tfswap.commands import apply as story
from tfswap.errors import RejectedError, StateLockedError, TerraformError
from tfswap.home import Home
from tfswap.steps import verdict as verdicts
from tfswap.steps.verdict import BoundVerdict
from tfswap.terraform.client import Terraform
from tfswap.terraform.process import ChildInterrupted

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
def night(tmp_path: Path) -> Night:
    home = Home(tmp_path)
    home.make()
    saved(home.applying)
    return Night(home)


def bound(night: Night) -> BoundVerdict:
    sha256 = verdicts.digest(night.home.applying)
    now = datetime.now(UTC)
    return BoundVerdict("ready", "plan", sha256, "l", 5, "production", "s", now)


def run(night: Night, lines: tuple[str, ...], error: BaseException | None = None) -> None:
    """Let an apply say these lines, and end so."""

    def says(words: Any, doing: str, *, on_line: Callable[[str], None], into: Path) -> None:
        assert words[:2] == ("apply", "-json")
        assert into == night.home.apply_log
        for line in lines:
            on_line(line)
        if error is not None:
            raise error

    terraform = cast(Terraform, SimpleNamespace(run=says, root=night.home.repo))
    story._apply(night.bench, terraform, bound(night))


def events(night: Night) -> list[tuple[Any, ...]]:
    names = ("event", "plan_sha256", "done", "half", "not_begun")
    return [tuple(e.get(name) for name in names) for e in night.bench.journal.entries()]


def test_a_good_end_forgets_what_was_begun(night: Night) -> None:
    sha256 = verdicts.digest(night.home.applying)
    run(night, (*BEGUN, *REST))
    assert events(night) == [
        ("apply", sha256, None, None, None),
        ("applied", sha256, 2, 0, 0),
    ]
    assert night.home.begun == []


def test_a_failure_midway_says_how_far_it_got(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    sha256 = verdicts.digest(night.home.applying)
    with pytest.raises(TerraformError, match="ended midway: 0 of 2 changes are done") as caught:
        run(night, BEGUN, TerraformError("Terraform failed.", details=("Error: no",)))
    assert "then: tfswap verify-plan" in caught.value.hint
    assert caught.value.details == ("Error: no",)
    told = capsys.readouterr().out
    assert "half done aws_backup_selection.main[0]  (deleted, not yet created)" in told
    assert "not begun aws_lambda_function.f  (to be updated)" in told
    assert events(night)[1] == ("apply-failed", sha256, 0, 1, 1)
    assert [verdicts.digest(path) for path in night.home.begun] == [sha256]


def test_a_state_that_was_not_saved_comes_first(night: Night) -> None:
    (night.home.repo / "errored.tfstate").write_text("{}")
    with pytest.raises(TerraformError) as caught:
        run(night, BEGUN, TerraformError("Terraform failed."))
    assert "errored.tfstate" in caught.value.hint
    assert "tfswap status" in caught.value.hint


def test_what_began_nothing_leaves_the_plan_to_be_applied(night: Night) -> None:
    with pytest.raises(StateLockedError, match="is locked"):
        run(night, (), StateLockedError("The state is locked."))
    assert [event[0] for event in events(night)] == ["apply", "apply-refused"]
    assert night.home.begun == []
    story._refuse_again(night.bench, BoundVerdict("ready", "p", "x", "l", 5, "w", "s", _NOW))


@pytest.mark.parametrize("lines", [(), BEGUN])
def test_an_interrupt_keeps_the_plan_and_says_how_far_it_got(
    night: Night, lines: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where nothing was heard yet: nobody knows what was on its way."""
    with pytest.raises(ChildInterrupted):
        run(night, lines, ChildInterrupted(()))
    assert events(night)[1][0] == "apply-failed"
    assert len(night.home.begun) == 1
    assert "What the apply did" in capsys.readouterr().out


def test_a_plan_that_was_begun_is_not_applied_again(night: Night) -> None:
    ready = bound(night)
    with pytest.raises(KeyboardInterrupt):
        run(night, BEGUN, KeyboardInterrupt())
    with pytest.raises(RejectedError, match="was begun at") as caught:
        story._refuse_again(night.bench, ready)
    assert "tfswap verify-plan" in caught.value.hint


_NOW = datetime.now(UTC)
