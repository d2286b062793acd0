"""Where a pull request stands, from its files and its plans: one report over all of them.

Three honest states of a swap's plan: *before* (the state holds the restored table, the expected
changes are ahead), *after* (applied), and *do not merge* (mostly because the state still holds the
outgoing table, so that an apply would replace it). Whatever is no plan of the swap is
guarded: it may do as it likes, but for what holds data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from tfswap.discovery.name_sources import dated
from tfswap.names import parse_arn
from tfswap.plan.changes import Change
from tfswap.plan.document import Plan
from tfswap.review.plan_rules import about_plans
from tfswap.swap import Swap
from tfswap.verify.context.plan_lookup import TABLE
from tfswap.verify.model.evidence import plural
from tfswap.verify.model.report_data import (
    Counts,
    Finding,
    Location,
    PullState,
    RenamedTable,
    Report,
    Severity,
    Verdict,
)

_HELD = "TFS201"
"""The state still holds the outgoing table."""
_OTHER, _CREATED = "TFS202", "TFS103"
"""It holds another table, or none."""
_LOST = ("TFS101", "TFS003")
"""A table would be deleted or replaced."""
_PLANNED_OTHERWISE = {"TFS206", "TFS207"}
"""It was made with other tfvars than the branch has."""
_NOT_MERGED = {_HELD, _OTHER, _CREATED, *_LOST}
_SHAPE = "TFS0"
"""Rules about the plan as a whole: with an error there, it does not tell the state."""
_ORDER = (Severity.ERROR, Severity.UNKNOWN, Severity.WARNING, Severity.INFO)


class JudgedRevision(NamedTuple):
    """A plan that was handed in, and what was found."""

    name: str
    """What it is called: its file."""
    is_swap: bool
    """Whether it is the plan of the swap's own environment."""
    report: Report


def is_of(plan: Plan, swap: Swap) -> bool:
    """Say whether a plan is of the swap's environment: it has one of its tables, under any date.

    The physical name tells it, and the ARN's account where names carry no environment.
    """
    bases = {dated(table.old_name).base for table in swap.tables}
    return any(
        dated(name).base in bases and (not swap.account or _account(change) in ("", swap.account))
        for change in plan.changes
        if change.type == TABLE and change.is_managed
        for name in (change.before_value("name"), change.after_value("name"))
        if isinstance(name, str)
    )


def _account(change: Change) -> str:
    for value in (change.before_value("arn"), change.after_value("arn")):
        if isinstance(value, str) and (arn := parse_arn(value)):
            return arn.account
    return ""


def state_of(report: Report) -> PullState:
    """Return where the swap stands, from the report on a plan of its own environment."""
    wrong = {found.rule for found in report.findings if found.severity is Severity.ERROR}
    if report.verdict in (Verdict.READY, Verdict.APPLIED):
        return PullState.BEFORE if report.verdict is Verdict.READY else PullState.AFTER
    if wrong & _NOT_MERGED:
        return PullState.DO_NOT_MERGE
    unclear = any(rule.startswith(_SHAPE) for rule in wrong)
    return PullState.BEFORE if wrong and not unclear else PullState.CANNOT_TELL


def judge(
    static: Sequence[Finding],
    swap: Swap | None,
    plans: Sequence[JudgedRevision],
    *,
    is_swap: bool | None,
) -> tuple[tuple[str, Report], ...]:
    """Return the reports to show: the whole pull request, then each plan where there are several.

    Args:
        static: What the static rules found.
        swap: The swap, where it could be followed through the code.
        plans: The plans handed in, judged.
        is_swap: Whether the branch renames a table at all; None where that cannot be told.

    Returns:
        Names and reports; the first one, without a name, decides. With a single plan it holds that
        plan's own report.
    """
    own = [plan for plan in plans if plan.is_swap]
    state = _state(own, is_swap)
    found = (*static, *(about_plans(swap, plans) if is_swap and not own else ()))
    verdict = _verdict(found, plans, own)
    whole = Report(
        verdict=verdict,
        summary=_summary(verdict, state, found, plans, swap),
        tables=_tables(swap),
        checklist=(),
        findings=_sorted(found),
        changes=(),
        counts=Counts(),
        notes=tuple(_notes(plans, swap)),
        environment=swap.environment if swap else "",
        pull=state,
    )
    if len(plans) != 1:
        return (("", whole), *((plan.name, _placed(plan.report, swap)) for plan in plans))
    return (("", _merged(whole, _placed(plans[0].report, swap))),)


def _merged(whole: Report, plan: Report) -> Report:
    """Put what the only plan tells into the pull request's report."""
    return msgspec.structs.replace(
        plan,
        verdict=whole.verdict,
        summary=whole.summary,
        tables=plan.tables or whole.tables,
        findings=_sorted((*whole.findings, *plan.findings)),
        notes=(*whole.notes, *plan.notes),
        environment=whole.environment,
        pull=whole.pull,
    )


def _state(own: Sequence[JudgedRevision], is_swap: bool | None) -> PullState:
    if not is_swap:
        return PullState.CANNOT_TELL if is_swap is None else PullState.NO_SWAP
    states = {state_of(plan.report) for plan in own}
    worst_first = (
        PullState.DO_NOT_MERGE,
        PullState.CANNOT_TELL,
        PullState.BEFORE,
        PullState.AFTER,
    )
    return next((state for state in worst_first if state in states), PullState.NOT_PLANNED)


