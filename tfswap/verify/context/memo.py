"""Changes that are alike: what is found out of one instance of a block holds for its twins.

Alike means byte for byte, before and after, marks and actions included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from tfswap.plan.changes import Change

T = TypeVar("T")

_MAX = 8
"""How many different ones of a block are remembered: instances that differ must not be compared
with all others."""


class AlikeChanges:
    """Finds for a change the first one that is like it."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[str, str, str, str], list[Change]] = {}
        self._known: dict[int, tuple[Change, Change]] = {}

    def of(self, change: Change) -> Change:
        """Return the first change of the same block with the same content, or the change itself."""
        found = self._known.get(id(change))
        if found is None:
            # The change is kept along: its id must not pass to another object.
            found = self._known[id(change)] = change, self._first(change)
        return found[1]

    def _first(self, change: Change) -> Change:
        entry = change.entry
        place = (entry.module_address, entry.mode, entry.type, entry.name)
        others = self._blocks.setdefault(place, [])
        for other in others:
            if _alike(change, other):
                return other
        others.append(change)
        del others[:-_MAX]
        return change


def _alike(one: Change, other: Change) -> bool:
    first, second = one.entry.change, other.entry.change
    return (
        first.after == second.after
        and first.before == second.before
        and first.after_unknown == second.after_unknown
        and first.before_sensitive == second.before_sensitive
        and first.after_sensitive == second.after_sensitive
        and first.actions == second.actions
        and first.replace_paths == second.replace_paths
        and one.entry.action_reason == other.entry.action_reason
    )


class Memo(Generic[T]):
    """Remembers what was found out of a change, for its twins."""

    def __init__(self, alike_changes: AlikeChanges) -> None:
        self._twins = alike_changes
        self._found: dict[int, tuple[Change, T]] = {}

    def get(self, change: Change, find: Callable[[Change], T]) -> T:
        """Return what ``find`` says of the change's first twin; it is asked once."""
        first = self._twins.of(change)
        known = self._found.get(id(first))
        if known is None:
            known = self._found[id(first)] = first, find(first)
        return known[1]
