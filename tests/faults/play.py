"""Play a command in a forked process with a fault in it, then the same command again."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from tests import rotation
from tests.faults.faults import Count, Fault, inject, obey_permissions, wrap
from tests.faults.stage import TABLE, Stage, set_the_stage
from tfswap.terraform.state_file import parse

_PATIENCE = 40
_NOT_YET = ("lock", "still running", "written by someone else")
"""What an orphan of the killed run may bring about: it holds the lock, or wrote just now."""


@dataclass(frozen=True)
class Played:
    """How it ended."""

    code: int
    """Negative: the signal that ended it."""
    text: str
    tally: dict[str, int]


def play(
    stage: Stage, act: str, fault: Fault | None = None, *, humble: bool = False, dry: bool = False
) -> Played:
    """Fork, put the fault in, play the command, and say how that ended."""
    said, tallied = stage.folder / "said", stage.folder / "tally"
    child = os.fork()
    if child == 0:
        _be_it(stage, f"{act} --dry-run" if dry else act, fault, humble)
    _, status = os.waitpid(child, 0)
    tally = json.loads(tallied.read_text()) if tallied.exists() else {}
    tallied.unlink(missing_ok=True)
    text = said.read_text(errors="replace")
    assert "Traceback" not in text, text
    assert "bug in tfswap" not in text, text
    return Played(os.waitstatus_to_exitcode(status), text, tally)


def _be_it(stage: Stage, act: str, fault: Fault | None, humble: bool) -> NoReturn:
    """The forked process."""
    _say_into(stage.folder / "said")
    if humble:
        obey_permissions()
    perform(stage, act, fault)


def perform(stage: Stage, act: str, fault: Fault | None = None) -> NoReturn:
    """In a forked process: play a command on the descriptors 0, 1 and 2, and end."""
    code = 99
    try:
        _reopen()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        tally: dict[str, int] = {}
        set_the_stage()
        inject(fault, tally)
        code = stage.act(act)
        (stage.folder / "tally").write_text(json.dumps(tally))
    finally:
        # The terminal may be gone; whatever happens, this is no second pytest.
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def forked(
    folder: Path,
    work: Callable[[], int],
    fault: Fault | None = None,
    calls: Sequence[tuple[Any, str]] = (),
) -> Played:
    """Fork, put the fault in, do something, and say how that ended.

    Args:
        folder: For what it says.
        work: What is done; returns an exit code.
        fault: What goes wrong.
        calls: Further seams: owners and names of functions that change the world.
    """
    said, tallied = folder / "said", folder / "tally"
    child = os.fork()
    if child == 0:
        code = 99
        try:
            _say_into(said)
            _reopen()
            tally: dict[str, int] = {}
            inject(fault, tally)
            count = Count("call", fault, tally)
            for owner, name in calls:
                wrap(owner, name, count)
            code = work()
            tallied.write_text(json.dumps(tally))
        except BaseException as error:
            print(f"ended with {error!r}")
        finally:
            with suppress(BaseException):
                sys.stdout.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    tally = json.loads(tallied.read_text()) if tallied.exists() else {}
    tallied.unlink(missing_ok=True)
    return Played(os.waitstatus_to_exitcode(status), said.read_text(errors="replace"), tally)


def _say_into(path: Path) -> None:
    """Put a file in the place of both streams, and nothing in the place of what is typed."""
    said = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for number, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, said), (2, said)):
        os.dup2(source, number)


def _reopen() -> None:
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)


def until_done(stage: Stage, act: str) -> Played:
    """The same command again. Only an orphan of the killed run may make it say: not yet."""
    for _ in range(_PATIENCE):
        again = play(stage, act)
        if again.code == 0 or not any(word in again.text for word in _NOT_YET):
            break
        time.sleep(0.05)
    return again


@contextmanager
def observed(stage: Stage) -> Iterator[list[str]]:
    """Look at the state all the while from another process; yields what was seen amiss."""
    seen: list[str] = []
    stop, out = stage.folder / "stop", stage.folder / "observed"
    child = os.fork()
    if child == 0:
        amiss = looks = last = 0
        try:
            while not stop.exists():
                now = stage.state_file.stat().st_mtime_ns
                if now != last:
                    looks, last = looks + 1, now
                    amiss += _table_missing(stage.state_file)
                time.sleep(0.005)
        finally:
            out.write_text(f"{looks} {amiss}")
            os._exit(0)
    try:
        yield seen
    finally:
        stop.touch()
        os.waitpid(child, 0)
        looks, amiss = map(int, out.read_text().split())
        stop.unlink()
        out.unlink()
        if amiss or not looks:
            seen.append(f"{amiss} of {looks} looks saw a state without the table")


def _table_missing(path: Path) -> bool:
    try:
        state = parse(path.read_bytes())
    except Exception:
        # The local backend writes in place: a torn read is no state.
        return False
    return TABLE not in state.instances


def shares(number: int) -> list[int]:
    """Into how many tests the cases of a full run are dealt out, so that workers share them."""
    return list(range(number if rotation.run().full else 1))


def dealt(cases: list[Fault], share: int, number: int, size: int) -> list[Fault]:
    """Return a share's cases on a full run, else some ``size`` of them all."""
    return cases[share::number] if rotation.run().full else rotation.part(cases, size)
