"""Judge a plan that is no swap: ``guard(plan) -> Report``.

The change freeze, made of rules: whoever raised the plan, and whatever else it does, it neither
deletes nor replaces a table or anything else that holds data. What would only leave Terraform is
told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from tfswap.errors import PlanError
from tfswap.plan.document import Plan
from tfswap.plan.plan_file import collector_off
from tfswap.verify import weakened_protection
from tfswap.verify.context.plan_context import Context
from tfswap.verify.model.allowance import Allowance
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import Counts, Finding, Report, Severity, Verdict
from tfswap.verify.report.grouping import group
from tfswap.verify.rules import effects, plan_shape, stateful
from tfswap.verify.rules.registry import RuleInput

_FREEZE = (
    "Do not apply. If the table was just restored, this plan was made without the swap: "
    "merge the swap's pull request first, update this branch, and plan again."
)
_AGAIN = "Write it again: terraform show -json PLAN > plan.json"


def judge_without_swap(plan: Plan, allowances: Iterable[Allowance] = ()) -> Report:
    """Judge what a plan takes away.

    Args:
        plan: From ``plan.document.read_plan``.
        allowances: From ``tfswap.toml``; only those for ``forget`` count here.

    Returns:
        ``passed``, ``rejected``, or ``cannot tell`` where part of the plan is not understood.

    Raises:
        PlanError: A part of the plan cannot be read, or is nested beyond reason.
    """
    try:
        with collector_off():
            return _judge(plan, tuple(allowances))
    except RecursionError as error:
        raise PlanError("The plan is nested too deeply to be read.", hint=_AGAIN) from error
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise PlanError(
            f"The plan does not have the structure written by Terraform ({type(error).__name__}).",
            hint=_AGAIN,
        ) from error


def _judge(plan: Plan, allowances: tuple[Allowance, ...]) -> Report:
    case = RuleInput(Context(plan, Intent(tables=(), allowances=allowances)), {})
    findings = group(_findings(case), {})
    verdict = _verdict(findings)
    return Report(
        verdict=verdict,
        summary=_summary(verdict, findings),
        tables=(),
        checklist=(),
        findings=findings,
        changes=(),
        counts=Counts(),
        terraform_version=plan.terraform_version,
    )


def _findings(case: RuleInput) -> Iterator[Finding]:
    yield from plan_shape.errored(case)
    yield from plan_shape.deferred(case)
    yield from effects.invoked(case)
    yield from plan_shape.unknown_action(case)
    if case.context.plan.complete is not False:  # -target leaves resources out on purpose.
        yield from plan_shape.left_out(case)
    yield from plan_shape.contradicts(case)
    for found in stateful.table_deleted(case):
        yield msgspec.structs.replace(found, hint=_FREEZE)
    yield from stateful.stateful_deleted(case)
    # No data is lost, and a resource that moves to another root module leaves its old one this way:
    # outside a swap that is somebody's to decide, so it is told and does not stop the plan.
    yield from stateful.stateful_forgotten(case, alone=Severity.WARNING)
    yield from stateful.unknown_type(case, severity=Severity.WARNING)
    yield from weakened_protection.table_weakened(case)
    yield from weakened_protection.weakened(case)


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    severities = {found.severity for found in findings}
    if Severity.ERROR in severities:
        return Verdict.REJECTED
    return Verdict.CANNOT_TELL if Severity.UNKNOWN in severities else Verdict.PASSED


def _summary(verdict: Verdict, findings: tuple[Finding, ...]) -> str:
    passed = "The plan does not delete or replace anything known to contain data."
    if any(found.rule == "TFS106" for found in findings):
        passed += " A resource with data would be removed from state: see below."
    elif findings:
        passed += " Check the findings below."
    return {
        Verdict.PASSED: passed,
        Verdict.REJECTED: "Do not apply this plan.",
    }.get(verdict, "Do not apply this plan yet: part of it cannot be verified.")
