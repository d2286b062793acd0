"""Write-only arguments: sent to the provider, shown in no plan and no state.

Such an argument is sent when its object is made, and again only when its version moves
(``password_wo_version``; Terraform, "Use temporary and sensitive values").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfswap.plan.changes import Change
from tfswap.plan.values import Path, child_mark, marked
from tfswap.verify.model.provider_schema import type_schema
from tfswap.verify.values.equality import same

_SUFFIX = "_wo"
"""How providers name them by convention: for arguments newer than the schema that is known here."""


def is_unsent(change: Change, path: Path) -> bool:
    """Whether the argument at ``path`` is write-only and this change does not send it.

    Args:
        change: The object.
        path: Where the configuration sets the argument.
    """
    names = [part for part in path if isinstance(part, str)]
    if not names or not change.exists_after or change.creates or not _is_write_only(change, names):
        return False
    return not any(
        name.startswith(f"{names[-1]}_") and not same(old, new)
        for name, old, new in _members(change.before, change.after, change.unknown, names[:-1])
    )


def _is_write_only(change: Change, names: list[str]) -> bool:
    schema = type_schema(change.type)
    if schema is not None:
        return ".".join(names) in schema.write_only or names[-1].endswith(_SUFFIX)
    # Of other providers nothing is known but that the configuration sets it and no value shows.
    shown = list(_values(change.after, change.unknown, names))
    return all(value is None for value in shown)


def _values(value: Any, mark: Any, names: list[str]) -> Iterator[Any]:
    """Yield what stands at the end of a path of names, through every list; True where unknown."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(item, child_mark(mark, index), names)
    elif not names:
        yield True if marked(mark) else value
    elif isinstance(value, dict):
        yield from _values(value.get(names[0]), child_mark(mark, names[0]), names[1:])
    else:
        yield True if marked(mark) else None


def _members(
    before: Any, after: Any, mark: Any, names: list[str]
) -> Iterator[tuple[str, Any, Any]]:
    """Yield name, old and new of each member of the object a path leads to, in every list."""
    if isinstance(after, list):
        known = before if isinstance(before, list) else []
        for index, item in enumerate(after):
            old = known[index] if index < len(known) else None
            yield from _members(old, item, child_mark(mark, index), names)
    elif names and isinstance(after, dict):
        old = before.get(names[0]) if isinstance(before, dict) else None
        yield from _members(old, after.get(names[0]), child_mark(mark, names[0]), names[1:])
    elif isinstance(after, dict):
        olds = before if isinstance(before, dict) else {}
        for name in {*after, *(mark if isinstance(mark, dict) else ())}:
            new = _UNKNOWN if marked(child_mark(mark, name)) else after.get(name)
            yield name, olds.get(name), new


_UNKNOWN = "(known after apply)"
