"""finish, restore and the guided run, killed at every write and run again: the end is the same.

As ``tests/faults`` does it for the state's commands, and ``test_retire`` for AWS's: kill -9, in a
process forked for it, before, during and after each note, each file that is replaced, and each
call that changes something. Then the same command is typed again.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from botocore.client import BaseClient

from tests.aws.clock import NOON, Hand
from tests.commands import fake_gh
from tests.commands.conftest import Clone
from tests.commands.lab import Lab
from tests.commands.test_finish import BRANCH, head, swapped
from tests.commands.test_restore import HOUR
from tests.commands.test_swap import COURSE, NAME, Hands
from tests.faults.faults import KILLS, Fault
from tests.faults.play import Played, dealt, forked
from tests.typed import typed
from tfswap.commands.finish.gh import Gh
from tfswap.commands.restore.command import restore
from tfswap.commands.restore.target import RestoreRequest
from tfswap.commands.swap import command, run_phase
from tfswap.config import Overrides
from tfswap.console import Console
from tfswap.context.command_context import open_context
from tfswap.demo import fixture
from tfswap.git.publish import Publisher
from tfswap.terraform.run_attached import AttachedResult

__all__ = ["swapped"]
SOME = 4
"""Points of each command on a run that is not a full one."""


def points(done: Played, least: int) -> list[Fault]:
    """Every kill there is in what an undisturbed command did; Terraform writes nothing here."""
    assert done.code == 0, done.text
    found = [
        Fault(seam, number, moment)
        for seam, moments in KILLS.items()
        if seam != "terraform"
        for number in range(1, done.tally.get(seam, 0) + 1)
        for moment in moments
    ]
    assert len(found) >= least, done.tally
    return dealt(found, 0, 1, SOME)


def ended_well(fault: Fault, struck: Played, again: Played) -> None:
    """It was killed where it should be, and the same command then ends well."""
    assert struck.code == -9, f"{fault}: {struck.code}\n{struck.text}"
    assert again.code == 0, f"{fault}\n{struck.text}\n{again.text}"
    assert "Traceback" not in again.text


def forked_clone(clone: Clone, folder: Path) -> Clone:
    """A copy with a copy of its remote."""
    folder.mkdir()
    for name in ("repo", "origin.git"):
        shutil.copytree(clone.repo.parent / name, folder / name, symlinks=True)
    copy = Clone(folder / "repo")
    copy.git("remote", "set-url", "origin", str(folder / "origin.git"))
    return copy


def finish(clone: Clone, folder: Path) -> int:
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return int(typed(["finish", "--yes"], clone.repo, {"PATH": path}).code)


def test_finish_lands_one_commit_on_one_branch(swapped: Clone, tmp_path: Path) -> None:
    calls = [(Publisher, "commit"), (Publisher, "push"), (Gh, "create")]
    start = head(swapped)

    def play(name: str, fault: Fault | None = None) -> tuple[Clone, Path, Played]:
        folder = tmp_path / name
        clone = forked_clone(swapped, folder)
        fake_gh.install(folder / "bin")
        return clone, folder, forked(folder, partial(finish, clone, folder), fault, calls)

    faults = points(play("undisturbed")[2], 10)
    for index, fault in enumerate(faults):
        clone, folder, struck = play(str(index), fault)
        ended_well(fault, struck, forked(folder, partial(finish, clone, folder)))
        assert clone.git("rev-parse", "HEAD~1").strip() == start, fault
        assert fixture.git(folder / "origin.git", "rev-parse", BRANCH).strip() == head(clone), fault
        assert clone.git("status", "--porcelain") == ""


def test_restore_starts_one_job_for_each_table(lab: Lab, tmp_path: Path) -> None:
    lab.back_up(NOON - 9 * HOUR)
    calls = [(BaseClient, "_make_api_call")]

    def play(day: str, fault: Fault | None = None) -> Played:
        request = RestoreRequest(date=day)
        work = partial(_restore, lab, request)
        return forked(tmp_path, work, fault, calls)

    # Every call is a seam, also one that only reads.
    faults = points(play("20240601"), 15)
    for index, fault in enumerate(faults):
        day = f"{date(2024, 3, 1) + timedelta(days=index):%Y%m%d}"
        shutil.rmtree(lab.clone.repo / ".tfswap")
        struck = play(day, fault)
        ended_well(fault, struck, play(day))
        jobs = [job for job in lab.jobs() if job["CreatedResourceArn"].endswith(f"-{day}")]
        assert len(jobs) == 1, fault


def _restore(lab: Lab, request: RestoreRequest) -> int:
    return restore(lab.context(), ["Lpas"], request, yes=True, clock=Hand().clock)


READS = {"doctor", "compare", "verify-plan"}


def test_a_guided_run_runs_every_phase_and_none_twice(clone: Clone, tmp_path: Path) -> None:
    class Written(Hands):
        """Keeps in a file, which outlives a kill, what was run."""

        def __call__(
            self, argv: Sequence[str], cwd: Path, variables: Mapping[str, str]
        ) -> AttachedResult:
            with (cwd.parent / "ran").open("a") as file:
                file.write(f"{argv[3]}\n")
            return AttachedResult(0)

    def guide(repo: Path) -> int:
        run_phase.run_attached = Written()  # type: ignore[assignment]
        return command.swap(open_context(repo, Overrides(), Console()), [NAME], yes=True)

    def play(name: str, fault: Fault | None = None) -> tuple[Clone, Played]:
        copy = forked_clone(clone, tmp_path / name)
        return copy, forked(copy.repo.parent, partial(guide, copy.repo), fault)

    faults = points(play("undisturbed")[1], 60)
    for index, fault in enumerate(faults):
        copy, struck = play(str(index), fault)
        ended_well(fault, struck, forked(copy.repo.parent, partial(guide, copy.repo)))
        ran = (copy.repo.parent / "ran").read_text().split()
        assert list(dict.fromkeys(ran)) == COURSE, fault
        twice = {name for name, times in Counter(ran).items() if times > 1} - READS
        # Only one whose end was not on the disk yet; each looks itself at what is done. After the
        # last note the guided run has ended, and the same words begin another one.
        over = fault.seam == "note" and fault.moment == "after" and len(twice) == len(COURSE) - 3
        assert over or len(twice) <= 1, (fault, ran)
