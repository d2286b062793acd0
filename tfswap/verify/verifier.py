"""Judge one plan: ``verify(plan, intent) -> Report``.

Nothing passes by default. ``ready`` needs every change explained, every rule silent and no line of
the checklist failed; whatever is left over is ``cannot tell``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from tfswap.errors import PlanError
from tfswap.plan.changes import Change
from tfswap.plan.document import Plan
from tfswap.plan.plan_file import collector_off
from tfswap.plan.values import show_path
from tfswap.verify.checklist.checklist import checklist
from tfswap.verify.completeness.by_reference import missed_consumers
from tfswap.verify.completeness.by_value import stale_references
from tfswap.verify.context.baseline import Baseline
from tfswap.verify.context.plan_context import Context
from tfswap.verify.explain.explainer import ChangeExplanation, Explainer
from tfswap.verify.model.evidence import plural
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.leaf_diff import LeafDiff
from tfswap.verify.model.report_data import (
    ChecklistItem,
    Counts,
    ExplainedChange,
    Finding,
    LeafKind,
    LeafNote,
    RenamedTable,
    Report,
    Severity,
    Status,
    Verdict,
)
from tfswap.verify.report.consumer_links import links
from tfswap.verify.report.grouping import group
from tfswap.verify.report.locations import located
from tfswap.verify.report.notes import notes
from tfswap.verify.report.root_causes import group_by_root_cause, inputs_first
from tfswap.verify.rules.baseline import in_one_place
from tfswap.verify.rules.checks import CHECKS
from tfswap.verify.rules.registry import RuleInput
from tfswap.verify.values.equality import frozen
from tfswap.verify.values.json_patch import patch

_AGAIN = "Write it again: terraform show -json PLAN > plan.json"


def verify(plan: Plan, intent: Intent, *, patches: bool = True) -> Report:
    """Judge a plan against what it is meant to do.

    Args:
        plan: From ``plan.document.read_plan``.
        intent: From ``Intent.from_swap`` or ``Intent.from_renames``.
        patches: Whether the report carries an RFC 6902 patch for each change; what shows none
            need not pay for them.

    Raises:
        PlanError: A part of the plan cannot be read, or is nested beyond reason.
    """
    try:
        with collector_off():
            return _verify(plan, intent, patches)
    except RecursionError as error:
        raise PlanError("The plan is nested too deeply to be read.", hint=_AGAIN) from error
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # Resources' values have no schema here: what is not shaped as providers shape it must end
        # in a refusal, wherever that is noticed.
        raise PlanError(
            f"The plan does not have the structure written by Terraform ({type(error).__name__}).",
            hint=_AGAIN,
        ) from error


def _verify(plan: Plan, intent: Intent, patches: bool) -> Report:
    context = Context(plan, intent)
    baseline = Baseline(context)
    explanations = _explanations(context, baseline)
    case = RuleInput(
        context,
        explanations,
        tuple(stale_references(context)),
        tuple(missed_consumers(context, explanations)),
        given_baseline=baseline,
    )
    found = in_one_place((one for check in CHECKS for one in check(case)), case)
    roots = group_by_root_cause(found, case)
    findings = tuple(inputs_first(group(roots, _causes(case, {f.address for f in roots})), case))
    lines = checklist(case)
    verdict = _verdict(case, findings, lines)
    reported = {*case.explanations, *(a for f in findings for a in (f.address, *f.also))}
    return Report(
        verdict=verdict,
        summary=_summary(verdict, findings, case),
        tables=_tables(context),
        checklist=lines,
        findings=tuple(located(found, intent) for found in findings),
        changes=tuple(_explained(case.explanations.values(), patches)),
        counts=_counted(plan),
        notes=notes(case, verdict),
        environment=intent.environment,
        terraform_version=plan.terraform_version,
        links=links(case, findings),
        namesakes=_namesakes(context, reported),
    )


def _explanations(context: Context, baseline: Baseline) -> dict[str, ChangeExplanation]:
    explainer = Explainer(context, baseline)
    changes = (*context.live.busy, *context.plan.outputs)
    return {c.address: explainer.explain(c) for c in changes if not c.noop}


def _causes(case: RuleInput, addresses: set[str]) -> dict[tuple[str, str], str]:
    return {
        (address, show_path(leaf.path)): leaf.core or _same_change(leaf)
        for address in addresses & case.explanations.keys()
        for leaf in case.explanations[address].leaves
    }


def _same_change(leaf: LeafDiff) -> str:
    """Return what is equal for the same change of the same attribute; not for eyes."""
    if leaf.sides == (None, None):
        return ""
    return f"{show_path(leaf.path)}: {frozen(list(leaf.sides))}"


def _verdict(
    case: RuleInput, findings: tuple[Finding, ...], lines: tuple[ChecklistItem, ...]
) -> Verdict:
    severities = {found.severity for found in findings}
    if Severity.ERROR in severities:
        return Verdict.REJECTED
    # The second and third test are a net: a rule ought to have spoken for each of them.
    if (
        Severity.UNKNOWN in severities
        or not all(explanation.explained for explanation in case.explanations.values())
        or {line.status for line in lines} & {Status.FAILED, Status.CANNOT_TELL}
    ):
        return Verdict.CANNOT_TELL
    done = _in_place(case.context) and not _deposed(case.context)
    if not case.changing and not _deposed(case.context):
        return Verdict.APPLIED if done else Verdict.CANNOT_TELL
    return Verdict.APPLIED if done and all(map(_only_allowed, case.changing)) else Verdict.READY


def _only_allowed(explanation: ChangeExplanation) -> bool:
    """Whether an allowance is all that accounts for a change: the swap has no part in it."""
    allowed = explanation.allowance is not None or any(
        leaf.allowance for leaf in explanation.leaves
    )
    return allowed and not any(
        leaf.kind in (LeafKind.RENAMED, LeafKind.PROTECTION, LeafKind.CAUSED) or leaf.by_reference
        for leaf in explanation.leaves
    )


def _deposed(context: Context) -> bool:
    """Whether the old half of a replacement that was begun is still to go."""
    return any(c.entry.deposed is not None and not c.noop for c in context.plan.changes.busy)


def _in_place(context: Context) -> bool:
    """Whether the state, as the plan tells it, holds every restored table at its address."""
    held = {
        resource.address: context.state_values(resource)
        for resource in context.plan.state.at(context.tables)
        if not resource.deposed_key
    }
    return bool(context.tables) and all(
        isinstance(held.get(address), dict) and held[address].get("name") == table.rename.new
        for address, table in context.tables.items()
    )


def _summary(verdict: Verdict, findings: tuple[Finding, ...], case: RuleInput) -> str:
    wrong = sum(found.severity is Severity.ERROR for found in findings)
    open_ = sum(found.severity is Severity.UNKNOWN for found in findings)
    changes = len(case.changing)
    return {
        Verdict.READY: f"The plan contains only the swap: {plural(changes, 'change')}, "
        "all explained.",
        Verdict.APPLIED: "The restored table is in service, and the plan has no changes left"
        f"{' except those allowed in tfswap.toml' if changes else ''}.",
        Verdict.REJECTED: f"Do not apply this plan: {plural(wrong, 'error')}.",
        Verdict.CANNOT_TELL: "Do not apply this plan yet: "
        f"{plural(open_, 'finding') if open_ else 'part of it'} cannot be verified.",
    }[verdict]


def _tables(context: Context) -> tuple[RenamedTable, ...]:
    addresses = {id(table): address for address, table in context.tables.items()}
    return tuple(
        RenamedTable(
            *table.rename, table.address or addresses.get(id(table), ""), location=table.place
        )
        for table in context.intent.tables
    )


def _explained(
    explanations: Iterable[ChangeExplanation], patches: bool
) -> Iterator[ExplainedChange]:
    notes: dict[int, tuple[LeafNote, ...]] = {}
    for explanation in explanations:
        leaves = explanation.leaves
        if id(leaves) not in notes:  # Twins have the very same ones.
            notes[id(leaves)] = tuple(leaf.note for leaf in leaves)
        yield ExplainedChange(
            address=explanation.change.address,
            action=explanation.change.action.words,
            explained=explanation.explained,
            leaves=notes[id(leaves)],
            reason=explanation.trouble or explanation.reason,
            patch=patch(explanation.change) if patches else (),
        )


def _namesakes(context: Context, reported: set[str]) -> tuple[str, ...]:
    known = [context.live[address] for address in reported if address in context.live]
    ends = {_end(change) for change in known}
    blocks = {(change.type, change.entry.name) for change in known}
    idle = [
        change.address
        for kind, name in sorted(blocks)
        for change in context.live.instances(kind, name)
        if change.noop and change.address not in reported and _end(change) in ends
    ]
    # Data sources that were read while planning are in the state only.
    read = (resource.address for resource in context.plan.state.others)
    ends = {end for end in ends if end.startswith("data.")}
    return (*idle, *(a for a in read if a not in reported and a.endswith(tuple(ends))))


def _end(change: Change) -> str:
    """Return the address without its module steps."""
    module = change.entry.module_address
    return change.address[len(module) + 1 :] if module else change.address


def _counted(plan: Plan) -> Counts:
    busy = counts(c for c in plan.changes.busy if c.entry.deposed is None)
    return msgspec.structs.replace(busy, noop=busy.noop + len(plan.changes.quiet))


def counts(changes: Iterable[Change]) -> Counts:
    """Count changes by kind."""
    return Counts(**Counter(map(_kind, changes)))


def _kind(change: Change) -> str:
    if change.noop:
        return "noop"
    if change.replaces:
        return "replace"
    known = ("read", "update", "create", "delete")
    return change.action.value[0] if change.action.value in {(k,) for k in known} else "other"
