"""The rule about what must be on at the restored table: protections, stream, TTL, tags."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.plan.changes import Change
from tfswap.plan.configuration import expression_at
from tfswap.verify.context.plan_context import Context
from tfswap.verify.context.tags import common_tags
from tfswap.verify.explain.protection import SECTIONS, as_configured, is_on
from tfswap.verify.model.report_data import Finding, LeafKind, Severity
from tfswap.verify.rules.registry import RuleInput, finding, rule
from tfswap.verify.rules.table import tables_in
from tfswap.verify.values.equality import as_map

_GUARDS = ("point_in_time_recovery", "deletion_protection_enabled")
"""Protections that guard the data itself."""


@rule(
    "TFS208",
    "Protection is not restored",
    meaning="A tag, point-in-time recovery, stream, TTL or deletion protection is not enabled.",
    why="A restore does not include them, so the table would be in service without it.",
    todo="Compare the table's configuration with the outgoing table.",
    source="Runbook: things to check for; AWS Backup: what a restore does not include",
)
def unprotected(case: RuleInput) -> Iterator[Finding]:
    """What the configuration, or the outgoing table, has and the plan does not put on."""
    for change, table in tables_in(case):
        if not isinstance(change.after, dict) or change.after.get("name") != table.rename.new:
            continue
        if change.creates:
            continue  # Another table is made: TFS101 and TFS103 tell of that.
        for name in SECTIONS:
            yield from _protection(case.context, change, name)
        yield from _tags(case.context, change)
        yield from _switched_off(case, change)


def _protection(context: Context, change: Change, name: str) -> Iterator[Finding]:
    if is_on(name, change.after_value(name)):
        if not as_configured(context, change, name):
            message = f"{name} is enabled, but not as configured."
            yield finding("TFS208", message, change, path=(name,))
        return
    if (wanted := expected(context, change, name)) is False:
        if name in _GUARDS and change.address not in context.intent.outgoing:
            yield from _switched_off_in_code(context, change, name)
        return
    severity = Severity.UNKNOWN if wanted is None else Severity.ERROR
    why = (
        "and the plan does not show whether it should be"
        if wanted is None
        else "and should be enabled"
    )
    message = f"{name} is not enabled after the plan, {why}."
    yield finding("TFS208", message, change, path=(name,), severity=severity)


def _switched_off_in_code(context: Context, change: Change, name: str) -> Iterator[Finding]:
    """Warn of a guard written out as off: whether the outgoing table had it, nothing tells."""
    block = context.plan.configuration.resource(
        change.module, "managed", change.type, change.entry.name
    )
    if name in (block or {}).get("expressions", {}):
        message = f"{name} is disabled, as configured."
        yield finding("TFS208", message, change, path=(name,), severity=Severity.WARNING)


def expected(context: Context, change: Change, name: str) -> bool | None:
    """Return whether a protection ought to be on; None when nothing tells.

    The outgoing table tells best; else the configuration, where it says a constant or nothing.
    """
    outgoing = context.intent.outgoing.get(change.address)
    if outgoing is not None and name in outgoing:
        return is_on(name, outgoing[name])
    block = context.plan.configuration.resource(
        change.module, "managed", change.type, change.entry.name
    )
    if block is None:
        return None
    written = block.get("expressions", {}).get(name)
    if written is None:
        return False
    path = (name, 0, "enabled") if isinstance(written, list) else (name,)
    expression = expression_at(block, path)
    if expression is None or "constant_value" not in expression:
        return None
    return is_on(name, expression["constant_value"])


def _tags(context: Context, change: Change) -> Iterator[Finding]:
    if lost := lost_tags(context, change):
        shown = "some" if change.hides("tags_all") else ", ".join(lost[:5])
        message = f"These tags are not set: {shown}."
        yield finding("TFS208", message, change, path=("tags_all",))


def lost_tags(context: Context, change: Change) -> list[str]:
    """Return keys of tags that the outgoing table, or every resource, has and the table lacks."""
    if child_unknown(change, "tags_all"):
        return []
    have = as_map(change.after_value("tags_all"))
    outgoing = context.intent.outgoing.get(change.address)
    wanted = as_map(outgoing.get("tags_all")) if outgoing else common_tags(context, change)
    return sorted(key for key in wanted if have.get(key) is None)


def child_unknown(change: Change, name: str) -> bool:
    """Whether a top-level attribute is known only after apply."""
    return isinstance(change.unknown, dict) and change.unknown.get(name) is True


def _switched_off(case: RuleInput, change: Change) -> Iterator[Finding]:
    explanation = case.explanations.get(change.address)
    for leaf in explanation.leaves if explanation else ():
        own = bool(leaf.path) and leaf.path[0] in (*SECTIONS, "tags", "tags_all")
        if own and leaf.kind is LeafKind.UNEXPLAINED:
            yield finding(
                "TFS208",
                "The restored table had another value; the plan changes it.",
                change,
                path=leaf.path,
                evidence=leaf.evidence,
            )
