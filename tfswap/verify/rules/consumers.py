"""Rules about consumers: every one of them names the restored table afterwards, and only that."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.verify.completeness.by_value import How, StaleReference
from tfswap.verify.model.report_data import Finding, LeafKind, Severity
from tfswap.verify.rules.registry import RuleInput, finding, rule


@rule(
    "TFS301",
    "Consumer still uses the outgoing table",
    meaning="After this plan, the resource still has the outgoing table's name.",
    why="It reads and writes the old data while other resources use the restored table.",
    todo="Find the literal name and refer to the table resource instead.",
    source="Every consumer must use the restored table",
)
@rule(
    "TFS302",
    "Consumer is partly updated",
    meaning="After this plan, the resource has the names of both tables.",
    why="Part of it uses the old data.",
    todo="Find the literal old name and refer to the table resource instead.",
    source="Every consumer must use the restored table",
)
def left_behind(case: RuleInput) -> Iterator[Finding]:
    """By value, in anything the plan shows, changed or not."""
    reported: set[tuple[str, str]] = set()
    for stale in _stale_references(case, How.NAMED):
        rule_id = "TFS302" if stale.also_new else "TFS301"
        if (rule_id, stale.address) in reported or stale.address in case.context.tables:
            continue  # What the table itself is called, rules about tables tell.
        reported.add((rule_id, stale.address))
        both = (
            "has the names of both tables"
            if stale.also_new
            else "still has the outgoing table's name"
        )
        yield finding(
            rule_id,
            f"After the plan, the resource {both}.",
            stale.change,
            address=stale.address,
            path=stale.path,
            evidence=stale.name,
        )


@rule(
    "TFS303",
    "Wildcard does not match the restored table",
    meaning="A pattern of table names matches the outgoing table but not the restored one.",
    why="Its users lose access with the swap.",
    todo="Widen the pattern, or refer to the table's ARN.",
    source="IAM User Guide: wildcards in resource ARNs",
)
def pattern_misses(case: RuleInput) -> Iterator[Finding]:
    """A pattern that covers the outgoing table only."""
    for stale in _stale_references(case, How.MISSED):
        yield finding(
            "TFS303",
            "This pattern matches the outgoing table, not the restored one.",
            stale.change,
            address=stale.address,
            path=stale.path,
            evidence=f"pattern {stale.name}",
        )


@rule(
    "TFS304",
    "Wildcard matches both tables",
    meaning="A pattern of table names matches the outgoing and the restored table.",
    why="Nothing needs to change; access to the outgoing table remains.",
    todo="Nothing.",
    source="IAM User Guide: wildcards in resource ARNs",
)
def pattern_covers(case: RuleInput) -> Iterator[Finding]:
    """A pattern that covers both; told, not refused."""
    for stale in _stale_references(case, How.COVERED):
        yield finding(
            "TFS304",
            "This pattern matches both tables.",
            stale.change,
            address=stale.address,
            path=stale.path,
            evidence=f"pattern {stale.name}",
            severity=Severity.INFO,
        )


def _stale_references(case: RuleInput, how: How) -> list[StaleReference]:
    return [stale for stale in case.stale if stale.how is how]


@rule(
    "TFS305",
    "Ingestion pipeline is not recreated",
    meaning="An OSIS pipeline that reads the table is not replaced.",
    why="If it is updated in place, it keeps its position in the outgoing table's stream.",
    todo="Run terraform taint ADDRESS (tfswap run does this), then plan again.",
    source="Runbook: tell Terraform to recreate the opensearch ingestion pipeline",
)
def pipeline_not_recreated(case: RuleInput) -> Iterator[Finding]:
    """Tainted or asked for with -replace, both are a recreation (facts.md)."""
    context = case.context
    for address in context.pipelines:
        change = context.live.get(address)
        if change is None:
            yield finding("TFS305", "The plan does not have this pipeline.", address=address)
            continue
        done = change.noop and context.names_new(change.after)
        if change.replaces or (done and not context.names_old(change.before)):
            continue
        yield finding(
            "TFS305",
            f"The pipeline is not recreated: {change.action.words}.",
            change,
            hint=f"Run: terraform taint '{address}' (tfswap run does this), then plan again.",
        )


@rule(
    "TFS306",
    "Value cannot be verified",
    meaning="A value is known only after apply, and nothing in the plan determines it.",
    why="It can be anything, including the outgoing table's name.",
    todo="Check what it refers to. The usual cause is a depends_on on a module.",
    source="Unknown is not a pass",
)
def cannot_resolve(case: RuleInput) -> Iterator[Finding]:
    """Unknown values that nothing in the plan accounts for."""
    for explanation in case.explanations.values():
        for leaf in explanation.leaves:
            if leaf.kind is LeafKind.UNRESOLVED:
                yield finding(
                    "TFS306",
                    f"Cannot be verified: {leaf.reason}.",
                    explanation.change,
                    path=leaf.path,
                    evidence=leaf.evidence,
                    severity=Severity.UNKNOWN,
                )


@rule(
    "TFS307",
    "Policy changes in meaning",
    meaning="A policy allows or denies something else than before, apart from the table's name.",
    why="A swap must not change permissions.",
    todo="Undo the other change, or apply it separately, before or after the swap.",
    source="Every changed value must be explained",
)
def policy_changes(case: RuleInput) -> Iterator[Finding]:
    """Policies that differ in meaning, known or rendered.

    Where nothing differs but the name that is left behind, TFS301 and TFS302 have said so.
    """
    named = {stale.address for stale in _stale_references(case, How.NAMED)}
    for explanation in case.explanations.values():
        for leaf in explanation.leaves:
            if leaf.only_old and explanation.change.address in named:
                continue
            if leaf.kind is LeafKind.UNEXPLAINED and leaf.about_policy:
                yield finding(
                    "TFS307",
                    "The policy changes in meaning.",
                    explanation.change,
                    path=leaf.path,
                    evidence=leaf.evidence,
                )
