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
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tfswap.errors import RepoError
from tfswap.files import private_append

VERSION = 1


@dataclass(frozen=True)
class Journal:
    """The journal in one file."""

    path: Path
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Said with every entry: the pair's names, or where the commands run."""

    def about(self, **facts: Any) -> Journal:
        """Return the same journal, whose entries say ``facts`` too."""
        return replace(self, facts={**self.facts, **facts})

    def note(self, event: str, **facts: Any) -> None:
        """Append one entry and wait until it is on the disk.

        Args:
            event: ``prepared``, ``step``, ``step-done``, ``pushed``, ``verified``, ``applied``…
            **facts: JSON values: argv, exit code, serials, digests.

        Raises:
            RepoError: It cannot be written; then the step must not be done either.
        """
        entry = {
            "v": VERSION,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": _who(),
            "event": event,
            **self.facts,
            **facts,
        }
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        try:
            with private_append(self.path) as file:
                # A line cut off by a kill must not swallow the next one.
                file.write(line if self._ends_whole() else b"\n" + line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise RepoError(
                f"The journal {self.path} cannot be written: {error.strerror}.",
                hint="Make room or mend its permissions, then run the same command again.",
            ) from error

    def _ends_whole(self) -> bool:
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            file.seek(max(0, size - 1))
            return file.read(1) in (b"", b"\n")

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield the entries, oldest first; a line cut off by a kill is left out."""
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            # What was cut off by a kill, or written by anything else, tells nothing.
            with suppress(ValueError, RecursionError):
                entry = json.loads(line)
                if isinstance(entry, dict) and isinstance(entry.get("event"), str):
                    json.dumps(entry, ensure_ascii=False).encode()
                    yield entry


def _who() -> str:
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (OSError, KeyError):
        return f"uid {os.getuid()}@{socket.gethostname()}"
