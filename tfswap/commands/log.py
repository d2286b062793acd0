"""``tfswap log``: who did what and when in this swap, from the journal."""

from __future__ import annotations

from tfswap.context.command_context import CommandContext, swap_line
from tfswap.context.saved_swap import saved
from tfswap.report import HistoryFormat
from tfswap.report.event_text import skipped_note
from tfswap.report.history import history, render_history


def log(context: CommandContext, *, form: HistoryFormat, everything: bool = False) -> int:
    """Print the swap's history.

    Args:
        context: The command's surroundings.
        form: How it is told.
        everything: Earlier swaps and every small step too.

    Returns:
        0.

    Raises:
        RepoError: The journal cannot be read.
    """
    swap = saved(context)
    events, skipped = context.journal.read()
    if skipped:
        context.console.warn(skipped_note(skipped))
    found = history(events, swap_line(swap) if swap else "", everything=everything)
    context.console.out(render_history(found, form, width=context.console.width))
    return 0
