"""Checklist: environment variables, AWS Backup, ECS and Lambda."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfswap.plan.changes import Change
from tfswap.plan.values import marked
from tfswap.verify.checklist.judge import JudgedItem, concerned, item, judge
from tfswap.verify.context.memo import Memo
from tfswap.verify.model.report_data import ChecklistItem, LeafKind, Status
from tfswap.verify.rules.registry import RuleInput
from tfswap.verify.values.embedded_documents import open_json

_TASK = "aws_ecs_task_definition"
_FUNCTION = "aws_lambda_function"


def environment(case: RuleInput) -> ChecklistItem:
    """Environment variables of functions and containers."""
    known: Memo[tuple[tuple[str, Status, str], ...]] = Memo(case.context.alike_changes)
    judged = [
        JudgedItem(status, f"{change.address}: {label} {words}")
        for change in concerned(case, _TASK, _FUNCTION)
        for label, status, words in known.get(change, lambda one: tuple(_variables(case, one)))
    ]
    looked_for = "environment variables of Lambda functions and ECS containers with the table name"
    return item("environment", "Environment variables", judged, looked_for)


def _variables(case: RuleInput, change: Change) -> Iterator[tuple[str, Status, str]]:
    """Yield every variable that names a table, before or after, with what is said of it."""
    attribute = "environment" if change.type == _FUNCTION else "container_definitions"
    before, after = _read(change, change.before), _read(change, change.after)
    open_ = isinstance(change.unknown, dict) and marked(change.unknown.get(attribute))
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if not any(map(case.context.names_any, (old, new))):
            continue
        held = change.address in case.stale_by_address
        if old == new and not held and not case.context.names_new(new):
            continue  # SERVICE=orders, and the table is called orders.
        label = "(sensitive)" if change.hides(attribute) else name
        yield label, *_variable(case, new, held=held, unknown=open_)


def _variable(case: RuleInput, value: Any, *, held: bool, unknown: bool) -> tuple[Status, str]:
    if held and case.context.names_old(value):
        return Status.FAILED, "has the outgoing table's name"
    if case.context.names_new(value):
        return Status.SATISFIED, "has the restored table's name"
    if unknown:
        return Status.CANNOT_TELL, "is known only after apply"
    return Status.FAILED, "no longer has a table name"


def _read(change: Change, side: Any) -> dict[str, Any]:
    """Return environment variables by name; a container's name goes before its own."""
    if not isinstance(side, dict):
        return {}
    if change.type == _FUNCTION:
        blocks = side.get("environment")
        block = blocks[0] if isinstance(blocks, list) and blocks else None
        found = block.get("variables") if isinstance(block, dict) else None
        return found if isinstance(found, dict) else {}
    text = side.get("container_definitions")
    containers = open_json(text) if isinstance(text, str) else None
    return {
        f"{container.get('name')}/{entry.get('name')}": entry.get("value")
        for container in (containers if isinstance(containers, list) else [])
        if isinstance(container, dict)
        for entry in container.get("environment") or []
        if isinstance(entry, dict)
    }


def backup(case: RuleInput) -> ChecklistItem:
    """AWS Backup manages the restored table."""
    judged = [judge(case, change) for change in concerned(case, "aws_backup_selection")]
    looked_for = "an aws_backup_selection that lists the table"
    return item("backup", "AWS Backup selection", judged, looked_for)


def tasks(case: RuleInput) -> ChecklistItem:
    """ECS task definitions."""
    judged = [judge(case, change) for change in concerned(case, _TASK)]
    looked_for = "an aws_ecs_task_definition that uses the table"
    return item("ecs-task-definition", "ECS task definition", judged, looked_for)


def services(case: RuleInput) -> ChecklistItem:
    """Services that run those task definitions; they name them, not the table."""
    judged = []
    for task in concerned(case, _TASK):
        ids = {task.before_value("arn"), task.before_value("id")} - {None}
        ids |= {*case.context.rest.priors(task.address, "arn")}
        for service in case.context.live.of("aws_ecs_service"):
            if service.before_value("task_definition") in ids:
                judged.append(_service(case, service, task))
    looked_for = "an aws_ecs_service that runs such a task definition"
    return item("ecs-service", "ECS service", judged, looked_for)


def _service(case: RuleInput, service: Change, task: Change) -> JudgedItem:
    explanation = case.explanations.get(service.address)
    moves = explanation is not None and any(
        leaf.path[:1] == ("task_definition",) and leaf.kind is LeafKind.COMPUTED
        for leaf in explanation.leaves
    )
    if moves and explanation is not None and explanation.explained:
        return JudgedItem(Status.SATISFIED, f"{service.address}: {service.action.words}")
    if explanation is None and not task.replaces:
        return JudgedItem(Status.SATISFIED, f"{service.address}: already runs it")
    if explanation is None:
        return JudgedItem(Status.FAILED, f"{service.address}: keeps the old version")
    return judge(case, service)


def functions(case: RuleInput) -> ChecklistItem:
    """Lambda functions; the runbook names event_received and forgets others."""
    judged = [judge(case, change) for change in concerned(case, _FUNCTION)]
    looked_for = "an aws_lambda_function that uses the table"
    return item("lambda", "Lambda functions", judged, looked_for)
