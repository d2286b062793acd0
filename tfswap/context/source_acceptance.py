"""Who vouched for a restored table whose source AWS does not tell: kept in the journal."""

from __future__ import annotations

from collections.abc import Mapping

from tfswap.context.command_context import CommandContext
from tfswap.journal.events import SourceAccepted


def accept(context: CommandContext, tables: Mapping[str, str]) -> None:
    """Keep that somebody vouches for these tables.

    Args:
        context: The command's surroundings.
        tables: Physical name to identity (``provenance.identity``); empty where AWS could not be
            asked for one.
    """
    context.directory.make()
    for name, identity in tables.items():
        context.journal.note(SourceAccepted(table=name, id=identity))
        context.console.warn(
            f"{name} is accepted although its source is unknown; this is recorded in the journal."
        )
