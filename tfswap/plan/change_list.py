"""The changes of a plan, of which nearly all are none: a ``Change`` is made when one is asked for.

*Quiet* is a resource or data source in service to which nothing at all happens: its action is
no-op, both sides are written alike and known, nothing is moved or imported. It is told from the
undecoded bytes, and only in a plan read by ``plan.fast_reader``; elsewhere every change is busy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import overload

import msgspec

from tfswap.plan.changes import Change
from tfswap.plan.json_types import NULL, ResourceEntry

_NOOP = ("no-op",)
_KNOWN = msgspec.Raw(b"{}")


class Changes(Sequence[Change]):
    """Changes in the order of the plan; the same object each time for the same place.

    Args:
        entries: The elements of ``resource_changes`` or ``resource_drift``.
        proven: Whether they are known to be written as Terraform does, so that some may be quiet.
    """

    def __init__(self, entries: Sequence[ResourceEntry], *, proven: bool = False) -> None:
        self._entries = entries
        self._made: dict[int, Change] = {}
        self._blocks: dict[str, dict[str, list[int]]] = {}
        self.busy_places: list[int] = _busy(entries) if proven else list(range(len(entries)))
        """Places of all that are not quiet."""

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> Change: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Change]: ...
    def __getitem__(self, place: int | slice) -> Change | Sequence[Change]:
        if isinstance(place, slice):
            return [self[one] for one in range(len(self))[place]]
        found = self._made.get(place)
        if found is None:
            found = self._made[place] = Change(self._entries[place])
        return found

    def __iter__(self) -> Iterator[Change]:
        return map(self.__getitem__, range(len(self)))

    @cached_property
    def busy(self) -> tuple[Change, ...]:
        """All that are not quiet: there is no other to which anything happens."""
        return tuple(map(self.__getitem__, self.busy_places))

    @cached_property
    def quiet(self) -> Sequence[int]:
        """Places of the quiet ones."""
        busy = set(self.busy_places)
        every = range(len(self))
        return every if not busy else [place for place in every if place not in busy]

    @cached_property
    def addresses(self) -> list[str]:
        """The address at each place."""
        return [entry.address for entry in self._entries]

    def afters(self) -> list[msgspec.Raw]:
        """Return the planned object at each place, undecoded."""
        return [entry.change.after for entry in self._entries]

    @cached_property
    def types(self) -> dict[str, list[int]]:
        """Places by resource type."""
        found: dict[str, list[int]] = {}
        for place, entry in enumerate(self._entries):
            if entry.type in found:
                found[entry.type].append(place)
            else:
                found[entry.type] = [place]
        return found

    def of(self, kind: str, name: str) -> list[int]:
        """Return the places of one block's instances, in all modules and modes."""
        if kind not in self._blocks:
            names: dict[str, list[int]] = {}
            for place in self.types.get(kind, ()):
                names.setdefault(self._entries[place].name, []).append(place)
            self._blocks[kind] = names
        return self._blocks[kind].get(name, [])


def _busy(entries: Sequence[ResourceEntry]) -> list[int]:
    """Return the places of all entries that are not quiet; this is asked of every one of them."""
    return [
        place
        for place, entry in enumerate(entries)
        if (body := entry.change).actions != _NOOP
        or body.before != body.after
        or body.before == NULL
        or (body.after_unknown != _KNOWN and b"true" in bytes(body.after_unknown))
        or entry.deposed is not None
        or entry.previous_address is not None
        or body.importing is not None
        or body.replace_paths is not None
        or not entry.mode
    ]
