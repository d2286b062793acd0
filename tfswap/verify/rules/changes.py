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
    "A value changes that the swap does not explain",
    meaning="Something else rides along in this plan.",
    why="It would be applied at night together with the swap, and nobody meant it to.",
    todo="Check variables that are not set and merges since the last apply; plan again.",
    source="Design promise 2",
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
    "A container image moves",
    meaning="The plan brings another image into service than the one running.",
    why="A release rides along with the restore; which of them failed will be hard to tell.",
    todo="Set the container version to the image in service (TF_VAR_...) and plan again.",
    source="Runbook: you will need the image tag currently deployed",
)
def image_moves(case: RuleInput) -> Iterator[Finding]:
    """The classic one; the runbook asks for the image tag in service."""
    for explanation in case.explanations.values():
        for leaf in explanation.leaves:
            if leaf.kind is LeafKind.UNEXPLAINED and is_image(leaf.path):
                yield finding(
                    "TFS402",
                    f"Another container image comes into service{_denied(leaf)}.",
                    explanation.change,
                    path=leaf.path,
                    evidence=leaf.evidence,
                )


def _denied(leaf: LeafDiff) -> str:
    return f"; {leaf.denied}" if leaf.denied else ""


@rule(
    "TFS403",
    "Something new is created",
    meaning="The plan creates a resource that the swap does not need.",
    why="It rides along unchecked.",
    todo="Bring it in on its own, before or after the swap.",
    source="Design promise 2",
)
def created(case: RuleInput) -> Iterator[Finding]:
    """A swap creates nothing but what was released."""
    for explanation in _troubled(case):
        change = explanation.change
        if change.action is Action.CREATE and change.type != TABLE and change.is_managed:
            yield finding("TFS403", f"In this plan {explanation.trouble}.", change)


@rule(
    "TFS404",
    "Something is deleted",
    meaning="The plan deletes a resource that the swap does not touch.",
    why="An input that is not set often closes something, such as public access.",
    todo="Check that every TF_VAR_... of the pipeline is set, and plan again.",
    source="facts.md: variables left unset ride along without a word",
)
def deleted(case: RuleInput) -> Iterator[Finding]:
    """What holds data is told by TFS101 and TFS102."""
    for explanation in _troubled(case):
        change = explanation.change
        if change.action is Action.DELETE and not holds_data(change.type):
            yield finding("TFS404", "It would be deleted.", change)


@rule(
    "TFS405",
    "A replacement the swap does not explain",
    meaning="A resource is deleted and made anew for a reason that is not the table's name.",
    why="It is away for a while, and what it held is gone.",
    todo="Look at the attribute that forces it; untaint what was tainted by mistake.",
    source="Terraform, JSON Output Format: replace_paths, action_reason",
)
def replaced(case: RuleInput) -> Iterator[Finding]:
    """Replaced for another reason than the table's name."""
    for explanation in _troubled(case):
        change = explanation.change
        if not change.replaces or explanation.doubtful:
            continue
        if not lost(change.type, replaced=True):
            yield finding("TFS405", f"It is replaced: {explanation.trouble}.", change)


@rule(
    "TFS406",
    "A resource moves",
    meaning="The plan moves a resource to another address in the state. Where nothing else "
    "changes of "
    "it, that is told and does no harm.",
    why="It belongs to a change of the code, not to the swap.",
    todo="Apply the move on its own, before or after.",
    source="Terraform, JSON Output Format: previous_address",
)
def moved(case: RuleInput) -> Iterator[Finding]:
    """A move shows as previous_address; told where it changes nothing else."""
    for change in case.context.plan.changes.busy:
        previous = change.entry.previous_address
        if previous and previous != change.address:
            told = Severity.INFO if change.noop else Severity.ERROR
            yield finding("TFS406", f"It was {previous} before.", change, severity=told)


@rule(
    "TFS407",
    "A resource is forgotten",
    meaning="The plan takes a resource out of the state and leaves it in AWS.",
    why="It would be nobody's from then on.",
    todo="Apply removed blocks on their own, before or after.",
    source="Terraform, removed blocks",
)
def forgotten(case: RuleInput) -> Iterator[Finding]:
    """Removed blocks that leave the object in AWS; TFS106 tells of what holds data."""
    for change in case.context.plan.changes.busy:
        if change.forgets and not holds_data(change.type):
            yield finding("TFS407", "It would leave the state and stay in AWS.", change)


@rule(
    "TFS408",
    "A deposed object is in the way",
    meaning="An earlier apply left an object half replaced, and this plan deals with it.",
    why="Something from an earlier night is unfinished.",
    todo="Finish the earlier replacement first, with a plan of its own.",
    source="Terraform, JSON Output Format: deposed",
)
def deposed(case: RuleInput) -> Iterator[Finding]:
    """An object an earlier apply left behind."""
    for change in case.context.plan.changes.busy:
        if change.entry.deposed is not None:
            told = Severity.WARNING if change.noop else Severity.ERROR
            message = f"A deposed object: {change.action.words}."
            if case.context.rest.is_old_half(change, _serving(case, change)):
                told = Severity.INFO
                message = "The old object of a replacement that was begun: it goes, as planned."
            yield finding("TFS408", message, change, severity=told)


def _serving(case: RuleInput, change: Change) -> Change | None:
    """Return the change of the object in service at a deposed one's address, as the plan has it."""
    every = case.context.plan.instances("managed", change.type, change.entry.name)
    at_address = (one for one in every if one.address == change.address)
    return next((one for one in at_address if one.entry.deposed is None), None)


@rule(
    "TFS409",
    "Something else is imported",
    meaning="The plan imports a resource that is no table of the swap.",
    why="It rides along unchecked.",
    todo="Apply import blocks on their own, before or after.",
    source="Terraform, JSON Output Format: importing",
)
def imported(case: RuleInput) -> Iterator[Finding]:
    """An import block; after an import by command there is no such mark."""
    for change in case.context.plan.changes.busy:
        if change.entry.change.importing is not None and change.address not in case.context.tables:
            yield finding("TFS409", "The plan imports it.", change)


@rule(
    "TFS410",
    "A change that cannot be told",
    meaning="The plan says that a resource changes, but not what, or not why.",
    why="What is not shown cannot be checked.",
    todo="Look at that resource in Terraform's own output.",
    source="Design, decision 8",
)
def doubtful(case: RuleInput) -> Iterator[Finding]:
    """Changes without a visible reason, and outputs that come or go."""
    for explanation in _troubled(case):
        if explanation.doubtful:
            entry = f'address = "{explanation.change.address}", attribute = "{explanation.subject}"'
            yield finding(
                "TFS410",
                f"It cannot be told: {explanation.trouble}.",
                explanation.change,
                severity=Severity.UNKNOWN,
                hint=f"Look at it in Terraform's output; then allow it in tfswap.toml: {entry}"
                if explanation.subject
                else "",
            )
        elif explanation.change.entry.mode == "output":
            yield finding("TFS401", f"In this plan {explanation.trouble}.", explanation.change)


def _troubled(case: RuleInput) -> list[ChangeExplanation]:
    return [explanation for explanation in case.explanations.values() if explanation.trouble]
