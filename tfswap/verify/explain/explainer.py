"""Explain one change: every value that differs, and why the object is replaced at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from tfswap.plan.changes import Change, OutputChange
from tfswap.plan.values import Path, show_path
from tfswap.verify.context.baseline import Baseline
from tfswap.verify.context.memo import Memo
from tfswap.verify.context.plan_context import Context
from tfswap.verify.context.plan_lookup import PIPELINE
from tfswap.verify.explain.derived_names import DerivedNames
from tfswap.verify.explain.protection import Protection, made_otherwise
from tfswap.verify.explain.unknowns import Unknowns
from tfswap.verify.model.allowance import Allowance
from tfswap.verify.model.leaf_diff import LeafDiff
from tfswap.verify.model.report_data import LeafKind
from tfswap.verify.model.stateful_types import lost
from tfswap.verify.values.value_diff import Marks, Texts, ValueDiff

_CAUSED = "only in the swap's plan, not in the baseline plan"
_ASKED = {"replace_because_tainted": "tainted", "replace_by_request": "requested with -replace"}
_CAUSES = (LeafKind.RENAMED, LeafKind.PROTECTION, LeafKind.CAUSED, LeafKind.ALLOWED)


@dataclass(frozen=True)
class ChangeExplanation:
    """A change with its explained leaves."""

    change: Change
    leaves: tuple[LeafDiff, ...]
    reason: str = ""
    """Why the object is replaced, created or read, in words."""
    trouble: str = ""
    """What is not explained about the change as a whole."""
    doubtful: bool = False
    """The trouble is that nobody can tell, rather than that it is wrong."""
    subject: str = ""
    """What an allowance calls the trouble; empty where none can cover it."""
    allowance: Allowance | None = None
    """What covers the trouble there was."""

    @cached_property
    def explained(self) -> bool:
        """Whether the change and every leaf of it belong to the swap."""
        return not self.trouble and all(leaf.kind.explained for leaf in self.leaves)


class Explainer:
    """Explains the changes of one plan."""

    def __init__(self, context: Context, baseline: Baseline) -> None:
        self._context = context
        self._baseline = baseline
        self._unknowns = Unknowns(context)
        self._derived = DerivedNames(context, self._unknowns)
        self._found: Memo[tuple[LeafDiff, ...]] = Memo(context.alike_changes)
        self._texts: Texts = {}

    def explain(self, change: Change) -> ChangeExplanation:
        """Return the story of one change that is not a no-op."""
        explanation = self._explain(change)
        if explanation.trouble and self._baseline.settles(change):
            return replace(explanation, trouble="", doubtful=False, reason=_CAUSED)
        if not explanation.trouble or not explanation.subject:
            return explanation
        allowance = self._context.allowances.cover_in_words(change.address, explanation.subject)
        if allowance is None:
            return explanation
        reason = f"allowed until {allowance.expires}: {allowance.reason}"
        return replace(explanation, trouble="", doubtful=False, reason=reason, allowance=allowance)

    def _explain(self, change: Change) -> ChangeExplanation:
        if isinstance(change, OutputChange):
            trouble = _output_trouble(change)
            return ChangeExplanation(change, self.leaves(change), trouble=trouble, subject="value")
        if change.reads:
            return ChangeExplanation(change, (), reason="it changes nothing itself")
        if change.creates and not change.replaces:
            return self._created(change)
        if change.deletes and not change.replaces:
            return ChangeExplanation(change, (), trouble="it is deleted")
        if change.forgets:
            return ChangeExplanation(
                change, (), trouble="it is removed from state and kept in AWS, unmanaged"
            )
        leaves = self.leaves(change)
        if change.replaces and lost(change.type, replaced=True):
            return ChangeExplanation(change, leaves, trouble="its content is lost")
        if change.replaces:
            return self._replaced(change, leaves)
        return self._updated(change, leaves)

    def leaves(self, change: Change) -> tuple[LeafDiff, ...]:
        """Return every value of a change that differs, each with its explanation."""
        if change.address in self._context.tables and change.updates:
            return tuple(Protection(self._context, change).judge(list(self._compared(change))))
        if self._context.rest.begun:
            leaves = self._compared(change)
        else:
            leaves = self._found.get(change, self._compared)
        if self._baseline.counts:
            leaves = tuple(self._baseline.judge(change, leaf) for leaf in leaves)
        allowances = self._context.allowances
        if not (allowances.valid or allowances.expired):
            return leaves
        about_swap = self._context.names_any
        return tuple(allowances.judge(change, leaf, about_swap) for leaf in leaves)

    def _compared(self, change: Change) -> tuple[LeafDiff, ...]:
        def resolve(path: Path, before: Any, sensitive: bool) -> LeafDiff:
            return self._unknowns.explain(change, path, before, sensitive)

        marks = Marks(change.unknown, change.before_sensitive, change.after_sensitive)
        mode = "network_mode"
        network = str(change.before_value(mode)), str(change.after_value(mode))
        comparison = ValueDiff(change.type, self._context.renamed, resolve, self._texts, network)
        found = comparison.compare(change.before, change.after, marks)
        if self._context.rest.begun:
            found = [self._settled(change, leaf) for leaf in found]
        return tuple(self._derived.explain(change, leaf) for leaf in found)

    def _settled(self, change: Change, leaf: LeafDiff) -> LeafDiff:
        open_ = leaf.kind is LeafKind.UNEXPLAINED
        return self._unknowns.settled(change, leaf) if open_ else leaf

    def _created(self, change: Change) -> ChangeExplanation:
        if change.address not in self._context.intent.release:
            return ChangeExplanation(
                change, (), trouble="it is created, which is not part of a swap"
            )
        if self._context.names_old(change.after) or not self._context.names_new(change.after):
            return ChangeExplanation(
                change, (), trouble="it was released, but does not use the restored table"
            )
        if name := made_otherwise(self._context, change):
            trouble = f"it was released, but its {name} differs from the configuration"
            return ChangeExplanation(change, (), trouble=trouble)
        return ChangeExplanation(
            change, (), reason="released from the state; created again for the restored table"
        )

    def _replaced(self, change: Change, leaves: tuple[LeafDiff, ...]) -> ChangeExplanation:
        why = change.entry.action_reason
        if why in _ASKED:
            wanted = change.address in self._context.pipelines and change.type == PIPELINE
            trouble = "" if wanted else f"it is {_ASKED[why]}, which the swap does not need"
            return ChangeExplanation(change, leaves, reason=_ASKED[why], trouble=trouble)
        if why == "replace_by_triggers":
            return self._triggered(change, leaves)
        forcing = [tuple(path) for path in change.entry.change.replace_paths or []]
        if not all(forcing) or not forcing:
            trouble = "the plan does not show what forces its replacement"
            return ChangeExplanation(
                change, leaves, trouble=trouble, doubtful=True, subject="replacement"
            )
        for path in forcing:
            if not any(_accounts(leaf) and _is_under(leaf.path, path) for leaf in leaves):
                trouble = f"{show_path(path)} forces a replacement that the swap does not explain"
                return ChangeExplanation(change, leaves, trouble=trouble)
        if not any(map(_accounts, leaves)):
            return ChangeExplanation(
                change, leaves, trouble="the swap does not explain the replacement"
            )
        named = ", ".join(show_path(path) for path in forcing)
        return ChangeExplanation(change, leaves, reason=f"{named} cannot be changed in place")

    def _triggered(self, change: Change, leaves: tuple[LeafDiff, ...]) -> ChangeExplanation:
        """Accept it where the repository says that the resource follows a table.

        Only a change of this very plan triggers it, and each of them has to be explained as well.
        """
        name = "replace_triggered_by"
        tables = self._context.intent.tables
        if any(change.config_address == c.address for t in tables for c in t.consumers):
            return ChangeExplanation(change, leaves, reason=f"{name}, which depends on the table")
        trouble = f"{name} replaces it"
        return ChangeExplanation(change, leaves, trouble=trouble, doubtful=True, subject=name)

    def _updated(self, change: Change, leaves: tuple[LeafDiff, ...]) -> ChangeExplanation:
        if any(map(_causes, leaves)) or not all(leaf.kind.explained for leaf in leaves):
            return ChangeExplanation(change, leaves)
        if leaves and all(leaf.kind is LeafKind.EQUIVALENT for leaf in leaves):
            return ChangeExplanation(change, leaves, reason="same meaning")
        trouble = "the plan does not show what changes"
        return ChangeExplanation(change, leaves, trouble=trouble, doubtful=True, subject="update")


def _output_trouble(change: Change) -> str:
    if change.updates:
        return ""
    return f"the output's action is {change.action.words}, which is not part of a swap"


def _causes(leaf: LeafDiff) -> bool:
    """Whether a leaf is reason enough for its resource to change."""
    return leaf.kind in _CAUSES or leaf.by_reference


def _accounts(leaf: LeafDiff) -> bool:
    """Whether a leaf accounts for a replacement, or says itself that nobody can tell."""
    return _causes(leaf) or leaf.kind is LeafKind.UNRESOLVED


def _is_under(path: Path, above: Path) -> bool:
    return path[: len(above)] == above
