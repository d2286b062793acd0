"""Compare a value before and after, leaf by leaf, and say why each leaf differs.

Strings that hold JSON or YAML are opened, IAM policies are compared by meaning, sets as sets. What
none of the explanations fits is ``unexplained``: there is no list of tolerated attributes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tfswap.plan.values import Path, child_mark, marked
from tfswap.verify.model.evidence import show
from tfswap.verify.model.leaf_diff import LeafDiff, changed, unresolved
from tfswap.verify.model.report_data import LeafKind
from tfswap.verify.values.attribute_kinds import is_set, writes_empties
from tfswap.verify.values.embedded_documents import open_json, open_text, unpacked
from tfswap.verify.values.equality import (
    Renaming,
    bag,
    deep_rename,
    frozen,
    identical,
    is_empty,
    same,
)
from tfswap.verify.values.equivalents import TASK, containers, same_function
from tfswap.verify.values.iam_policy import is_policy
from tfswap.verify.values.policy_leaf import policies

Sides = tuple[str, str]
Resolver = Callable[[Path, Any, bool], LeafDiff]
"""Explains an unknown value: path, value before, whether it is sensitive."""
Texts = dict[tuple[str, Path, str, str, Sides], tuple[LeafDiff, ...]]
"""What comparing two texts told, by resource type, path and both texts: the same renaming gives the
same answer, and instances of a module have many a document in common."""

_MISSING = object()
_NAMED = ("environment", "secrets")
_EMPTY = "the provider treats an empty value as none"


@dataclass(frozen=True)
class Marks:
    """The three marks that go with a pair of values."""

    unknown: Any = False
    before: Any = False
    after: Any = False

    @property
    def sensitive(self) -> bool:
        """Whether the value as a whole may not be shown."""
        return self.before is True or self.after is True

    @property
    def hidden(self) -> bool:
        """Whether any part of the value may not be shown."""
        return marked(self.before) or marked(self.after)

    def child(self, old: str | int, new: str | int) -> Marks:
        """Return the marks of a child, whose key may differ between the sides."""
        return Marks(
            child_mark(self.unknown, new),
            child_mark(self.before, old),
            child_mark(self.after, new),
        )


class ValueDiff:
    """Compares values of one resource type under one renaming."""

    def __init__(
        self,
        kind: str,
        renaming: Renaming,
        resolver: Resolver,
        known: Texts | None = None,
        network: Sides = ("", ""),
    ) -> None:
        """Take what all values of one object share.

        Args:
            kind: Resource type.
            renaming: From the outgoing names to the restored ones.
            resolver: Explains what is unknown.
            known: What texts told already; texts told here are added.
            network: A task definition's network mode before and after.
        """
        self._kind = kind
        self._network = network
        self._rename = renaming
        self._resolve = resolver
        self._known: Texts = {} if known is None else known

    def compare(
        self, before: Any, after: Any, marks: Marks, path: Path = (), *, inside: bool = False
    ) -> list[LeafDiff]:
        """Return the leaves that differ.

        Args:
            before: The value now.
            after: The value as planned.
            marks: What is unknown and what may not be shown.
            path: Where the value stands in its resource.
            inside: Whether it stands inside an opened document, where an empty text is not the
                same as none.
        """
        if marks.unknown is True:
            if after is not None:  # Terraform leaves out what it does not know.
                reason = "the plan gives a value for it and says that it is unknown"
                return [unresolved(path, before, reason, sensitive=marks.hidden)]
            return [self._resolve(path, before, marks.hidden)]
        if marks.sensitive:
            return self._sensitive(before, after, marks, path)
        if isinstance(before, dict) and isinstance(after, dict):
            return self._objects(before, after, marks, path, inside)
        if isinstance(before, list) and isinstance(after, list):
            return self._lists(before, after, marks, path, inside)
        if marked(marks.unknown):
            return [self._resolve(path, before, marks.hidden)]
        return self._scalars(before, after, marks, path, inside)

    def _sensitive(self, before: Any, after: Any, marks: Marks, path: Path) -> list[LeafDiff]:
        if marked(marks.unknown):
            return [self._resolve(path, before, True)]
        if same(before, after):
            return []
        renamed = same(deep_rename(before, self._rename), after) or self._only_renamed(
            before, after
        )
        kind = LeafKind.RENAMED if renamed else LeafKind.UNEXPLAINED
        return [changed(path, kind, before, after, sensitive=True)]

    def _only_renamed(self, before: Any, after: Any) -> bool:
        """Whether each value inside two hidden ones, or their JSON, stays or is renamed."""
        old, new = (open_json(side) if isinstance(side, str) else side for side in (before, after))
        if type(old) is not type(new) or not isinstance(old, dict | list) or is_policy(old):
            return False
        found = self.compare(old, new, Marks(), inside=True)
        return bool(found) and all(leaf.kind is LeafKind.RENAMED for leaf in found)

    def _objects(
        self, before: dict[str, Any], after: dict[str, Any], marks: Marks, path: Path, inside: bool
    ) -> list[LeafDiff]:
        found: list[LeafDiff] = []
        unseen = dict.fromkeys(after)
        open_ = marks.unknown
        if isinstance(open_, dict):
            unseen |= dict.fromkeys(open_)
        for key, value in before.items():
            target = key if key in unseen else self._rename(key)
            if target in before or target not in unseen:
                target = key
            if target != key:
                found.append(changed(path, LeafKind.RENAMED, key, target, "the key"))
            unseen.pop(target, None)
            new = after.get(target, _MISSING)
            if identical(value, new) and not (open_ and marked(child_mark(open_, target))):
                continue
            found += self._member(value, new, marks.child(key, target), (*path, target), inside)
        for key in unseen:
            new = after.get(key, _MISSING)
            found += self._member(_MISSING, new, marks.child(key, key), (*path, key), inside)
        return found

    def _member(
        self, before: Any, after: Any, marks: Marks, path: Path, inside: bool
    ) -> list[LeafDiff]:
        if inside and (before is _MISSING) != (after is _MISSING):
            return self._only_one(before, after, marks, path)
        # A key in neither after nor after_unknown is null (facts.md, "Plan JSON").
        old = None if before is _MISSING else before
        new = None if after is _MISSING else after
        return self.compare(old, new, marks, path, inside=inside)

    def _only_one(self, before: Any, after: Any, marks: Marks, path: Path) -> list[LeafDiff]:
        comes = before is _MISSING
        present = after if comes else before
        text = show(present, sensitive=marks.sensitive)
        evidence = f"(absent) -> {text}" if comes else f"{text} -> (absent)"
        member = {path[-1]: present}  # Its key may be a table's name.
        sides = (None, member) if comes else (member, None)
        return [LeafDiff(path, LeafKind.UNEXPLAINED, evidence, sides=sides)]

    def _lists(
        self, before: list[Any], after: list[Any], marks: Marks, path: Path, inside: bool
    ) -> list[LeafDiff]:
        if marked(marks.unknown):
            if len(before) != len(after):
                return [self._resolve(path, before, marks.hidden)]
            return self._by_position(before, after, marks, path, inside)
        if marks.hidden:
            return self._with_secrets(before, after, marks, path, inside)
        if not self._has_no_order(path, before, after, inside):
            if len(before) == len(after):
                return self._by_position(before, after, marks, path, inside)
            return [self._uneven(before, after, path)]
        return self._sets(before, after, marks, path, inside)

    def _with_secrets(
        self, before: list[Any], after: list[Any], marks: Marks, path: Path, inside: bool
    ) -> list[LeafDiff]:
        """Compare by position: the marks belong to positions, and none may be shown by mistake."""
        if len(before) == len(after):
            return self._by_position(before, after, marks, path, inside)
        return [changed(path, LeafKind.UNEXPLAINED, before, after, sensitive=True)]

    def _has_no_order(self, path: Path, before: list[Any], after: list[Any], inside: bool) -> bool:
        if inside:
            # Environment and secrets of a container are maps written as lists of names: where one
            # stands twice, the last one counts.
            named = path[:1] == ("container_definitions",) and path[-1] in _NAMED
            return named and not any(map(_repeats, (before, after)))
        return is_set(self._kind, path, before, after)

    def _by_position(
        self, before: list[Any], after: list[Any], marks: Marks, path: Path, inside: bool
    ) -> list[LeafDiff]:
        found: list[LeafDiff] = []
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            child = marks.child(index, index)
            found += self.compare(old, new, child, (*path, index), inside=inside)
        return found

    def _sets(
        self, before: list[Any], after: list[Any], marks: Marks, path: Path, inside: bool
    ) -> list[LeafDiff]:
        """Pair what is equal after renaming; what is left is compared in order of its text."""
        left = bag(after)
        unmatched: list[Any] = []
        renamed: list[Any] = []
        for item in before:
            target = frozen(deep_rename(item, self._rename))
            if left[target]:
                left[target] -= 1
                if target != frozen(item):
                    renamed.append(item)
            else:
                unmatched.append(item)
        found = [
            changed(path, LeafKind.RENAMED, item, deep_rename(item, self._rename))
            for item in renamed
        ]
        rest = [item for item in after if left[frozen(item)] and not left.subtract([frozen(item)])]
        if len(unmatched) == len(rest):
            return found + self._by_position(unmatched, rest, Marks(), path, inside)
        return [*found, self._uneven(unmatched, rest, path)]

    def _uneven(self, before: list[Any], after: list[Any], path: Path) -> LeafDiff:
        gone = [item for item in before if not any(same(item, other) for other in after)]
        come = [item for item in after if not any(same(item, other) for other in before)]
        parts = [f"- {show(item, width=60)}" for item in gone[:2]]
        parts += [f"+ {show(item, width=60)}" for item in come[:2]]
        text = ", ".join(parts) or f"{len(before)} -> {len(after)} items"
        reason = "the number of items differs"
        return LeafDiff(path, LeafKind.UNEXPLAINED, text, reason, sides=(before, after))

    def _scalars(
        self, before: Any, after: Any, marks: Marks, path: Path, inside: bool
    ) -> list[LeafDiff]:
        if same(before, after):
            return []
        if not inside and after is None and is_empty(before):
            return [changed(path, LeafKind.EQUIVALENT, before, after, _EMPTY)]
        if not inside and before is None and is_empty(after) and writes_empties(self._kind, path):
            return [changed(path, LeafKind.EQUIVALENT, before, after, _EMPTY)]
        if marks.hidden:  # A mark of another shape than its value still hides it.
            return self._sensitive(before, after, marks, path)
        if isinstance(before, str) and isinstance(after, str):
            place = self._kind, path, before, after, self._network
            if place not in self._known:
                self._known[place] = tuple(self._texts(before, after, path))
            return list(self._known[place])
        return [changed(path, LeafKind.UNEXPLAINED, before, after)]

    def _texts(self, before: str, after: str, path: Path) -> list[LeafDiff]:
        if same_function(self._kind, path, self._rename(before), after):
            reason = "the provider treats a function's name and its ARN as equal"
            return [changed(path, LeafKind.EQUIVALENT, before, after, reason)]
        old, new = open_text(self._kind, path, before), open_text(self._kind, path, after)
        if self._kind == TASK and path == ("container_definitions",):
            old, new = map(containers, (old, new), self._network)
        if old is None or new is None:
            if self._rename(before) == after:
                return [changed(path, LeafKind.RENAMED, before, after)]
            return [self._packed(before, after, path)]
        if is_policy(old) and is_policy(new):
            return [policies(old, new, path, self._rename)]
        found = self.compare(old, new, Marks(), path, inside=True)
        reason = "only its formatting differs"
        return found or [LeafDiff(path, LeafKind.EQUIVALENT, "same document", reason)]

    def _packed(self, before: str, after: str, path: Path) -> LeafDiff:
        """Compare texts that hold another in base64, as ``user_data`` does."""
        layers = list(zip(unpacked(before), unpacked(after), strict=False))
        for old, new in layers:
            if self._rename(old) == new:
                kind = LeafKind.RENAMED if old != new else LeafKind.EQUIVALENT
                return changed(path, kind, old, new, "read from base64")
        return changed(path, LeafKind.UNEXPLAINED, before, after)


def _repeats(entries: list[Any]) -> bool:
    names = [entry.get("name") for entry in entries if isinstance(entry, dict)]
    return len(set(map(str, names))) < len(names)
