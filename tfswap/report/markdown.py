"""A report as GitHub's Markdown, for a comment on a pull request, a job's summary or a ticket.

A comment holds 65,536 characters. Each part gets its share, the verdict and the findings first;
what does not fit is left out row by row, and each part says how much that was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tfswap.report.budget import FOLD_END, Budget, folded
from tfswap.report.escape import code, prose, size, table
from tfswap.report.mermaid import LEGEND, flowchart
from tfswap.verify.model.report_data import (
    ChecklistItem,
    ExplainedChange,
    Finding,
    Report,
    Severity,
    Status,
    Verdict,
)

LIMIT = 65_000
"""Bytes, and so characters, of a whole text; the rest is for who adds a line of their own."""

_MIN = 1200
"""Bytes a report needs to say its verdict and that the rest is left out."""

_ELSEWHERE = "`--format json` has everything."

_VERDICTS = {
    Verdict.READY: "✅",
    Verdict.APPLIED: "✅",
    Verdict.PASSED: "✅",
    Verdict.REJECTED: "❌",
    Verdict.CANNOT_TELL: "❔",
}
_STATES = {
    Status.SATISFIED: "✅ ok",
    Status.FAILED: "❌ failed",
    Status.CANNOT_TELL: "❔ cannot tell",
    Status.NOT_APPLICABLE: "➖ n/a",
}
_WEIGHTS = {
    Severity.ERROR: "❌ wrong",
    Severity.UNKNOWN: "❔ cannot tell",
    Severity.WARNING: "⚠️ warning",
    Severity.INFO: "for information",
}
_MAX_LINES = 3
CHECKLIST_HEAD = ("state", "check", "seen")


def render_markdown(reports: Sequence[tuple[str, Report]], limit: int = LIMIT) -> str:
    """Return the reports, one after the other, in at most ``limit`` bytes."""
    most = max(1, limit // _MIN - 1)
    shown = reports if len(reports) <= most else reports[:most]
    share = (limit - _MIN) // max(1, len(shown)) if len(reports) > 1 else limit
    pages = [_Page(name, report, share - 1).text() for name, report in shown]
    if left_out := len(reports) - len(shown):
        pages.append(Budget(0, _ELSEWHERE).more(left_out, "plans") + "\n")
    return "\n".join(pages)


class _Page:
    """One report; every part takes from what the parts before it left over."""

    def __init__(self, name: str, report: Report, limit: int) -> None:
        self._name = name
        self._report = report
        self._room = Budget(limit, _ELSEWHERE)

    def text(self) -> str:
        report = self._report
        head = self._room.fit(list(self._head()), self._room.left // 4, "renamed tables")
        findings = self._table(
            "### Findings",
            ("rule", "weight", "where", "what", "what to do"),
            map(_finding, report.findings),
            self._room.left * 3 // 5,
            "findings",
        )
        checklist = self._table(
            "### Checklist",
            CHECKLIST_HEAD,
            checklist_rows(report),
            self._room.left // 2,
            "lines of the checklist",
        )
        diagram = self._diagram()
        notes = self._folded(
            "Notes", (), [f"- {prose(n)}" for n in report.notes], self._room.left // 2
        )
        rows = table(("resource", "action", "explained"), map(_change, report.changes))
        changes = self._folded("Changes", rows[:2], rows[2:], self._room.left)
        return "\n".join([*head, *checklist, *findings, *diagram, *changes, *notes]) + "\n"

    def _head(self) -> Iterator[str]:
        report = self._report
        about = f" {code(self._name)}" if self._name else ""
        yield f"## tfswap{about}: {report.verdict.value}"
        yield ""
        yield f"{_VERDICTS[report.verdict]} **{prose(report.summary)}**"
        yield ""
        if report.pull:
            yield f"- pull request: **{report.pull.value}**"
        for one in report.tables:
            place = f" at {code(one.address)}" if one.address else ""
            where = f" in {prose(report.environment)}" if report.environment else ""
            yield f"- {code(one.old)} becomes {code(one.new)}{place}{where}"

    def _table(
        self,
        heading: str,
        head: tuple[str, ...],
        rows: Iterable[tuple[str, ...]],
        most: int,
        what: str,
    ) -> list[str]:
        lines = table(head, rows)
        if len(lines) == 2:
            return []
        opening = ["", heading, "", *lines[:2]]
        return self._room.fit(lines[2:], most, what, opening)

    def _folded(self, title: str, opening: Sequence[str], rows: list[str], most: int) -> list[str]:
        """Return a part folded into ``<details>``; the blank lines let Markdown go on inside."""
        if not rows:
            return []
        begin = [*folded(f"{title} ({len(rows)})"), *opening]
        return self._room.fit(rows, most, title.lower(), begin, FOLD_END)

    def _diagram(self) -> list[str]:
        text, left_out = flowchart(self._report)
        if not text:
            return []
        lines = ["", "### Consumers", "", "```mermaid", text.rstrip("\n"), "```", "", LEGEND]
        lines += ["", left_out] if left_out else []
        if sum(size(line) + 1 for line in lines) > self._room.left // 2:
            lines = ["", "The diagram of the consumers is omitted for length."]
        return self._room.take(lines)


def checklist_rows(report: Report) -> list[tuple[str, ...]]:
    """Return the checklist as rows of a table: state, check, what was seen."""
    return [_item(item) for item in report.checklist]


def _item(item: ChecklistItem) -> tuple[str, ...]:
    lines = item.evidence[: item.at_fault] or item.evidence
    shown = [prose(line, 300) for line in lines[:_MAX_LINES]]
    shown += [f"and {len(lines) - _MAX_LINES} more"] if len(lines) > _MAX_LINES else []
    return _STATES[item.status], prose(item.title), "<br>".join(shown)


def _finding(found: Finding) -> tuple[str, ...]:
    where = [code(found.address)] if found.address else ["the plan"]
    where += [code(found.path)] if found.path else []
    where += [f"also {code(address)}" for address in found.also[:_MAX_LINES]]
    if len(found.also) > _MAX_LINES:
        where.append(f"and {len(found.also) - _MAX_LINES} more")
    if found.location:
        where.append(code(f"{found.location.file}:{found.location.line}"))
    what = prose(found.message) + (f"<br>{code(found.evidence)}" if found.evidence else "")
    hint = prose(found.hint) if found.severity is not Severity.INFO else ""
    return prose(found.rule), _WEIGHTS[found.severity], "<br>".join(where), what, hint


def _change(change: ExplainedChange) -> tuple[str, ...]:
    kinds = dict.fromkeys(leaf.kind.value for leaf in change.leaves)
    text = ", ".join(kinds) or prose(change.reason)
    action = prose(change.action)
    return code(change.address), action, text if change.explained else f"no: {text}"
