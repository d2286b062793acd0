"""Judge one resource for the checklist, and sum several up in one line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tfswap.plan.changes import Change
from tfswap.verify.mentions import How
from tfswap.verify.report_data import ChecklistItem, LeafKind, Status
from tfswap.verify.rules.registry import Case

_ORDER = (Status.FAILED, Status.CANNOT_TELL, Status.SATISFIED, Status.NOT_APPLICABLE)


class Judged(NamedTuple):
    """One resource's part in a line."""

    status: Status
    evidence: str


def item(key: str, title: str, judged: Iterable[Judged], looked_for: str) -> ChecklistItem:
    """Return a line: as bad as its worst part, not applicable when there is none."""
    parts = list(judged)
    if not parts:
        return ChecklistItem(key, title, Status.NOT_APPLICABLE, (f"looked for {looked_for}",))
    parts.sort(key=lambda part: _ORDER.index(part.status))
    worst = parts[0].status
    bad = worst in (Status.FAILED, Status.CANNOT_TELL)
    at_fault = sum(part.status is worst for part in parts) if bad else 0
    return ChecklistItem(key, title, worst, tuple(part.evidence for part in parts), at_fault)


def judge(case: Case, change: Change) -> Judged:
    """Judge whether a consumer is brought over to the restored table, and only that."""
    context = case.context
    holds = case.held.get(change.address, ())
    if any(hold.how is not How.COVERED for hold in holds):
        return Judged(Status.FAILED, f"{change.address}: still on the outgoing table")
    story = case.stories.get(change.address)
    if story is None:
        if context.names_new(change.after):
            return Judged(Status.SATISFIED, f"{change.address}: names the restored table already")
        if holds:
            return Judged(Status.SATISFIED, f"{change.address}: a pattern covers both tables")
        return Judged(Status.CANNOT_TELL, f"{change.address}: no change")
    if story.explained:
        return Judged(Status.SATISFIED, f"{change.address}: {change.action.words}")
    wrong = [leaf for leaf in story.leaves if leaf.kind is LeafKind.UNEXPLAINED]
    if wrong or (story.trouble and not story.doubtful):
        return Judged(Status.FAILED, f"{change.address}: {change.action.words}, not explained")
    return Judged(Status.CANNOT_TELL, f"{change.address}: {change.action.words}, cannot be told")


def concerned(case: Case, *types: str) -> list[Change]:
    """Return the resources of these types that name a table of the swap."""
    return [c for c in case.context.live.of(*types) if case.context.concerns(c)]
