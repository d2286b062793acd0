"""What the system says of processes: by start time and group, never by number alone.

Numbers are used again, after a reboot at the latest. Linux tells of every process under ``/proc``
(proc(5)); where there is none, a process group that answers counts as alive.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")
_PROVIDER = "terraform-provider-"


class Process(NamedTuple):
    """One process that has not ended."""

    pid: int
    group: int
    start: int
    """Clock ticks after the boot."""
    name: str
    """Its program's file name."""

    @property
    def is_provider(self) -> bool:
        """Whether it is a provider's plugin, which holds no state lock."""
        return self.name.startswith(_PROVIDER)


def identity(pid: int) -> str:
    """Return what tells a process from all others of its number; empty where that is not known."""
    found = _read(pid)
    return f"{_boot()}/{found.start}" if found else ""


def group(leader: int, known: str = "") -> list[Process]:
    """Return what is alive of the process group that ``leader`` began.

    Args:
        leader: The number of the process that began it.
        known: Its ``identity``, as noted then; empty where none was noted.
    """
    # 0 and -1 mean this process's own group, and every process (kill(2)); 1 is the system's.
    if leader <= 1 or leader >= 2**31:
        return []
    if not (_PROC / "self" / "stat").exists():
        return [Process(leader, leader, 0, "terraform")] if _answers(leader) else []
    boot, _, start = known.partition("/")
    now = _read(leader)
    if (known and boot != _boot()) or (known and now and str(now.start) != start):
        # A reboot, or the number is another process's now: then nothing is left of that group.
        return []
    return [each for each in _all() if each.group == leader]


def _answers(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _all() -> Iterator[Process]:
    for path in _PROC.iterdir():
        if path.name.isdigit() and (found := _read(int(path.name))):
            yield found


def _read(pid: int) -> Process | None:
    """Return a process; None where it is not there, or only waits to be told of."""
    with suppress(OSError, ValueError, IndexError):
        # The state follows the name, which may hold anything, in brackets.
        text = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
        state, _, group, *rest = text.rpartition(")")[2].split()
        if state in ("Z", "X"):
            return None
        words = (_PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
        return Process(pid, int(group), int(rest[16]), Path(os.fsdecode(words[0])).name)
    return None


def _boot() -> str:
    with suppress(OSError):
        return (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""
