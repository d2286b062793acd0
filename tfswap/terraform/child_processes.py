"""Which Terraforms of ours took the state's lock, and which of them may still be at work.

One line when a child starts and one when it has ended. A killed tfswap leaves a start without an
end: whether that child is alive is then asked of the system, by its group and start time.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tfswap.files import private_append
from tfswap.terraform import processes

_SLACK = timedelta(seconds=2)
"""Terraform reads the clock a little after us."""


@dataclass(frozen=True)
class ChildProcess:
    """One Terraform that took the lock."""

    pid: int
    """Also its process group's."""
    command: str
    """What it was to do, such as ``apply``."""
    since: datetime
    ended: datetime | None = None
    identity: str = ""
    """What tells it from another process of that number."""

    @property
    def alive(self) -> bool:
        """Whether it, or a terraform it started, is still at work; providers alone are not."""
        if self.ended is not None:
            return False
        return any(not each.is_provider for each in processes.group(self.pid, self.identity))

    def orphans(self) -> list[processes.Process]:
        """Return the providers it left behind: they hold no lock, and end by nobody's word."""
        left = processes.group(self.pid, self.identity)
        return left if all(each.is_provider for each in left) else []

    def was_running(self, moment: datetime) -> bool:
        """Whether it was, at a moment in UTC."""
        over = self.ended is not None and moment > self.ended + _SLACK
        return self.since - _SLACK <= moment and not over


@dataclass(frozen=True)
class ChildProcesses:
    """The children told of in one file."""

    path: Path

    def begun(self, pid: int, command: str) -> None:
        """Note that a child has started."""
        self._note(pid=pid, begun=command, identity=processes.identity(pid))

    def ended(self, pid: int) -> None:
        """Note that a child has ended."""
        self._note(pid=pid, ended=True)

    def is_running(self) -> ChildProcess | None:
        """Return the child that never told its end and is alive, or None."""
        return next((child for child in reversed(self._all()) if child.alive), None)

    def orphans(self) -> list[processes.Process]:
        """Return the providers that any of them left behind."""
        return [each for child in self._all() for each in child.orphans()]

    def at(self, moment: datetime) -> ChildProcess | None:
        """Return the last child that was at work at a moment, or None."""
        found = (child for child in reversed(self._all()) if child.was_running(moment))
        return next(found, None)

    def _note(self, **facts: object) -> None:
        entry = {"at": datetime.now(UTC).isoformat(), "host": socket.gethostname(), **facts}
        # It helps to explain a lock; that it cannot be written must not stop the work.
        with suppress(OSError), private_append(self.path) as file:
            file.write(json.dumps(entry).encode() + b"\n")

    def _all(self) -> list[ChildProcess]:
        found: list[ChildProcess] = []
        for line in self._lines():
            # What was cut off by a kill, or written elsewhere, tells nothing.
            with suppress(ValueError, KeyError, TypeError, RecursionError):
                _add(found, json.loads(line))
        return found

    def _lines(self) -> Sequence[bytes]:
        try:
            return self.path.read_bytes().splitlines()
        except OSError:
            return ()


def _add(found: list[ChildProcess], entry: dict[str, object]) -> None:
    if entry["host"] != socket.gethostname():
        return
    at, pid = datetime.fromisoformat(str(entry["at"])), int(str(entry["pid"]))
    if at.tzinfo is None:
        raise ValueError(at)
    if "begun" in entry:
        identity = str(entry.get("identity") or "")
        found.append(ChildProcess(pid, str(entry["begun"]), at, identity=identity))
        return
    for index in reversed(range(len(found))):
        if found[index].pid == pid and found[index].ended is None:
            found[index] = replace(found[index], ended=at)
            return
