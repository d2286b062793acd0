"""Checklist: the table's tags and protections, and the pipelines that read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tfswap.plan.changes import Change
from tfswap.plan.values import marked
from tfswap.verify.checklist.judge import JudgedItem, concerned, item, judge
from tfswap.verify.context.plan_lookup import PIPELINE
from tfswap.verify.explain.protection import as_configured, is_on
from tfswap.verify.model.report_data import ChecklistItem, LeafKind, Status
from tfswap.verify.rules.protections import child_unknown, expected, lost_tags
from tfswap.verify.rules.registry import RuleInput
from tfswap.verify.values.equality import as_map

_LINES = (
    ("pitr", "Point-in-time recovery", "point_in_time_recovery"),
    ("stream", "Stream", "stream_enabled"),
    ("ttl", "TTL", "ttl"),
    ("deletion-protection", "Deletion protection", "deletion_protection_enabled"),
)


def tags(case: RuleInput) -> ChecklistItem:
    """Tags of the restored table."""
    return item("tags", "Table tags", _over_tables(case, _tags), "the table's tags")


def protections(case: RuleInput) -> Iterator[ChecklistItem]:
    """Yield a line for each protection a restore does not bring back."""
    for key, title, name in _LINES:

        def judged(case: RuleInput, change: Change, name: str = name) -> JudgedItem:
            return _protection(case, change, name)

        yield item(key, title, _over_tables(case, judged), "the table in the plan")


def _over_tables(
    case: RuleInput, judged: Callable[[RuleInput, Change], JudgedItem]
) -> list[JudgedItem]:
    found = []
    for address, table in case.context.tables.items():
        change = case.context.live.get(address)
        if change is None:
            found.append(JudgedItem(Status.CANNOT_TELL, f"{address}: not in the plan"))
        elif change.creates or change.deletes:
            found.append(JudgedItem(Status.FAILED, f"{address}: {change.action.words}"))
        elif change.after_value("name") != table.rename.new:
            found.append(JudgedItem(Status.CANNOT_TELL, f"{address}: not the restored table"))
        else:
            found.append(judged(case, change))
    return found


def _protection(case: RuleInput, change: Change, name: str) -> JudgedItem:
    value = change.after_value(name)
    if is_on(name, value) and not as_configured(case.context, change, name):
        return JudgedItem(Status.FAILED, f"{change.address}: enabled, but not as configured")
    if is_on(name, value):
        since = "already enabled" if is_on(name, change.before_value(name)) else "will be enabled"
        return JudgedItem(Status.SATISFIED, f"{change.address}: {since}{_detail(change, name)}")
    if isinstance(change.unknown, dict) and marked(change.unknown.get(name)):
        return JudgedItem(Status.CANNOT_TELL, f"{change.address}: known only after apply")
    wanted = expected(case.context, change, name)
    if wanted is None:
        return JudgedItem(
            Status.CANNOT_TELL, f"{change.address}: off; it is unknown whether it should be on"
        )
    if wanted:
        return JudgedItem(Status.FAILED, f"{change.address}: not enabled")
    return JudgedItem(Status.NOT_APPLICABLE, f"{change.address}: off, as configured")


def _detail(change: Change, name: str) -> str:
    if name != "stream_enabled" or change.hides("stream_view_type"):
        return ""
    return f" ({change.after_value('stream_view_type')})"


def _tags(case: RuleInput, change: Change) -> JudgedItem:
    after = as_map(change.after_value("tags_all"))
    explanation = case.explanations.get(change.address)
    every = explanation.leaves if explanation else ()
    leaves = [leaf for leaf in every if leaf.path[:1] in (("tags",), ("tags_all",))]
    if child_unknown(change, "tags_all"):
        return JudgedItem(Status.CANNOT_TELL, f"{change.address}: known only after apply")
    if any(leaf.kind is LeafKind.UNEXPLAINED for leaf in leaves) or lost_tags(case.context, change):
        return JudgedItem(Status.FAILED, f"{change.address}: not as configured")
    if any(not leaf.kind.explained for leaf in leaves):
        return JudgedItem(Status.CANNOT_TELL, f"{change.address}: known only after apply")
    if not after:
        return JudgedItem(Status.NOT_APPLICABLE, f"{change.address}: no tags, as configured")
    since = "will be added" if leaves else "already enabled"
    return JudgedItem(Status.SATISFIED, f"{change.address}: {len(after)} tags {since}")


def pipelines(case: RuleInput) -> ChecklistItem:
    """OSIS pipelines: recreated, and on the restored table."""
    judged = []
    wanted = dict.fromkeys(case.context.pipelines)
    wanted |= dict.fromkeys(change.address for change in concerned(case, PIPELINE))
    for address in wanted:
        change = case.context.live.get(address)
        if change is None:
            judged.append(JudgedItem(Status.FAILED, f"{address}: not in the plan"))
        elif change.replaces or (change.noop and case.context.names_new(change.after)):
            judged.append(judge(case, change))
        else:
            judged.append(
                JudgedItem(Status.FAILED, f"{address}: {change.action.words}, not recreated")
            )
    looked_for = "an aws_osis_pipeline that reads the table"
    return item("pipeline", "Ingestion pipeline", judged, looked_for)
