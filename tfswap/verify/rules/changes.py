"""Rules about everything else the plan would do: what the swap does not explain is refused."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.plan.changes import Action, Change
from tfswap.verify.context.plan_lookup import TABLE
from tfswap.verify.explain.explainer import ChangeExplanation
from tfswap.verify.model.leaf_diff import LeafDiff
from tfswap.verify.model.report_data import Finding, LeafKind, Severity
from tfswap.verify.model.stateful_types import STATEFUL
from tfswap.verify.rules.registry import RuleInput, finding

_IMAGES = ("image", "image_uri", "image_id", "ami")


def unexplained_value(case: RuleInput) -> Iterator[Finding]:
    """TFS401: any changed value that is neither renamed, computed, protection nor allowed.

    Where a rule of its own tells of the same value, ``grouping`` keeps that one.
    """
    for explanation in case.explanations.values():
        for leaf in explanation.leaves:
            if leaf.kind is LeafKind.UNEXPLAINED and not leaf.about_policy:
                if _is_image(leaf.path):
                    continue
                yield finding(
                    "TFS401",
                    f"The swap does not explain this change{_denied(leaf)}.",
                    explanation.change,
                    path=leaf.path,
                    evidence=leaf.evidence,
                )


def image_moves(case: RuleInput) -> Iterator[Finding]:
    """TFS402: the classic one; the runbook asks for the image tag in service."""
    for explanation in case.explanations.values():
        for leaf in explanation.leaves:
            if leaf.kind is LeafKind.UNEXPLAINED and _is_image(leaf.path):
                yield finding(
                    "TFS402",
                    f"Another container image comes into service{_denied(leaf)}.",
                    explanation.change,
                    path=leaf.path,
                    evidence=leaf.evidence,
                )


def _denied(leaf: LeafDiff) -> str:
    return f"; {leaf.denied}" if leaf.denied else ""


def _is_image(path: tuple[str | int, ...]) -> bool:
    return bool(path) and path[-1] in _IMAGES


def created(case: RuleInput) -> Iterator[Finding]:
    """TFS403: a swap creates nothing but what was released."""
    for explanation in _troubled(case):
        change = explanation.change
        if change.action is Action.CREATE and change.type != TABLE and change.is_managed:
            yield finding("TFS403", f"In this plan {explanation.trouble}.", change)


def deleted(case: RuleInput) -> Iterator[Finding]:
    """TFS404: what holds data is told by TFS101 and TFS102."""
    for explanation in _troubled(case):
        change = explanation.change
        if change.action is Action.DELETE and change.type not in STATEFUL:
            yield finding("TFS404", "It would be deleted.", change)


def replaced(case: RuleInput) -> Iterator[Finding]:
    """TFS405: replaced for another reason than the table's name."""
    for explanation in _troubled(case):
        change = explanation.change
        if change.replaces and change.type not in STATEFUL and not explanation.doubtful:
            yield finding("TFS405", f"It is replaced: {explanation.trouble}.", change)


def moved(case: RuleInput) -> Iterator[Finding]:
    """TFS406: a move shows as previous_address; told where it changes nothing else."""
    for change in case.context.plan.changes.busy:
        previous = change.entry.previous_address
        if previous and previous != change.address:
            told = Severity.INFO if change.noop else Severity.ERROR
            yield finding("TFS406", f"It was {previous} before.", change, severity=told)


def forgotten(case: RuleInput) -> Iterator[Finding]:
    """TFS407: removed blocks that leave the object in AWS; TFS106 tells of what holds data."""
    for change in case.context.plan.changes.busy:
        if change.forgets and change.type not in STATEFUL:
            yield finding("TFS407", "It would leave the state and stay in AWS.", change)


def deposed(case: RuleInput) -> Iterator[Finding]:
    """TFS408: an object an earlier apply left behind."""
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


def imported(case: RuleInput) -> Iterator[Finding]:
    """TFS409: an import block; after an import by command there is no such mark."""
    for change in case.context.plan.changes.busy:
        if change.entry.change.importing is not None and change.address not in case.context.tables:
            yield finding("TFS409", "The plan imports it.", change)


def doubtful(case: RuleInput) -> Iterator[Finding]:
    """TFS410: changes without a visible reason, and outputs that come or go."""
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
