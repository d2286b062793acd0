"""Names made of a table's name: ``"${aws_dynamodb_table.x.name}-throttles"``.

By value alone such a text names no table, or another one. The configuration decides: it refers to
the table, or to what was itself named after it, and old and new differ by the table's name alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from tfswap.names import WRITTEN_FORMS, mentions
from tfswap.plan.changes import Change
from tfswap.plan.values import leaves
from tfswap.verify.context.plan_context import Context
from tfswap.verify.context.plan_lookup import TABLE
from tfswap.verify.context.references import ReferenceTarget
from tfswap.verify.explain.unknowns import Unknowns
from tfswap.verify.model.leaf_diff import LeafDiff
from tfswap.verify.model.report_data import LeafKind
from tfswap.verify.values.equality import Renaming, deep_rename, frozen, same
from tfswap.verify.values.iam_policy import canonical, is_policy

_TELLING = ("name", "id", "arn", "stream_arn", "")


class DerivedNames:
    """Explains changed texts that are made of a table's name."""

    def __init__(self, context: Context, unknowns: Unknowns) -> None:
        self._context = context
        self._unknowns = unknowns

    def explain(self, change: Change, leaf: LeafDiff) -> LeafDiff:
        """Return the leaf as renamed where that is all there is to it, or as it is."""
        if leaf.kind is not LeafKind.UNEXPLAINED or change.address in self._context.tables:
            return leaf
        if leaf.sides == (None, None) or not self._is_renamed(*leaf.sides):
            return leaf
        origin = next(self._origins(change, leaf), "")
        if not origin or self._names_another(leaf.sides[0]):
            return leaf
        return replace(leaf, kind=LeafKind.RENAMED, reason=f"made of {origin}")

    def _is_renamed(self, before: Any, after: Any) -> bool:
        return any(_equal(deep_rename(before, way), after) for way in self._ways)

    @cached_property
    def _ways(self) -> tuple[Renaming, ...]:
        """Rename words first, and where that is not it, anywhere.

        All forms at once, then each by itself: old names may be alike in two forms of which the new
        ones are not.
        """
        pairs = self._context.intent.renames
        each = [{make(pair.old): make(pair.new) for pair in pairs} for make in WRITTEN_FORMS]
        forms = [{old: new for form in each for old, new in form.items()}, *each]
        whole, anywhere = r"(?<![A-Za-z0-9])(?:{})(?![A-Za-z0-9])", "(?:{})"
        return tuple(_way(form, pattern) for pattern in (whole, anywhere) for form in forms)

    def _origins(self, change: Change, leaf: LeafDiff) -> Iterator[str]:
        """Yield what the value is made of and changes with a table's name."""
        for target in self._unknowns.targets(change, leaf.path):
            for source in self._unknowns.sources(target):
                where = f"{source.address}.{target.attribute}".rstrip(".")
                if source.address in self._context.tables:
                    if target.attribute in _TELLING:
                        yield where
                elif self._follows(source, target):
                    yield where

    def _follows(self, source: Change, target: ReferenceTarget) -> bool:
        """Whether an attribute of another object was itself named after a table."""
        before = source.before_value(target.attribute)
        after = source.after_value(target.attribute)
        return isinstance(before, str) and before != after and self._is_renamed(before, after)

    def _names_another(self, before: Any) -> bool:
        """Whether a text is the name of another table, whose name merely begins like this one."""
        olds = {pair.old for pair in self._context.intent.renames}
        others = {change.before_value("name") for change in self._context.live.of(TABLE)} - olds
        texts = [leaf.value for leaf in leaves(before) if isinstance(leaf.value, str)]
        return any(
            isinstance(name, str) and any(old in name for old in olds) and mentions(text, name)
            for name in others
            for text in texts
        )


def _way(forms: dict[str, str], pattern: str) -> Renaming:
    words = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    found = re.compile(pattern.format(words))
    return lambda text: found.sub(lambda match: forms[match[0]], text)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return Counter(map(frozen, one)) == Counter(map(frozen, other))
    if is_policy(one) and is_policy(other):
        return canonical(one) == canonical(other)
    return same(one, other)
