"""A backend that answers 500, half an answer, a proxy's page, or nothing, at every single request.

No state without a table is ever written, each failure ends in words and a code that is no success
unless all was done, and the same commands afterwards end as undisturbed ones do.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests import rotation
from tests.faults.http_backend import MISBEHAVIOURS, Server, behind_http
from tests.faults.play import Played, play
from tests.faults.stage import NEW, OLD, ROOT, TABLE, Stage
from tfswap.terraform.state_file import parse

ACTS = {
    "run": (("run",), NEW),
    "apply": (("run", "verify-plan", "apply"), NEW),
    "rollback": (("run", "rollback"), OLD),
}
"""What is typed, the last with the fault in it; and the table that is held at the end."""
SHARES, SOME = 4, 2


def holds(server: Server) -> str:
    name: str = parse(server.state).instances[TABLE].attributes["id"]
    return name


def come_to(stage: Stage, acts: tuple[str, ...]) -> None:
    for act in acts[:-1]:
        done = play(stage, act)
        assert done.code == 0, done.text


def again(
    stage: Stage, server: Server, acts: tuple[str, ...], struck: Played, fault: tuple[str, int, str]
) -> Played:
    """What a person types then: what the output names, in the end the same commands."""
    words = ("verify-plan", "apply") if acts[-1] == "apply" else acts[-1:]
    if server.lock:
        if fault[0] == "UNLOCK" and fault[2] == "page" and acts[-1] == "apply":
            # A proxy answered 200 in the backend's place: Terraform takes that for released.
            # The next command finds the lock, and says so.
            struck = play(stage, words[0])
            assert struck.code, struck.text
        # What was said names the way to release it, once nobody works on the state any more.
        assert "lock" in struck.text.lower(), struck.text
        server.lock = b""
    unsaved = stage.repo / ROOT / "errored.tfstate"
    if unsaved.is_file():
        # The only copy of what the apply did: status names this command.
        assert "tfswap status" in struck.text, struck.text
        argv = ["terraform", f"-chdir={unsaved.parent}", "state", "push", unsaved.name]
        subprocess.run(argv, check=True, capture_output=True)
        unsaved.unlink()
    for word in words:
        done = play(stage, word)
        if word == "apply" and "next: tfswap finish" in done.text:
            return done
    return done


def case(begin: Stage, acts: tuple[str, ...], fault: tuple[str, int, str], folder: Path) -> str:
    with behind_http(begin, folder) as (stage, server):
        come_to(stage, acts)
        server.tally.clear()
        server.fault = fault
        struck = play(stage, acts[-1])
        server.fault = None
        if struck.code not in (0, 1, 2, 3) or (struck.code and "next:" not in struck.text):
            return f"{fault}: ended {struck.code}\n{struck.text}"
        done = again(stage, server, acts, struck, fault)
        if done.code or server.lost or server.lock:
            return f"{fault}: {done.code}, {server.lost} lost\n{struck.text}\n{done.text}"
        return "" if holds(server) == ACTS[acts[-1]][1] else f"{fault}: holds {holds(server)}"


@pytest.mark.parametrize("share", range(SHARES if rotation.run().full else 1))
@pytest.mark.parametrize(
    # Three commands a case. Which plans count for the rest of an apply, and how it is judged, is
    # tested without a backend: commands/test_unfinished_applies.py, verify/test_partial_apply.py.
    "act",
    ["run", "rollback", pytest.param("apply", marks=pytest.mark.full)],
)
def test_every_request_misbehaves_once(
    act: str, share: int, prepared_stage: Stage, tmp_path: Path
) -> None:
    acts, table = ACTS[act]
    with behind_http(prepared_stage, tmp_path / "undisturbed") as (stage, server):
        come_to(stage, acts)
        server.tally.clear()
        done = play(stage, acts[-1])
        assert done.code == 0, done.text
        assert (holds(server), server.lost) == (table, 0)
        tally = dict(server.tally)
    faults = [
        (method, number, moment)
        for method, count in tally.items()
        for number in range(1, count + 1)
        for moment in MISBEHAVIOURS
    ]
    assert len(faults) >= 15, tally
    struck = faults[share::SHARES] if rotation.run().full else rotation.part(faults, SOME)
    shown = [
        said
        for index, fault in enumerate(struck)
        if (said := case(prepared_stage, acts, fault, tmp_path / str(index)))
    ]
    assert not shown, f"{len(shown)} of {len(struck)}:\n" + "\n".join(shown[:4])
