"""Rules about data that is lost in place: nothing is deleted, and yet less is kept than before.

For plans that are no swap; in a swap every such change is refused as one it does not explain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tfswap.names import parse_arn
from tfswap.plan.changes import Change
from tfswap.plan.values import leaves
from tfswap.verify.context.plan_lookup import TABLE
from tfswap.verify.explain.protection import is_on
from tfswap.verify.model.report_data import Finding, Severity
from tfswap.verify.model.stateful_types import holds_data
from tfswap.verify.rules.registry import RuleInput, finding, rule
from tfswap.verify.values.equality import frozen

_REPLICA = "aws_dynamodb_table_replica"
_GUARDS = ("deletion_protection_enabled", "point_in_time_recovery")
_KEPT = {"replica": "region_name", "global_secondary_index": "name"}
"""Blocks of a table that hold data, and what tells one from another."""
_FLAGS = ("deletion_protection", "deletion_protection_enabled", "enable_deletion_protection")
_OPEN = ("force_destroy", "force_delete", "skip_final_snapshot", "delete_automated_backups")
_OPAQUE = {"aws_cloudformation_stack": ("template_body", "template_url")}
_LIFECYCLE = "aws_s3_bucket_lifecycle_configuration"
_VERSIONING = "aws_s3_bucket_versioning"


Loss = tuple[str, str]
"""The attribute by which something is lost, and what is, in words."""


@rule(
    "TFS108",
    "A table or its backups lose data or protection",
    meaning="An in-place change removes a replica or an index from a table, disables deletion "
    "protection or point-in-time recovery, enables TTL, or shortens or stops backups.",
    why="Data is lost, or can be lost later, and no plan can restore it.",
    todo="Do not apply unless this is intended. Check the plan of a swap on the swap's branch.",
    source="README, promise 1: no table is ever lost",
)
def table_weakened(case: RuleInput) -> Iterator[Finding]:
    """A table, or its backups, keep less than before."""
    kept = {c.after_value("name") for c in case.context.live.of(TABLE) if c.exists_after}
    judges: dict[str, Callable[[Change], Iterator[Loss]]] = {
        TABLE: _table,
        _REPLICA: _guards,
        "aws_backup_plan": _plan,
        "aws_backup_selection": lambda change: _selection(change, kept),
        "aws_backup_vault_lock_configuration": _lock,
    }
    for change in _managed(case):
        if change.type in judges and change.exists_before:
            for loss in judges[change.type](change):
                mild = loss[0] == "ttl" and _just_restored(change)
                weight = Severity.WARNING if mild else Severity.ERROR
                yield _finding("TFS108", change, loss, weight)


@rule(
    "TFS109",
    "Something else may lose data later",
    meaning="A retention is lowered, a bucket's lifecycle or versioning changes, a protection "
    "is disabled, or a stack's template changes, which can delete anything.",
    why="AWS can delete data later; the plan does not show it.",
    todo="Make sure that this is intended.",
    source="README, promise 1: no table is ever lost",
)
def weakened(case: RuleInput) -> Iterator[Finding]:
    """Elsewhere; told by name, and no reason to stop."""
    for change in _managed(case):
        if change.exists_after:
            for loss in _elsewhere(change):
                yield _finding("TFS109", change, loss, Severity.WARNING)


def _finding(id: str, change: Change, loss: Loss, severity: Severity) -> Finding:
    name, words = loss
    message = f"{name} would retain less" if name and change.hides(name) else words
    path = (name,) if name else ()
    return finding(
        id, f"{message}.", change, path=path, severity=severity, evidence=change.action.words
    )


def _managed(case: RuleInput) -> Iterator[Change]:
    for change in case.context.plan.changes.busy:
        if change.is_managed and not change.noop and change.entry.deposed is None:
            yield change


def _table(change: Change) -> Iterator[Loss]:
    if not change.updates:
        return  # Deleted, replaced or forgotten: rules of their own say so.
    for block, key in _KEPT.items():
        gone = _keys(change.before_value(block), key) - _keys(change.after_value(block), key)
        for name in sorted(gone) if not _unknown(change, block) else ():
            yield block, f"{block} {name} would be removed, with its data"
    yield from _guards(change)
    if is_on("ttl", change.after_value("ttl")) and not is_on("ttl", change.before_value("ttl")):
        yield "ttl", "TTL would be enabled: expired items are deleted"


def _just_restored(change: Change) -> bool:
    """Whether tags or point-in-time recovery come on from nothing, as after a restore."""
    name = "point_in_time_recovery"
    old, new = _sides(change, name)
    tags_before, tags_after = _sides(change, "tags_all")
    recovery = is_on(name, new) and not is_on(name, old)
    return recovery or (bool(tags_after) and not tags_before)


def _guards(change: Change) -> Iterator[Loss]:
    for name in _GUARDS if change.updates else ():
        if is_on(name, change.before_value(name)) and not is_on(name, change.after_value(name)):
            yield name, f"{name} would be disabled"


def _plan(change: Change) -> Iterator[Loss]:
    if change.deletes and not change.replaces:
        yield "", "The backup plan would be deleted"
        return
    new = _rules(change.after_value("rule"))
    for name, kept in _rules(change.before_value("rule")).items():
        if name not in new:
            yield "rule", f"The backup rule {name} would be removed"
        elif _shorter(kept, new[name]):
            before = f"{kept:g}" if kept else "without an end"
            yield "rule", f"{name} would keep backups {new[name]:g} days; it was {before}"


def _rules(value: Any) -> dict[str, float]:
    """Return for how many days each rule keeps its backups; 0 is for ever."""
    found = {}
    for entry in value if isinstance(value, list) else []:
        if isinstance(entry, dict):
            cycles = entry.get("lifecycle")
            cycle = cycles[0] if isinstance(cycles, list) and cycles else {}
            days = cycle.get("delete_after") if isinstance(cycle, dict) else None
            found[str(entry.get("rule_name"))] = _number(days)
    return found


def _selection(change: Change, kept: set[Any]) -> Iterator[Loss]:
    """Yield the tables of the plan that are selected no more, and what selects less."""
    if change.deletes and not change.replaces:
        yield "", "The backup selection would be deleted: its resources are no longer backed up"
        return
    old, new = _sides(change, "resources")
    gone = _texts(old) - _texts(new) if not _unknown(change, "resources") else set()
    for name in sorted(name for name in gone if _covers(name, kept)):
        yield "resources", f"The backup selection would lose {name}"
    old, new = _sides(change, "not_resources")
    for name in sorted(name for name in _texts(new) - _texts(old) if _covers(name, kept)):
        yield "not_resources", f"The backup selection would exclude {name}"
    old, new = (_items(side) for side in _sides(change, "selection_tag"))
    if old - new and not _unknown(change, "selection_tag"):
        yield "selection_tag", "The backup selection would use fewer tags"


def _covers(text: str, kept: set[Any]) -> bool:
    arn = parse_arn(text)
    return arn.name in kept if arn else "*" in text


def _items(value: Any) -> set[str]:
    return set(map(frozen, value)) if isinstance(value, list) else set()


def _lock(change: Change) -> Iterator[Loss]:
    if change.deletes:
        yield "", f"The backup vault's lock would be {'replaced' if change.replaces else 'removed'}"
        return
    before, after = (_number(s) for s in _sides(change, "min_retention_days"))
    if after < before:
        yield (
            "min_retention_days",
            f"The lock would keep backups {after:g} days at least, not {before:g}",
        )


def _elsewhere(change: Change) -> Iterator[Loss]:
    if change.type == _LIFECYCLE and _sides(change, "rule")[0] != _sides(change, "rule")[1]:
        yield "rule", "The bucket's lifecycle changes: AWS deletes expired objects later"
    if change.type == _VERSIONING and change.exists_before:
        old, new = (_texts(side) for side in _sides(change, "versioning_configuration"))
        if "Enabled" in old and "Enabled" not in new:
            yield "versioning_configuration", "The bucket's versioning would be disabled"
    for name in _OPAQUE.get(change.type, ()):
        if change.updates and change.before_value(name) != change.after_value(name):
            yield name, f"Its {name} changes; what that deletes is not checked"
    if not change.updates:
        return
    for name in change.before if isinstance(change.before, dict) else ():
        before, after = _sides(change, name)
        if "retention" in name and not _unknown(change, name) and _shorter(before, after):
            yield name, f"{name} would be lowered from {before or 'no end'} to {after}"
        if holds_data(change.type) and change.type not in (TABLE, _REPLICA):
            if name in _FLAGS and before is True and after is not True:
                yield name, f"{name} would be disabled"
            if name in _OPEN and before is not True and after is True:
                yield name, f"{name} would be enabled"


def _shorter(before: Any, after: Any) -> bool:
    """Whether a time shrinks; 0 and none are for ever here."""
    old, new = _number(before), _number(after)
    return new > 0 and (old == 0 or new < old)


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _sides(change: Change, name: str) -> tuple[Any, Any]:
    return change.before_value(name), change.after_value(name)


def _unknown(change: Change, name: str) -> bool:
    return isinstance(change.unknown, dict) and change.unknown.get(name) is True


def _keys(value: Any, key: str) -> set[str]:
    listed = value if isinstance(value, list) else []
    return {str(item[key]) for item in listed if isinstance(item, dict) and key in item}


def _texts(value: Any) -> set[str]:
    return {leaf.value for leaf in leaves(value) if isinstance(leaf.value, str)}
