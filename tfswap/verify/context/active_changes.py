"""The resources in service of one plan, by address; most of them are never looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tfswap.plan.change_list import Changes
from tfswap.plan.changes import Change


class ActiveChanges(Mapping[str, Change]):
    """Changes by address, deposed objects left out; of an address given twice, the first.

    Args:
        changes: Every change of the plan.
        seen: Says what a change is seen as, where it is the rest of something begun.
    """

    def __init__(self, changes: Changes, seen: Callable[[Change], Change]) -> None:
        self._changes = changes
        self._seen = seen
        self._made: dict[int, Change] = {}
        deposed = {
            place for place in changes.busy_places if changes[place].entry.deposed is not None
        }
        every = reversed(range(len(changes)))
        # The last one put in wins: so from the end.
        self._places = dict(zip(reversed(changes.addresses), every, strict=True))
        if deposed:
            kept = [place for place in range(len(changes)) if place not in deposed]
            self._places = {changes.addresses[place]: place for place in reversed(kept)}

    def __getitem__(self, address: str) -> Change:
        return self._at(self._places[address])

    def __contains__(self, address: object) -> bool:
        return address in self._places

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        return (self._changes.addresses[place] for place in sorted(self._places.values()))

    def _at(self, place: int) -> Change:
        found = self._made.get(place)
        if found is None:
            found = self._made[place] = self._seen(self._changes[place])
        return found

    def _serving(self, places: Iterable[int]) -> Iterator[Change]:
        """Yield the changes at those places that are looked up by their address."""
        if len(self._places) == len(self._changes):  # Every one is.
            return map(self._at, places)
        addresses = self._changes.addresses
        return (self._at(p) for p in places if self._places.get(addresses[p]) == p)

    @property
    def busy(self) -> Iterator[Change]:
        """Those to which anything may happen, in the order of the plan."""
        return self._serving(self._changes.busy_places)

    @property
    def has_quiet(self) -> bool:
        """Whether there is a managed resource to which nothing at all happens."""
        quiet = map(self._changes.__getitem__, self._changes.quiet)
        return any(change.is_managed for change in quiet)

    def sifted(self, sift: Callable[[Sequence[Any]], Iterable[int]]) -> Iterator[Change]:
        """Yield those whose planned objects pass a sieve.

        Args:
            sift: Takes undecoded objects and says which of them pass, by their places in the list.
        """
        return self._serving(sift(self._changes.afters()))

    def of(self, *types: str) -> list[Change]:
        """Return the managed resources of some types, in the order of the plan."""
        return self.where(types.__contains__)

    def where(self, wanted: Callable[[str], bool]) -> list[Change]:
        """Return the managed resources whose type is wanted, in the order of the plan."""
        listed = [places for kind, places in self._changes.types.items() if wanted(kind)]
        places = listed[0] if len(listed) == 1 else sorted(place for one in listed for place in one)
        return [change for change in self._serving(places) if change.is_managed]

    def instances(self, kind: str, name: str) -> list[Change]:
        """Return the instances of the blocks of this type and name, whatever their module."""
        return list(self._serving(self._changes.of(kind, name)))
