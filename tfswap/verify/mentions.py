"""Who still names an outgoing table after the plan: found by value, in every object there is.

A cheap search through the undecoded bytes comes first; only what may hold a name is decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

from tfswap.names import mentions
from tfswap.plan.changes import Change
from tfswap.plan.values import Path, decode, leaves
from tfswap.verify.context import Context
from tfswap.verify.evidence import SENSITIVE
from tfswap.verify.strings import readings

_PATTERN = re.compile(r"table/(?P<name>[A-Za-z0-9_.*?-]*[*?][A-Za-z0-9_.*?-]*)")
_RAW_PATTERN = re.compile(rb"table/[A-Za-z0-9_.-]*[*?]")


class How(Enum):
    """In which way a text is bound to an outgoing table."""

    NAMED = "names it"
    MISSED = "a pattern that covers the outgoing table only"
    COVERED = "a pattern that covers both"


@dataclass(frozen=True)
class Hold:
    """A text that is bound to an outgoing table after the plan."""

    address: str
    path: Path
    how: How
    name: str
    """The outgoing table's name, or the pattern."""
    also_new: bool
    """Whether the same object names the restored table as well."""
    change: Change | None


def holds(context: Context) -> Iterator[Hold]:
    """Yield every hold in what is planned, and in data sources read while planning."""
    for change in (*context.live.values(), *context.plan.outputs):
        raw = change.entry.change.after
        if _may_hold(context, raw):
            yield from _in_value(context, change.address, change.after, change)
    for resource in context.plan.state:
        if resource.address in context.live or resource.deposed_key or resource.mode != "data":
            continue
        if _may_hold(context, resource.values):
            value = decode(resource.values, where=f"{resource.address} (prior_state)")
            yield from _in_value(context, resource.address, value, None)


def _may_hold(context: Context, raw: Any) -> bool:
    data = bytes(raw)
    if any(pair.old.encode() in data for pair in context.intent.renames):
        return True
    return b"\\u00" in data or _RAW_PATTERN.search(data) is not None


def _in_value(context: Context, address: str, value: Any, change: Change | None) -> Iterator[Hold]:
    also_new = context.names_new(value)
    for leaf in leaves(value):
        if not isinstance(leaf.value, str):
            continue
        if change is not None and _is_mirror(context, change, leaf.path):
            continue
        # A key and its value share a path; a hidden one must not lend its name to the path.
        for how, name in _in_text(context, leaf.value):
            path, hidden = _shown(change, leaf.path)
            told = SENSITIVE if hidden and how is not How.NAMED else name
            yield Hold(address, path, how, told, also_new, change)


def _shown(change: Change | None, path: Path) -> tuple[Path, bool]:
    """Return the path as far as it may be told, and whether the value beneath is hidden."""
    if change is None:
        return path[:1], True
    if change.before_sensitive is True or change.after_sensitive is True:
        return (), True
    hidden = bool(path) and change.hides(str(path[0]))
    return (path[:1] if hidden else path), hidden


def _in_text(context: Context, text: str) -> Iterator[tuple[How, str]]:
    patterns = list(_PATTERN.finditer(text))
    for pair in context.intent.renames:
        if pair.old in text and any(_names(reading, pair.old) for reading in readings(text)):
            yield How.NAMED, pair.old
        for match in patterns:
            if fnmatchcase(pair.old, match["name"]):
                covered = fnmatchcase(pair.new, match["name"])
                yield (How.COVERED if covered else How.MISSED), match["name"]


def _names(text: str, name: str) -> bool:
    """Whether a text names a table other than as the beginning of a pattern."""
    spans = [match.span("name") for match in _PATTERN.finditer(text)]
    return any(
        not any(begin <= start < end for begin, end in spans) for start, _ in mentions(text, name)
    )


def _is_mirror(context: Context, change: Change, path: Path) -> bool:
    """Whether a text only mirrors another resource of the plan.

    The provider reads a role's inline policies into ``aws_iam_role.inline_policy`` even where
    ``aws_iam_role_policy`` owns them; the owner is judged by itself.
    """
    if change.type != "aws_iam_role" or path[:1] != ("inline_policy",) or len(path) < 2:
        return False
    listed = change.after_value("inline_policy")
    index = path[1]
    block = listed[index] if isinstance(listed, list) and isinstance(index, int) else None
    if not isinstance(block, dict):
        return False
    names = {change.after_value("name"), change.after_value("id")}
    return any(
        other.type == "aws_iam_role_policy"
        and other.before_value("role") in names
        and other.before_value("name") == block.get("name")
        and other.before_value("policy") is not None
        for other in context.managed
    )
