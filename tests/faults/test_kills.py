"""kill -9, of tfswap or of the terraform under it, at every seam of every command that writes.

Then the same command again: its end is that of an undisturbed run, nothing stray is left, and (but
for ``--direct``, where that is known and said) nobody ever saw the state without the table.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.faults.faults import KILLS, Fault
from tests.faults.play import dealt, observed, play, shares, until_done
from tests.faults.stage import OLD, TABLE, Stage
from tests.journal_events import entries
from tfswap.terraform.state_file import parse

ENOUGH = {"prepare": 15, "run": 90, "direct": 80, "rollback": 35}
"""Points there must at least be, so that the harness cannot quietly miss its seams."""


def points(tally: dict[str, int]) -> list[Fault]:
    return [
        Fault(seam, number, moment)
        for seam, moments in KILLS.items()
        for number in range(1, tally.get(seam, 0) + 1)
        for moment in moments
    ]


def case(begin: Stage, act: str, wanted: dict[str, Any], fault: Fault) -> str:
    """Kill, run again, compare; returns what is wrong, or nothing."""
    with tempfile.TemporaryDirectory(prefix="tfswap-fault-") as folder:
        stage = begin.fork(Path(folder) / "stage")
        with observed(stage) as amiss:
            struck = play(stage, act, fault)
            again = until_done(stage, act)
        if act == "direct":
            amiss.clear()
        if struck.code == 0 and "child" not in fault.moment:
            return f"{fault}: never struck"
        if again.code != 0:
            return f"{fault}: again ended {again.code}\n{struck.text}\n{again.text}"
        if amiss:
            return f"{fault}: {amiss}"
        ended = stage.ending()
        if fault.seam == "terraform" and _killed_between(wanted, ended):
            ended["serial"] = wanted["serial"]
        differing = [key for key, value in wanted.items() if ended[key] != value]
        if differing:
            shown = {key: (wanted[key], ended[key]) for key in differing}
            return f"{fault}: another end: {shown}\n{struck.text}\n{again.text}"
        if not entries(stage.directory.journal):
            return f"{fault}: the journal is gone"
        if act != "prepare" and not _holds_the_outgoing(stage):
            return f"{fault}: no backup holds the outgoing table"
        return ""


def _killed_between(wanted: dict[str, Any], ended: dict[str, Any]) -> bool:
    """Whether Terraform may have been killed between the two writes of a local backend's push.

    The first has the whole content and the serial it was given, the second raises the serial.
    """
    return bool(ended["serial"] == wanted["serial"] - 1)


def _holds_the_outgoing(stage: Stage) -> bool:
    backups = (parse(path.read_bytes()) for path in stage.directory.backups("production"))
    return any(
        state.instances[TABLE].attributes["id"] == OLD
        for state in backups
        if TABLE in state.instances
    )


SHARES, SOME = 8, 6
"""Tests for all points of a command on a full run, and points of it on another."""


@pytest.mark.parametrize("share", shares(SHARES))
@pytest.mark.parametrize("act", ["prepare", "run", "direct", "rollback"])
def test_killed_anywhere_and_run_again_it_ends_the_same(
    act: str, share: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    begins = {"prepare": "bare_stage", "rollback": "pushed_stage"}
    begin: Stage = request.getfixturevalue(begins.get(act, "prepared_stage"))
    undisturbed = begin.fork(tmp_path / "undisturbed")
    done = play(undisturbed, act)
    assert done.code == 0, done.text
    wanted = undisturbed.ending()
    faults = points(done.tally)
    assert len(faults) >= ENOUGH[act], done.tally
    struck = dealt(faults, share, SHARES, SOME)
    wrong = [said for fault in struck if (said := case(begin, act, wanted, fault))]
    assert not wrong, f"{len(wrong)} of {len(struck)}:\n" + "\n".join(wrong[:5])
