"""``tfswap log``: who did what and when in this swap, from the journal."""

from __future__ import annotations

from tfswap.commands.prepared import saved
from tfswap.commands.workbench import Workbench, told
from tfswap.errors import RepoError
from tfswap.report.history import HistoryFormat, history, render_history


def log(bench: Workbench, *, form: HistoryFormat, everything: bool = False) -> int:
    """Print the swap's history.

    Args:
        bench: The command's surroundings.
        form: How it is told.
        everything: Earlier swaps and every small step too.

    Returns:
        0.

    Raises:
        RepoError: The journal cannot be read.
    """
    swap = saved(bench)
    try:
        entries = list(bench.journal.entries())
    except OSError as error:
        raise RepoError(
            f"{bench.home.journal} cannot be read: {error.strerror}.",
            hint="Mend its permissions and run tfswap log again.",
        ) from error
    found = history(entries, told(swap) if swap else "", everything=everything)
    bench.console.out(render_history(found, form, width=bench.console.width))
    return 0
