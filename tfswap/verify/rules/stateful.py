"""Rules about what holds data: no swap deletes or replaces it."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.plan.changes import Action
from tfswap.verify.context.plan_lookup import TABLE
from tfswap.verify.explain.explainer import ChangeExplanation
from tfswap.verify.model.report_data import Finding, LeafKind, Severity
from tfswap.verify.model.stateful_types import STATEFUL
from tfswap.verify.rules.registry import RuleInput, finding
from tfswap.verify.values.table_schema import SCHEMA, differences

_KEYS = (*SCHEMA, "name")
_HELD = "what it holds"
_MOST = 4
_REPLICA = "aws_dynamodb_table_replica"


def table_deleted(case: RuleInput) -> Iterator[Finding]:
    """TFS101: any table, deposed ones too, whether of the swap or not."""
    for change in case.context.plan.changes.busy:
        if change.type == TABLE and change.is_managed and change.deletes:
            name = change.before_value("name")
            shown = isinstance(name, str) and not change.hides("name")
            evidence = f"{change.action.words}: {name}" if shown else change.action.words
            verb = "replaced, which deletes it" if change.replaces else "deleted"
            yield finding("TFS101", f"This table would be {verb}.", change, evidence=evidence)


def stateful_deleted(case: RuleInput) -> Iterator[Finding]:
    """TFS102: replicas, buckets, keys, vaults and the like."""
    for change in case.context.plan.changes.busy:
        if change.type in STATEFUL - {TABLE} and change.is_managed and change.deletes:
            replica = change.type == _REPLICA
            lost = "the copy of the outgoing table in the other region" if replica else _HELD
            yield finding(
                "TFS102",
                f"It would be {'replaced' if change.replaces else 'deleted'}; {lost} is lost.",
                change,
                evidence=change.action.words,
                hint=_release(change.address) if replica else "",
            )


def _release(address: str) -> str:
    return (
        "Do not apply. Leave the old copy alone, so that a new one is made beside it: "
        f"tfswap prepare TABLE --release '{address}'"
    )


def stateful_forgotten(case: RuleInput, alone: Severity = Severity.ERROR) -> Iterator[Finding]:
    """TFS106: removed blocks, and replacements that leave the old object behind.

    ``alone``: how much it weighs where no new, empty object takes its place.
    """
    for change in case.context.plan.changes.busy:
        if change.type in STATEFUL and change.is_managed and change.forgets:
            new = "; a new, empty one would take its place" if change.replaces else ""
            message = f"It would leave the state and stay in AWS{new}."
            weight = Severity.ERROR if change.replaces else alone
            yield finding("TFS106", message, change, severity=weight, evidence=change.action.words)


def table_created(case: RuleInput) -> Iterator[Finding]:
    """TFS103: the import was skipped, or done for another address."""
    for change in case.context.live.of(TABLE):
        if change.action is Action.CREATE:
            yield finding("TFS103", "An empty table would be created here.", change)


def schema_differs(case: RuleInput) -> Iterator[Finding]:
    """TFS104: keys, attributes and indexes of a table that stays, or is replaced for them."""
    for change in case.context.live.of(TABLE):
        explanation = case.explanations.get(change.address)
        if explanation is None:
            continue
        yield from _schema(explanation)


def _schema(explanation: ChangeExplanation) -> Iterator[Finding]:
    """Yield one finding for each part of the schema, with the difference in words."""
    told: set[str] = set()
    for leaf in explanation.leaves:
        name = str(leaf.path[0]) if leaf.path else ""
        if name not in _KEYS or leaf.kind is not LeafKind.UNEXPLAINED or name in told:
            continue
        if name == "name" and explanation.change.replaces:
            continue  # TFS101 names it.
        told.add(name)
        words = differences(explanation.change, name)
        more = f"; {len(words) - _MOST} more" if len(words) > _MOST else ""
        yield finding(
            "TFS104",
            "The table is not as the configuration has it.",
            explanation.change,
            path=(name,),
            evidence="; ".join(words[:_MOST]) + more if words else leaf.evidence,
        )


def encryption_differs(case: RuleInput) -> Iterator[Finding]:
    """TFS105: restored under another key."""
    for change in case.context.live.of(TABLE):
        explanation = case.explanations.get(change.address)
        if explanation is None or change.deletes:
            continue
        for leaf in explanation.leaves:
            if leaf.path[:1] == ("server_side_encryption",) and not leaf.kind.explained:
                yield finding(
                    "TFS105",
                    "The restored table is encrypted otherwise.",
                    change,
                    path=leaf.path,
                    evidence=leaf.evidence,
                )
