"""A full disk, a lost backend, Ctrl-C once and twice, a closed terminal, a polite kill.

Each comes at every seam once. The command must say so and end with a code that is no success, the
same command afterwards must end as an undisturbed one, and an interrupted rehearsal leaves nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.faults import SIGNALS, Fault
from tests.faults.play import Played, dealt, observed, play, shares, until_done
from tests.faults.stage import Stage

Check = Callable[[Fault, Stage, Played], str]


def case(begin: Stage, act: str, wanted: dict[str, Any], check: Check, fault: Fault) -> str:
    """Let it go wrong once, look at what was said, mend it, and run again."""
    with tempfile.TemporaryDirectory(prefix="tfswap-fault-") as folder:
        stage = begin.fork(Path(folder) / "stage")
        with observed(stage) as amiss:
            struck = play(stage, act, _placed(fault, stage))
            wrong = check(fault, stage, struck)
            away = stage.backend.with_name("away")
            if away.exists():
                stage.backend.unlink()
                away.rename(stage.backend)
            again = until_done(stage, act)
        if act == "direct":
            amiss.clear()
        if wrong or again.code or amiss:
            return f"{fault}: {wrong or amiss or again.code}\n{struck.text}\n{again.text}"
        ended = stage.ending()
        differing = {k: (wanted[k], ended[k]) for k in wanted if ended[k] != wanted[k]}
        return f"{fault}: another end: {differing}\n{struck.text}" if differing else ""


def _placed(fault: Fault, stage: Stage) -> Fault:
    return Fault(fault.seam, fault.number, fault.moment, stage.backend)


SHARES, SOME = 4, 3
"""Tests for all points of a command on a full run, and points of it on another."""
dealt_out = pytest.mark.parametrize("share", shares(SHARES))


def go_through(
    begin: Stage, act: str, share: int, folder: Path, check: Check, which: Callable[..., Any]
) -> int:
    """Do it for a share of the points ``which`` makes of the tally; returns how many it makes."""
    undisturbed = begin.fork(folder / "undisturbed")
    done = play(undisturbed, act)
    assert done.code == 0, done.text
    faults = list(which(done.tally))
    struck, wanted = dealt(faults, share, SHARES, SOME), undisturbed.ending()
    wrong = [said for fault in struck if (said := case(begin, act, wanted, check, fault))]
    assert not wrong, f"{len(wrong)} of {len(struck)}:\n" + "\n".join(wrong[:5])
    return len(faults)


def every(seam: str, *moments: str) -> Callable[[dict[str, int]], list[Fault]]:
    return lambda tally: [
        Fault(seam, number, moment)
        for number in range(1, tally.get(seam, 0) + 1)
        for moment in moments
    ]


def full_disk(fault: Fault, stage: Stage, struck: Played) -> str:
    """It says what could not be written, in tfswap's folder, and what to do."""
    if struck.code != 2 or "No space left on device" not in struck.text:
        return f"ended {struck.code}"
    if "next:" not in struck.text or str(stage.directory.folder) not in struck.text.replace(
        "\n", ""
    ):
        return "does not name what cannot be written, and what is next"
    return "a stray file" if list(stage.repo.rglob(".*.tfswap")) else ""


@dealt_out
@pytest.mark.parametrize("act", ["run", "direct"])
def test_a_full_disk(act: str, share: int, prepared_stage: Stage, tmp_path: Path) -> None:
    def points(tally: dict[str, int]) -> list[Fault]:
        full = [*every("note", "full")(tally), *every("replace", "full")(tally)]
        return full + every("copy", "full")(tally)

    assert go_through(prepared_stage, act, share, tmp_path, full_disk, points) >= 10


def lost_backend(fault: Fault, stage: Stage, struck: Played) -> str:
    """Terraform's complaint is passed on; what does not touch the backend may go well."""
    if struck.code == 0:
        return "" if "terraform" in fault.seam and not stage.backend.is_dir() else "succeeded"
    return "" if struck.code == 2 and "next:" in struck.text else f"ended {struck.code}"


