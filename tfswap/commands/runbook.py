"""``tfswap runbook``: the night as Markdown, for those who want to type it themselves."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from tfswap.commands.by_hand import by_hand
from tfswap.commands.night import find_swap, names_of, night_of, tfswap_line
from tfswap.commands.workbench import Workbench
from tfswap.night.course import course
from tfswap.night.markdown import runbook_markdown


def runbook(bench: Workbench, wanted: Sequence[str], *, restore: str = "", date: str = "") -> int:
    """Print the runbook.

    Args:
        bench: The command's surroundings.
        wanted: Restored tables, or base names with ``restore``.
        restore: Which backup is to be restored first.
        date: Date of restoration, ``YYYYMMDD``.

    Returns:
        The exit code.
    """
    names = names_of(bench, wanted, restore=restore, date=date)
    swap = find_swap(bench, names)
    night = night_of(bench, swap, names, restore=restore)
    lines = [
        (
            phase,
            shlex.join(phase.foreign) if phase.foreign else tfswap_line(phase.command),
        )
        for phase in course(night)
    ]
    bench.console.out(runbook_markdown(night, swap, lines, by_hand(bench, swap, names)))
    return 0
