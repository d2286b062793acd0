"""Two tables side by side: what is the same, and of what is not, who puts it back. Pure.

What a restore brings back and what not: AWS Backup developer guide, "Restore a DynamoDB table";
what the plan must show coming back: runbook, "Things to check for".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from tfswap.aws.formatting import size
from tfswap.aws.provenance import SourceFinding, SourceStanding
from tfswap.aws.table_facts import ACTIVE, TableFacts
from tfswap.aws.table_schema import NONE, SchemaDifference, differences
from tfswap.aws.unknown_facts import UnknownFact

_OFF, _ON = "off", "on"


class RowMark(Enum):
    """What is said of one part; the order is that of the report."""

    DIFFERS = "Differs"
    NOT_READY = "Not ready yet"
    NOBODY = "Not recreated"
    NOT_KNOWN = "Unknown"
    JUDGE = "For you to decide"
    PLAN = "The plan restores it"
    SAME = "Same"


@dataclass(frozen=True)
class ComparisonRow:
    """One part of both tables, in words."""

    part: str
    outgoing: str
    restored: str
    mark: RowMark
    note: str = ""
    blocks: bool = False
    """Whether one table cannot take the other's place because of it."""


@dataclass(frozen=True)
class TableComparison:
    """An outgoing and a restored table."""

    outgoing: TableFacts
    restored: TableFacts
    rows: tuple[ComparisonRow, ...]
    findings: tuple[SourceFinding, ...] = ()
    """What is known of the restored table's source and items."""

    @property
    def blocks(self) -> bool:
        """Whether keys, attribute types or indexes differ."""
        return any(row.blocks for row in self.rows)

    @property
    def is_wrong(self) -> bool:
        """Whether it was restored from another table, or is empty."""
        return any(each.standing is SourceStanding.WRONG for each in self.findings)

    @property
    def is_unknown(self) -> bool:
        """Whether nobody tells where it came from."""
        return any(each.standing is SourceStanding.UNKNOWN for each in self.findings)

    @property
    def waits(self) -> bool:
        """Whether the restored table or one of its indexes is still being made."""
        return any(row.mark is RowMark.NOT_READY for row in self.rows)


def compare(
    outgoing: TableFacts,
    restored: TableFacts,
    managed: Mapping[str, str] | None = None,
    counted: tuple[int, int] | None = None,
    findings: tuple[SourceFinding, ...] = (),
) -> TableComparison:
    """Put two tables side by side.

    Args:
        outgoing: The table in service.
        restored: The table that shall replace it.
        managed: Terraform resource type to the address that hangs such a thing on the table.
        counted: Exact numbers of items, where they were counted.
        findings: Of the restored table's source and items.
    """
    rows = [
        *_schema_rows(outgoing, restored),
        *_readiness(restored),
        *_settings(outgoing, restored),
        *_counts(outgoing, restored, counted),
        *_recreated(outgoing, restored),
        *_dependents(outgoing, restored, managed or {}),
    ]
    order = list(RowMark)
    rows.sort(key=lambda row: order.index(row.mark))
    return TableComparison(outgoing, restored, tuple(rows), findings)


def _schema_rows(outgoing: TableFacts, restored: TableFacts) -> Iterator[ComparisonRow]:
    found = differences(outgoing.schema, restored.schema)
    for difference in found:
        yield _differing(difference)
    reported = {difference.what for difference in found}
    if "key" not in reported:
        yield _same("key", outgoing.schema.key_text)
    if not any(what.startswith("attribute ") for what in reported):
        types = ", ".join(f"{name} {kind}" for name, kind in outgoing.schema.types)
        yield _same("attributes", types)
    for index in outgoing.schema.indexes:
        if (what := f"{index.kind} {index.name}") not in reported:
            yield _same(what, str(index))


def _differing(difference: SchemaDifference) -> ComparisonRow:
    what, was, now = difference
    note = "it cannot be changed: restore another backup of the outgoing table"
    if what.startswith("index "):
        note = "the apply would build it, which takes hours; or restore again with all indexes"
    return ComparisonRow(what, was, now, RowMark.DIFFERS, note, blocks=True)


def _readiness(restored: TableFacts) -> Iterator[ComparisonRow]:
    if restored.status != ACTIVE:
        yield ComparisonRow(
            "status", "", restored.status, RowMark.NOT_READY, "wait until it is ACTIVE"
        )
    for name, status in restored.index_status:
        if status != ACTIVE:
            yield ComparisonRow(
                f"index {name}", "", status, RowMark.NOT_READY, "it is still being created"
            )


def _settings(outgoing: TableFacts, restored: TableFacts) -> Iterator[ComparisonRow]:
    """Yield what a restore may set otherwise, and what a plan would then change in place."""
    note = "verify-plan shows what the plan changes"
    for part, of in _SETTINGS.items():
        yield _either(part, of(outgoing), of(restored), RowMark.DIFFERS, note)
    was, now = outgoing.key_arn or NONE, restored.key_arn or NONE
    # The same key need not be told in full.
    same = _same("key ARN", was.rpartition(":")[2])
    yield same if was == now else ComparisonRow("key ARN", was, now, RowMark.DIFFERS, note)


