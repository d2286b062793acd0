"""What a swap leaves on the outgoing table's name, in words: for ``prepare`` and ``runbook``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from tfswap.context.command_context import CommandContext
from tfswap.context.terraform_facts import terraform_variables
from tfswap.discovery.stale_names import RootInputs, Stale, StaleName, find_stale
from tfswap.edit import files
from tfswap.errors import RepoError
from tfswap.hcl.parse_cache import user_cache
from tfswap.hcl.project import Project
from tfswap.swap import Swap

_MAX = 40


def stale_after(context: CommandContext, swap: Swap) -> Stale:
    """Return what would still name the outgoing tables once the edit is made."""
    project = Project(context.git.root, user_cache(), _edited(context, swap))
    # What is read last wins, as it does for Terraform.
    tfvars = context.config.tfvars or next(reversed(swap.var_files), None)
    around = RootInputs(tfvars, terraform_variables(context))
    return find_stale(project, swap, around)


def _edited(context: CommandContext, swap: Swap) -> dict[str, bytes]:
    """Return the edited files with the restored tables' names in them."""
    names = dict.fromkeys(table.leaf.file for table in swap.tables)
    return {
        name: files.swapped((context.git.root / name).read_bytes(), name, swap.tables)
        for name in names
    }


def stale_lines(stale: Stale, swap: Swap, width: int) -> list[str]:
    """Return what to tell of it, one line each; none where there is nothing."""
    own = [name for name in stale.names if not name.root_module]
    lines: list[str] = []
    for table in swap.tables:
        certain = [name for name in own if name.name == table.old_name and name.is_certain]
        if certain:
            lines += _wrapped(
                f"Still {table.old_name} after the swap ({len(certain)}): these compose "
                f"the name themselves. Use {table.address}.name instead, or pass it as "
                "an input. Merge that before the swap.",
                width,
            )
            lines += _listed(certain)
    if unclear := [name for name in own if not name.is_certain]:
        lines += _wrapped("The same word, which may mean the table. Check each:", width)
        lines += _listed(unclear)
    lines += _elsewhere(stale, width)
    for reason in stale.unread:
        lines += _wrapped(f"Not searched for the outgoing name: {reason}", width)
    return lines


def _elsewhere(stale: Stale, width: int) -> list[str]:
    lines: list[str] = []
    others = [name for name in stale.names if name.root_module]
    if others:
        lines += _wrapped(
            "Other root modules that use the outgoing name. Rename it there too, then "
            "plan and apply them after the swap:",
            width,
        )
        lines += _listed(others)
    if stale.others:
        lines += _wrapped(
            "Other root modules that read the name from this one. Plan and apply them "
            "after the swap:",
            width,
        )
        lines += _shortened([f"  {o.file}:{o.line}  {o.what}" for o in stale.others])
    return lines


def _listed(names: Sequence[StaleName]) -> list[str]:
    return _shortened(
        [f"  {name.file}:{name.line}  {' '.join(filter(None, name[3:5]))}" for name in names]
    )


def _shortened(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _MAX
    return [*lines[:_MAX], *([f"  and {more} more"] if more > 0 else [])]


def _wrapped(text: str, width: int) -> Iterable[str]:
    return textwrap.wrap(
        text, width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False
    )


def warn_of_stale(context: CommandContext, swap: Swap, width: int) -> tuple[str, ...]:
    """Search, warn once where something is found, and return the lines to show."""
    try:
        stale = stale_after(context, swap)
    except RepoError as error:
        stale = Stale(unread=(error.message,))
    count = sum(name.is_certain for name in stale.names)
    if count:
        places = f"{count} place{'s' * (count > 1)}"
        context.console.warn(f"{places} would still use the outgoing table after the swap.")
    return tuple(stale_lines(stale, swap, width))
