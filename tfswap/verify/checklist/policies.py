"""Checklist: policies, sorted by whose role they are attached to.

The runbook names three; which policy belongs to which is read from the roles the pipeline, the
task definition and the functions run under, not from addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tfswap.plan.changes import Change
from tfswap.plan.values import leaves
from tfswap.verify.checklist.judge import item, judge
from tfswap.verify.context.plan_lookup import PIPELINE
from tfswap.verify.model.report_data import ChecklistItem
from tfswap.verify.rules.registry import RuleInput

_ROLE = re.compile(r":role/(?:[\w+=,.@-]+/)*(?P<name>[\w+=,.@-]+)")
_EVENT = re.compile(r"event[-_]?received", re.IGNORECASE)
_LINES = (
    ("policy-pipeline", "Ingestion pipeline's policy", "its pipeline's role"),
    ("policy-app", "App task role's policy", "a task definition's role"),
    ("policy-event-received", "Event received role's policy", "that function's role"),
    ("policy-other", "Every other policy", "any other role or resource"),
)


def policies(case: RuleInput) -> Iterator[ChecklistItem]:
    """Yield the runbook's three policies and one line for all others."""
    roles = {
        "policy-pipeline": _roles(case, PIPELINE, "pipeline_configuration_body"),
        "policy-app": _roles(case, "aws_ecs_task_definition", "task_role_arn"),
        "policy-event-received": _roles(case, "aws_lambda_function", "role", only=_EVENT),
    }
    sorted_: dict[str, list[Change]] = {key: [] for key, _, _ in _LINES}
    for change in case.context.live.where(lambda kind: kind.endswith("_policy")):
        if case.context.concerns(change):
            sorted_[_line(change, roles)].append(change)
    for key, title, whose in _LINES:
        looked_for = f"a policy that uses the table, attached to {whose}"
        yield item(key, title, (judge(case, change) for change in sorted_[key]), looked_for)


def _line(change: Change, roles: dict[str, set[str]]) -> str:
    role = change.before_value("role") or change.after_value("role")
    return next((key for key, names in roles.items() if role in names), "policy-other")


def _roles(
    case: RuleInput, kind: str, attribute: str, *, only: re.Pattern[str] | None = None
) -> set[str]:
    found: set[str] = set()
    for change in case.context.live.of(kind):
        if only and not only.search(change.address):
            continue
        for value in (change.before_value(attribute), change.after_value(attribute)):
            for leaf in leaves(value):
                found |= {match["name"] for match in _ROLE.finditer(str(leaf.value))}
    return found
