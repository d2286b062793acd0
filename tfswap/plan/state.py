"""The resources of ``prior_state`` and ``planned_values``, read in passes instead of being kept.

There are as many of them as of changes, and nearly all are asked for their address only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from functools import cached_property
from itertools import compress
from typing import NamedTuple

import msgspec

from tfswap.plan.duplicate_keys import convert, object_parts, typed_chunks
from tfswap.plan.json_types import StateResource
from tfswap.plan.plan_file import collector_off


class _Short(NamedTuple):
    managed: dict[str, msgspec.Raw]
    others: tuple[StateResource, ...]
    crowded: bool
    """Whether several objects share an address, as deposed ones do."""


class StateList:
    """The resources of one state: iterate over it, or ask for one of its short lists.

    Every iteration decodes anew. Each raises ``PlanError`` where the state cannot be read, or
    repeats a key.
    """

    def __init__(self, root: msgspec.Raw | None, where: str) -> None:
        self._root = root
        self._where = where
        self._lists: list[list[msgspec.Raw]] | None = None

    @staticmethod
    def of(lists: list[list[msgspec.Raw]], where: str) -> StateList:
        """Return the state whose modules' resources these are."""
        state = StateList(None, where)
        state._lists = lists
        return state

    def __iter__(self) -> Iterator[StateResource]:
        for _, found in self._chunks():
            yield from found

    def __bool__(self) -> bool:
        return bool(self._short.managed or self._short.others)

    @property
    def managed(self) -> Set[str]:
        """Addresses of all managed resources, deposed objects included."""
        return self._short.managed.keys()

    def strangers(self, known: Set[str]) -> set[str]:
        """Return the addresses of managed resources that are not among the known ones.

        Nothing is kept, where it is not already: a plan may hold very many.
        """
        if "_short" in self.__dict__:
            return set(self.managed - known)
        return {
            element.address
            for _, found in self._chunks()
            for element in found
            if element.mode == "managed" and element.address not in known
        }

    @property
    def others(self) -> tuple[StateResource, ...]:
        """Everything but managed resources: data sources, and what is not known here."""
        return self._short.others

    def at(self, addresses: Iterable[str]) -> list[StateResource]:
        """Return the managed objects at these addresses, deposed ones included."""
        wanted = set(addresses) & self.managed
        if not self._short.crowded:
            return [self._decoded(self._short.managed[address]) for address in sorted(wanted)]
        return [
            self._decoded(item)
            for items, found in (self._chunks() if wanted else ())
            for item, element in zip(items, found, strict=True)
            if element.address in wanted and element.mode == "managed"
        ]

    @cached_property
    def _short(self) -> _Short:
        managed: dict[str, msgspec.Raw] = {}
        others: list[StateResource] = []
        count = 0
        with collector_off():
            for items, found in self._chunks():
                plain = [element.mode == "managed" for element in found]
                if not all(plain):
                    others += [
                        self._decoded(i) for i, own in zip(items, plain, strict=True) if not own
                    ]
                    items, found = list(compress(items, plain)), list(compress(found, plain))
                managed.update(zip([element.address for element in found], items, strict=True))
                count += len(items)
        return _Short(managed, tuple(others), crowded=len(managed) < count)

    def _decoded(self, item: msgspec.Raw) -> StateResource:
        """Decode from the plan itself, so that the copy of a chunk need not stay."""
        return convert(item, StateResource, self._where)  # type: ignore[no-any-return]

    def _chunks(self) -> Iterator[tuple[list[msgspec.Raw], list[StateResource]]]:
        for items in self._lists or ():
            yield from typed_chunks(items, StateResource, self._where)
        queue = [] if self._root is None else [self._root]
        while queue:
            parts = object_parts(queue.pop(0), self._where)
            if "resources" in parts:
                items = convert(parts["resources"], list[msgspec.Raw], self._where)
                yield from typed_chunks(items, StateResource, self._where)
            if "child_modules" in parts:
                queue += convert(parts["child_modules"], list[msgspec.Raw], self._where)
