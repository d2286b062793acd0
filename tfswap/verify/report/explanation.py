"""Everything there is to say about one resource of a plan, for ``--explain ADDRESS``."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from tfswap.errors import UsageError
from tfswap.plan.address import strip_keys
from tfswap.plan.changes import Change
from tfswap.plan.document import Plan
from tfswap.verify.context.plan_context import Context
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import (
    ExplainedChange,
    Finding,
    LeafNote,
    Location,
    PatchOp,
    Report,
    Severity,
    Status,
)
from tfswap.verify.values.json_patch import patch

_NEAR = 6
_SHORTENED = "…."
"""How reports begin an address they shorten."""


@dataclass(frozen=True)
class Explanation:
    """One resource, data source or output, and what the verifier made of it."""

    address: str
    action: str
    status: Status
    """``not applicable`` for what does not change and is not at fault."""
    why: str
    """The status in words."""
    leaves: tuple[LeafNote, ...]
    findings: tuple[Finding, ...]
    patch: tuple[PatchOp, ...]
    way: tuple[tuple[str, Location | None], ...]
    """Shortest reference path from the table, both ends included; empty when there is none."""
    way_note: str
    """What to know about the path, or why there is none."""


def explanation(plan: Plan, intent: Intent, report: Report, address: str) -> Explanation:
    """Return what there is to say about one address.

    Args:
        plan: The plan the report is about.
        intent: The intent it was verified with.
        report: From ``verify``.
        address: As Terraform prints it; the end of one, or one without instance keys, is enough
            where it is the only such.

    Raises:
        UsageError: The plan has no such address, or several; the near ones are its details.
        PlanError: A part of the plan cannot be read.
    """
    context = Context(plan, intent)
    known = _changes(context)
    change = known[_resolve(address, list(known))]
    found = tuple(f for f in report.findings if change.address in (f.address, *f.also))
    reported = next((one for one in report.changes if one.address == change.address), None)
    status, why = _status(context, change, found, reported)
    way, note = _way(context, change)
    return Explanation(
        address=change.address,
        action=change.action.words,
        status=status,
        why=why,
        leaves=reported.leaves if reported else (),
        findings=found,
        patch=() if change.reads else patch(change),
        way=tuple((node, _place(intent, node)) for node in way),
        way_note=note,
    )


def _changes(context: Context) -> dict[str, Change]:
    return {**context.live, **{output.address: output for output in context.plan.outputs}}


def _resolve(address: str, known: list[str]) -> str:
    if address in known:
        return address
    tail = address.removeprefix(_SHORTENED)
    ends = [one for one in known if one.endswith(f".{tail}") or one == tail]
    bare = [one for one in known if strip_keys(one) == address]
    for found in (ends, bare):
        if len(found) == 1:
            return found[0]
    near = ends or bare or get_close_matches(address, known, n=_NEAR, cutoff=0.6)
    several = "names several resources" if ends or bare else "is not in the plan"
    raise UsageError(
        f"{address} {several}.",
        hint="Use one of these, quoted for the shell."
        if near
        else "Copy the address from the report or from terraform plan.",
        details=tuple(near[:_NEAR]),
    )


def _status(
    context: Context,
    change: Change,
    found: tuple[Finding, ...],
    reported: ExplainedChange | None,
) -> tuple[Status, str]:
    severities = {one.severity for one in found}
    if Severity.ERROR in severities:
        return Status.FAILED, "the plan is rejected because of it"
    if Severity.UNKNOWN in severities:
        return Status.CANNOT_TELL, "part of it cannot be verified"
    if reported is not None and not reported.explained:
        return Status.FAILED, reported.reason or "not every value of it is explained"
    if reported is not None:
        return Status.SATISFIED, reported.reason or "every value that changes is explained"
    if context.names_new(change.after):
        return Status.SATISFIED, "it already uses the restored table"
    return Status.NOT_APPLICABLE, "it does not change and does not use a table of the swap"


def _way(context: Context, change: Change) -> tuple[tuple[str, ...], str]:
    if change.address in context.tables:
        return (), "it is a table of the swap"
    way = context.reach.way(change.config_address)
    if way:
        return way, ""
    if context.names_any(change.before) or context.names_any(change.after):
        return (), (
            "it uses the table, but the plan has no reference from the table to it: the "
            "name is literal, or comes through a local or a dynamic block, which plan "
            "JSON does not show"
        )
    return (), "it has no reference to the table"


def _place(intent: Intent, node: str) -> Location | None:
    return intent.locations.get(node)
