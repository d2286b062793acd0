"""A swap that was prepared here before: whether it is the one asked for again."""

from __future__ import annotations

import os
from collections.abc import Sequence

import msgspec

from tfswap.context.command_context import CommandContext
from tfswap.context.written_names import written_names
from tfswap.errors import RepoError, UsageError
from tfswap.swap import Swap


def prepared_before(context: CommandContext, wanted: Sequence[str]) -> Swap | None:
    """Return the swap prepared here earlier when it is the same one.

    Raises:
        UsageError: It is, but a flag or variable disagrees with it.
    """
    try:
        swap = context.directory.find()
    except RepoError as error:
        context.console.warn(f"{error.message} It will be rewritten.")
        return None
    if swap is None:
        return None
    same_tables = len(wanted) == len(swap.tables) and set(wanted) <= names_of(swap)
    chosen = context.config.environment
    same_environment = chosen is None or chosen.value == swap.environment
    if same_tables and same_environment and _still_applies(context, swap):
        return _with_flags(context, swap)
    return None


def names_of(swap: Swap) -> set[str]:
    """Return the names by which the restored tables of a swap may be asked for."""
    return {name for table in swap.tables for name in (table.new_value, table.new_name)}


def _named(context: CommandContext, swap: Swap) -> str | None:
    """Return the tfvars file the user names, relative to the repository."""
    file = context.config.tfvars
    beside = os.path.normpath(f"{swap.root_module}/{file}") if file else ""
    return beside if beside and (context.git.root / beside).is_file() else file


def _with_flags(context: CommandContext, swap: Swap) -> Swap:
    """Return the prepared swap with what this call adds; what would make it another is refused.

    Raises:
        UsageError: A flag or variable disagrees with what was prepared.
    """
    config = context.config
    place = swap.tables[0]
    for flag, wanted, prepared in (
        ("--workspace", config.workspace, swap.workspace),
        ("TF_WORKSPACE", config.tf_workspace and config.tf_workspace.value, swap.workspace),
        ("--root", config.root_module, swap.root_module),
        ("--branch", config.branch, swap.branch),
        ("--account", config.account, swap.account),
        ("--region", config.region, place.region),
        ("--tfvars", _named(context, swap), place.leaf.file),
    ):
        if wanted and wanted != prepared:
            raise UsageError(
                f"This swap was prepared with {prepared}, not {wanted} ({flag}).",
                hint=f"To prepare it again: git restore {place.leaf.file}, remove "
                f"{context.directory.swap_file}, check out your main branch, and run "
                "tfswap prepare again.",
            )
    tables = swap.tables
    if config.pipelines:
        tables = tuple(msgspec.structs.replace(t, pipelines=config.pipelines) for t in tables)
    return msgspec.structs.replace(swap, tables=tables, release=config.release or swap.release)


def _still_applies(context: CommandContext, swap: Swap) -> bool:
    """Say whether the tfvars hold the outgoing or the new name at every leaf."""
    try:
        names = written_names(context.git.root, swap.tables)
    except RepoError:
        return False
    return all(name.is_outgoing or name.is_restored for name in names)


def saved(context: CommandContext) -> Swap | None:
    """Return the swap on disk, or None where there is none that can be read."""
    try:
        return context.directory.find()
    except RepoError:
        return None
