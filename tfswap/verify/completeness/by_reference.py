"""Consumers found by reference: is every one accounted for? Design.md, decision 7.

What changes is explained value by value elsewhere, and what shows an old name is found by value.
This looks at the rest: values that references lead to, that do not change, and that show no name.
Most simply do not hold one. Some may: texts in which a name would not be seen (base64, digests, in
other letters), values that were another resource's attribute, which the plan changes, what
``ignore_changes`` keeps, and write-only arguments, which no plan shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from tfswap.names import is_common_word
from tfswap.plan.address import strip_keys
from tfswap.plan.changes import Change
from tfswap.plan.values import Path, child_mark, leaves, marked
from tfswap.verify.context.memo import Memo
from tfswap.verify.context.plan_context import Context
from tfswap.verify.context.reference_graph import Edge
from tfswap.verify.explain.explainer import ChangeExplanation
from tfswap.verify.values.common_words import is_other_word
from tfswap.verify.values.embedded_documents import is_opaque, unpacked
from tfswap.verify.values.write_only import is_unsent

_GENERATES = re.compile(r"password|random|tls_")
"""Ephemeral resources that make something up instead of reading or passing something on."""
_MIN_INDIRECT = 12
"""Shorter values ("1", "live") are too often equal by chance to say so through a module's input."""


@dataclass(frozen=True)
class MissedConsumer:
    """A consumer's value that stays, although a reference leads from it to a table."""

    change: Change
    path: Path
    why: str
    certain: bool
    """Whether it is proved to stay on the outgoing side, rather than not to be told."""
    way: tuple[str, ...]
    """Shortest reference path from the table to the consumer."""
    guessed: bool = False
    """Whether nobody knows that the reference leads to the table at all."""


def missed_consumers(
    context: Context, explanations: dict[str, ChangeExplanation]
) -> Iterator[MissedConsumer]:
    """Yield every consumer by reference that is neither explained nor shown unaffected."""
    reach = context.reach
    for node in reach.consumers():
        found: Memo[tuple[MissedConsumer, ...]] = Memo(context.alike_changes)

        def of(change: Change, node: str = node) -> tuple[MissedConsumer, ...]:
            return tuple(
                _Consumer(context, node, change, explanations.get(change.address)).missed()
            )

        for change in reach.instances.get(node, ()):
            if change.reads or not change.exists_after:
                continue
            for missed in found.get(change, of):
                yield missed if missed.change is change else replace(missed, change=change)
    yield from _ephemeral(context)


def _ephemeral(context: Context) -> Iterator[MissedConsumer]:
    """Yield write-only arguments made of ephemeral resources, whose blocks plan JSON leaves out."""
    for source, edges in context.reach.graph.out.items():
        kind = source.split(".")[-2]
        if ".ephemeral." not in f".{source}" or _GENERATES.search(kind):
            continue
        for edge in edges:
            *_, kind, name = ("", *edge.target.split("."))
            for change in context.live.instances(kind, name):
                if change.config_address == edge.target and is_unsent(change, edge.path):
                    why = f"it contains {source}, which plans do not show, and it is not sent again"
                    yield MissedConsumer(change, edge.path, why, False, (source, edge.target), True)


