"""``tfswap runbook``: the night as Markdown, for those who want to type it themselves."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from tfswap.commands.night import find_swap, names_of, night_of, tfswap_line
from tfswap.commands.workbench import Workbench
from tfswap.night.course import course
from tfswap.night.markdown import runbook_markdown
from tfswap.steps.sequence import steps_of
from tfswap.swap import Swap
from tfswap.terraform import commands


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
    bench.console.out(runbook_markdown(night, swap, lines, _by_hand(bench, swap)))
    return 0


def _by_hand(bench: Workbench, swap: Swap) -> dict[str, Sequence[str]]:
    """Return, per phase, what the runbook would have one type instead."""
    binary = bench.remembering(swap).binary

    def line(words: commands.Words) -> str:
        return shlex.join(binary.argv(words))

    variables = bench.remembering(swap).config.terraform_variables()
    edits = [f"# {t.leaf.file}:{t.leaf.line}: {t.old_name} -> {t.new_name}" for t in swap.tables]
    files = shlex.join(sorted({table.leaf.file for table in swap.tables}))
    return {
        "prepare": [f"git switch -c {shlex.quote(swap.branch)}", *edits],
        "run": [
            f"cd {shlex.quote(swap.root_module)}",
            *(f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items())),
            line(commands.init()),
            line(commands.workspace_select(swap.workspace)),
            f"{line(commands.state_pull())} > before.tfstate    # keep it, and keep it private",
            *(line(step.words()) for step in steps_of(swap)),
        ],
        "verify": [line(commands.plan("swap.plan"))],
        "apply": [line(commands.apply("swap.plan"))],
        "finish": [
            f"git commit -m 'Use the restored table' -- {files}",
            f"git push --set-upstream origin {shlex.quote(swap.branch)}",
        ],
    }