def _verdict(
    found: Sequence[Finding], plans: Sequence[JudgedRevision], own: Sequence[JudgedRevision]
) -> Verdict:
    """The worst that anything says; a pass of the swap only where a plan of it passed."""
    severities = {one.severity for one in found}
    verdicts = {plan.report.verdict for plan in plans}
    if Severity.ERROR in severities or Verdict.REJECTED in verdicts:
        return Verdict.REJECTED
    if Severity.UNKNOWN in severities or Verdict.CANNOT_TELL in verdicts:
        return Verdict.CANNOT_TELL
    if not own:
        return Verdict.PASSED
    ready = any(plan.report.verdict is Verdict.READY for plan in own)
    return Verdict.READY if ready else Verdict.APPLIED


def _summary(
    verdict: Verdict,
    state: PullState,
    found: Sequence[Finding],
    plans: Sequence[JudgedRevision],
    swap: Swap | None,
) -> str:
    findings = [*found, *(one for plan in plans for one in plan.report.findings)]
    wrong = sum(one.severity is Severity.ERROR for one in findings)
    unclear = sum(one.severity is Severity.UNKNOWN for one in findings)
    if state is PullState.DO_NOT_MERGE:
        return _why_not(findings, swap)
    if verdict is Verdict.REJECTED:
        return f"{_standing(state, plans, swap)} {plural(wrong, 'error')}."
    if verdict is Verdict.CANNOT_TELL:
        return f"{_standing(state, plans, swap)} {plural(unclear, 'finding')} cannot be verified."
    if state in (PullState.BEFORE, PullState.AFTER):
        summaries = {plan.report.verdict: plan.report.summary for plan in plans if plan.is_swap}
        return f"{_standing(state, plans, swap)} {summaries[verdict]}"
    return _standing(state, plans, swap)


def _standing(state: PullState, plans: Sequence[JudgedRevision], swap: Swap | None) -> str:
    """Say which state is seen, and why that one."""
    new = " and ".join(table.new_name for table in swap.tables) if swap else "the restored table"
    return {
        PullState.BEFORE: f"Before the apply: the state has {new}.",
        PullState.AFTER: f"After the apply: {new} is in service.",
        PullState.NOT_PLANNED: "A swap, of which only the files were checked.",
        PullState.NO_SWAP: f"No swap here, and {_guarded(plans)}.",
    }.get(state, "The progress of the swap is unknown.")


def _guarded(plans: Sequence[JudgedRevision]) -> str:
    """Say what the guard made of the plans."""
    if not plans:
        return "no plan"
    subject = "the plan" if len(plans) == 1 else f"one of {len(plans)} plans"
    if any(plan.report.verdict is Verdict.REJECTED for plan in plans):
        return f"{subject} must not be applied"
    if any(plan.report.verdict is not Verdict.PASSED for plan in plans):
        return f"{subject} cannot be verified"
    subject = "the plan deletes" if len(plans) == 1 else f"{len(plans)} plans delete"
    return f"{subject} no data"


def _why_not(findings: Sequence[Finding], swap: Swap | None) -> str:
    tables = swap.tables if swap else ()
    old = " and ".join(table.old_name for table in tables) or "the outgoing table"
    new = " and ".join(table.new_name for table in tables) or "the restored table"
    rules = {one.rule for one in findings}
    if _HELD in rules:
        then = "an apply would replace it" if rules & set(_LOST) else f"{new} is not in it"
        return f"Do not merge: the state still has {old}, so {then}."
    if _OTHER in rules:
        return f"Do not merge: the state has another table than {new}."
    if _CREATED in rules:
        return f"Do not merge: {new} is not in the state; an apply would create an empty table."
    if _PLANNED_OTHERWISE & rules:
        return "Do not apply: the plan was made with other tfvars, and would replace a table."
    return "Do not merge: an apply of this plan would delete or replace a table."


def _notes(plans: Sequence[JudgedRevision], swap: Swap | None) -> Iterator[str]:
    """Say which plan is which."""
    for plan in plans:
        if plan.is_swap and swap is not None:
            yield f"{plan.name} is the plan of {swap.environment}: {state_of(plan.report).value}."
        elif swap is not None:
            yield (f"{plan.name} is a plan for another environment, and was checked for deletions.")
        else:
            yield f"{plan.name} was checked for deletions: {plan.report.verdict.value}."


def _tables(swap: Swap | None) -> tuple[RenamedTable, ...]:
    return tuple(
        RenamedTable(t.old_name, t.new_name, t.address, Location(t.leaf.file, t.leaf.line))
        for t in (swap.tables if swap else ())
    )


def _placed(report: Report, swap: Swap | None) -> Report:
    """Show what is said about a swapped table at its name in the tfvars."""
    places = {t.address: Location(t.leaf.file, t.leaf.line) for t in (swap.tables if swap else ())}
    moved = tuple(
        msgspec.structs.replace(one, location=places[one.address])
        if one.location is None and one.address in places
        else one
        for one in report.findings
    )
    return msgspec.structs.replace(report, findings=moved)


def _sorted(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.severity), one.rule)))
