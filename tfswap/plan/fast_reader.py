"""Read a whole plan in one pass, where it is written as Terraform writes it.

The pass takes the three great lists apart into their elements and leaves the rest undecoded.
Whether it lost anything (a key that stands twice, or one not known here) is told by the *length*
(see ``plan.duplicate_keys``): what was kept, written again without any blank, is as long as the
file only
when nothing was dropped. For that no value may become longer by being written again. Texts do not;
numbers that are decoded at all are whole ones, which have but one spelling. Where the lengths
differ, ``None`` is the answer, and the slow way through ``plan.format_check`` decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from tfswap.plan.duplicate_keys import Buffer
from tfswap.plan.json_types import ABSENT, ModuleEntry, PlainEntry, RawPlan, Values

_CHUNK = 128
"""Elements written again at a time, into one and the same buffer."""
_read = msgspec.json.Decoder(RawPlan).decode
_write_into = msgspec.json.Encoder().encode_into


def read_fast(data: Buffer) -> RawPlan | None:
    """Return the plan's parts; None where this is no plan, or not written as Terraform does."""
    try:
        found = _read(data)
    except (ValueError, RecursionError):
        return None
    return found if _length(found) == len(data) and _is_plain(found) else None


def _is_plain(found: RawPlan) -> bool:
    """Whether no number may have become longer: those in lists of any shape are not proven."""
    if found.resource_changes is msgspec.UNSET:
        return True
    bodies = (entry.change for entry in found.resource_changes)
    paths = [body.replace_paths for body in bodies if body.replace_paths or body.importing]
    steps = (step for listed in paths for path in listed or (0.0,) for step in _steps(path))
    return all(isinstance(step, str) or type(step) is int for step in steps)


def _steps(path: Any) -> Sequence[Any]:
    return path if isinstance(path, list) else (path,)


def resource_lists(values: Values | msgspec.UnsetType) -> list[list[msgspec.Raw]]:
    """Return the resources of every module, the root module first, then as they are nested."""
    found: list[list[msgspec.Raw]] = []
    queue = [] if values is msgspec.UNSET else _present(values.root_module)
    while queue:
        module = queue.pop(0)
        found += _present(module.resources)
        for inner in _present(module.child_modules):
            queue += inner
    return found


def fields_of(skeleton: RawPlan) -> dict[str, msgspec.Raw]:
    """Return the parts that are kept undecoded, by name."""
    named = ((name, getattr(skeleton, name)) for name in skeleton.__struct_fields__)
    return {
        name: value
        for name, value in named
        if isinstance(value, msgspec.Raw) and value is not ABSENT
    }


def _present(value: Any) -> list[Any]:
    return [] if value is msgspec.UNSET else [value]


def _length(part: Any) -> int:
    """Return how long a part is, written without blanks."""
    if isinstance(part, msgspec.Raw):
        return memoryview(part).nbytes
    if isinstance(part, list):
        return _list_length(part)
    inner = [
        len(name) + 3 + _length(value)
        for name, value in ((name, getattr(part, name)) for name in part.__struct_fields__)
        if value is not msgspec.UNSET and value is not ABSENT
    ]
    return sum(inner) + max(len(inner), 1) + 1


def _list_length(items: list[Any]) -> int:
    if not items:
        return 2
    if isinstance(items[0], PlainEntry):
        return sum(_written(items)) + 1
    if isinstance(items[0], ModuleEntry):
        return sum(map(_length, items)) + len(items) + 1
    return sum([memoryview(item).nbytes for item in items]) + len(items) + 1


def _written(entries: list[PlainEntry]) -> Iterator[int]:
    """Yield the lengths of the entries and the commas behind them, some together."""
    buffer = bytearray()
    for start in range(0, len(entries), _CHUNK):
        _write_into(entries[start : start + _CHUNK], buffer)
        yield len(buffer) - 1
