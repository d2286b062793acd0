"""``tfswap runbook``: the guided run as Markdown, for those who want to type it themselves."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from tfswap.commands.runbook.maintenance import maintenance_hints
from tfswap.commands.runbook.manual_commands import manual_commands
from tfswap.commands.swap.inputs import find_swap, guided_run_of, line_of, names_of, saved_inputs
from tfswap.context.command_context import CommandContext
from tfswap.context.stale_names import warn_of_stale
from tfswap.guide.inputs import GuideInputs
from tfswap.guide.markdown import runbook_markdown
from tfswap.guide.phases import phases_of


def runbook(
    context: CommandContext,
    wanted: Sequence[str],
    *,
    restore: str = "",
    date: str = "",
    given: Sequence[tuple[str, str]] = (),
) -> int:
    """Print the runbook.

    Args:
        context: The command's surroundings.
        wanted: Restored tables, or base names with ``restore``.
        restore: Which backup is to be restored first.
        date: Date of restoration, ``YYYYMMDD``.
        given: Further flags with their values, for the commands that know them.

    Returns:
        The exit code.
    """
    names = names_of(context, wanted, restore=restore, date=date)
    context, inputs = saved_inputs(context, names, GuideInputs(restore=restore, given=tuple(given)))
    swap = find_swap(context, names)
    guided_run = guided_run_of(context, swap, names, inputs)
    lines = [
        (phase, shlex.join(line_of(phase)))
        for phase in phases_of(guided_run)
        if phase.name not in inputs.skip
    ]
    stale = warn_of_stale(context, swap, context.console.width)
    by_hand = manual_commands(context, swap, names, inputs.restore)
    context.console.out(
        runbook_markdown(guided_run, swap, lines, by_hand, stale, maintenance_hints(context))
    )
    return 0
