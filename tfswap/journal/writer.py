"""The journal: who did what and when in this swap, one JSON object a line.

Append-only, fsynced before and after each step, so that a killed run leaves what it had begun.
It is memory for people; what is done is read from the state (design.md, decision 3). It never
holds values from state or plan, only argv, exit codes, serials and digests.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from tfswap.errors import RepoError
from tfswap.files import private_append
from tfswap.journal.events import Event, event_of
from tfswap.journal.progress import Progress, progress_of

VERSION = 1


class JournalLines(NamedTuple):
    """What a journal's file holds."""

    events: tuple[Event, ...]
    """Oldest first."""
    skipped: tuple[int, ...]
    """Numbers of the lines that hold no event: cut off by a kill, or written by something else."""


@dataclass(frozen=True)
class Journal:
    """The journal in one file."""

    path: Path
    pair: str = ""
    """Said with every event: the names given with ``--pair``."""
    where: str = ""
    """Said with every event: which state the commands run on."""

    def about(self, *, where: str) -> Journal:
        """Return the same journal, whose events say where the commands run."""
        return replace(self, where=where)

    def note(self, event: Event) -> None:
        """Append one event, stamped with when and by whom, and wait until it is on the disk.

        Raises:
            RepoError: It cannot be written; then the step must not be done either.
        """
        stamped = msgspec.structs.replace(
            event,
            v=VERSION,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            who=_who(),
            pair=event.pair or self.pair,
            where=event.where or self.where,
        )
        # An argument that is not UTF-8 must not keep the event off the disk.
        text = json.dumps(msgspec.to_builtins(stamped), ensure_ascii=False)
        line = text.encode("utf-8", "replace") + b"\n"
        try:
            with private_append(self.path) as file:
                # A line cut off by a kill must not swallow the next one.
                file.write(line if self._ends_with_newline() else b"\n" + line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise RepoError(
                f"The journal {self.path} cannot be written: {error.strerror}.",
                hint="Free disk space or fix its permissions, then run the same command again.",
            ) from error

    def _ends_with_newline(self) -> bool:
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            file.seek(max(0, size - 1))
            return file.read(1) in (b"", b"\n")

    def read(self) -> JournalLines:
        """Return the events, and which lines hold none.

        Raises:
            RepoError: The file cannot be read.
        """
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return JournalLines((), ())
        except OSError as error:
            raise RepoError(
                f"{self.path} cannot be read: {error.strerror}.",
                hint="Fix its permissions and run the same command again.",
            ) from error
        events, skipped = [], []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                events.append(event_of(msgspec.json.decode(line, type=dict)))
            except (msgspec.MsgspecError, RecursionError, ValueError):
                skipped.append(number)
        return JournalLines(tuple(events), tuple(skipped))

    def progress(self) -> Progress:
        """Return what the events tell of what is done and left to do."""
        return progress_of(self.read().events)


def _who() -> str:
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (OSError, KeyError):
        return f"uid {os.getuid()}@{socket.gethostname()}"
