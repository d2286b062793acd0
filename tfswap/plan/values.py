"""Walk the leaves of decoded values, with the marks that go with them.

Decoding itself, and the refusal of repeated keys, is in ``plan.duplicate_keys``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tfswap.errors import PlanError
from tfswap.plan.duplicate_keys import RepeatedKeyError, decode, strict_loads

__all__ = [
    "Leaf",
    "Path",
    "RepeatedKeyError",
    "checked_mark",
    "child_mark",
    "decode",
    "leaves",
    "marked",
    "show_path",
    "strict_loads",
]

Path = tuple[str | int, ...]


class Leaf(NamedTuple):
    """A scalar somewhere in a value."""

    path: Path
    value: Any
    sensitive: bool


def child_mark(mark: Any, key: str | int) -> Any:
    """Return the mark (``after_unknown``, ``before_sensitive``…) that belongs to a child.

    A mark is true, false, or mirrors the value's shape; what it leaves out is not marked. One of
    another shape than its value tells of no child in particular: of all, then.
    """
    if isinstance(mark, bool):
        return mark
    if isinstance(mark, dict):
        return mark.get(key, False) if isinstance(key, str) else marked(mark)
    if isinstance(mark, list):
        if not isinstance(key, int):
            return marked(mark)
        return mark[key] if key < len(mark) else False
    return False


def checked_mark(mark: Any, where: str) -> Any:
    """Return a mark in whose scalars only true, false and null stand.

    Raises:
        PlanError: There is something else; whoever reads a mark would take it for one or the other.
    """
    items = mark.values() if isinstance(mark, dict) else mark if isinstance(mark, list) else ()
    for item in items:
        checked_mark(item, where)
    if mark is None or isinstance(mark, bool | dict | list):
        return mark
    raise PlanError(
        f"The plan cannot be read at {where}: {type(mark).__name__} instead of true or false.",
        hint="Write it again: terraform show -json PLAN > plan.json",
    )


def marked(mark: Any) -> bool:
    """Return whether anything beneath this mark is marked."""
    if isinstance(mark, dict):
        return any(map(marked, mark.values()))
    if isinstance(mark, list):
        return any(map(marked, mark))
    return bool(mark)


def leaves(value: Any, mark: Any = False, path: Path = ()) -> Iterator[Leaf]:
    """Yield every scalar of ``value``, and every key of an object as a scalar of its own."""
    if isinstance(value, dict):
        members: Iterable[tuple[str | int, Any]] = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    else:
        yield Leaf(path, value, mark is True)
        return
    for key, item in members:
        if isinstance(key, str):
            yield Leaf(path, key, mark is True)
        child = mark if isinstance(mark, bool) else child_mark(mark, key)
        if isinstance(item, dict | list):
            yield from leaves(item, child, (*path, key))
        else:
            yield Leaf((*path, key), item, child is True)


def show_path(path: Path) -> str:
    """Return a path as people write it: ``environment[0].variables.LPAS_TABLE``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("_", "").replace("-", "").isalnum():
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part)}]"
    return text
