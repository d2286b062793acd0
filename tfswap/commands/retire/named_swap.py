"""The swap whose outgoing table is to be deleted, read from the tfvars where none is prepared.

A day later it is often somebody else, in a clone that never saw ``.tfswap/``. There the tfvars name
the restored table; the outgoing one is what the person typed. Everything that decides (state, plan,
use, backup) is asked of AWS and Terraform all the same.
"""

from __future__ import annotations

import msgspec

from tfswap.context.command_context import CommandContext
from tfswap.context.input_checks import plain
from tfswap.context.swap_discovery import discovered
from tfswap.context.table_target import prepared_swap
from tfswap.discovery.selection import AlreadyNamedError
from tfswap.errors import UsageError
from tfswap.swap import Swap, TableSwap


def swap_named(context: CommandContext, wanted: str | None) -> Swap:
    """Return the swap that took a table out of service, where none is prepared.

    Args:
        context: The command's surroundings.
        wanted: The outgoing table's full name; None is refused.

    Raises:
        UsageError: No table is named, or the table named is in service.
        RepoError: As ``prepare``, when the repository does not tell.
    """
    if not wanted:
        raise UsageError(
            "No swap is prepared here, so name the outgoing table.",
            hint="Use its physical name: tfswap retire production-Lpas --dry-run",
        )
    try:
        found = _reversed(discovered(context, [plain(wanted)]))
    except AlreadyNamedError as error:
        raise UsageError(
            f"{wanted} is the table named in the tfvars: it is in service.",
            hint="Nothing was deleted. Use the physical name of the outgoing table.",
        ) from error
    for table in found.tables:
        context.console.say(f"the tfvars name {table.new_name} ({table.leaf.file})")
    return found


def as_prepared(context: CommandContext, swap: Swap) -> Swap:
    """Return the prepared swap where it leads to the same tables, else the one given.

    The verdict on a plan is kept for one swap: ``finish`` and ``status`` look for that of theirs.
    """
    prepared = prepared_swap(context)
    if prepared is None:
        return swap
    mine, its = ({(t.address, t.new_name) for t in one.tables} for one in (swap, prepared))
    return prepared if mine == its else swap


def _reversed(back: Swap) -> Swap:
    """Return the swap that led here, from the one that would lead back."""
    return msgspec.structs.replace(back, tables=tuple(map(_reversed_table, back.tables)))


def _reversed_table(back: TableSwap) -> TableSwap:
    return msgspec.structs.replace(
        back,
        leaf=msgspec.structs.replace(back.leaf, value=back.new_value),
        new_value=back.leaf.value,
        old_name=back.new_name,
        new_name=back.old_name,
    )
