"""Faults, put into a process that was forked for them: the n-th time it comes to a seam.

The production code has no hooks; what it calls is wrapped here. A seam is a place where the world
changes or a child runs: a journal's note, a file's replacement, a terraform command, a copy. The
baseline plan's are seams of their own: it is made beside the rest, in no fixed order.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfswap.git.client import Git
from tfswap.journal import writer as journals
from tfswap.journal.events import Event
from tfswap.journal.writer import Journal

KILLS = {
    "note": ("before", "half", "after"),
    "replace": ("half", "before", "after"),
    "terraform": ("before", "orphan", "child", "late-child", "both", "after"),
    "git": ("before", "after"),
    "unlink": ("before", "after"),
    "call": ("before", "after"),
}
"""Where tfswap, or terraform under it, is killed with SIGKILL."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, once."""

    seam: str
    number: int
    """Counted from 1."""
    moment: str
    """One of the seam's; ``child@1.5`` strikes that many seconds after the child's start."""
    place: Path = field(default=Path("/nowhere"))
    """Where the fault needs one: the backend to be lost."""

    def __str__(self) -> str:
        return f"{self.seam} {self.number} {self.moment}"


def die() -> None:
    """As kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


class Count:
    """Counts the times a seam is come to; the fault strikes once."""

    def __init__(self, seam: str, fault: Fault | None, tally: dict[str, int]) -> None:
        self.seam, self.fault, self.tally = seam, fault, tally
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """Return the fault's moment when this is the time, else an empty word."""
        with self._lock:
            self.tally[self.seam] = number = self.tally.get(self.seam, 0) + 1
        mine = self.fault and (self.fault.seam, self.fault.number) == (self.seam, number)
        return self.fault.moment if self.fault and mine else ""


def inject(fault: Fault | None, tally: dict[str, int]) -> None:
    """Wrap every seam; without a fault they are only counted."""
    _notes(Count("note", fault, tally))
    _replacements(Count("replace", fault, tally), Count("baseline file", fault, tally))
    _children(Count("terraform", fault, tally), Count("baseline", fault, tally), fault)
    _copies(Count("copy", fault, tally), Count("baseline copy", fault, tally))
    for name in ("switch", "remove_branch"):
        wrap(Git, name, Count("git", fault, tally))
    wrap(Path, "unlink", Count("unlink", fault, tally))


def wrap(kind: Any, name: str, count: Count) -> None:
    """Let a method die before or after it did its work."""
    whole = getattr(kind, name)

    def wrapped(*arguments: Any, **more: Any) -> Any:
        moment = count()
        if moment == "before":
            die()
        try:
            return whole(*arguments, **more)
        finally:
            if moment == "after":
                die()

    setattr(kind, name, wrapped)


def _full(path: object = None) -> OSError:
    if path is None:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _notes(count: Count) -> None:
    note, append = Journal.note, journals.private_append
    moments: list[str] = []

    def noted(self: Journal, event: Event) -> None:
        moments[:] = [count()]
        if moments == ["before"]:
            die()
        note(self, event)
        if moments == ["after"]:
            die()

    def opened(path: Path) -> Any:
        file = append(path)
        if moments == ["half"]:
            return _Half(file)
        if moments == ["full"]:
            file.close()
            raise _full(path)
        return file

    Journal.note = noted  # type: ignore[method-assign]
    journals.private_append = opened


class _Half:
    """A file of which half a line reaches the disk."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def __enter__(self) -> _Half:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write(self, data: bytes) -> None:
        self.file.write(data[: len(data) // 2])
        self.file.flush()
        die()


def _of_the_baseline(path: object) -> bool:
    here = Path(str(path))
    return "rehearsal-baseline" in here.parts or here.name.startswith("baseline")


def _replacements(count: Count, baseline: Count) -> None:
    replace = os.replace

    def replaced(source: Any, target: Any, **more: Any) -> None:
        which = baseline if _of_the_baseline(target) else count
        moment = which() if str(source).endswith(".tfswap") else ""
        if moment == "half":
            os.truncate(source, Path(source).stat().st_size // 2)
        if moment == "full":
            raise _full(target)
        if moment in ("half", "before"):
            die()
        replace(source, target, **more)
        if moment == "after":
            die()

    os.replace = replaced


def _children(count: Count, baseline: Count, fault: Fault | None) -> None:
    popen = subprocess.Popen

    class Struck(popen):  # type: ignore[misc, valid-type]
        """A child; where it is terraform, something may befall it."""

        moment = ""

        def __init__(self, argv: Any, *arguments: Any, **more: Any) -> None:
            which = baseline if _of_the_baseline(more.get("cwd")) else count
            self.moment = which() if Path(argv[0]).name == "terraform" else ""
            if self.moment == "before":
                die()
            if self.moment == "lost" and fault:
                fault.place.rename(fault.place.with_name("away"))
                fault.place.write_text("no backend here")
            super().__init__(argv, *arguments, **more)
            if self.moment == "orphan":
                die()

        def wait(self, timeout: float | None = None) -> int:
            # An interrupt ends this call; the next one waits without a fault.
            (moment, _, delay), self.moment = self.moment.partition("@"), ""
            if moment in ("child", "late-child", "both"):
                usual = {"child": 0.002, "late-child": 0.022, "both": 0.012}[moment]
                time.sleep(float(delay or usual))
                os.killpg(self.pid, signal.SIGKILL)
                if moment == "both":
                    die()
            _signal_later(moment, float(delay or 0))
            code: int = super().wait(timeout)
            if moment == "after":
                die()
            return code

    subprocess.Popen = Struck  # type: ignore[misc]


SIGNALS: dict[str, tuple[tuple[float, int], ...]] = {
    "int": ((0.005, signal.SIGINT),),
    "int-twice": ((0.005, signal.SIGINT), (0.012, signal.SIGINT)),
    "hup": ((0.005, signal.SIGHUP),),
    "term": ((0.010, signal.SIGTERM),),
}


def _signal_later(moment: str, late: float) -> None:
    for soon, number in SIGNALS.get(moment, ()):
        delay = soon + late
        send: Callable[..., None] = os.kill
        threading.Timer(delay, send, (os.getpid(), number)).start()


def _copies(count: Count, baseline: Count) -> None:
    copy = shutil.copy2

    def copied(source: Any, target: Any, **more: Any) -> Any:
        which = baseline if _of_the_baseline(target) else count
        moment = which() if "/rehearsal" in str(target) else ""
        if moment == "full":
            raise _full(source)  # as shutil does: the source is the file it names
        done = copy(source, target, **more)
        if moment == "kill":
            die()
        return done

    shutil.copy2 = copied


def obey_permissions() -> None:
    """Make this process, and what it starts, obey permission bits even where it is root's.

    Root without CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH and CAP_FOWNER is an owner like any other
    (Linux, capabilities(7)).
    """
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    dropped = (1, 2, 3)
    for capability in dropped:
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: for what is started
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    words = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, words) == 0
    for index in range(3):
        words[index] &= ~sum(1 << capability for capability in dropped)
    assert libc.capset(header, words) == 0, os.strerror(ctypes.get_errno())
