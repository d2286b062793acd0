"""What a Ctrl-C says: what was written, what was not, and the command that goes on from there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

UNTOUCHED = "The state and AWS were not changed."
_WHERE = "(To see what is done: tfswap status)"


@contextmanager
def interrupt_says(written: str, following: str) -> Iterator[None]:
    """Tell what holds when the block or function is interrupted; what an inner one told stays.

    Args:
        written: What was written by then, as one sentence.
        following: The command that goes on from there.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        if not hasattr(error, "hint"):
            error.hint = f"{written} To continue: {following} {_WHERE}"  # type: ignore[attr-defined]
        raise
