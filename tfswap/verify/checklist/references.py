"""Checklist: every consumer found by reference, counted, and those that stay behind by name."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.plan.changes import Change
from tfswap.verify.checklist.judge import JudgedItem, item, judge
from tfswap.verify.completeness.by_reference import MissedConsumer
from tfswap.verify.completeness.by_value import How
from tfswap.verify.model.report_data import ChecklistItem, Status
from tfswap.verify.rules.registry import RuleInput


def references(case: RuleInput) -> ChecklistItem:
    """Return the line that counts consumers found by reference."""
    looked_for = "references to the table in the plan's configuration"
    return item("references", "Consumers by reference", _judged(case), looked_for)


def _judged(case: RuleInput) -> Iterator[JudgedItem]:
    counts = {"explained": 0, "already up to date": 0, "unaffected": 0}
    behind = {missed.change.address: missed for missed in case.missed}
    held = {stale.address for stale in case.stale if stale.how is not How.COVERED}
    for change in _instances(case):
        judged = _one(case, change, behind.get(change.address), change.address in held)
        if judged is not None:
            yield judged
        elif change.address in case.explanations:
            counts["explained"] += 1
        elif case.context.names_new(change.after):
            counts["already up to date"] += 1
        else:
            counts["unaffected"] += 1
    if total := sum(counts.values()):
        counted = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        yield JudgedItem(Status.SATISFIED, f"{total} ok: {counted}")


def _instances(case: RuleInput) -> Iterator[Change]:
    reach = case.context.reach
    for node in reach.consumers():
        yield from (change for change in reach.instances.get(node, ()) if not change.reads)


def _one(
    case: RuleInput, change: Change, missed: MissedConsumer | None, held: bool
) -> JudgedItem | None:
    """Return what is wrong with one consumer; None when it is accounted for."""
    if missed is not None:
        status = Status.FAILED if missed.certain else Status.CANNOT_TELL
        return JudgedItem(status, f"{change.address}: {missed.why}")
    explanation = case.explanations.get(change.address)
    if held or (explanation is not None and not explanation.explained):
        return judge(case, change)
    return None
