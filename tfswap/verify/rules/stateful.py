"""Rules about what holds data: no swap deletes or replaces it."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.plan.changes import Action, Change
from tfswap.verify.context.effects import INVOCATION
from tfswap.verify.context.plan_lookup import TABLE
from tfswap.verify.explain.explainer import ChangeExplanation
from tfswap.verify.model.report_data import Finding, LeafKind, Severity
from tfswap.verify.model.stateful_types import holds_data, lost
from tfswap.verify.rules.registry import RuleInput, finding, rule
from tfswap.verify.values.table_schema import SCHEMA, differences

_KEYS = (*SCHEMA, "name")
_HELD = "its data"
_MAX = 4
_REPLICA = "aws_dynamodb_table_replica"
_TABLES = (TABLE, _REPLICA)
_FORGET = "forget"
_REPLACE = "replace"
"""What stands for the attribute in an allowance for an object that leaves Terraform, or is
replaced."""


@rule(
    "TFS101",
    "Table would be deleted",
    meaning="The plan deletes or replaces a DynamoDB table. A replacement also deletes the table.",
    why="Its data is lost. Only a backup can restore it, which takes hours.",
    todo="Do not apply. Run tfswap run first: it replaces the table in the state (state rm, "
    "import).",
    source="README, promise 1: no table is ever lost",
)
def table_deleted(case: RuleInput) -> Iterator[Finding]:
    """Any table, deposed ones too, whether of the swap or not."""
    for change in case.context.plan.changes.busy:
        if change.type == TABLE and change.is_managed and change.deletes:
            name = change.before_value("name")
            shown = isinstance(name, str) and not change.hides("name")
            evidence = f"{change.action.words}: {name}" if shown else change.action.words
            verb = "replaced, which deletes it" if change.replaces else "deleted"
            yield finding("TFS101", f"This table would be {verb}.", change, evidence=evidence)


@rule(
    "TFS102",
    "Data would be deleted",
    meaning="The plan deletes or replaces a resource with data that no plan can restore.",
    why="A swap never needs this.",
    todo="Do not apply. To keep a replica, run: tfswap prepare TABLE --release ADDRESS.",
    source="Terraform: state rm of the table keeps its replicas in the state",
)
def stateful_deleted(case: RuleInput) -> Iterator[Finding]:
    """Replicas, buckets, keys, vaults and the like."""
    for change in case.context.plan.changes.busy:
        if change.type == TABLE or not (change.is_managed and change.deletes):
            continue
        if lost(change.type, replaced=change.replaces):
            replica = change.type == _REPLICA
            gone = "the replica of the outgoing table" if replica else _HELD
            yield finding(
                "TFS102",
                f"The resource would be {'replaced' if change.replaces else 'deleted'}; "
                f"{gone} is lost.",
                change,
                evidence=change.action.words,
                hint=_release(change.address) if replica else "",
            )


@rule(
    "TFS107",
    "Unknown type is deleted or replaced",
    meaning="The plan deletes or replaces a resource of a type that is not from the AWS "
    "provider and is unknown to tfswap.",
    why="The plan does not show whether it contains data.",
    todo="Look up the type. If it contains no data, apply the change separately, or allow it "
    'in tfswap.toml by type or address with the attribute "replace".',
    source="README, promise 1: no table is ever lost",
)
def unknown_type(case: RuleInput, severity: Severity = Severity.UNKNOWN) -> Iterator[Finding]:
    """Types of other providers, of which nothing is known here.

    ``severity``: how much it weighs; outside a swap it is only told.
    """
    for change in case.context.plan.changes.busy:
        if not (change.is_managed and change.deletes) or holds_data(change.type) is not None:
            continue
        allowances = case.context.allowances
        # Who allows what it runs has looked at the type.
        if any(allowances.cover_in_words(change.address, it) for it in (_REPLACE, INVOCATION)):
            continue
        verb = "replaced" if change.replaces else "deleted"
        message = (
            f"The resource would be {verb}; it is unknown whether {change.type} contains data."
        )
        yield finding("TFS107", message, change, severity=severity, evidence=change.action.words)


def _release(address: str) -> str:
    return (
        "Do not apply. To keep the old replica and create a new one: tfswap prepare "
        f"TABLE --release '{address}'"
    )


@rule(
    "TFS106",
    "Resource with data would be removed from state",
    meaning="The plan removes a table or another resource with data from state. It stays in "
    "AWS, but is no longer managed.",
    why="Nothing is deleted, but Terraform no longer manages its protection, backups or "
    "policies, and the same block would create a new, empty one. It is not part of a "
    "swap: the swap's own state rm is followed by an import.",
    todo="In a swap: delete the removed block and plan again. Otherwise: make sure that this "
    "is intended and that another root module has imported the resource. Then allow it "
    'in tfswap.toml with the attribute "forget".',
    source="README, promise 2: nothing else is changed; Terraform documentation: removed blocks",
)
def stateful_forgotten(case: RuleInput, alone: Severity = Severity.ERROR) -> Iterator[Finding]:
    """Removed blocks, and replacements that leave the old object behind.

    ``alone``: how much it weighs where no new, empty object takes its place, or where it is known
    where a table went; else a table always weighs as an error.
    """
    for change in case.context.plan.changes.busy:
        if holds_data(change.type) and change.is_managed and change.forgets:
            new = "; a new, empty one would be created" if change.replaces else ""
            message = f"The resource would be removed from state and kept in AWS{new}."
            gone = change.replaces or (change.type in _TABLES and not _went(case, change))
            weight = Severity.ERROR if gone else alone
            yield finding("TFS106", message, change, severity=weight, evidence=change.action.words)


def _went(case: RuleInput, change: Change) -> bool:
    """Whether the plan has the very table at another address, or an allowance says where it is."""
    arn = change.before_value("arn")
    elsewhere = (
        other.before_value("arn") == arn and other.exists_after and other.address != change.address
        for other in case.context.live.of(*_TABLES)
    )
    allowed = case.context.allowances.cover_in_words(change.address, _FORGET)
    return (arn is not None and any(elsewhere)) or allowed is not None


@rule(
    "TFS103",
    "Restored table would be created",
    meaning="The plan creates a new table instead of using the restored one.",
    why="The new table would be empty, or the apply fails because the name exists.",
    todo="Import the restored table by name first: run tfswap run.",
    source="Runbook: next import the restored table",
)
def table_created(case: RuleInput) -> Iterator[Finding]:
    """The import was skipped, or done for another address."""
    for change in case.context.live.of(TABLE):
        if change.action is Action.CREATE:
            yield finding("TFS103", "An empty table would be created here.", change)


@rule(
    "TFS104",
    "Table schema differs",
    meaning="Keys, attributes or indexes of the restored table differ from the configuration.",
    why="Rebuilding an index takes hours; a changed key replaces the table.",
    todo="Restore the table with all indexes, from a backup with the same schema.",
    source="AWS Backup: a restore can omit indexes",
)
def schema_differs(case: RuleInput) -> Iterator[Finding]:
    """Keys, attributes and indexes of a table that stays, or is replaced for them."""
    for change in case.context.live.of(TABLE):
        explanation = case.explanations.get(change.address)
        if explanation is None:
            continue
        yield from _schema(explanation)


def _schema(explanation: ChangeExplanation) -> Iterator[Finding]:
    """Yield one finding for each part of the schema, with the difference in words."""
    seen: set[str] = set()
    for leaf in explanation.leaves:
        name = str(leaf.path[0]) if leaf.path else ""
        if name not in _KEYS or leaf.kind is not LeafKind.UNEXPLAINED or name in seen:
            continue
        if name == "name" and explanation.change.replaces:
            continue  # TFS101 names it.
        seen.add(name)
        words = differences(explanation.change, name)
        more = f"; {len(words) - _MAX} more" if len(words) > _MAX else ""
        yield finding(
            "TFS104",
            "The table differs from the configuration.",
            explanation.change,
            path=(name,),
            evidence="; ".join(words[:_MAX]) + more if words else leaf.evidence,
        )


@rule(
    "TFS105",
    "Table encryption differs",
    meaning="The restored table is encrypted with another key than the configured one.",
    why="It was restored with the wrong key. Roles without access to that key cannot read it.",
    todo="Change the key (tfswap restore NAME --change-key), or restore again with the "
    "configured key.",
    source="Runbook: under Encryption Key",
)
def encryption_differs(case: RuleInput) -> Iterator[Finding]:
    """Restored under another key."""
    for change in case.context.live.of(TABLE):
        explanation = case.explanations.get(change.address)
        if explanation is None or change.deletes:
            continue
        for leaf in explanation.leaves:
            if leaf.path[:1] == ("server_side_encryption",) and not leaf.kind.explained:
                yield finding(
                    "TFS105",
                    "The restored table is encrypted with another key.",
                    change,
                    path=leaf.path,
                    evidence=leaf.evidence,
                )