@dealt_out
@pytest.mark.parametrize("act", ["run", "direct", "rollback"])
def test_a_lost_backend(
    act: str, share: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    name = "pushed_stage" if act == "rollback" else "prepared_stage"
    begin: Stage = request.getfixturevalue(name)
    assert go_through(begin, act, share, tmp_path, lost_backend, every("terraform", "lost")) >= 2


def world(stage: Stage) -> dict[str, Any]:
    ending = stage.ending()
    return {name: value for name, value in ending.items() if name != "kept"}


def interrupted(before: dict[str, Any]) -> Check:
    """130, what was changed by then, the way on, and no scratch folder left behind."""

    def check(fault: Fault, stage: Stage, struck: Played) -> str:
        if struck.code != 130 or "To continue: tfswap" not in struck.text:
            return f"ended {struck.code}"
        nothing = "Nothing was changed." in struck.text
        if nothing == ("Nothing else was changed." in struck.text):
            return "does not say what was changed"
        if nothing and world(stage) != before:
            return "something was changed, and it says that nothing was"
        return "the scratch folder is left" if stage.directory.scratch.exists() else ""

    return check


@dealt_out
@pytest.mark.parametrize(("act", "least"), [("run", 30), ("direct", 30), ("rollback", 10)])
def test_interrupted_at_every_command(
    act: str, least: int, share: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    name = "pushed_stage" if act == "rollback" else "prepared_stage"
    begin: Stage = request.getfixturevalue(name)
    points, check = every("terraform", *SIGNALS), interrupted(world(begin))
    assert go_through(begin, act, share, tmp_path, check, points) >= least


def goes_on_without(fault: Fault, stage: Stage, struck: Played) -> str:
    """The swap is done, with a warning where there is no baseline, and no scratch copy is left."""
    if struck.code != 0 or "No baseline plan" not in struck.text:
        return f"ended {struck.code} without a warning"
    return "the scratch folder is left" if stage.directory.baseline_scratch.exists() else ""


def test_a_baseline_that_fails_stops_nothing(prepared_stage: Stage, tmp_path: Path) -> None:
    def points(tally: dict[str, int]) -> list[Fault]:
        killed = every("baseline", "child")(tally)
        return [
            *killed,
            *every("baseline file", "full")(tally),
            *every("baseline copy", "full")(tally),
        ]

    found = go_through(prepared_stage, "run", 0, tmp_path, goes_on_without, points)
    assert found >= 5


def test_interrupted_while_a_baseline_is_made(prepared_stage: Stage, tmp_path: Path) -> None:
    usual = interrupted(world(prepared_stage))

    def check(fault: Fault, stage: Stage, struck: Played) -> str:
        left = stage.directory.baseline_scratch.exists()
        return usual(fault, stage, struck) or ("the scratch folder is left" if left else "")

    points = every("baseline", *SIGNALS)
    assert go_through(prepared_stage, "run", 0, tmp_path, check, points) >= 8


@pytest.mark.parametrize("shut", ["lock", "journal"])
def test_what_may_not_be_written(shut: str, prepared_stage: Stage, tmp_path: Path) -> None:
    """Nothing is done, and it is said what may not be written; afterwards the command goes well."""
    stage = prepared_stage.fork(tmp_path / "stage")
    before = stage.ending()
    directory = stage.directory
    refused(stage, "run", {"lock": directory.lock_file, "journal": directory.journal}[shut])
    assert stage.ending() == before
    again = play(stage, "run", humble=True)
    assert again.code == 0, again.text


def test_a_clone_that_may_only_be_read(bare_stage: Stage, tmp_path: Path) -> None:
    stage = bare_stage.fork(tmp_path / "stage")
    refused(stage, "prepare", stage.repo)
    assert not stage.directory.folder.exists()


def refused(stage: Stage, act: str, path: Path) -> None:
    """Play it while a path may not be written."""
    mode = path.stat().st_mode & 0o777
    path.chmod(mode & 0o555)
    struck = play(stage, act, humble=True)
    path.chmod(mode)
    assert struck.code == 2, struck.text
    for words in ("Permission denied", str(path), "next:"):
        assert words in struck.text
