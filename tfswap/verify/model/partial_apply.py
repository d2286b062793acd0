"""The rest of an apply that ended midway, judged against the plan that was begun.

A replacement cut in half leaves a plan that creates what is already deleted, that replaces what was
half made (Terraform marks it tainted), or that deletes an old object for which the new one already
serves (deposed, with ``create_before_destroy``). Seen alone each of them is what no swap does. Seen
from the object as it was *before* the begun plan, each is that plan's own replacement, and is
explained, or refused, value by value like any other.

What holds data is never the rest of anything: a ready plan neither deletes nor replaces it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from tfswap.plan.changes import Action, Change
from tfswap.plan.document import Plan
from tfswap.plan.values import child_mark, marked, strict_loads
from tfswap.verify.model.stateful_types import holds_data

_IDENTITY = ("id", "arn")
_TAINTED = "replace_because_tainted"


@dataclass(frozen=True)
class UnfinishedApply:
    """A plan that was verified ready, and whose apply did not end well."""

    plan: Plan
    at: str
    """When the apply began, for people."""
    who: str
    """By whom, as ``user@host``."""


class PartialApply:
    """What the begun plans, oldest first, were replacing."""

    def __init__(self, begun: tuple[UnfinishedApply, ...]) -> None:
        self.begun = begun
        self._replaced: dict[str, list[Change]] = {}
        for one in begun:
            for change in one.plan.changes:
                if change.replaces and change.is_managed and change.entry.deposed is None:
                    self._replaced.setdefault(change.address, []).append(change)

    def whole(self, change: Change) -> Change:
        """Return the replacement that ``change`` is the rest of, or ``change`` itself.

        The first of several begun plans knows the object as it was before all of them.
        """
        found = self._replaced.get(change.address)
        if not found or not self._may_be_rest(change):
            return change
        old = found[0].entry
        body = msgspec.structs.replace(
            change.entry.change,
            actions=old.change.actions,
            before=old.change.before,
            before_sensitive=old.change.before_sensitive,
            replace_paths=old.change.replace_paths,
        )
        entry = msgspec.structs.replace(change.entry, change=body, action_reason=old.action_reason)
        return Change(entry)

    def _may_be_rest(self, change: Change) -> bool:
        if not change.is_managed or holds_data(change.type) or change.entry.deposed is not None:
            return False
        half_made = change.replaces and change.entry.action_reason == _TAINTED
        return change.action is Action.CREATE or half_made

    def is_old_half(self, change: Change, serving: Change | None) -> bool:
        """Whether a deposed object is the one a begun plan replaced.

        Args:
            change: What is to happen to the deposed object.
            serving: The change at the same address; the object it has now must be another one.
        """
        if change.entry.deposed is None or change.action is not Action.DELETE:
            return False
        if holds_data(change.type) or serving is None or _same_object(serving, change):
            return False
        return any(
            one.action is Action.CREATE_THEN_DELETE and _same_object(one, change)
            for one in self._replaced.get(change.address, ())
        )

    def made_as_planned(self, change: Change) -> bool:
        """Whether an object a begun plan made is what that plan said, as far as it was known.

        An identity alone does not tell: somebody may have changed the object since, and who refers
        to it would take that along.
        """
        listed = self._replaced.get(change.address, ())
        return bool(listed) and any(_is_as_planned(change.before, one) for one in listed)

    def priors(self, address: str, attribute: str) -> Iterator[Any]:
        """Yield what an attribute was before each begun plan that replaced its object."""
        for change in self._replaced.get(address, ()):
            value = change.before_value(attribute)
            if value is not None:
                yield value


def _is_as_planned(now: Any, begun: Change) -> bool:
    planned, unknown = begun.after, begun.unknown
    if not isinstance(now, dict) or not isinstance(planned, dict):
        return False
    return all(
        marked(child_mark(unknown, name)) or _is_empty(value) or _is_same(now.get(name), value)
        for name, value in planned.items()
    )


def _is_same(now: Any, planned: Any) -> bool:
    """Whether a value is as planned; a JSON text also with its keys in another order.

    AWS gives ``container_definitions`` back with the keys in an order of its own.
    """
    if now == planned or not isinstance(now, str) or not isinstance(planned, str):
        return bool(now == planned)
    try:
        one, other = strict_loads(now), strict_loads(planned)
    except (ValueError, RecursionError):
        return False
    return msgspec.json.encode(one, order="sorted") == msgspec.json.encode(other, order="sorted")


def _is_empty(value: Any) -> bool:
    """Whether a value is one a provider may fill in or leave out."""
    return value in (None, "", [], {})


def _same_object(one: Change, other: Change) -> bool:
    """Whether both were the same object in AWS before: every identity either has must agree."""
    pairs = [(one.before_value(name), other.before_value(name)) for name in _IDENTITY]
    return all(a == b for a, b in pairs) and any(a is not None for a, _ in pairs)
