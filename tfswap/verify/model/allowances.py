"""Which changes the allowances of ``tfswap.toml`` cover on one day.

An allowance covers one attribute of named resources until a date, and says why. Attributes are
values (unknown ones too) and, beside them, ``replace_triggered_by``, ``replacement``, ``update``
(where the plan does not show why or what), ``provisioner``, ``invocation`` and ``action``. It never
covers a table, a value that names one of the swap's tables, the deletion of what holds data, or a
protection of it: what the swap must prove stays for the swap to prove.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from tfswap.plan.address import strip_keys
from tfswap.plan.changes import Change
from tfswap.plan.values import show_path
from tfswap.verify.model.allowance import Allowance, objection
from tfswap.verify.model.leaf_diff import LeafDiff
from tfswap.verify.model.report_data import LeafKind

_TABLES = ("aws_dynamodb_table", "aws_dynamodb_table_replica", "aws_dynamodb_global_table")
_SAFETY = frozenset(
    {
        "deletion_protection",
        "deletion_protection_enabled",
        "enable_deletion_protection",
        "force_delete",
        "force_destroy",
        "skip_destroy",
        "skip_final_snapshot",
    }
)
"""Attributes that keep data from being deleted, or let it be."""
_OUTPUT = "value"
"""How the attribute of an output is written."""


class Allowances:
    """The allowances of one intent, on one day."""

    def __init__(self, listed: Iterable[Allowance], today: date | None = None) -> None:
        day = today or datetime.now(UTC).date()
        every = tuple(listed)
        usable = [one for one in every if not objection(one)]
        self.unusable = tuple(one for one in every if objection(one))
        self.valid = tuple(one for one in usable if one.expires >= day)
        self.expired = tuple(one for one in usable if one.expires < day)

    def judge(self, change: Change, leaf: LeafDiff, names_table: Callable[[Any], bool]) -> LeafDiff:
        """Return the leaf as allowed, with why an allowance that fits does not count, or as it is.

        Args:
            change: What the leaf belongs to.
            leaf: One changed value.
            names_table: Whether anything in a value names a table of the swap.
        """
        if leaf.kind.explained or not (self.valid or self.expired):
            return leaf
        path = _path(change, leaf)
        found = self.cover(change.address, path)
        if found is None:
            old = next((one for one in self.expired if _fits(one, change.address, path)), None)
            why = f"the allowance for it expired on {old.expires}" if old else ""
            return replace(leaf, denied=why) if why else leaf
        if why := _never(change, leaf, names_table):
            return replace(leaf, denied=f"an allowance cannot cover it: {why}")
        reason = f"allowed until {found.expires}: {found.reason}"
        return replace(leaf, kind=LeafKind.ALLOWED, reason=reason, allowance=found)

    def cover(self, address: str, attribute: str) -> Allowance | None:
        """Return the allowance that names an attribute of a resource today, None without one."""
        return next((one for one in self.valid if _fits(one, address, attribute)), None)

    def cover_in_words(self, address: str, subject: str) -> Allowance | None:
        """Return the allowance for what is no value; it has to be spelt out, without wildcards."""
        found = (one for one in self.valid if one.attribute == subject)
        return next((one for one in found if _fits(one, address, subject)), None)


def _path(change: Change, leaf: LeafDiff) -> str:
    path = show_path(leaf.path)
    if change.entry.mode != "output":
        return path
    return f"{_OUTPUT}.{path}" if path and not path.startswith("[") else f"{_OUTPUT}{path}"


def _fits(allowance: Allowance, address: str, attribute: str) -> bool:
    named = address
    if "." not in allowance.address:  # A type; every address has a dot.
        named = strip_keys(address).split(".")[-2]
    return _matches(allowance.address, named, beneath=False) and _matches(
        allowance.attribute, attribute, beneath=True
    )


def _matches(pattern: str, text: str, *, beneath: bool) -> bool:
    """Whether a text is the pattern's, or, at a boundary of paths, beneath it."""
    parts = re.split(r"([*?])", pattern)
    wild = "".join({"*": ".*", "?": "."}.get(part) or re.escape(part) for part in parts)
    return re.fullmatch(wild + (r"(?:[.\[].*)?" if beneath else ""), text, re.DOTALL) is not None


def _holds_safety(value: Any) -> bool:
    """Whether a block that comes or goes as a whole sets such an attribute, at any depth."""
    if isinstance(value, dict):
        return not _SAFETY.isdisjoint(value) or any(map(_holds_safety, value.values()))
    return isinstance(value, list) and any(map(_holds_safety, value))


def _never(change: Change, leaf: LeafDiff, names_table: Callable[[Any], bool]) -> str:
    if change.type in _TABLES:
        return "it is a table"
    if names_table(list(leaf.sides)):
        return "the value names a table of the swap"
    if (leaf.path and leaf.path[-1] in _SAFETY) or any(map(_holds_safety, leaf.sides)):
        return "it protects data"
    return ""
