"""Which command goes on from where a Ctrl-C, a closed terminal or a polite kill ended another.

What was changed by then is said by the one place that shows it (``Console.what_was_written``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tfswap.command_line import to_continue


@contextmanager
def interrupt_names(following: str) -> Iterator[None]:
    """Name another command than the interrupted one; what an inner block named stays."""
    try:
        yield
    except KeyboardInterrupt as error:
        if not hasattr(error, "hint"):
            error.hint = to_continue(following)  # type: ignore[attr-defined]
        raise
