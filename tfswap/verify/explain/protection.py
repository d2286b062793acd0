"""The restored table's own change: protections coming back, and nothing else.

AWS Backup restores a table without tags, TTL, stream, point-in-time recovery and deletion
protection (facts.md, "What a restore does not bring back"); the plan puts them on again. Switching
one off, or changing one that was on, is no part of a swap.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from tfswap.plan.changes import Change
from tfswap.plan.values import child_mark, marked
from tfswap.verify.context.plan_context import Context
from tfswap.verify.context.tags import common_tags, tables_tags
from tfswap.verify.model.leaf_diff import LeafDiff
from tfswap.verify.model.report_data import LeafKind
from tfswap.verify.values.equality import as_map, bag, deep_rename, is_empty, same
from tfswap.verify.values.table_schema import differences

SECTIONS = (
    "point_in_time_recovery",
    "ttl",
    "stream_enabled",
    "stream_view_type",
    "deletion_protection_enabled",
)
_INDEXES = ("global_secondary_index", "local_secondary_index", "attribute")
_CLASS, _COPIES = "table_class", "replica"
_ARGUMENTS = ("stream_enabled", "stream_view_type", "deletion_protection_enabled", _CLASS)
_REPLICA = "aws_dynamodb_table_replica"
_BACK = "a restore does not include it; the configuration sets it"


def is_on(name: str, value: Any) -> bool:
    """Return whether a protection is on: a flag, or a block with ``enabled``."""
    if isinstance(value, list):
        return any(isinstance(item, dict) and item.get("enabled") is True for item in value)
    return value is True or (name == "stream_view_type" and bool(value))


class Protection:
    """Judges the leaves of a restored table's update."""

    def __init__(self, context: Context, change: Change) -> None:
        self._context = context
        self._change = change
        self._outgoing = context.intent.outgoing.get(change.address)

    @cached_property
    def _common(self) -> dict[str, str]:
        return common_tags(self._context, self._change)

    def judge(self, leaves: list[LeafDiff]) -> list[LeafDiff]:
        """Return the leaves, with those that are protections coming back marked as such."""
        return [self._judge(leaf) for leaf in leaves]

    def _judge(self, leaf: LeafDiff) -> LeafDiff:
        if leaf.kind is LeafKind.UNRESOLVED and self._differs(leaf):
            return replace(leaf, kind=LeafKind.UNEXPLAINED, reason="the indexes differ")
        if leaf.path[:1] == (_COPIES,) and not leaf.kind.explained and self._copies_come_back():
            return replace(leaf, kind=LeafKind.PROTECTION, reason=_BACK)
        if leaf.kind is not LeafKind.UNEXPLAINED or not leaf.path:
            return leaf
        name = str(leaf.path[0])
        if name in SECTIONS and self._comes_back(name):
            return replace(leaf, kind=LeafKind.PROTECTION, reason=_BACK)
        if name == _CLASS and self._class_comes_back():
            return replace(leaf, kind=LeafKind.PROTECTION, reason=_BACK)
        if name in ("tags", "tags_all"):
            why = self._tag(leaf)
            kind = LeafKind.UNEXPLAINED if why else LeafKind.PROTECTION
            return replace(leaf, kind=kind, reason=why or _BACK)
        if name in _INDEXES and self._same_indexes(name):
            return replace(leaf, kind=LeafKind.EQUIVALENT, reason="the same set of indexes")
        return leaf

    def _differs(self, leaf: LeafDiff) -> bool:
        """Whether indexes differ in what is known of them; the provider computes the rest."""
        name = str(leaf.path[0]) if leaf.path else ""
        unknown = self._change.unknown
        whole = isinstance(unknown, dict) and unknown.get(name) is True
        return name in _INDEXES and not whole and bool(differences(self._change, name))

    def _comes_back(self, name: str) -> bool:
        before, after = self._change.before_value(name), self._change.after_value(name)
        if is_on(name, before) or not is_on(name, after):
            return False
        if not as_configured(self._context, self._change, name):
            return False
        if self._outgoing is None or name not in self._outgoing:
            # Rows expire where TTL is on: it comes back only to a table that had it.
            return self._outgoing is None or name != "ttl"
        return _within(_bare(after), _bare(self._outgoing[name]))

    def _class_comes_back(self) -> bool:
        """Whether a table restored as STANDARD, as all are, gets its class again."""
        before, after = self._change.before_value(_CLASS), self._change.after_value(_CLASS)
        if before not in (None, "", "STANDARD") or not isinstance(after, str):
            return False
        wanted = (self._outgoing or {}).get(_CLASS) or after
        return wanted == after and as_configured(self._context, self._change, _CLASS)

    def _copies_come_back(self) -> bool:
        """Whether a table restored without its ``replica`` blocks gets them again, none more."""
        before, after = self._change.before_value(_COPIES), self._change.after_value(_COPIES)
        if before or not after or not as_configured(self._context, self._change, _COPIES):
            return False
        regions = _regions(after)
        if self._outgoing is not None and _COPIES in self._outgoing:
            return None not in regions and regions == _regions(self._outgoing[_COPIES])
        return None not in regions and regions == _written_regions(self._context, self._change)

    def _tag(self, leaf: LeafDiff) -> str:
        """Return why a tag's change is not the swap's; empty when it is."""
        name = str(leaf.path[0])
        before = as_map(self._change.before_value(name))
        after = as_map(self._change.after_value(name))
        if len(leaf.path) < 2:
            keys = [key for key in {*before, *after} if not same(before.get(key), after.get(key))]
        else:
            keys = [str(leaf.path[1])]
        return next((why for key in keys if (why := self._one_tag(key, before, after))), "")

    def _one_tag(self, key: str, before: dict[str, Any], after: dict[str, Any]) -> str:
        if before.get(key) is not None:
            return "the restored table had this tag; the plan changes it"
        if self._outgoing is not None:
            was = as_map(self._outgoing.get("tags_all")).get(key)
            renamed = deep_rename(was, self._context.renamed)
            return (
                "" if same(renamed, after.get(key)) else "the outgoing table had another tag value"
            )
        if key in as_map(self._change.after_value("tags")):
            return ""
        common = self._common.get(key)
        if common is not None and common != after.get(key):
            return "other resources have another value"
        if common is None and self._common:
            return "neither the table's tags nor the tags of other resources have it"
        return ""

    def _same_indexes(self, name: str) -> bool:
        """Whether an index diff is one that is equal by meaning.

        Some provider versions show those (hashicorp/terraform-provider-aws#46513); any other is a
        rebuild of hours.
        """
        before, after = self._change.before_value(name), self._change.after_value(name)
        if not isinstance(before, list) or not isinstance(after, list):
            return False
        return bag([_bare(item) for item in before]) == bag([_bare(item) for item in after])


