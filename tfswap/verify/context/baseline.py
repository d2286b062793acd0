"""What a baseline plan settles: changes that only the swap's plan has were caused by the swap.

It never settles what design.md, decision 12, lists; docs/baseline.md has the table, and each cell
its test.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import Any

from tfswap.names import WRITTEN_FORMS, parse_arn
from tfswap.plan.changes import Action, Change
from tfswap.plan.document import Plan
from tfswap.plan.values import Path, child_mark, leaves, marked
from tfswap.verify.context.active_changes import ActiveChanges
from tfswap.verify.context.plan_context import Context
from tfswap.verify.context.same_inputs import moved, objections
from tfswap.verify.model.leaf_diff import LeafDiff, is_image
from tfswap.verify.model.report_data import LeafKind
from tfswap.verify.model.stateful_types import holds_data, lost
from tfswap.verify.values.embedded_documents import open_json
from tfswap.verify.values.equality import same
from tfswap.verify.values.iam_policy import is_policy

_TABLES = re.compile(r"_dynamodb_.*table")
_NETWORK = re.compile(
    r"security_group|network|subnet|cidr|ingress|egress|firewall|nacl|waf|public|vpc|route|listener|"
    r"endpoint_access"
)
_RIGHTS = re.compile(
    r"polic(?:y|ies)_arn|managed_polic|principal|(?:^|[_.])(?:grant|role|permission)s?(?:[_.]|$)"
    r"|(?:^|[_.])(?:acl|auth\w*|mfa|privileged)(?:[_.]|$)"
)
_KEEPS = re.compile(
    r"backup|delet|destroy|encrypt|kms|lifecycle|protect|recover|retain|retention|snapshot|sse|ttl|vault"
    r"|versioning"
)
"""What keeps data, or keeps it from others: whatever sets it, no experiment excuses its change."""
_CODE = re.compile(
    r"(?:^|\.)(?:filename|handler|runtime|s3_(?:bucket|key|object_version))$|^template_(?:body|url)"
)
"""A function's code; and a stack's template, which may delete anything."""
_BUILT_IN = ("terraform_data",)
_REASON = "caused by the swap: without it nothing would change here"
_ASKED = ("replace_because_tainted", "replace_by_request")


class Baseline:
    """The baseline plan of one context; without one, or where it is none, it settles nothing."""

    def __init__(self, context: Context) -> None:
        self._context = context
        given = context.intent.baseline
        self.given = given
        self._plan: Plan | None = given.plan if given else None

    @cached_property
    def objections(self) -> tuple[str, ...]:
        """Why the plan that was handed in is no baseline of this one."""
        return tuple(objections(self._context, self._plan)) if self._plan is not None else ()

    @property
    def counts(self) -> bool:
        """Whether there is a baseline, and it is one of this plan."""
        return self._plan is not None and not self.objections

    @cached_property
    def moved(self) -> dict[str, str]:
        """Configuration addresses that have no cover, and why."""
        return moved(self._context, self._plan) if self._plan is not None and self.counts else {}

    @cached_property
    def _changes(self) -> dict[str, Change]:
        if self._plan is None:
            return {}
        live = ActiveChanges(self._plan.changes, lambda change: change)
        return {**live, **{output.address: output for output in self._plan.outputs}}

    @cached_property
    def pending(self) -> dict[str, Change]:
        """What the baseline changes: it would happen on main without the swap."""
        if not self.counts:
            return {}
        every = self._changes.items()
        return {a: c for a, c in every if not c.noop and not c.reads}

    def judge(self, change: Change, leaf: LeafDiff) -> LeafDiff:
        """Return a leaf nothing else explains as caused by the swap, or as it is."""
        if leaf.kind.explained or not self.counts or not self._covers(change):
            return leaf
        if self._changes_too(change, leaf.path) or self._never_value(change, leaf):
            return leaf
        return replace(leaf, kind=LeafKind.CAUSED, reason=_REASON)

    def settles(self, change: Change) -> bool:
        """Whether the swap caused what happens to the object as a whole."""
        if not self.counts or change.address in self.pending or not self._covers(change):
            return False
        if change.forgets or change.entry.action_reason in _ASKED or _NETWORK.search(change.type):
            return False
        if change.action in (Action.CREATE, Action.DELETE) and change.is_managed:
            return self._is_plain(change) and change.address not in self._context.intent.release
        return True

    def why_not(self, change: Change) -> str:
        """Return why the baseline gives no cover to a change, in words; empty where it does."""
        return self.moved.get(change.config_address, "") if self.counts else ""

    def _covers(self, change: Change) -> bool:
        """Whether both plans saw the same object, and it is none that only its own rules judge."""
        if _TABLES.search(change.type) or change.address in self._context.tables:
            return False
        if change.is_managed and (change.deletes or change.forgets) and self._loses(change):
            return False
        if change.config_address in self.moved:
            return False
        other = self._changes.get(change.address)
        return same(change.before, other.before if other else None)

    def _loses(self, change: Change) -> bool:
        """Whether data goes with the object, or nobody knows that of its type."""
        if change.type in _BUILT_IN:
            return False
        known = holds_data(change.type) is not None
        return not known or lost(change.type, replaced=change.replaces)

    def _changes_too(self, change: Change, path: Path) -> bool:
        """Whether the baseline changes the same argument: then it is pending, in part at least."""
        other = self.pending.get(change.address)
        if other is None:
            return False
        if not path or not isinstance(path[0], str) or not other.exists_after:
            return True
        name = path[0]
        open_ = marked(child_mark(other.unknown, name))
        return open_ or not same(other.before_value(name), other.after_value(name))

    def _never_value(self, change: Change, leaf: LeafDiff) -> bool:
        names = ".".join(part for part in leaf.path if isinstance(part, str))
        whole = f"{change.type}.{names}"
        if is_image(leaf.path) or _CODE.search(names) or leaf.about_policy:
            return True
        if _NETWORK.search(whole) or _KEEPS.search(whole) or _names_keeping(leaf.sides):
            return True
        before, after = leaf.sides
        if self._context.names_old(after) or any(map(_holds_policy, leaf.sides)):
            return True
        if leaf.kind is not LeafKind.UNRESOLVED:
            return bool(_RIGHTS.search(names)) or _holds_image(after) or self._loses_name(leaf)
        # Unknown: where it named the outgoing table, a reference has to lead to the table. One that
        # was its ARN or stream as a whole cannot be written out: that would be known.
        way = self._context.reach.way(change.config_address) or _is_tables_own(before)
        return self._context.names_old(before) and not way

    def _loses_name(self, leaf: LeafDiff) -> bool:
        """Whether a known value names the tables less often than the outgoing one before.

        Only names as such count: ``production-Lpas-throttles`` names no table. A value that is a
        name or an ARN as a whole has to be the restored table's, as a whole.
        """
        count, (before, after) = self._context.count_mentions, leaf.sides
        for old, new in self._context.intent.renames if isinstance(before, str) else ():
            if before == old or (parse_arn(before) and self._context.names_old(before)):
                forms = [make(new) for make in WRITTEN_FORMS] if before == old else []
                return after not in (*forms, self._context.renamed(before))
        return any(
            count(before, old) > count(after, old, *(make(new) for make in WRITTEN_FORMS))
            for old, new in self._context.intent.renames
        )

    def _is_plain(self, change: Change) -> bool:
        """Whether an object that comes or goes is of a known type and nothing special."""
        if change.type not in _BUILT_IN and holds_data(change.type) is not False:
            return False
        value = change.after if change.exists_after else None
        return not (
            _RIGHTS.search(change.type)
            or _KEEPS.search(change.type)
            or self._context.names_old(value)
            or _holds_policy(value)
            or _holds_image(value)
        )


def _is_tables_own(value: Any) -> bool:
    table, _, label = value.partition("/stream/") if isinstance(value, str) else ("", "", "")
    return parse_arn(table) is not None and re.fullmatch("[0-9T:.-]*", label) is not None


def _names_keeping(sides: tuple[Any, Any]) -> bool:
    """Whether a block that comes or goes as a whole has such a member."""
    names = {part for leaf in leaves(list(sides)) for part in leaf.path if isinstance(part, str)}
    return any(map(_KEEPS.search, names))


def _holds_policy(value: Any) -> bool:
    texts = (leaf.value for leaf in leaves(value) if isinstance(leaf.value, str))
    return any("Statement" in text and is_policy(open_json(text)) for text in texts)


def _holds_image(value: Any) -> bool:
    if isinstance(value, str) and (document := open_json(value)) is not None:
        value = document
    return any(is_image(leaf.path) and leaf.value for leaf in leaves(value))
