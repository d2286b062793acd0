"""A report as Markdown tables, for a comment or a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tfswap.report.safe import safe
from tfswap.verify.report_data import ExplainedChange, Finding, Report, Severity

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!@])")


def render_markdown(report: Report) -> str:
    """Return the report in GitHub's Markdown."""
    parts = [f"## tfswap: {report.verdict.value}", _text(report.summary)]
    parts += [f"- {_code(t.old)} becomes {_code(t.new)}" for t in report.tables]
    rows = [
        (i.title, i.status.value, "<br>".join(map(_text, i.evidence))) for i in report.checklist
    ]
    parts += ["", "### Checklist", *_table(("line", "state", "evidence"), rows)]
    if report.findings:
        head = ("rule", "weight", "where", "what", "what to do")
        parts += ["", "### Findings", *_table(head, map(_finding, report.findings))]
    if report.changes:
        rows = [_change(change) for change in report.changes]
        parts += ["", "### Changes", *_table(("resource", "action", "explained"), rows)]
    if report.notes:
        parts += ["", "### Notes", *(f"- {_text(note)}" for note in report.notes)]
    return "\n".join(parts) + "\n"


def _finding(found: Finding) -> tuple[str, ...]:
    where = [_code(found.address)] if found.address else ["the plan"]
    where += [_code(found.path)] if found.path else []
    where += [f"also {_code(address)}" for address in found.also]
    if found.location:
        where.append(f"{_code(f'{found.location.file}:{found.location.line}')}")
    what = _text(found.message) + (f"<br>{_code(found.evidence)}" if found.evidence else "")
    weight = found.severity.value
    hint = _text(found.hint) if found.severity is not Severity.INFO else ""
    return found.rule, weight, "<br>".join(where), what, hint


def _change(change: ExplainedChange) -> tuple[str, str, str]:
    kinds = dict.fromkeys(leaf.kind.value for leaf in change.leaves)
    told = ", ".join(kinds) or _text(change.reason)
    return _code(change.address), change.action, told if change.explained else f"no: {told}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", safe(text))


def _code(text: str) -> str:
    """Return text as code; a backtick or bar inside would end it or the cell."""
    return f"`{safe(text).replace('`', chr(39)).replace('|', chr(92) + '|')}`"