def _regions(blocks: Any) -> set[Any]:
    listed = blocks if isinstance(blocks, list) else []
    return {as_map(item).get("region_name") for item in listed}


def _written_regions(context: Context, change: Change) -> set[Any]:
    """Return the regions the configuration writes out; a dynamic block shows none."""
    block = context.plan.configuration.resource(
        change.module, "managed", change.type, change.entry.name
    )
    written = (block or {}).get("expressions", {}).get(_COPIES)
    listed = written if isinstance(written, list) else []
    return {as_map(as_map(item).get("region_name")).get("constant_value") for item in listed}


def as_configured(context: Context, change: Change, name: str) -> bool:
    """Whether a protection is planned with the constants the configuration writes out.

    What it takes from elsewhere cannot be compared; what it leaves out must not change.
    """
    block = context.plan.configuration.resource(
        change.module, "managed", change.type, change.entry.name
    )
    written = (block or {}).get("expressions", {}).get(name)
    after, before = change.after_value(name), change.before_value(name)
    if isinstance(written, dict):
        return "constant_value" not in written or same(written["constant_value"], after)
    if not isinstance(written, list):
        # Silence may hide a dynamic block, but no plain argument: that one does not come on by
        # itself.
        return block is None or name not in _ARGUMENTS or same(before, after)
    olds = before if isinstance(before, list) else []
    return isinstance(after, list) and all(
        _item_as_configured(item, after[index : index + 1], olds[index : index + 1])
        for index, item in enumerate(written)
    )


def _item_as_configured(written: Any, after: list[Any], before: list[Any]) -> bool:
    new = after[0] if after and isinstance(after[0], dict) else {}
    old = before[0] if before and isinstance(before[0], dict) else {}
    for key, value in new.items():
        expression = written.get(key)
        if expression is None and not is_empty(value) and not same(value, old.get(key)):
            return False
    return all(
        same(expression["constant_value"], new.get(key))
        for key, expression in written.items()
        if isinstance(expression, dict) and "constant_value" in expression
    )


def _bare(value: Any) -> Any:
    """Return a block without its unset arguments."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if not is_empty(item)}
    return value


def _within(part: Any, whole: Any) -> bool:
    """Whether all that ``part`` sets is the same in ``whole``, to which AWS may have added."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and _within(part[key], whole[key]) for key in part)
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(_within, part, whole))
    return same(part, whole)


def made_otherwise(context: Context, change: Change) -> str:
    """Return which attribute of a new object is not what the configuration says; empty when none.

    Compared are the constants written out, and tags with those every other resource has. What the
    configuration sets is known, and a replica is one of the restored table.
    """
    block = context.plan.configuration.resource(
        change.module, "managed", change.type, change.entry.name
    )
    for name, expression in (block or {}).get("expressions", {}).items():
        if marked(child_mark(change.unknown, name)):
            return str(name)
        constant = isinstance(expression, dict) and "constant_value" in expression
        if constant and not same(expression["constant_value"], change.after_value(name)):
            return str(name)
    if change.type == _REPLICA and change.after_value("global_table_arn") not in _arns(context):
        return "global_table_arn"
    own, every = as_map(change.after_value("tags")), as_map(change.after_value("tags_all"))
    common = common_tags(context, change) or tables_tags(context)
    wrong = [key for key in common if key not in own and every.get(key) not in (None, common[key])]
    return "tags_all" if wrong else ""


def _arns(context: Context) -> set[Any]:
    changes = (context.live.get(address) for address in context.tables)
    return {change.before_value("arn") for change in changes if change is not None}
