"""A step shown while it runs, with what it waits for."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

_FRAMES, _PER_SECOND = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", 10


@contextmanager
def spinning(
    title: str, begun: float, *, width: int, waiting_for: Callable[[], str]
) -> Iterator[None]:
    """Show a step's title, time and what it waits for, until the block ends.

    Args:
        title: What it does.
        begun: When it began, in monotonic seconds.
        width: Columns of the terminal.
        waiting_for: Returns what it waits for now; empty for nothing.
    """
    from rich.console import Console as Rich
    from rich.live import Live
    from rich.text import Text

    def running() -> Text:
        seconds = time.monotonic() - begun
        frame = _FRAMES[int(seconds * _PER_SECOND) % len(_FRAMES)]
        took = f" ({seconds:.0f} s)" if seconds >= 1 else ""
        # Cut to one row: what a wrapped line leaves behind would not be cleared.
        row = textwrap.shorten(waiting_for(), width - 5, placeholder="…")
        row = f"\n    {row}" if row else ""
        return Text.assemble(("  " + frame, "green"), f" {title}", (took + row, "dim"))

    screen = Rich(stderr=True, highlight=False)
    with Live(
        get_renderable=running, console=screen, transient=True, refresh_per_second=_PER_SECOND
    ):
        yield
