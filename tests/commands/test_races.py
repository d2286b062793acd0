"""Two at once in finish, restore, retire and the guided run, and a colleague's push between steps.

As ``tests/faults/test_races.py`` does it for the state. The rival acts at one chosen moment, so
that each race is lost on every run: at every call that writes on a full run, else at one of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from tests import rotation
from tests.commands.conftest import Clone, Outcome
from tests.commands.lab import Lab
from tests.commands.test_finish import BRANCH, at_origin, head, swapped
from tests.commands.test_restore import faults, point, run
from tests.commands.test_retire import NEW, OLD, Scene, prepared, scene
from tests.commands.test_swap import NAME, Hands, context
from tfswap.commands.swap import command, run_phase
from tfswap.config import Overrides
from tfswap.console import Console
from tfswap.context.command_context import CommandContext, open_context
from tfswap.demo import fixture
from tfswap.errors import TfswapError
from tfswap.git.publish import Publisher
from tfswap.terraform.run_attached import AttachedResult

__all__ = ["context", "faults", "point", "prepared", "scene", "swapped"]


def at_the_call(
    monkeypatch: pytest.MonkeyPatch, operation: str, rival: Callable[[], object]
) -> list[str]:
    """Let a rival act right before the first call of an operation; tells that it did."""
    whole = BaseClient._make_api_call
    acted: list[str] = []

    def call(self: Any, name: str, arguments: Any) -> Any:
        if name == operation and not acted:
            acted.append(name)
            rival()
        return whole(self, name, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return acted


def test_two_finishes_at_once_land_one_commit(swapped: Clone) -> None:
    start = head(swapped)
    done: list[Outcome] = []

    def one() -> None:
        done.append(swapped.process("finish", "--yes"))

    rivals = [threading.Thread(target=one) for _ in range(2)]
    for each in rivals:
        each.start()
    for each in rivals:
        each.join()
    for each in done:
        assert each.code == 0 or "Another tfswap is running" in each.err, each.text
    assert min(each.code for each in done) == 0
    assert swapped.tfswap("finish", "--yes").code == 0
    assert swapped.git("rev-parse", "HEAD~1").strip() == start
    assert at_origin(swapped) == head(swapped)


def colleague(clone: Clone) -> str:
    """Somebody else pushes a commit of theirs to the swap's branch."""
    other, folder = clone.repo.parent / "colleague", clone.repo.parent
    fixture.git(folder, "clone", "--quiet", str(folder / "origin.git"), other.name)
    for name, value in (("user.name", "B"), ("user.email", "b@lpa.example")):
        fixture.git(other, "config", name, value)
    fixture.git(other, "switch", "--quiet", "--create", BRANCH)
    (other / "README.md").write_text("theirs\n")
    fixture.commit(other, "Theirs")
    fixture.git(other, "push", "--quiet", "origin", BRANCH)
    return fixture.git(other, "rev-parse", "HEAD").strip()


@pytest.mark.parametrize("step", rotation.part(["commit", "push"], 1))
def test_a_colleague_pushes_between_two_steps_of_finish(
    swapped: Clone, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    whole, theirs = getattr(Publisher, step), []

    def rivalled(self: Publisher, *words: Any) -> Any:
        if not theirs:
            theirs.append(colleague(swapped))
        return whole(self, *words)

    monkeypatch.setattr(Publisher, step, rivalled)
    done = swapped.tfswap("finish", "--yes")
    assert done.code == 2
    assert "never force-pushes" in done.err
    assert at_origin(swapped) == theirs[0]
    swapped.git("pull", "--quiet", "--rebase", "origin", BRANCH)
    again = swapped.tfswap("finish", "--yes")
    assert again.code == 0, again.text
    assert at_origin(swapped) == head(swapped)
    assert swapped.git("rev-parse", "HEAD~1").strip() == theirs[0]


def test_two_restores_at_once_start_one_job(
    lab: Lab, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    acted = at_the_call(monkeypatch, "StartRestoreJob", lambda: run(lab))
    assert run(lab) == 0
    assert acted
    assert len(lab.jobs()) == 1


MOMENTS = ["CreateBackup", "UpdateTable", "DeleteTable", "DeleteAlarms"]


@pytest.mark.parametrize("moment", rotation.part(MOMENTS, 1))
def test_two_retires_at_once_delete_one_table(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """From two clones: no lock of ours is between them."""
    acted = at_the_call(monkeypatch, moment, lambda: scene.retire(final_backup=True))
    try:
        assert scene.retire(final_backup=True) == 0
    except TfswapError as error:
        assert error.hint, error.message
    assert acted
    assert scene.retire(final_backup=True) == 0
    assert not scene.there()
    assert scene.there(NEW)
    assert scene.there(NEW, "eu-west-2")
    assert OLD not in " ".join(scene.alarms() - {f"{NEW}-throttles"})


@pytest.mark.parametrize("ends", [False, True])
def test_two_guided_runs_at_once_do_no_phase_twice(
    clone: Clone,
    context: CommandContext,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ends: bool,
) -> None:
    class Rival(Hands):
        """While the first compares, another goes all the way, or fails in the last phase."""

        def __call__(
            self, argv: Sequence[str], cwd: Path, variables: Mapping[str, str]
        ) -> AttachedResult:
            done = super().__call__(argv, cwd, variables)
            if self.ran[-1] == "compare" and self.ran.count("compare") == 1:
                if not ends:
                    self.fails["finish"] = 1
                other = open_context(clone.repo, Overrides(), Console())
                assert command.swap(other, [NAME], yes=True) == (0 if ends else 1)
                self.fails.clear()
            return done

    hands = Rival()
    monkeypatch.setattr(run_phase, "run_attached", hands)
    code = command.swap(context, [NAME], yes=True)
    for name in ("prepare", "run", "apply"):
        assert hands.ran.count(name) == 1, hands.ran
    if ends:
        assert code == 130
        assert "another tfswap ended this guided run" in " ".join(capsys.readouterr().err.split())
    else:
        assert (code, hands.ran[-1]) == (0, "finish")
