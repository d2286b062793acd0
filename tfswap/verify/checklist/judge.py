"""Judge one resource for the checklist, and sum several up in one line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tfswap.plan.changes import Change
from tfswap.verify.completeness.by_value import How
from tfswap.verify.model.report_data import ChecklistItem, LeafKind, Status
from tfswap.verify.rules.registry import RuleInput

_ORDER = (Status.FAILED, Status.CANNOT_TELL, Status.SATISFIED, Status.NOT_APPLICABLE)


class JudgedItem(NamedTuple):
    """One resource's part in a line."""

    status: Status
    evidence: str


def item(key: str, title: str, judged: Iterable[JudgedItem], looked_for: str) -> ChecklistItem:
    """Return a line: as bad as its worst part, not applicable when there is none."""
    parts = list(judged)
    if not parts:
        return ChecklistItem(key, title, Status.NOT_APPLICABLE, (f"looked for {looked_for}",))
    parts.sort(key=lambda part: _ORDER.index(part.status))
    worst = parts[0].status
    bad = worst in (Status.FAILED, Status.CANNOT_TELL)
    at_fault = sum(part.status is worst for part in parts) if bad else 0
    return ChecklistItem(key, title, worst, tuple(part.evidence for part in parts), at_fault)


def judge(case: RuleInput, change: Change) -> JudgedItem:
    """Judge whether a consumer is brought over to the restored table, and only that."""
    context = case.context
    holds = case.stale_by_address.get(change.address, ())
    if any(stale.how is not How.COVERED for stale in holds):
        return JudgedItem(Status.FAILED, f"{change.address}: still uses the outgoing table")
    explanation = case.explanations.get(change.address)
    if explanation is None:
        if context.names_new(change.after):
            return JudgedItem(
                Status.SATISFIED, f"{change.address}: already uses the restored table"
            )
        if holds:
            return JudgedItem(Status.SATISFIED, f"{change.address}: a pattern covers both tables")
        return JudgedItem(Status.CANNOT_TELL, f"{change.address}: no change")
    if explanation.explained:
        return JudgedItem(Status.SATISFIED, f"{change.address}: {change.action.words}")
    wrong = [leaf for leaf in explanation.leaves if leaf.kind is LeafKind.UNEXPLAINED]
    if wrong or (explanation.trouble and not explanation.doubtful):
        return JudgedItem(Status.FAILED, f"{change.address}: {change.action.words}, not explained")
    return JudgedItem(
        Status.CANNOT_TELL, f"{change.address}: {change.action.words}, cannot be verified"
    )


def concerned(case: RuleInput, *types: str) -> list[Change]:
    """Return the resources of these types that name a table of the swap."""
    return [c for c in case.context.live.of(*types) if case.context.concerns(c)]
