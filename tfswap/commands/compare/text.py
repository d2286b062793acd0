"""A comparison of two tables as text and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tfswap.aws.formatting import at
from tfswap.aws.provenance import SourceStanding
from tfswap.aws.table_comparison import ComparisonRow, RowMark, TableComparison
from tfswap.aws.table_facts import TableFacts
from tfswap.report.documents import (
    CompareDocument,
    ComparedRow,
    ComparedTable,
    Comparison,
    SourceLine,
    render_document,
)
from tfswap.report.sanitize import safe
from tfswap.report.wrap import wrap

_PART = 24
_SIGNS = {
    RowMark.DIFFERS: "✗",
    RowMark.NOT_READY: "✗",
    RowMark.NOBODY: "!",
    RowMark.NOT_KNOWN: "?",
    RowMark.JUDGE: "·",
    RowMark.PLAN: "~",
    RowMark.SAME: "✓",
}
_STANDINGS = {SourceStanding.RIGHT: "✓", SourceStanding.WRONG: "✗", SourceStanding.UNKNOWN: "?"}


def comparison_text(comparison: TableComparison, width: int) -> str:
    """Return a comparison for people: what differs first, what is the same last."""
    lines = [
        _heading("outgoing", comparison.outgoing),
        _heading("restored", comparison.restored),
    ]
    for finding in comparison.findings:
        lines += wrap(safe(finding.text), width, f"{_STANDINGS[finding.standing]} ", "  ")
        if finding.hint:
            lines += wrap(finding.hint, width, "    ")
    for mark in RowMark:
        rows = [row for row in comparison.rows if row.mark is mark]
        if rows:
            lines += ["", *_group(mark, rows, width)]
    return "\n".join(lines)


def comparison_json(comparisons: Sequence[TableComparison]) -> str:
    """Return comparisons for programs."""
    blocks = any(one.blocks for one in comparisons)
    tables = [_comparison(one) for one in comparisons]
    return render_document(CompareDocument(blocks=blocks, tables=tables))


def _heading(side: str, facts: TableFacts) -> str:
    made = f", made {at(facts.created)}" if facts.created else ""
    return safe(f"{side}  {facts.name}  ({facts.status}{made})")


def _group(mark: RowMark, rows: Sequence[ComparisonRow], width: int) -> Iterator[str]:
    """Yield one heading and its rows, in two columns where they fit."""
    column = (width - 2 - _PART) // 2
    heads = "" if mark is RowMark.SAME else f"{'outgoing':<{column}}restored"
    yield f"{f'{_SIGNS[mark]} {mark.value}':<{_PART + 2}}{heads}".rstrip()
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        yield from _row(row, width, column)
        if row.note and (following is None or following.note != row.note):
            yield from wrap(row.note, width, "    ")


def _row(row: ComparisonRow, width: int, column: int) -> Iterator[str]:
    part = f"  {safe(row.part)}"
    was, now = safe(row.outgoing), safe(row.restored)
    if row.mark is RowMark.SAME:
        yield from _beside(part, was, width)
    elif len(part) <= _PART + 1 and len(was) < column and len(now) <= column:
        yield f"{part:<{_PART + 2}}{was:<{column}}{now}".rstrip()
    else:
        yield part
        for side, value in (("outgoing", was or "-"), ("restored", now)):
            # Beside its side even where it runs over: people copy these.
            yield from wrap(value, width, f"    {side}  ", " " * 14)


def _beside(part: str, value: str, width: int) -> Iterator[str]:
    """Yield a value beside its part, or beneath where the part is long."""
    edge = " " * (_PART + 2)
    if len(part) > _PART + 1:
        yield part
        yield from wrap(value, width, edge)
        return
    yield from wrap(value, width, f"{part:<{_PART + 2}}", edge)


def _comparison(comparison: TableComparison) -> Comparison:
    return Comparison(
        _table(comparison.outgoing),
        _table(comparison.restored),
        comparison.blocks,
        [SourceLine(each.standing.value, each.text) for each in comparison.findings],
        [
            ComparedRow(
                row.part, row.outgoing, row.restored, row.mark.name.lower(), row.note, row.blocks
            )
            for row in comparison.rows
        ],
    )


def _table(facts: TableFacts) -> ComparedTable:
    return ComparedTable(facts.name, facts.arn, facts.status, facts.items)
