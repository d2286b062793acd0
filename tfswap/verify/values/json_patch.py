"""One change as an RFC 6902 patch, from the object now to the object as planned.

Applied to the value before, it gives the value after, apart from what is not known until apply and
what may not be shown: those stand in it as placeholders.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfswap.plan.changes import Change
from tfswap.plan.values import Path, child_mark, marked
from tfswap.verify.model.evidence import SENSITIVE, UNKNOWN
from tfswap.verify.model.report_data import PatchOp
from tfswap.verify.values.equality import same


def patch(change: Change) -> tuple[PatchOp, ...]:
    """Return the operations, in an order in which they can be carried out."""
    hidden = (change.before_sensitive, change.after_sensitive)
    return tuple(_diff(change.before, change.after, change.unknown, hidden, ()))


Hidden = tuple[Any, Any]
"""The sensitive marks of both sides."""


def _diff(before: Any, after: Any, unknown: Any, hidden: Hidden, path: Path) -> Iterator[PatchOp]:
    if unknown is True:
        yield _op("replace", path, UNKNOWN)
    elif hidden[0] is True or hidden[1] is True:
        if marked(unknown) or not same(before, after):
            yield _op("replace", path, SENSITIVE)
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _objects(before, after, unknown, hidden, path)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, unknown, hidden, path)
    elif marked(unknown) or not same(before, after):
        yield _op("replace", path, _shown(after, unknown, hidden))


def _objects(
    before: dict[str, Any], after: dict[str, Any], unknown: Any, hidden: Hidden, path: Path
) -> Iterator[PatchOp]:
    later = [key for key in unknown if marked(unknown[key])] if isinstance(unknown, dict) else []
    for key in dict.fromkeys((*before, *after, *later)):
        marks = child_mark(unknown, key), _child(hidden, key)
        if key not in before:
            yield _op("add", (*path, key), _shown(after.get(key), *marks))
        elif key not in after and not marked(marks[0]):
            yield PatchOp("remove", _pointer((*path, key)))
        else:
            yield from _diff(before[key], after.get(key), *marks, (*path, key))


def _lists(
    before: list[Any], after: list[Any], unknown: Any, hidden: Hidden, path: Path
) -> Iterator[PatchOp]:
    for index, (old, new) in enumerate(zip(before, after, strict=False)):
        yield from _diff(
            old, new, child_mark(unknown, index), _child(hidden, index), (*path, index)
        )
    for index in range(len(before) - 1, len(after) - 1, -1):
        yield PatchOp("remove", _pointer((*path, index)))
    for index in range(len(before), len(after)):
        value = _shown(after[index], child_mark(unknown, index), _child(hidden, index))
        yield _op("add", (*path, index), value)


def _child(hidden: Hidden, key: str | int) -> Hidden:
    return child_mark(hidden[0], key), child_mark(hidden[1], key)


def _shown(value: Any, unknown: Any, hidden: Hidden) -> Any:
    """Return a value with placeholders where it is unknown or may not be shown."""
    if unknown is True:
        return UNKNOWN
    whole = hidden[0] is True or hidden[1] is True
    # A mark of another shape than its value still hides it.
    if whole or (any(map(marked, hidden)) and not isinstance(value, dict | list)):
        return SENSITIVE
    if isinstance(value, dict):
        later = unknown if isinstance(unknown, dict) else {}
        keys = dict.fromkeys((*value, *(key for key in later if marked(later[key]))))
        return {
            key: _shown(value.get(key), child_mark(unknown, key), _child(hidden, key))
            for key in keys
        }
    if isinstance(value, list):
        return [
            _shown(item, child_mark(unknown, index), _child(hidden, index))
            for index, item in enumerate(value)
        ]
    return value


def _op(kind: str, path: Path, value: Any) -> PatchOp:
    return PatchOp(kind, _pointer(path), value)


def _pointer(path: Path) -> str:
    """Return an RFC 6901 pointer."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
