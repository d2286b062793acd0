"""Rules about consumers: every one of them names the restored table afterwards, and only that."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.verify.completeness.by_value import How, StaleReference
from tfswap.verify.model.report_data import Finding, LeafKind, Severity
from tfswap.verify.rules.registry import RuleInput, finding


def left_behind(case: RuleInput) -> Iterator[Finding]:
    """TFS301 and TFS302: by value, in anything the plan shows, changed or not."""
    told: set[tuple[str, str]] = set()
    for hold in _holds(case, How.NAMED):
        rule = "TFS302" if hold.also_new else "TFS301"
        if (rule, hold.address) in told or hold.address in case.context.tables:
            continue  # What the table itself is called, rules about tables tell.
        told.add((rule, hold.address))
        both = "names both tables" if hold.also_new else "still names the outgoing table"
        yield finding(
            rule,
            f"After the plan it {both}.",
            hold.change,
            address=hold.address,
            path=hold.path,
            evidence=hold.name,
        )


def pattern_misses(case: RuleInput) -> Iterator[Finding]:
    """TFS303: a pattern that covers the outgoing table only."""
    for hold in _holds(case, How.MISSED):
        yield finding(
            "TFS303",
            "This pattern covers the outgoing table, not the restored one.",
            hold.change,
            address=hold.address,
            path=hold.path,
            evidence=f"pattern {hold.name}",
        )


def pattern_covers(case: RuleInput) -> Iterator[Finding]:
    """TFS304: a pattern that covers both; told, not refused."""
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


def pipeline_not_recreated(case: RuleInput) -> Iterator[Finding]:
    """TFS305: tainted or asked for with -replace, both are a recreation (facts.md)."""
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


def cannot_resolve(case: RuleInput) -> Iterator[Finding]:
    """TFS306: unknown values that nothing in the plan accounts for."""
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


def policy_changes(case: RuleInput) -> Iterator[Finding]:
    """TFS307: policies that differ in meaning, known or rendered.

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
