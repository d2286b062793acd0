"""A report for tired eyes: verdict, checklist, what is wrong, then what is fine, folded."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.report.wrap import wrap
from tfswap.verify.report_data import (
    ChecklistItem,
    ExplainedChange,
    Finding,
    LeafKind,
    Report,
    Severity,
    Status,
    Verdict,
)

_MARKS = {
    Status.SATISFIED: "ok",
    Status.FAILED: "FAILED",
    Status.CANNOT_TELL: "CANNOT TELL",
    Status.NOT_APPLICABLE: "n/a",
}
_COLOURS = {
    Verdict.READY: "1;32",
    Verdict.APPLIED: "1;32",
    Verdict.REJECTED: "1;31",
    Verdict.CANNOT_TELL: "1;33",
    Status.SATISFIED: "32",
    Status.FAILED: "1;31",
    Status.CANNOT_TELL: "1;33",
    Status.NOT_APPLICABLE: "2",
    Severity.ERROR: "1;31",
    Severity.UNKNOWN: "1;33",
    Severity.WARNING: "33",
    Severity.INFO: "2",
}
_HEADINGS = {
    Severity.ERROR: "Wrong",
    Severity.UNKNOWN: "Cannot be told",
    Severity.WARNING: "Worth a look",
    Severity.INFO: "For information",
}
_COLUMN = max(map(len, _MARKS.values()))
_ALSO = 6


def render_text(report: Report, *, width: int, colour: bool) -> str:
    """Return the report for a terminal of ``width`` columns."""
    return "\n".join(_Text(report, width, colour).lines()) + "\n"


class _Text:
    def __init__(self, report: Report, width: int, colour: bool) -> None:
        self._report = report
        self._width = width
        self._colour = colour

    def lines(self) -> Iterator[str]:
        yield from self._verdict()
        yield from self._checklist()
        for severity, heading in _HEADINGS.items():
            yield from self._findings(severity, heading)
        yield from self._changes()
        yield from self._notes()

    def _verdict(self) -> Iterator[str]:
        report = self._report
        yield self._paint(report.verdict.value.upper(), report.verdict)
        yield from wrap(report.summary, self._width)
        for table in report.tables:
            yield from wrap(f"{table.old} -> {table.new}", self._width, "  ", "    ")
            if table.address:
                place = f" in {report.environment}" if report.environment else ""
                yield from wrap(f"at {table.address}{place}", self._width, "    ", "      ")

    def _checklist(self) -> Iterator[str]:
        yield from ("", "Checklist")
        for item in self._report.checklist:
            yield from self._item(item)

    def _item(self, item: ChecklistItem) -> Iterator[str]:
        mark = _MARKS[item.status].ljust(_COLUMN)
        title, *rest = wrap(item.title, self._width - _COLUMN - 4)
        yield f"  {self._paint(mark, item.status)}  {title}"
        yield from (" " * (_COLUMN + 4) + line for line in rest)
        indent = " " * (_COLUMN + 6)
        for line in item.evidence:
            yield from wrap(line, self._width, indent, indent + "  ")

    def _findings(self, severity: Severity, heading: str) -> Iterator[str]:
        found = [one for one in self._report.findings if one.severity is severity]
        if found:
            yield from ("", self._paint(f"{heading} ({len(found)})", severity))
        for one in found:
            yield from self._finding(one)

    def _finding(self, found: Finding) -> Iterator[str]:
        yield from wrap(f"{found.rule}  {found.message}", self._width, "  ", " " * 10)
        place = f"{found.address}: {found.path}" if found.path else found.address
        details = [place, found.evidence, _where(found), _also(found)]
        for line in filter(None, details):
            yield from wrap(line, self._width, " " * 10, " " * 12)
        if found.severity is not Severity.INFO:
            yield from wrap(f"Next: {found.hint}", self._width, " " * 10, " " * 16)

    def _changes(self) -> Iterator[str]:
        fine = [change for change in self._report.changes if change.explained]
        counts = self._report.counts
        yield from ("", f"Fine ({len(fine)} explained, {counts.noop} unchanged)")
        for change in fine:
            line = f"{change.address}: {change.action}; {_told(change)}"
            yield from wrap(line, self._width, "  ", "    ")

    def _notes(self) -> Iterator[str]:
        if self._report.notes:
            yield from ("", "Notes")
        for note in self._report.notes:
            yield from wrap(note, self._width, "  - ", "    ")

    def _paint(self, text: str, meaning: Verdict | Status | Severity) -> str:
        return f"\x1b[{_COLOURS[meaning]}m{text}\x1b[0m" if self._colour else text


def _where(found: Finding) -> str:
    return f"{found.location.file}:{found.location.line}" if found.location else ""


def _also(found: Finding) -> str:
    if not found.also:
        return ""
    more = f" and {len(found.also) - _ALSO} more" if len(found.also) > _ALSO else ""
    return f"Also: {', '.join(found.also[:_ALSO])}{more}"


def _told(change: ExplainedChange) -> str:
    """Return the paths that were renamed, then how many values of each other kind there are."""
    if not change.leaves:
        return change.reason
    renamed = dict.fromkeys(leaf.path for leaf in change.leaves if leaf.kind is LeafKind.RENAMED)
    parts = [f"renamed {', '.join(renamed)}"] if renamed else []
    for kind in LeafKind:
        count = sum(leaf.kind is kind for leaf in change.leaves)
        if count and kind is not LeafKind.RENAMED:
            parts.append(f"{count} {kind.value}")
    return ", ".join(parts)
