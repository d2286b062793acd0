"""In which way a table's keys and indexes differ from what the configuration asks for, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfswap.plan.changes import Change
from tfswap.verify.values.equality import frozen, is_empty, same

_INDEXES = {"global_secondary_index": "index", "local_secondary_index": "local index"}
_COST = {
    "global_secondary_index": "building it takes hours",
    "local_secondary_index": "only a new table can have it",
}
SCHEMA = ("attribute", *_INDEXES, "hash_key", "range_key")
"""Attributes of ``aws_dynamodb_table`` that make up its schema."""


def differences(change: Change, name: str) -> list[str]:
    """Return how one attribute of a table's schema differs; empty when it does not, or is hidden.

    Args:
        change: A table's change, in place or a replacement.
        name: One of ``SCHEMA``.
    """
    before, after = change.before_value(name), change.after_value(name)
    if change.hides(name) or same(before, after):
        return []
    if name in _INDEXES:
        return list(_indexes(name, before, after))
    if name == "attribute":
        return list(_attributes(before, after))
    return [f"{name} is {before or 'not set'}, the configuration has {after or 'none'}"]


def _indexes(name: str, before: Any, after: Any) -> Iterator[str]:
    old, new = _by_name(before), _by_name(after)
    word = _INDEXES[name]
    for key in [key for key in new if key not in old]:
        yield f"{word} {key} would be added; {_COST[name]}"
    for key in [key for key in old if key not in new]:
        yield f"{word} {key} would be deleted"
    for key in [key for key in old if key in new]:
        changed = sorted(
            part
            for part in {*old[key], *new[key]}
            if not _is_same(old[key].get(part), new[key].get(part))
        )
        if changed:
            yield f"{word} {key} would be rebuilt: {', '.join(_pair(old[key], new[key], changed))}"


def _attributes(before: Any, after: Any) -> Iterator[str]:
    old, new = _by_name(before), _by_name(after)
    for key in dict.fromkeys((*old, *new)):
        was, wanted = old.get(key, {}).get("type"), new.get(key, {}).get("type")
        if was != wanted:
            yield f"attribute {key}: {was or 'not there'} -> {wanted or 'not there'}"


def _by_name(value: Any) -> dict[str, dict[str, Any]]:
    listed = value if isinstance(value, list) else []
    return {str(item.get("name")): item for item in listed if isinstance(item, dict)}


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(frozen, one)) == sorted(map(frozen, other))
    return same(one, other) or (is_empty(one) and is_empty(other))


def _pair(old: dict[str, Any], new: dict[str, Any], names: list[str]) -> Iterator[str]:
    for name in names:
        yield f"{name} {_word(old.get(name))} -> {_word(new.get(name))}"


def _word(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return str(value) if not is_empty(value) else "none"