_SETTINGS: Mapping[str, Callable[[TableFacts], str]] = {
    "billing": lambda facts: str(facts.billing),
    "table class": lambda facts: facts.table_class,
    "encryption": lambda facts: facts.sse,
}


def _counts(
    outgoing: TableFacts, restored: TableFacts, counted: tuple[int, int] | None
) -> Iterator[ComparisonRow]:
    if counted:
        note = "possibly written or deleted after the backup"
        yield _either("items, exact", f"{counted[0]:,}", f"{counted[1]:,}", RowMark.JUDGE, note)
    note = "DynamoDB updates its count about every six hours; --scan-count counts now"
    yield _either("items", f"{outgoing.items:,}", f"{restored.items:,}", RowMark.JUDGE, note)
    yield _either("size", size(outgoing.bytes), size(restored.bytes), RowMark.JUDGE, note)


def _recreated(outgoing: TableFacts, restored: TableFacts) -> Iterator[ComparisonRow]:
    """Yield what the runbook expects to see coming back in the plan."""
    yield from _tags(outgoing.tags, restored.tags)
    yield _switch("TTL", outgoing.ttl, restored.ttl)
    yield _switch("point-in-time recovery", outgoing.pitr, restored.pitr)
    yield _switch("stream", outgoing.stream, restored.stream)
    yield _switch("deletion protection", outgoing.protected, restored.protected)


def _tags(
    outgoing: Mapping[str, str] | UnknownFact, restored: Mapping[str, str] | UnknownFact
) -> Iterator[ComparisonRow]:
    if isinstance(outgoing, UnknownFact) or isinstance(restored, UnknownFact):
        sides = [str(len(s)) if isinstance(s, Mapping) else s for s in (outgoing, restored)]
        yield _unknown("tags", *sides)
        return
    for name in sorted({*outgoing, *restored}):
        was, now = outgoing.get(name), restored.get(name)
        mark = RowMark.PLAN if now is None else RowMark.DIFFERS
        yield _either(f"tag {name}", was or NONE, now or NONE, mark)


def _switch(
    part: str, was: str | bool | UnknownFact, now: str | bool | UnknownFact
) -> ComparisonRow:
    if isinstance(was, UnknownFact) or isinstance(now, UnknownFact):
        sides = [s if isinstance(s, UnknownFact) else _switched(s) for s in (was, now)]
        return _unknown(part, *sides)
    mark = RowMark.DIFFERS if now else RowMark.PLAN
    return _either(part, _switched(was), _switched(now), mark)


def _switched(value: str | bool) -> str:
    return value if isinstance(value, str) and value else _ON if value else _OFF


_HANGS: Mapping[str, tuple[str, Callable[[TableFacts], Sequence[object] | bool | UnknownFact]]] = {
    "autoscaling": ("aws_appautoscaling_target", lambda facts: facts.targets),
    "alarms": ("aws_cloudwatch_metric_alarm", lambda facts: facts.alarms),
    "resource policy": ("aws_dynamodb_resource_policy", lambda facts: facts.policy),
    "replicas": ("aws_dynamodb_table_replica", lambda facts: facts.replicas),
}
"""What hangs on a table: Terraform's type for it, and where the facts have it."""
_NOT_FOUND = "no resource that refers to the table creates it"


def _dependents(
    outgoing: TableFacts, restored: TableFacts, managed: Mapping[str, str]
) -> Iterator[ComparisonRow]:
    for part, (kind, of) in _HANGS.items():
        was, now = of(outgoing), of(restored)
        if isinstance(was, UnknownFact) or isinstance(now, UnknownFact):
            sides = [s if isinstance(s, UnknownFact) else _listed(s) for s in (was, now)]
            yield _unknown(part, *sides)
            continue
        address = managed.get(kind)
        lost = bool(was) and not now
        mark = (RowMark.PLAN if address else RowMark.NOBODY) if lost else RowMark.JUDGE
        note = f"in Terraform: {address}" if address else _NOT_FOUND
        yield _either(part, _listed(was), _listed(now), mark, note)


def _listed(value: Sequence[object] | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else NONE
    names = [getattr(one, "region", "") or getattr(one, "name", "") for one in value]
    return (", ".join(filter(None, names)) or str(len(value))) if value else NONE


def _same(part: str, value: str) -> ComparisonRow:
    return ComparisonRow(part, value, value, RowMark.SAME)


def _either(part: str, was: str, now: str, mark: RowMark, note: str = "") -> ComparisonRow:
    return _same(part, was) if was == now else ComparisonRow(part, was, now, mark, note)


def _unknown(part: str, was: str | UnknownFact, now: str | UnknownFact) -> ComparisonRow:
    why = next(side.why for side in (was, now) if isinstance(side, UnknownFact))
    return ComparisonRow(part, str(was), str(now), RowMark.NOT_KNOWN, why)
