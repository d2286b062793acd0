"""Rules about consumers: every one of them names the restored table afterwards, and only that."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.verify.completeness.by_value import How, StaleReference
from tfswap.verify.model.report_data import Finding, LeafKind, Severity
from tfswap.verify.rules.registry import RuleInput, finding, rule


@rule(
    "TFS301",
    "A consumer stays on the outgoing table",
    meaning="After this plan the resource still names the outgoing table.",
    why="It reads and writes the old data while the rest uses the restored table.",
    todo="Find where the name is written out, and refer to the table instead.",
    source="Design, decision 7",
)
@rule(
    "TFS302",
    "A consumer is half updated",
    meaning="After this plan the resource names the outgoing and the restored table.",
    why="One half of it works on the old data.",
    todo="Find where the old name is written out, and refer to the table instead.",
    source="Design, decision 7",
)
def left_behind(case: RuleInput) -> Iterator[Finding]:
    """By value, in anything the plan shows, changed or not."""
    told: set[tuple[str, str]] = set()
    for hold in _holds(case, How.NAMED):
        told_by = "TFS302" if hold.also_new else "TFS301"
        if (told_by, hold.address) in told or hold.address in case.context.tables:
            continue  # What the table itself is called, rules about tables tell.
        told.add((told_by, hold.address))
        both = "names both tables" if hold.also_new else "still names the outgoing table"
        yield finding(
            told_by,
            f"After the plan it {both}.",
            hold.change,
            address=hold.address,
            path=hold.path,
            evidence=hold.name,
        )


@rule(
    "TFS303",
    "A wildcard leaves the restored table out",
    meaning="A pattern of table names covers the outgoing table but not the restored one.",
    why="Whoever depends on it loses access with the swap.",
    todo="Widen the pattern, or refer to the table's ARN.",
    source="IAM User Guide: wildcards in resource ARNs",
)
def pattern_misses(case: RuleInput) -> Iterator[Finding]:
    """A pattern that covers the outgoing table only."""
    for hold in _holds(case, How.MISSED):
        yield finding(
            "TFS303",
            "This pattern covers the outgoing table, not the restored one.",
            hold.change,
            address=hold.address,
            path=hold.path,
            evidence=f"pattern {hold.name}",
        )


@rule(
    "TFS304",
    "A wildcard covers both tables",
    meaning="A pattern of table names covers the outgoing and the restored table.",
    why="Nothing has to change, and access to the outgoing table remains.",
    todo="Nothing for the swap.",
    source="IAM User Guide: wildcards in resource ARNs",
)
def pattern_covers(case: RuleInput) -> Iterator[Finding]:
    """A pattern that covers both; told, not refused."""
    for hold in _holds(case, How.COVERED):
        yield finding(
            "TFS304",
            "This pattern covers both tables.",
            hold.change,
            address=hold.address,
            path=hold.path,
            evidence=f"pattern {hold.name}",
            severity=Severity.INFO,
        )


def _holds(case: RuleInput, how: How) -> list[StaleReference]:
    return [hold for hold in case.stale if hold.how is how]


@rule(
    "TFS305",
    "The ingestion pipeline is not recreated",
    meaning="An OSIS pipeline that reads the table is not deleted and made anew.",
    why="Changed in place it keeps its place in the old table's stream.",
    todo="Run: terraform taint ADDRESS (tfswap run does it), then plan again.",
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
            hint=f"Run: terraform taint '{address}' (tfswap run does it), then plan again.",
        )


@rule(
    "TFS306",
    "A value cannot be told",
    meaning="A value is known only after apply, and nothing in the plan accounts for it.",
    why="It may be anything, the outgoing table included.",
    todo="Look at what it refers to; mostly a depends_on on a module defers it.",
    source="Design, decision 8",
)
def cannot_resolve(case: RuleInput) -> Iterator[Finding]:
    """Unknown values that nothing in the plan accounts for."""
    for explanation in case.explanations.values():
        for leaf in explanation.leaves:
            if leaf.kind is LeafKind.UNRESOLVED:
                yield finding(
                    "TFS306",
                    f"It cannot be told: {leaf.reason}.",
                    explanation.change,
                    path=leaf.path,
                    evidence=leaf.evidence,
                    severity=Severity.UNKNOWN,
                )


@rule(
    "TFS307",
    "A policy changes in meaning",
    meaning="Apart from the table's name, a policy allows or denies something else than before.",
    why="A swap changes no rights.",
    todo="Undo the other change, or bring it in on its own, before or after.",
    source="Design, decision 6",
)
def policy_changes(case: RuleInput) -> Iterator[Finding]:
    """Policies that differ in meaning, known or rendered.

    Where nothing differs but the name that is left behind, TFS301 and TFS302 have said so.
    """
    named = {hold.address for hold in _holds(case, How.NAMED)}
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
