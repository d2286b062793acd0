"""tfswap as it is typed, run in this process: what it prints, and the code it ends with.

A process of its own costs half a second of imports. Where that process is what is tested (start-up,
signals, streams that a child inherits), a test starts one.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from tfswap.swap_directory import release_locks


@dataclass(frozen=True)
class Outcome:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


def typed(
    arguments: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None, stdin: str = ""
) -> Outcome:
    """Run a command line in a folder, with ``env`` on top of this process's variables."""
    from tfswap.cli import app

    out, err, given = _stream(), _stream(), _stream(stdin)
    with (
        contextlib.chdir(cwd),
        mock.patch.dict(os.environ, env or {}),
        mock.patch.object(sys, "stdin", given),
        mock.patch.object(sys, "argv", ["tfswap", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        _signals_kept(),
    ):
        try:
            app(list(arguments), prog_name="tfswap")
            code: object = 0
        except SystemExit as end:
            code = end.code
        finally:
            release_locks()
    assert isinstance(code, int | None)
    return Outcome(code or 0, _text(out), _text(err))


def _stream(text: str = "") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


@contextlib.contextmanager
def _signals_kept() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
