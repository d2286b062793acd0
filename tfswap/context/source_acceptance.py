"""Who vouched for a restored table whose source AWS does not tell: kept in the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tfswap.aws.provenance import Accepted
from tfswap.context.command_context import CommandContext

_EVENT = "source-accepted"


def accept(context: CommandContext, tables: Mapping[str, str]) -> None:
    """Keep that somebody vouches for these tables.

    Args:
        context: The command's surroundings.
        tables: Physical name to identity (``provenance.identity``); empty where AWS could not be
            asked for one.
    """
    context.directory.make()
    for name, identity in tables.items():
        context.journal.note(_EVENT, table=name, id=identity)
        context.console.warn(
            f"{name} is accepted without knowing its source; the journal keeps it."
        )


def accepted_in(entries: Iterable[Mapping[str, Any]]) -> Accepted:
    """Return who vouched for which table, by the journal."""
    vouched = [entry for entry in entries if entry.get("event") == _EVENT]

    def accepted(name: str, identity: str) -> str:
        for entry in reversed(vouched):
            # Said without an identity it holds for the name, whatever AWS then shows.
            if entry.get("table") == name and entry.get("id") in ("", identity):
                return f"{entry.get('pair') or entry.get('who')} at {str(entry.get('at'))[:16]}"
        return ""

    return accepted
