"""Rules about the plan as a whole: is it a plan of everything, and does it agree with itself?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from tfswap.plan.change_list import Changes
from tfswap.plan.changes import Action, Change
from tfswap.verify.context.plan_lookup import TABLE
from tfswap.verify.model.report_data import Finding, Severity
from tfswap.verify.rules.registry import RuleInput, finding, rule
from tfswap.verify.values.equality import is_empty, same

_SHORT = 16
_REPLACES = "replace_"


@rule(
    "TFS001",
    "Plan failed",
    meaning="Terraform wrote this plan after an error, so it is incomplete.",
    why="The missing part may be the change that matters.",
    todo="Fix the error in Terraform's output, then plan again.",
    source="Terraform, JSON Output Format: errored",
)
def errored(case: RuleInput) -> Iterator[Finding]:
    """Errored plans are written too, with resource_changes."""
    if case.context.plan.errored:
        yield finding("TFS001", "Terraform stopped with an error while making this plan.")


@rule(
    "TFS002",
    "Plan is incomplete",
    meaning="Part of the configuration was left out, usually by -target or -exclude.",
    why="Consumers that were left out still use the outgoing table.",
    todo="Plan again without -target.",
    source="Terraform, JSON Output Format: complete",
)
def incomplete(case: RuleInput) -> Iterator[Finding]:
    """``complete`` is absent in older Terraform, which says nothing."""
    if case.context.plan.complete is False:
        yield finding("TFS002", "The plan does not cover the whole configuration (-target?).")


@rule(
    "TFS003",
    "Destroy plan",
    meaning="The plan deletes every resource.",
    why="Applying it removes the service and its tables.",
    todo="Discard this plan and plan without -destroy.",
    source="Terraform, terraform plan: planning modes",
)
def destroys(case: RuleInput) -> Iterator[Finding]:
    """Destroy mode has no field of its own."""
    live = case.context.live
    managed = [change for change in live.busy if change.is_managed]
    gone = all(change.action is Action.DELETE for change in managed) and not live.has_quiet
    if managed and gone and not case.context.plan.planned:
        yield finding("TFS003", f"The plan deletes all {len(managed)} resources.")


@rule(
    "TFS004",
    "Plan has no resources",
    meaning="The plan has no resource changes: it is refresh-only or from another folder.",
    why="A refresh-only plan updates no consumer.",
    todo="Plan again without -refresh-only, in the root module of the swap.",
    source="Terraform, terraform plan: planning modes",
)
def plans_nothing(case: RuleInput) -> Iterator[Finding]:
    """Refresh-only mode has no field either, and no resource_changes."""
    if not case.context.plan.changes:
        yield finding(
            "TFS004", "The plan lists no resources: it is refresh-only or from another folder."
        )


@rule(
    "TFS005",
    "Part of the plan is deferred",
    meaning="The plan defers changes to a later run, or calls actions.",
    why="What will happen is not in this plan, so it cannot be verified.",
    todo="Plan without -allow-deferral, and check each action that is called.",
    source="Terraform, JSON Output Format: deferred_changes, action_invocations",
)
def deferred(case: RuleInput) -> Iterator[Finding]:
    """Deferred changes and called actions."""
    for name in case.context.plan.deferred:
        yield finding(
            "TFS005",
            f"The plan has {name}, which it does not execute.",
            severity=Severity.UNKNOWN,
        )


@rule(
    "TFS006",
    "Unknown action",
    meaning="A change has a list of actions that Terraform's documentation does not describe.",
    why="An unknown action may delete something.",
    todo="Use a newer tfswap, or check that change by hand before the apply.",
    source="Terraform, JSON Output Format: change representation",
)
def unknown_action(case: RuleInput) -> Iterator[Finding]:
    """Any shape of actions that is not documented."""
    for change in (*case.context.plan.changes.busy, *case.context.plan.outputs):
        if change.action is Action.UNKNOWN:
            verbs = ", ".join(change.entry.change.actions)[:80] or "none"
            yield finding("TFS006", "Its actions are unknown.", change, evidence=verbs)


@rule(
    "TFS007",
    "Check does not pass",
    meaning="A check block, precondition or postcondition fails.",
    why="The check exists to prevent a bad apply.",
    todo="Read the condition and find out why it fails.",
    source="Terraform, JSON Output Format: checks",
)
def checks(case: RuleInput) -> Iterator[Finding]:
    """``fail`` and ``error`` reject, ``unknown`` is told."""
    for check in case.context.plan.checks:
        name = check.address.to_display
        if check.status == "pass":
            continue
        severity = Severity.INFO if check.status == "unknown" else Severity.ERROR
        yield finding(
            "TFS007", f"The check result is {check.status}.", address=name, severity=severity
        )


@rule(
    "TFS008",
    "Resource is missing from the plan",
    meaning="The state has a resource that the plan does not list, not even as unchanged.",
    why="A resource that is not listed cannot be verified.",
    todo="Plan the whole root module again, without -target.",
    source="Terraform, JSON Output Format: resource_changes lists no-ops too",
)
def left_out(case: RuleInput) -> Iterator[Finding]:
    """Every managed object of the state is listed, unchanged ones too."""
    plan = case.context.plan
    changes = plan.changes
    there = changes.quiet or any(change.exists_before for change in changes.busy)
    if there and not plan.state:
        yield finding(
            "TFS008",
            "The plan does not include the state it was made from.",
            severity=Severity.UNKNOWN,
        )
    listed = {change.entry.previous_address or "" for change in changes.busy}
    listed.update(changes.addresses)
    for address in sorted(plan.state.strangers(listed) | plan.planned.strangers(listed)):
        yield finding(
            "TFS008",
            "It is in the state, but the plan does not list it.",
            address=address,
            severity=Severity.UNKNOWN,
        )
    yield from _output_left_out(case)


def _output_left_out(case: RuleInput) -> Iterator[Finding]:
    """Every output of the root module is listed, unchanged ones too."""
    plan = case.context.plan
    listed = {output.address for output in plan.outputs}
    for name in plan.configuration.output_names if plan.changes else ():
        if f"output.{name}" not in listed:
            yield finding(
                "TFS008",
                "It is in the configuration, but the plan does not list it.",
                address=f"output.{name}",
                severity=Severity.UNKNOWN,
            )


@rule(
    "TFS009",
    "Plan is inconsistent",
    meaning="Two parts of the plan contradict each other, such as an unchanged resource with a "
    "changed value.",
    why="Only one of them can be right.",
    todo="Write the JSON again from the saved plan, and do not edit it.",
    source="Terraform, JSON Output Format: change representation",
)
def contradicts(case: RuleInput) -> Iterator[Finding]:
    """Parts of the plan that cannot both be true."""
    plan = case.context.plan
    yield from _listed_again(plan.changes)
    for change in (*plan.changes.busy, *plan.outputs):
        if why := _contradicts(change):
            yield _contradiction(why, change.address)
    busy = [c for c in (*plan.changes.busy, *plan.outputs) if not c.noop]
    if plan.applyable is False and busy and not plan.errored:
        yield _contradiction(f"It is not applyable, but lists {len(busy)} changes.", "")
    yield from _state_disagrees(case)


def _listed_again(changes: Changes) -> Iterator[Finding]:
    if len(set(changes.addresses)) == len(changes):
        return
    seen = Counter((change.address, change.entry.deposed) for change in changes)
    for (address, _), count in seen.items():
        if count > 1:
            yield _contradiction(f"It is listed {count} times.", address)


def _contradicts(change: Change) -> str:
    body = change.entry.change
    if change.noop and not change.untouched:
        return (
            "" if same(change.before, change.after) else "It is unchanged, but its values differ."
        )
    if change.noop and b"true" in bytes(body.after_unknown) and change.is_managed:
        return "It is unchanged, but has unknown values."
    if change.entry.mode == "output":
        return ""
    if not change.noop and not _is_at_its_address(change):
        return "Its address does not match its module, type and name."
    if (body.replace_paths or change.entry.action_reason.startswith(_REPLACES)) and not (
        change.replaces or change.action is Action.UNKNOWN
    ):
        return f"Its action is {change.action.words}, but it has a reason to be replaced."
    if _is_null(body.before) != (change.action in (Action.CREATE, Action.READ)) and not (
        change.reads or change.action is Action.UNKNOWN
    ):
        return f"Its action is {change.action.words}, which its value before contradicts."
    goes = change.action in (Action.DELETE, Action.FORGET)
    if _is_null(body.after) != goes and change.action is not Action.UNKNOWN:
        return f"Its action is {change.action.words}, which its planned value contradicts."
    return ""


def _is_at_its_address(change: Change) -> bool:
    """Whether the parts of an entry, by which it is looked up here, make up its address."""
    entry = change.entry
    module = f"{entry.module_address}." if entry.module_address else ""
    data = "data." if entry.mode == "data" else ""
    block = f"{module}{data}{entry.type}.{entry.name}"
    key = entry.address.removeprefix(block)
    return entry.address.startswith(block) and (not key or (key[0], key[-1]) == ("[", "]"))


def _is_null(raw: msgspec.Raw) -> bool:
    """Whether a value is null, without decoding it."""
    data = memoryview(raw)
    return data.nbytes < _SHORT and bytes(data).strip() == b"null"


def _state_disagrees(case: RuleInput) -> Iterator[Finding]:
    plan = case.context.plan
    if not case.context.tables:
        return  # No swap is judged: what changes is not compared value by value either.
    changing = (c for c in plan.changes.busy if c.exists_after and not c.noop)
    serving = {c.address: c for c in changing if c.entry.deposed is None}
    for address in case.context.tables:
        if address not in serving and (table := case.context.live.get(address)) is not None:
            serving[address] = table
    for resource in plan.state.at(serving):
        change = serving[resource.address]
        if resource.deposed_key or resource.values == change.entry.change.before:
            continue
        if not _same_object(case.context.state_values(resource), change.before):
            yield _contradiction("State and plan have different objects for it.", change.address)


def _same_object(one: Any, other: Any) -> bool:
    """Whether two objects are the same, apart from what is empty in both."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return same(one, other)
    pairs = ((one.get(key), other.get(key)) for key in {*one, *other})
    return all(same(old, new) or (is_empty(old) and is_empty(new)) for old, new in pairs)


def _contradiction(message: str, address: str) -> Finding:
    return finding("TFS009", message, address=address, severity=Severity.UNKNOWN)


@rule(
    "TFS010",
    "Table changed outside Terraform",
    meaning="The refresh found other values than the state has for the table.",
    why="After an import there cannot be drift, so someone is changing the table now.",
    todo="Find out who is changing the table, then plan again.",
    source="Terraform, JSON Output Format: resource_drift",
)
def drifted_table(case: RuleInput) -> Iterator[Finding]:
    """Drift is often benign, but not on a table just imported."""
    for change in case.context.plan.drift:
        if change.type == TABLE and change.address in case.context.tables:
            yield finding(
                "TFS010",
                "It changed since the state was written.",
                change,
                severity=Severity.WARNING,
            )
