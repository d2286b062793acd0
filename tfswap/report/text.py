"""A report for a terminal: verdict, checklist, what is wrong, then what is fine.

The short form lists what is wrong and counts the rest; the full one lists everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tfswap.plan.changes import Action
from tfswap.report.sanitize import safe
from tfswap.report.short_address import Shortener
from tfswap.report.text_lines import culprit, evidence_lines, fine_lines, item_line, known_addresses
from tfswap.report.wrap import wrap
from tfswap.verify.model.evidence import plural
from tfswap.verify.model.report_data import (
    ChecklistItem,
    Finding,
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
    Verdict.PASSED: "1;32",
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
    Severity.ERROR: "Errors",
    Severity.UNKNOWN: "Cannot be verified",
    Severity.WARNING: "Warnings",
    Severity.INFO: "For information",
}
_ALSO = 6
_READ = Action.READ.words
_QUIET = (Status.SATISFIED, Status.NOT_APPLICABLE)


def render_text(report: Report, *, width: int, colour: bool, full: bool = True) -> str:
    """Return the report for a terminal of ``width`` columns; no address or path is ever broken."""
    text = _Text(report, width, colour)
    return "\n".join(text.lines() if full else text.short_lines()) + "\n"


class _Text:
    def __init__(self, report: Report, width: int, colour: bool) -> None:
        self._report = report
        self._width = width
        self._colour = colour
        self._names = Shortener(known_addresses(report))

    def lines(self) -> Iterator[str]:
        yield from self._verdict()
        yield from self._checklist(self._report.checklist)
        for severity, heading in _HEADINGS.items():
            yield from self._findings(severity, heading)
        yield from self._changes()
        yield from self._notes()

    def short_lines(self) -> Iterator[str]:
        """Yield what is wrong in full, notes in a line each, and the number of everything else."""
        yield from self._verdict()
        quiet = [item for item in self._report.checklist if item.status in _QUIET]
        yield from self._checklist([one for one in self._report.checklist if one not in quiet])
        for severity, heading in _HEADINGS.items():
            if severity is not Severity.INFO:
                yield from self._findings(severity, heading)
        yield ""
        for note in (*self._informing(), *self._report.notes):
            first, *rest = wrap(f"- {note}", self._width - 2)
            yield f"{first} …" if rest else first
        if counted := "; ".join(self._counted(quiet)):
            yield from wrap(f"{counted}. --full lists them.", self._width)

    def _informing(self) -> Iterator[str]:
        for found in self._report.findings:
            if found.severity is Severity.INFO:
                yield f"{self._names.short(found.address)}: {found.message}"

    def _counted(self, quiet: list[ChecklistItem]) -> Iterator[str]:
        satisfied = sum(item.status is Status.SATISFIED for item in quiet)
        if satisfied:
            yield f"{plural(satisfied, 'check')} ok"
        if self._report.checklist:
            yield self._explained()

    def _verdict(self) -> Iterator[str]:
        report = self._report
        yield self._paint(report.verdict.value.upper(), report.verdict)
        yield from wrap(report.summary, self._width)
        for line in culprit(report, self._names):
            yield from (self._paint(one, report.verdict) for one in wrap(line, self._width, "  "))
        for table in report.tables:
            yield from wrap(f"{table.old} -> {table.new}", self._width, "  ", "    ")
            if table.address:
                place = f" in {report.environment}" if report.environment else ""
                yield from wrap(f"at {table.address}{place}", self._width, "    ")

    def _checklist(self, items: Sequence[ChecklistItem]) -> Iterator[str]:
        yield from ("", "Checklist") if items else ()
        marks = max((len(_MARKS[item.status]) for item in items), default=0)
        quiet = [item.title for item in items if item.status in _QUIET]
        titles = min(max(map(len, quiet), default=0), self._width // 2)
        for item in items:
            yield from self._item(item, marks, titles)

    def _item(self, item: ChecklistItem, marks: int, titles: int) -> Iterator[str]:
        mark = self._paint(_MARKS[item.status].ljust(marks), item.status)
        indent = " " * (marks + 6)
        if item.status in _QUIET:
            columns = self._width - marks - max(titles, len(item.title)) - 6
            shown = item_line(item, self._names, columns)
            if shown and len(shown) <= columns:
                yield f"  {mark}  {safe(item.title).ljust(titles)}  {shown}".rstrip()
                return
            yield from self._titled(mark, marks, item.title)
            yield from wrap(shown, self._width, indent) if shown else ()
            return
        yield from self._titled(mark, marks, item.title)
        for line in evidence_lines(item, self._names, self._width - len(indent)):
            yield indent + line

    def _titled(self, mark: str, marks: int, title: str) -> Iterator[str]:
        first, *rest = wrap(title, self._width - marks - 4)
        yield f"  {mark}  {first}"
        yield from (" " * (marks + 4) + line for line in rest)

    def _findings(self, severity: Severity, heading: str) -> Iterator[str]:
        found = [one for one in self._report.findings if one.severity is severity]
        if found:
            yield from ("", self._paint(f"{heading} ({len(found)})", severity))
        for one in found:
            yield from self._finding(one)

    def _finding(self, found: Finding) -> Iterator[str]:
        message, *rest = wrap(found.message, self._width - 10)
        yield f"  {found.rule}  {message}"
        yield from (" " * 10 + line for line in rest)
        details = [found.address, found.path, found.evidence, _where(found)]
        for line in filter(None, details):
            yield from wrap(line, self._width, " " * 10)
        if found.also:
            yield from self._also(found)
        if found.severity is not Severity.INFO:
            yield from wrap(f"Next: {found.hint}", self._width, " " * 10, " " * 16)

    def _also(self, found: Finding) -> Iterator[str]:
        shown = [self._names.short(address) for address in found.also[:_ALSO]]
        more = f" and {len(found.also) - _ALSO} more" if len(found.also) > _ALSO else ""
        text = f"Also: {', '.join(shown)}{more}"
        yield from wrap(text, self._width, " " * 10, " " * 16)

    def _changes(self) -> Iterator[str]:
        if not self._report.checklist:
            return  # No plan of a swap: nothing was explained.
        fine = [change for change in self._report.changes if change.explained]
        yield from ("", self._explained())
        for line in fine_lines(fine, self._names, self._width - 2):
            yield f"  {line}"

    def _explained(self) -> str:
        """Say how many changes are explained; a data source that is read is none."""
        fine = [one for one in self._report.changes if one.explained and one.action != _READ]
        return f"{plural(len(fine), 'change')} explained, {self._report.counts.noop} unchanged"

    def _notes(self) -> Iterator[str]:
        if self._report.notes:
            yield from ("", "Notes")
        for note in self._report.notes:
            yield from wrap(f"- {note}", self._width, "  ", "    ")

    def _paint(self, text: str, meaning: Verdict | Status | Severity) -> str:
        return f"\x1b[{_COLOURS[meaning]}m{text}\x1b[0m" if self._colour else text


def _where(found: Finding) -> str:
    return f"{found.location.file}:{found.location.line}" if found.location else ""
