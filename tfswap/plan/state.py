"""The resources of ``prior_state`` and ``planned_values``, read in passes instead of being kept.

There are as many of them as of changes, and nearly all are asked for their address only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import msgspec

from tfswap.plan.source import collector_off
from tfswap.plan.spelling import convert, object_parts, typed_chunks
from tfswap.plan.structs import StateResource


class StateList:
    """The resources of one state: iterate over it, or ask for one of its short lists.

    Every iteration decodes anew. Each raises ``PlanError`` where the state cannot be read, or
    repeats a key.
    """

    def __init__(self, root: msgspec.Raw | None, where: str) -> None:
        self._root = root
        self._where = where

    def __iter__(self) -> Iterator[StateResource]:
        for _, found in self._chunks():
            yield from found

    def __bool__(self) -> bool:
        return bool(self.managed or self.others)

    @property
    def managed(self) -> frozenset[str]:
        """Addresses of all managed resources, deposed objects included."""
        return self._short[0]

    @property
    def others(self) -> tuple[StateResource, ...]:
        """Everything but managed resources: data sources, and what is not known here."""
        return self._short[1]

    def at(self, addresses: Iterable[str]) -> list[StateResource]:
        """Return the objects at these addresses, deposed ones included."""
        wanted = set(addresses)
        return [
            self._kept(item)
            for items, found in (self._chunks() if wanted else ())
            for item, element in zip(items, found, strict=True)
            if element.address in wanted
        ]

    @cached_property
    def _short(self) -> tuple[frozenset[str], tuple[StateResource, ...]]:
        addresses: set[str] = set()
        others: list[StateResource] = []
        with collector_off():
            for items, found in self._chunks():
                managed = [element.address for element in found if element.mode == "managed"]
                addresses.update(managed)
                if len(managed) < len(found):
                    pairs = zip(items, found, strict=True)
                    others += [self._kept(i) for i, element in pairs if element.mode != "managed"]
        return frozenset(addresses), tuple(others)

    def _kept(self, item: msgspec.Raw) -> StateResource:
        """Decode from the plan itself, so that the copy of a chunk need not stay."""
        return convert(item, StateResource, self._where)  # type: ignore[no-any-return]

    def _chunks(self) -> Iterator[tuple[list[msgspec.Raw], list[StateResource]]]:
        queue = [] if self._root is None else [self._root]
        while queue:
            parts = object_parts(queue.pop(0), self._where)
            if "resources" in parts:
                yield from typed_chunks(parts["resources"], StateResource, self._where)
            if "child_modules" in parts:
                queue += convert(parts["child_modules"], list[msgspec.Raw], self._where)
