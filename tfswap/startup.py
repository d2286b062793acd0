"""What makes ``tfswap`` start quickly, and with any standard streams."""

from __future__ import annotations

import codecs
import gc
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


PLAIN_SIGNS = "tfswap-plain-signs"
"""The error handler of standard streams that cannot write our signs (✓)."""
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("✓✅", "ok"),
        **dict.fromkeys("✗❌", "FAIL"),
        **dict.fromkeys("·–—➖─", "-"),
        **dict.fromkeys("├└", "+"),
        "│": "|",
        "…": "...",
        "→": "->",
        "⚠": "!",
        "\N{VARIATION SELECTOR-16}": "",
    }
)
"""What is written for our signs where a stream cannot encode them; the rest becomes ``?``."""


def _plain_signs(error: UnicodeError) -> tuple[str, int]:
    """Replace what a stream's encoding lacks (a handler for ``codecs.register_error``)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = error.object[error.start : error.end].translate(_SIGNS)
    return plain.encode("ascii", "replace").decode(), error.end


codecs.register_error(PLAIN_SIGNS, _plain_signs)


@contextmanager
def standard_streams() -> Iterator[None]:
    """Make the standard streams usable, and say in one line where one cannot be written to."""
    _open_closed()
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        # Help and version are written past the console, to a disk that may be full.
        sys.stderr.write(f"error: {error.strerror or error}.\n")
        os._exit(2)


def load_program(words: list[str]) -> typer.Typer:
    """Import the command line, with the named command alone where one is named.

    Args:
        words: What was typed after ``tfswap``.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=PLAIN_SIGNS)
    # What modules are made of is never garbage: the collector need not look for any meanwhile.
    gc.disable()
    try:
        from tfswap.cli import app
        from tfswap.cli.program import keep_only
    except KeyboardInterrupt:
        sys.exit(130)
    keep_only(app, words[:1])
    gc.freeze()
    gc.enable()
    return app


def _open_closed() -> None:
    """Give standard streams that are closed somewhere to go.

    The next file that is opened would get their number, and what is printed would land in it.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, closefd=False, encoding="utf-8"))  # noqa: SIM115
