"""``tfswap runbook``: the night as Markdown, for those who want to type it themselves."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from tfswap.commands.by_hand import by_hand
from tfswap.commands.night import find_swap, line_of, names_of, night_of, recall
from tfswap.commands.workbench import Workbench
from tfswap.night.course import course
from tfswap.night.markdown import runbook_markdown
from tfswap.night.told import Told


def runbook(
    bench: Workbench,
    wanted: Sequence[str],
    *,
    restore: str = "",
    date: str = "",
    given: Sequence[tuple[str, str]] = (),
) -> int:
    """Print the runbook.

    Args:
        bench: The command's surroundings.
        wanted: Restored tables, or base names with ``restore``.
        restore: Which backup is to be restored first.
        date: Date of restoration, ``YYYYMMDD``.
        given: Further flags with their values, for the commands that know them.

    Returns:
        The exit code.
    """
    names = names_of(bench, wanted, restore=restore, date=date)
    bench, told = recall(bench, names, Told(restore=restore, given=tuple(given)))
    swap = find_swap(bench, names)
    night = night_of(bench, swap, names, told)
    lines = [
        (phase, shlex.join(line_of(phase)))
        for phase in course(night)
        if phase.name not in told.skip
    ]
    bench.console.out(runbook_markdown(night, swap, lines, by_hand(bench, swap, names)))
    return 0
