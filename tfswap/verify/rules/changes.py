"""Rules about everything else the plan would do: what the swap does not explain is refused."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.plan.changes import Action, Change
from tfswap.verify.context.plan_lookup import TABLE
from tfswap.verify.explain.explainer import ChangeExplanation
from tfswap.verify.model.leaf_diff import LeafDiff, is_image
from tfswap.verify.model.report_data import Finding, LeafKind, Severity
from tfswap.verify.model.stateful_types import holds_data, lost
from tfswap.verify.rules.registry import RuleInput, finding, rule


@rule(
    "TFS401",
    "Value change not explained by the swap",
    meaning="The plan contains a change that is not part of the swap.",
    why="It would be applied together with the swap, unintended.",
    todo="Check unset variables and merges since the last apply, then plan again.",
    source="README, promise 2: nothing else is changed",
)
def unexplained_value(case: RuleInput) -> Iterator[Finding]:
    """Any changed value that is neither renamed, computed, protection nor allowed.

    Where a rule of its own tells of the same value, ``grouping`` keeps that one.
    """
    for explanation in case.explanations.values():
        for leaf in explanation.leaves:
            if leaf.kind is LeafKind.UNEXPLAINED and not leaf.about_policy:
                if is_image(leaf.path):
                    continue
                yield finding(
                    "TFS401",
                    f"The swap does not explain this change{_denied(leaf)}.",
                    explanation.change,
                    path=leaf.path,
                    evidence=leaf.evidence,
                )


@rule(
    "TFS402",
    "Container image changes",
    meaning="The plan deploys another image than the running one.",
    why="A release together with the restore makes a failure hard to diagnose.",
    todo="Set the container version to the deployed image (TF_VAR_...), then plan again.",
    source="Runbook: you will need the image tag currently deployed",
)
def image_moves(case: RuleInput) -> Iterator[Finding]:
    """The classic one; the runbook asks for the image tag in service."""
    for explanation in case.explanations.values():
        for leaf in explanation.leaves:
            if leaf.kind is LeafKind.UNEXPLAINED and is_image(leaf.path):
                yield finding(
                    "TFS402",
                    f"Another container image would be deployed{_denied(leaf)}.",
                    explanation.change,
                    path=leaf.path,
                    evidence=leaf.evidence,
                )


def _denied(leaf: LeafDiff) -> str:
    return f"; {leaf.denied}" if leaf.denied else ""


@rule(
    "TFS403",
    "Unexpected create",
    meaning="The plan creates a resource that the swap does not need.",
    why="It is not part of the swap and not verified.",
    todo="Apply it separately, before or after the swap.",
    source="README, promise 2: nothing else is changed",
)
def created(case: RuleInput) -> Iterator[Finding]:
    """A swap creates nothing but what was released."""
    for explanation in _troubled(case):
        change = explanation.change
        if change.action is Action.CREATE and change.type != TABLE and change.is_managed:
            yield finding("TFS403", f"In this plan, {explanation.trouble}.", change)


@rule(
    "TFS404",
    "Unexpected delete",
    meaning="The plan deletes a resource that is not part of the swap.",
    why="An unset variable often removes something, such as public access.",
    todo="Check that every TF_VAR_... of the pipeline is set, then plan again.",
    source="Runbook: unset variables change the plan",
)
def deleted(case: RuleInput) -> Iterator[Finding]:
    """What holds data is told by TFS101 and TFS102."""
    for explanation in _troubled(case):
        change = explanation.change
        if change.action is Action.DELETE and not holds_data(change.type):
            yield finding("TFS404", "The resource would be deleted.", change)


@rule(
    "TFS405",
    "Unexpected replacement",
    meaning="A resource is replaced for a reason other than the table's name.",
    why="It is unavailable during the replacement, and its content is lost.",
    todo="Check the attribute that forces the replacement. If it was tainted by mistake, "
    "untaint it.",
    source="Terraform, JSON Output Format: replace_paths, action_reason",
)
def replaced(case: RuleInput) -> Iterator[Finding]:
    """Replaced for another reason than the table's name."""
    for explanation in _troubled(case):
        change = explanation.change
        if not change.replaces or explanation.doubtful:
            continue
        if not lost(change.type, replaced=True):
            yield finding(
                "TFS405", f"The resource would be replaced: {explanation.trouble}.", change
            )


