"""Rules about consumers that run a version frozen earlier: its environment is the one it had then.

A revision of a task definition, and a published version of a function, keep the table's name they
were made with. Whoever runs one by number follows the swap only by running another number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfswap.plan.changes import Change
from tfswap.verify.context.plan_context import Context
from tfswap.verify.model.report_data import Finding, Severity
from tfswap.verify.rules.registry import RuleInput, finding, rule

_TASK = "aws_ecs_task_definition"
_LATEST = "$LATEST"
_PINS = {"aws_ecs_service": "task_definition", "aws_lambda_alias": "function_version"}
"""Types that run a version, and the attribute that says which."""


@rule(
    "TFS308",
    "Service or alias keeps an old version",
    meaning="An ECS service keeps its task definition although it is replaced, or runs a "
    "revision that is not in the state. Or a Lambda alias points to an older version.",
    why="The running version keeps its environment variables, which contain the outgoing "
    "table's name.",
    todo="Remove task_definition or function_version from ignore_changes, or deploy the "
    "version that is in the state. Then plan again.",
    source="Runbook: ECS Services and Task Definition updates for app",
)
def pinned_version(case: RuleInput) -> Iterator[Finding]:
    """Whatever runs a version by number, and does not move to another number."""
    yield from _service_is_pinned(case)
    yield from _alias_is_pinned(case)


def _service_is_pinned(case: RuleInput) -> Iterator[Finding]:
    """An ECS service whose task definition does not change, though it ought to."""
    for service in _unmoved(case, "aws_ecs_service"):
        runs = _short(service.before_value("task_definition"))
        same_family = [
            task
            for task in case.context.live.of(_TASK)
            if _family(runs) in {_family(name) for name in _names(task)}
        ]
        pinned = [task for task in same_family if task.replaces and runs in _names(task)]
        for task in pinned:
            message = f"It keeps the old version of {task.address}."
            yield finding("TFS308", message, service, path=("task_definition",))
        if not pinned and _runs_another(case.context, runs, same_family):
            yield finding(
                "TFS308",
                f"It runs another revision than {same_family[0].address}.",
                service,
                path=("task_definition",),
                severity=Severity.UNKNOWN,
            )


def _alias_is_pinned(case: RuleInput) -> Iterator[Finding]:
    """An alias of a Lambda function that points to a version published earlier."""
    for alias in _unmoved(case, "aws_lambda_alias"):
        version = alias.before_value("function_version")
        for function in _functions(case.context, alias):
            if version == _LATEST or not case.context.concerns(function):
                continue
            if function.noop and function.before_value("version") == version:
                continue
            severity = Severity.UNKNOWN if function.noop else Severity.ERROR
            yield finding(
                "TFS308",
                f"It keeps an older version of {function.address}.",
                alias,
                path=("function_version",),
                severity=severity,
            )


def _unmoved(case: RuleInput, kind: str) -> Iterator[Change]:
    """Yield what stays in service on the version it runs now."""
    for change in case.context.live.of(kind):
        if not isinstance(change.before_value(_PINS[kind]), str) or not change.exists_after:
            continue
        explanation = case.explanations.get(change.address)
        if explanation and any(leaf.path[:1] == (_PINS[kind],) for leaf in explanation.leaves):
            continue
        yield change


def _runs_another(context: Context, runs: str, tasks: list[Change]) -> bool:
    """Whether a revision is none of those in the state, of a family that reads the table."""
    known = {name for task in tasks for name in _names(task)}
    return runs not in known and any(map(context.concerns, tasks))


def _names(task: Change) -> set[str]:
    """Return how a service may call the revision in the state."""
    return {_short(task.before_value(key)) for key in ("arn", "id")} - {""}


def _short(name: Any) -> str:
    """Return ``family:revision`` of a task definition's ARN, or the name as it is."""
    return name.rpartition("/")[2] if isinstance(name, str) else ""


def _family(name: str) -> str:
    return name.partition(":")[0]


def _functions(context: Context, alias: Change) -> list[Change]:
    wanted = alias.before_value("function_name")
    return [
        function
        for function in context.live.of("aws_lambda_function")
        if wanted is not None and wanted in (function.before_value("function_name"), _arn(function))
    ]


def _arn(function: Change) -> Any:
    return function.before_value("arn")