class _Consumer:
    def __init__(
        self, context: Context, node: str, change: Change, explanation: ChangeExplanation | None
    ) -> None:
        self._context = context
        self._node = node
        self._change = change
        self._judged = [leaf.path for leaf in explanation.leaves] if explanation else []

    def missed(self) -> Iterator[MissedConsumer]:
        reach = self._context.reach
        reported: set[Path] = set()
        steps = reach.steps(self._node)
        way = reach.way(self._node)
        for path in self._ignored():
            yield MissedConsumer(
                self._change, path, "ignore_changes keeps its old value", False, way
            )
        for edge in steps:
            if is_unsent(self._change, edge.path):
                why = "it is write-only and is not sent again: its version does not change"
                yield MissedConsumer(self._change, edge.path, why, False, way)
        # Where the configuration shows the argument, the repository's word adds no other; where it
        # does not (a dynamic block), any argument may be meant.
        shown = [edge for edge in steps if not edge.from_code]
        for edge in shown or steps:
            for path, text in self._texts(edge):
                if path in reported:
                    continue
                why, certain = self._why(edge, text)
                if why:
                    reported.add(path)
                    yield MissedConsumer(self._change, path, why, certain, way)

    def _ignored(self) -> Iterator[Path]:
        """Yield the arguments the repository says are kept, where they show neither table."""
        listed = (c for t in self._context.intent.tables for c in t.consumers)
        kept = {name for c in listed if c.address == self._node for name in c.ignored}
        for name in sorted(kept):
            judged = any(path[:1] == (name,) for path in self._judged)
            if not judged and not self._context.names_any(self._change.after_value(name)):
                yield (name,)

    def _texts(self, edge: Edge) -> Iterator[tuple[Path, str]]:
        """Yield the texts an edge leads to which the comparison did not judge."""
        wanted = _named(edge.path)
        for leaf in leaves(self._change.after):
            if not isinstance(leaf.value, str) or not leaf.value:
                continue
            if is_other_word(self._change.after, leaf.path):
                continue
            if wanted and _named(leaf.path)[: len(wanted)] != wanted:
                continue
            if not any(_overlap(leaf.path, path) for path in self._judged):
                yield leaf.path, leaf.value

    def _why(self, edge: Edge, text: str) -> tuple[str, bool]:
        context = self._context
        if context.names_old(text) and is_common_word(next(context.mentions_of_old(text)).name):
            return "still contains the outgoing table's name", True
        if context.names_old(text) or context.names_new(text):
            return "", False
        *outer, innermost = (text, *unpacked(text))
        if any(map(context.names_old, (*outer, innermost))):
            return "contains the outgoing table's name in base64", True
        if outer and not is_opaque(innermost):
            return "", False
        if source := self._left(edge, text):
            return f"keeps the value that {source} has before the plan", True
        if self._in_other_letters(text):
            return "contains the outgoing table's name in other letters and does not change", False
        if is_opaque(innermost) and not edge.from_code and self._may_hold():
            return "is a digest or encoded data that does not change", False
        return "", False

    def _left(self, edge: Edge, text: str) -> str:
        """Return the attribute this text was, where the plan changes that attribute."""
        for origin, direct in self._context.reach.origins(edge):
            if not origin.attribute or not (direct or len(text) >= _MIN_INDIRECT):
                continue
            for source in self._context.reach.instances.get(origin.source, ()):
                if source.before_value(origin.attribute) != text:
                    continue
                open_ = marked(child_mark(source.unknown, origin.attribute))
                if open_ or source.after_value(origin.attribute) != text:
                    return f"{source.address}.{origin.attribute}"
        return ""

    def _in_other_letters(self, text: str) -> bool:
        """Whether ``lower()``, ``upper()`` or ``replace()`` made this text of the old name."""
        return any(
            _DISTINCT.search(pair.old) and _in_any_letters(pair.old).search(text)
            for pair in self._context.intent.renames
        )

    def _may_hold(self) -> bool:
        """Whether the opaque text can come from a table: reading the repository knows members."""
        listed = {c.address for t in self._context.intent.tables for c in t.consumers}
        if not listed:
            return True
        return strip_keys(self._change.address) in listed


@cache
def _in_any_letters(name: str) -> re.Pattern[str]:
    """Return what finds a name whatever its case and separators, at its boundaries."""
    words = [re.escape(word) for word in re.findall(r"[A-Za-z0-9]+", name)]
    return re.compile(
        rf"(?<![A-Za-z0-9_.-]){'[-_./ ]?'.join(words)}(?![A-Za-z0-9_.-])", re.IGNORECASE
    )


_DISTINCT = re.compile(r"[A-Za-z0-9][-_.]+[A-Za-z0-9]")
"""A name of one word ("orders") stands in other texts by chance."""


def _named(path: Path) -> list[str]:
    """Return the names on a path, by which a value is at or beneath an argument.

    Plan JSON lists blocks as they are written, values as the provider sorts them: so the numbers
    between the names do not tell.
    """
    return [part for part in path if isinstance(part, str)]


def _overlap(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
