"""Rules about consumers found by reference: every one is explained, or shown to be unaffected."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.verify.completeness.by_value import How
from tfswap.verify.model.report_data import Finding, Severity
from tfswap.verify.rules.registry import RuleInput, finding, rule
from tfswap.verify.rules.versions import pinned_version


@rule(
    "TFS309",
    "Referenced consumer is not updated",
    meaning="This value depends on the table, but the plan does not change it, and it contains "
    "no readable table name: it is encoded, a digest, or a value of another resource.",
    why="ignore_changes and encoded values can hide a consumer that still uses the outgoing table.",
    todo="Follow the references in the evidence. Check the resource for ignore_changes.",
    source="Every consumer must use the restored table",
)
def left_by_reference(case: RuleInput) -> Iterator[Finding]:
    """A value that leads to a table, does not change, and may be of the outgoing one."""
    by_value = {(stale.address, stale.path[:1]) for stale in case.stale if stale.how is How.NAMED}
    on_old = tuple(pinned_version(case)) if case.missed else ()
    pinned = {(found.address, (found.path,)) for found in on_old}
    for missed in case.missed:
        if (missed.change.address, missed.path[:1]) in pinned or (
            missed.change.address,
            missed.path[:1],
        ) in by_value:
            continue  # TFS308 says it in the runbook's words, TFS301 by value.
        severity = Severity.ERROR if missed.certain else Severity.UNKNOWN
        hidden = bool(missed.path) and missed.change.hides(str(missed.path[0]))
        yield finding(
            "TFS309",
            f"It {'may refer' if missed.guessed else 'refers'} to the table, but {missed.why}.",
            missed.change,
            path=missed.path[:1] if hidden else missed.path,
            evidence=" -> ".join(missed.way),
            severity=severity,
        )


@rule(
    "TFS310",
    "Known consumer is not in the plan",
    meaning="The swap was prepared from code with this consumer, but the plan was made from "
    "code without it.",
    why="The code changed in between, or the plan is from another branch or folder.",
    todo="Check out the swap's branch, run tfswap prepare again, and plan there.",
    source="Every consumer must use the restored table",
)
def not_in_configuration(case: RuleInput) -> Iterator[Finding]:
    """The plan was made from other code than the swap was prepared from."""
    context = case.context
    if not context.plan.changes:
        return
    nodes = context.reach.graph.nodes
    for table in context.intent.tables:
        for consumer in table.consumers:
            if consumer.kind in ("resource", "data") and consumer.address not in nodes:
                yield finding(
                    "TFS310",
                    "The swap has this consumer, but the plan's configuration does not.",
                    address=consumer.address,
                    severity=Severity.WARNING,
                )
