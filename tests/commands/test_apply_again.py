"""``apply`` believes no file: it verifies the very bytes it applies, whatever verdict.json says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.commands.test_unfinished_applies import Night, saved
from tests.faults.stage import SWAP
from tests.verify.plans import INTENT
from tfswap.commands import apply as story
from tfswap.commands.verify_plan import plans as verify_plan
from tfswap.errors import RejectedError
from tfswap.steps import verdict as verdicts
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.state_file import State


class Applying(Night):
    """A night whose saved plan is said to be ready, and a Terraform that notes what it ran."""

    ran: list[tuple[str, ...]]

    def terraform(self, *_: Any) -> Any:
        return SimpleNamespace(show=self.show, run=self.run, root=self.directory.repo)

    def run(self, words: tuple[str, ...], *_: Any, **__: Any) -> None:
        self.ran.append(words)

    @property
    def context(self) -> Any:
        found = super().context
        return SimpleNamespace(**vars(found), terraform=self.terraform)


@pytest.fixture
def guided_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Applying:
    directory = SwapDirectory(tmp_path)
    directory.make()
    made = Applying(directory)
    made.ran = []
    saved(directory.plan)
    forged = verdicts.bind("ready", directory.plan, verdicts.digest(directory.plan), SWAP)
    verdicts.save(directory.verdict, forged)
    intent = replace(INTENT, workspace="production")
    state = State(5, "l", {})
    still = SimpleNamespace(settle=lambda: None)
    monkeypatch.setattr(verify_plan, "intent_of", lambda *_: intent)
    monkeypatch.setattr(story, "ready_to_work", lambda context: (SWAP, context.terraform()))
    monkeypatch.setattr(story, "pull", lambda *_: (b"", state))
    monkeypatch.setattr(story, "BackgroundChecks", lambda *_: still)
    monkeypatch.setattr(story.errored_state, "refuse_unsaved", lambda *_: None)
    monkeypatch.setattr(story, "plan_again", lambda *_: 0)
    return made


@pytest.mark.parametrize("what", ["destroy", "replace", "ride-image", "errored"])
def test_a_forged_verdict_applies_nothing(guided_run: Applying, what: str) -> None:
    guided_run.shows["applying.plan"] = what
    with pytest.raises(RejectedError, match="verified again") as caught:
        story.apply(guided_run.context, yes=True)
    assert caught.value.details
    assert "tfswap verify-plan" in caught.value.hint
    assert guided_run.ran == []
    assert guided_run.directory.begun == []


def test_a_ready_plan_is_applied_from_the_private_copy(guided_run: Applying) -> None:
    assert story.apply(guided_run.context, yes=True) == 0
    assert [words[-1] for words in guided_run.ran] == [str(guided_run.directory.applying)]


def test_the_question_counts_as_terraform_does(
    guided_run: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    console = cast(Any, guided_run.context.console)

    def no(_: object, question: str, *, yes: bool, **_more: bool) -> bool:
        asked.append(question)
        return False

    monkeypatch.setattr(type(console), "confirm", no)
    assert story.apply(guided_run.context, yes=False) == 130
    assert asked[0].startswith("Plan: 3 to add, 9 to change, 3 to destroy. Apply the plan")
    assert guided_run.ran == []
    assert guided_run.directory.begun == []


def test_a_copy_exchanged_while_the_question_was_open_is_not_applied(
    guided_run: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exchanged(*_: object, **__: object) -> bool:
        guided_run.directory.applying.write_bytes(b"something else")
        return True

    monkeypatch.setattr(type(guided_run.context.console), "confirm", exchanged)
    with pytest.raises(RejectedError, match="private copy"):
        story.apply(guided_run.context, yes=False)
    assert guided_run.ran == []


def test_a_second_apply_says_that_it_is_applied(
    guided_run: Applying, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = guided_run.directory.plan
    done = verdicts.bind("applied", plan, verdicts.digest(plan), SWAP)
    verdicts.save(guided_run.directory.verdict, done)
    monkeypatch.setattr(story, "next_steps", lambda *_: "tfswap finish")
    assert story.apply(guided_run.context, yes=True) == 0
    shown = capsys.readouterr()
    assert "already applied" in shown.out
    assert "next: tfswap finish" in shown.err
    assert guided_run.ran == []


def test_but_not_where_the_state_moved_since(
    guided_run: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = guided_run.directory.plan
    done = verdicts.bind("applied", plan, verdicts.digest(plan), SWAP)
    verdicts.save(guided_run.directory.verdict, done)
    monkeypatch.setattr(story, "pull", lambda *_: (b"", State(6, "l", {})))
    with pytest.raises(RejectedError, match="Only a ready plan"):
        story.apply(guided_run.context, yes=True)


def test_an_interrupt_names_the_command_that_goes_on(
    guided_run: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(guided_run.context.console), "confirm", interrupted)
    with pytest.raises(KeyboardInterrupt):
        story.apply(guided_run.context, yes=False)
    assert guided_run.context.console.what_was_written() == ("Nothing was changed.",)
    monkeypatch.undo()


def test_one_in_mid_apply_names_verify_plan(
    guided_run: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(guided_run, "run", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        story.apply(guided_run.context, yes=True)
    assert "To continue: tfswap verify-plan" in vars(caught.value)["hint"]
