"""Checklist: every consumer found by reference, counted, and those that stay behind by name."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.plan.changes import Change
from tfswap.verify.completeness import Stay
from tfswap.verify.expectation import Judged, item, judge
from tfswap.verify.mentions import How
from tfswap.verify.report_data import ChecklistItem, Status
from tfswap.verify.rules.registry import Case


def references(case: Case) -> ChecklistItem:
    """Return the line that counts consumers found by reference."""
    looked_for = "references to the table in the plan's configuration"
    return item("references", "Consumers by reference", _judged(case), looked_for)


def _judged(case: Case) -> Iterator[Judged]:
    counts = {"explained": 0, "on it already": 0, "unaffected": 0}
    behind = {stay.change.address: stay for stay in case.stays}
    held = {hold.address for hold in case.holds if hold.how is not How.COVERED}
    for change in _instances(case):
        judged = _one(case, change, behind.get(change.address), change.address in held)
        if judged is not None:
            yield judged
        elif change.address in case.stories:
            counts["explained"] += 1
        elif case.context.names_new(change.after):
            counts["on it already"] += 1
        else:
            counts["unaffected"] += 1
    if total := sum(counts.values()):
        told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        yield Judged(Status.SATISFIED, f"{total} in order: {told}")


def _instances(case: Case) -> Iterator[Change]:
    reach = case.context.reach
    for node in reach.consumers():
        yield from (change for change in reach.instances.get(node, ()) if not change.reads)


def _one(case: Case, change: Change, stay: Stay | None, held: bool) -> Judged | None:
    """Return what is wrong with one consumer; None when it is accounted for."""
    if stay is not None:
        told = Status.FAILED if stay.certain else Status.CANNOT_TELL
        return Judged(told, f"{change.address}: {stay.why}")
    story = case.stories.get(change.address)
    if held or (story is not None and not story.explained):
        return judge(case, change)
    return None
