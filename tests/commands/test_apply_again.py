"""``apply`` believes no file: it verifies the very bytes it applies, whatever verdict.json says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.commands.test_begun import Night, saved
from tests.faults.stage import SWAP
from tests.verify.plans import INTENT
from tfswap.commands import apply as story
from tfswap.commands import verify_plan
from tfswap.errors import RejectedError
from tfswap.home import Home
from tfswap.steps import verdict as verdicts
from tfswap.terraform.state import State


class Applying(Night):
    """A night whose saved plan is said to be ready, and a Terraform that notes what it ran."""

    ran: list[tuple[str, ...]]

    def terraform(self, *_: Any) -> Any:
        return SimpleNamespace(show=self.show, run=self.run, root=self.home.repo)

    def run(self, words: tuple[str, ...], *_: Any, **__: Any) -> None:
        self.ran.append(words)

    @property
    def bench(self) -> Any:
        found = super().bench
        return SimpleNamespace(**vars(found), terraform=self.terraform)


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Applying:
    home = Home(tmp_path)
    home.make()
    made = Applying(home)
    made.ran = []
    saved(home.plan)
    forged = verdicts.bind("ready", home.plan, verdicts.digest(home.plan), SWAP)
    verdicts.save(home.verdict, forged)
    intent = replace(INTENT, workspace="production")
    state = State(5, "l", {})
    still = SimpleNamespace(settle=lambda: None)
    monkeypatch.setattr(verify_plan, "intent_of", lambda *_: intent)
    monkeypatch.setattr(story, "ready_to_work", lambda bench: (SWAP, bench.terraform()))
    monkeypatch.setattr(story, "pull", lambda *_: (b"", state))
    monkeypatch.setattr(story, "Beside", lambda *_: still)
    monkeypatch.setattr(story.errored, "refuse_unsaved", lambda *_: None)
    monkeypatch.setattr(story, "_afterwards", lambda *_: 0)
    return made


@pytest.mark.parametrize("what", ["destroy", "replace", "ride-image", "errored"])
def test_a_forged_verdict_applies_nothing(night: Applying, what: str) -> None:
    night.shows["applying.plan"] = what
    with pytest.raises(RejectedError, match="Verified once more") as caught:
        story.apply(night.bench, yes=True)
    assert caught.value.details
    assert "tfswap verify-plan" in caught.value.hint
    assert night.ran == []
    assert night.home.begun == []


def test_a_ready_plan_is_applied_from_the_private_copy(night: Applying) -> None:
    assert story.apply(night.bench, yes=True) == 0
    assert [words[-1] for words in night.ran] == [str(night.home.applying)]


def test_the_question_counts_as_terraform_does(
    night: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    console = cast(Any, night.bench.console)

    def no(_: object, question: str, *, yes: bool) -> bool:
        asked.append(question)
        return False

    monkeypatch.setattr(type(console), "confirm", no)
    assert story.apply(night.bench, yes=False) == 130
    assert asked[0].startswith("Plan: 3 to add, 9 to change, 3 to destroy. Apply the plan")
    assert night.ran == []
    assert night.home.begun == []


def test_a_copy_exchanged_while_the_question_was_open_is_not_applied(
    night: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exchanged(*_: object, **__: object) -> bool:
        night.home.applying.write_bytes(b"something else")
        return True

    monkeypatch.setattr(type(night.bench.console), "confirm", exchanged)
    with pytest.raises(RejectedError, match="private copy"):
        story.apply(night.bench, yes=False)
    assert night.ran == []
