"""What the verifier is told of a prepared swap: the swap, and the outgoing tables as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tfswap.context.allowances import allowances
from tfswap.context.command_context import CommandContext
from tfswap.errors import TerraformError
from tfswap.swap import Swap
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.state_file import State, parse
from tfswap.verify.model.intent import Intent


def intent_of(context: CommandContext, swap: Swap, pulled: State | None = None) -> Intent:
    """Return the intent of a prepared swap.

    What the outgoing tables had (tags, protections) is taken from the state just pulled, or, once
    that holds the restored ones, from the newest backup that still held them.

    Args:
        context: Holds the backups and the allowances of ``tfswap.toml``.
        swap: The swap.
        pulled: The state as it is now, where it was pulled.

    Raises:
        ConfigError: An allowance cannot be used.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for state in (*([pulled] if pulled else []), *_backups(context.directory, swap.workspace)):
        for table in swap.tables:
            held = state.instances.get(table.address)
            if held is not None and held.attributes.get("name") == table.old_name:
                found.setdefault(table.address, held.attributes)
        if len(found) == len(swap.tables):
            break
    allowed = allowances(context.config)
    return Intent.from_swap(swap, outgoing=found or None, allowances=allowed)


def _backups(directory: SwapDirectory, workspace: str) -> Iterator[State]:
    """Yield the backed-up states, newest first; one that cannot be read tells nothing."""
    for path in directory.backups(workspace):
        try:
            yield parse(path.read_bytes())
        except (TerraformError, OSError):
            continue