@rule(
    "TFS406",
    "Resource moves to another address",
    meaning="The plan moves a resource to another address in the state. If nothing else "
    "changes, this is harmless and reported as information.",
    why="It belongs to a code change, not to the swap.",
    todo="Apply the move separately, before or after the swap.",
    source="Terraform, JSON Output Format: previous_address",
)
def moved(case: RuleInput) -> Iterator[Finding]:
    """A move shows as previous_address; told where it changes nothing else."""
    for change in case.context.plan.changes.busy:
        previous = change.entry.previous_address
        if previous and previous != change.address:
            severity = Severity.INFO if change.noop else Severity.ERROR
            yield finding("TFS406", f"It was {previous} before.", change, severity=severity)


@rule(
    "TFS407",
    "Resource is removed from state",
    meaning="The plan removes a resource from state and keeps it in AWS.",
    why="It would no longer be managed.",
    todo="Apply removed blocks separately, before or after the swap.",
    source="Terraform, removed blocks",
)
def forgotten(case: RuleInput) -> Iterator[Finding]:
    """Removed blocks that leave the object in AWS; TFS106 tells of what holds data."""
    for change in case.context.plan.changes.busy:
        if change.forgets and not holds_data(change.type):
            yield finding(
                "TFS407", "The resource would be removed from state and kept in AWS.", change
            )


@rule(
    "TFS408",
    "Deposed object",
    meaning="An earlier apply did not finish a replacement, and this plan does.",
    why="An earlier change is unfinished.",
    todo="Finish the earlier replacement first, with a separate plan.",
    source="Terraform, JSON Output Format: deposed",
)
def deposed(case: RuleInput) -> Iterator[Finding]:
    """An object an earlier apply left behind."""
    for change in case.context.plan.changes.busy:
        if change.entry.deposed is not None:
            severity = Severity.WARNING if change.noop else Severity.ERROR
            message = f"A deposed object: {change.action.words}."
            if case.context.rest.is_old_half(change, _serving(case, change)):
                severity = Severity.INFO
                message = "The old object of a started replacement is deleted, as planned."
            yield finding("TFS408", message, change, severity=severity)


def _serving(case: RuleInput, change: Change) -> Change | None:
    """Return the change of the object in service at a deposed one's address, as the plan has it."""
    every = case.context.plan.instances("managed", change.type, change.entry.name)
    at_address = (one for one in every if one.address == change.address)
    return next((one for one in at_address if one.entry.deposed is None), None)


@rule(
    "TFS409",
    "Unexpected import",
    meaning="The plan imports a resource that is not a table of the swap.",
    why="It is not part of the swap and not verified.",
    todo="Apply import blocks separately, before or after the swap.",
    source="Terraform, JSON Output Format: importing",
)
def imported(case: RuleInput) -> Iterator[Finding]:
    """An import block; after an import by command there is no such mark."""
    for change in case.context.plan.changes.busy:
        if change.entry.change.importing is not None and change.address not in case.context.tables:
            yield finding("TFS409", "The plan imports it.", change)


@rule(
    "TFS410",
    "Change cannot be verified",
    meaning="The plan shows that a resource changes, but not what or why.",
    why="A change that is not shown cannot be verified.",
    todo="Check that resource in Terraform's output.",
    source="Unknown is not a pass",
)
def doubtful(case: RuleInput) -> Iterator[Finding]:
    """Changes without a visible reason, and outputs that come or go."""
    for explanation in _troubled(case):
        if explanation.doubtful:
            entry = f'address = "{explanation.change.address}", attribute = "{explanation.subject}"'
            yield finding(
                "TFS410",
                f"Cannot be verified: {explanation.trouble}.",
                explanation.change,
                severity=Severity.UNKNOWN,
                hint=f"Check it in Terraform's output, then allow it in tfswap.toml: {entry}"
                if explanation.subject
                else "",
            )
        elif explanation.change.entry.mode == "output":
            yield finding("TFS401", f"In this plan, {explanation.trouble}.", explanation.change)


def _troubled(case: RuleInput) -> list[ChangeExplanation]:
    return [explanation for explanation in case.explanations.values() if explanation.trouble]
