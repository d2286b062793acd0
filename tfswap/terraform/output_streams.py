"""Where a child's output goes: into pipes, or into files that outlive us.

A child that writes into a pipe whose reader was killed gets SIGPIPE and dies with it (Go's
``os/signal``, "SIGPIPE"): a Terraform that changes state or AWS would leave its lock behind, and
what it had just made would be in no state. So what such a child says goes into files: it ends in
good order whatever happens to us.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from tfswap.files import private_append

OnLine = Callable[[str], None]

_PAUSE = 0.05
"""Seconds between two looks at a growing file."""


class Streams(Protocol):
    """Both streams of one child."""

    @property
    def out(self) -> int | IO[bytes]:
        """What the child gets as standard output."""

    @property
    def err(self) -> int | IO[bytes]:
        """What the child gets as standard error."""

    def watch(self, child: subprocess.Popen[bytes]) -> None:
        """Begin to read, once the child has started."""

    def finish(self) -> tuple[bytes, bytes]:
        """Return what the child said, once it has ended."""


class PipeStreams:
    """Reads both streams to their ends, neither waiting for the other or for us."""

    def __init__(self, on_line: OnLine | None) -> None:
        self.out = self.err = subprocess.PIPE
        self._on_line = on_line
        self._read: tuple[list[bytes], list[bytes]] = ([], [])
        self._threads: list[threading.Thread] = []

    def watch(self, child: subprocess.Popen[bytes]) -> None:
        """Begin to read."""
        assert child.stdout is not None and child.stderr is not None  # noqa: S101
        for stream, into, on_line in (
            (child.stdout, self._read[0], self._on_line),
            (child.stderr, self._read[1], None),
        ):
            thread = threading.Thread(target=_drain, args=(stream, into, on_line), daemon=True)
            thread.start()
            self._threads.append(thread)

    def finish(self) -> tuple[bytes, bytes]:
        """Wait for the ends and return what was read."""
        for thread in self._threads:
            thread.join()
        return b"".join(self._read[0]), b"".join(self._read[1])


def _drain(stream: IO[bytes], into: list[bytes], on_line: OnLine | None) -> None:
    for line in stream:
        into.append(line)
        _pass_on(on_line, line)


class FileStreams:
    """Both streams in nameless files; standard output may be followed as it grows."""

    def __init__(self, folder: Path | None, on_line: OnLine | None = None) -> None:
        self.out = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self.err = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self._on_line = on_line
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def watch(self, child: subprocess.Popen[bytes]) -> None:
        """Begin to follow the output, where somebody watches."""
        if self._on_line is not None:
            self._thread.start()

    def _follow(self) -> None:
        read, rest = 0, b""
        while not self._over.wait(_PAUSE):
            # Not through the file's own position, which is the child's, too.
            new = os.pread(self.out.fileno(), 1 << 16, read)
            read += len(new)
            *lines, rest = (rest + new).split(b"\n")
            for line in lines:
                _pass_on(self._on_line, line)

    def finish(self) -> tuple[bytes, bytes]:
        """Return what the files hold, and let them go."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()
        with self.out, self.err:
            self.out.seek(0)
            self.err.seek(0)
            return self.out.read(), self.err.read()


class FollowedStreams:
    """Both streams at the end of one private file, which is read as it grows."""

    def __init__(self, path: Path, on_line: OnLine | None) -> None:
        self.out = self.err = private_append(path)
        self._reader = path.open("rb")
        self._reader.seek(0, os.SEEK_END)
        self._on_line = on_line
        self._said: list[bytes] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def watch(self, child: subprocess.Popen[bytes]) -> None:
        """Begin to follow the file."""
        self._thread.start()

    def finish(self) -> tuple[bytes, bytes]:
        """Read what is left; standard error is part of the first of the two."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._reader.close()
        self.out.close()
        return b"".join(self._said), b""

    def _follow(self) -> None:
        rest = b""
        while True:
            over = self._over.is_set()
            new = self._reader.read()
            if not new and over:
                break
            if not new:
                self._over.wait(_PAUSE)
                continue
            *lines, rest = (rest + new).split(b"\n")
            for line in lines:
                self._take(line + b"\n")
        if rest:
            self._take(rest)

    def _take(self, line: bytes) -> None:
        self._said.append(line)
        _pass_on(self._on_line, line)


def _pass_on(on_line: OnLine | None, line: bytes) -> None:
    # Whoever watches may go away (a closed pipe); the child's work goes on all the same.
    with suppress(Exception):
        if on_line is not None:
            on_line(line.decode("utf-8", "replace").rstrip("\r\n"))
