"""Equality of JSON values, and the empties that providers do not tell apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

_sorted = msgspec.json.Encoder(order="sorted").encode
Renaming = Callable[[str], str]


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal; ``True`` is not ``1`` here, though Python says so."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    return type(one) is type(other) and bool(one == other)


def identical(one: Any, other: Any) -> bool:
    """Return whether two values are spelled alike: a quick yes; a no says nothing."""
    if one != other or type(one) is not type(other):
        return False
    if isinstance(one, dict | list):
        return msgspec.json.encode(one) == msgspec.json.encode(other)
    return True


def as_map(value: Any) -> dict[str, Any]:
    """Return ``value`` where it is an object, else an empty one: a plan may be damaged."""
    return value if isinstance(value, dict) else {}


def is_empty(value: Any) -> bool:
    """Return whether a provider would not tell ``value`` from one that is not set.

    Version 2 of the plugin SDK keeps ``""``, ``false``, ``0`` and empty collections for unset
    optional attributes and plans null for them on a new object. A block whose attributes are all
    empty counts as well (``condition`` of a backup selection).
    """
    if isinstance(value, dict):
        return all(map(is_empty, value.values()))
    if isinstance(value, list):
        return all(map(is_empty, value))
    return value is None or value == "" or value is False or value == 0


def deep_rename(value: Any, renaming: Renaming) -> Any:
    """Return ``value`` with every text in it renamed, keys included."""
    if isinstance(value, str):
        return renaming(value)
    if isinstance(value, list):
        return [deep_rename(item, renaming) for item in value]
    if isinstance(value, dict):
        return _rename_object(value, renaming)
    return value


def _rename_object(value: dict[str, Any], renaming: Renaming) -> dict[str, Any]:
    renamed: dict[str, Any] = {}
    for key, item in value.items():
        target = renaming(key)
        # Where both names are keys already, renaming one would drop the other.
        clash = target != key and target in value
        renamed[key if clash else target] = deep_rename(item, renaming)
    return renamed


def frozen(value: Any) -> str:
    """Return a text that is equal for equal values, whatever the order of keys."""
    try:
        written = _sorted(value)
    except (ValueError, OverflowError, TypeError):
        return json.dumps(value, sort_keys=True)
    # The quick writer takes infinity, which 1e999 is read as, for null.
    return json.dumps(value, sort_keys=True) if b"null" in written else written.decode()


def bag(values: list[Any]) -> Counter[str]:
    """Return the values as a multiset."""
    return Counter(map(frozen, values))
