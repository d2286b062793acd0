"""The parts of one report in the page, in the order they are read.

Verdict, findings, checklist, consumers, changes, notes.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.report.finding_location import title
from tfswap.report.html.changes import changes
from tfswap.report.html.graph import graph
from tfswap.report.html.markup import anchor, anchors, badge, code, text, tone
from tfswap.verify.model.report_data import ChecklistItem, Counts, Finding, Report, Severity

_WEIGHTS = {
    Severity.ERROR: "wrong",
    Severity.UNKNOWN: "cannot tell",
    Severity.WARNING: "warning",
    Severity.INFO: "for information",
}


def sections(number: int, name: str, report: Report) -> Iterator[str]:
    """Yield the lines of one report.

    Args:
        number: Of the report in the page, from 1; part of every id.
        name: What the plan is called, or nothing.
        report: What was found.
    """
    heading = f"verdict-{number}"
    yield f'<article id="report-{number}" aria-labelledby="{heading}">'
    yield from _verdict(heading, name, report)
    yield from _findings(number, report)
    yield from _checklist(number, report)
    yield from graph(number, report)
    yield from changes(number, report)
    yield from _notes(report)
    yield "</article>"


def _verdict(heading: str, name: str, report: Report) -> Iterator[str]:
    yield f'<header class="verdict {tone(report.verdict)}">'
    about = f" {code(name)}" if name else ""
    yield f'<h1 id="{heading}">{badge(report.verdict)}{about}</h1>'
    yield f"<p>{text(report.summary)}</p>"
    if report.tables:
        yield '<ul class="tables">'
        for one in report.tables:
            place = f" at {code(one.address)}" if one.address else ""
            yield f"<li>{code(one.old)} → {code(one.new)}{place}</li>"
        yield "</ul>"
    yield f'<p class="facts">{text(" · ".join(_facts(report)))}</p>'
    yield "</header>"


def _facts(report: Report) -> Iterator[str]:
    if report.pull:
        yield f"pull request: {report.pull.value}"
    if report.environment:
        yield f"environment {report.environment}"
    if report.terraform_version:
        yield f"Terraform {report.terraform_version}"
    yield _counted(report.counts)


def _counted(counts: Counts) -> str:
    named = {
        "to create": counts.create,
        "to update": counts.update,
        "to replace": counts.replace,
        "to delete": counts.delete,
        "other": counts.other,
    }
    shown = [f"{count} {word}" for word, count in named.items() if count]
    return f"{', '.join(shown) or 'no changes'}; {counts.noop} unchanged"


def _findings(number: int, report: Report) -> Iterator[str]:
    if not report.findings:
        return
    yield f"<section><h2>Findings ({len(report.findings)})</h2>"
    shown = {change.address for change in report.changes}
    names = (f"{found.rule} {found.address} {found.path}" for found in report.findings)
    for found, unique in zip(report.findings, anchors(number, "finding", names), strict=True):
        yield from _finding(number, unique, found, shown)
    yield "</section>"


def _finding(number: int, unique: str, found: Finding, shown: set[str]) -> Iterator[str]:
    yield f'<div class="finding {tone(found.severity)}" id="{unique}">'
    link = f'<a href="#{unique}">{text(title(found.rule))}</a>'
    yield f"<h3>{badge(found.severity, _WEIGHTS[found.severity])} {link}</h3>"
    yield f"<p>{text(found.message)}</p><dl>"
    yield from _term("Resource", _linked(number, found.address, shown))
    yield from _term("Attribute", code(found.path) if found.path else "")
    yield from _term("Seen", code(found.evidence) if found.evidence else "")
    yield from _term("Also", ", ".join(_linked(number, one, shown) for one in found.also))
    if found.location:
        yield from _term("File", code(f"{found.location.file}:{found.location.line}"))
    if found.severity is not Severity.INFO:
        yield from _term("Next", text(found.hint))
    yield "</dl></div>"


def _term(name: str, shown: str) -> Iterator[str]:
    if shown:
        yield f"<div><dt>{name}</dt><dd>{shown}</dd></div>"


def _linked(number: int, address: str, shown: set[str]) -> str:
    if not address:
        return ""
    if address not in shown:
        return code(address)
    return f'<a href="#{anchor(number, "change", address)}">{code(address)}</a>'


def _checklist(number: int, report: Report) -> Iterator[str]:
    if not report.checklist:
        return
    yield "<section><h2>Checklist</h2>"
    yield '<table class="rows"><thead><tr>'
    yield from (f"<th scope=col>{name}</th>" for name in ("State", "Check", "Seen"))
    yield "</tr></thead><tbody>"
    shown = {change.address for change in report.changes}
    for item in report.checklist:
        yield _item(number, item, shown)
    yield "</tbody></table></section>"


def _item(number: int, item: ChecklistItem, shown: set[str]) -> str:
    lines = item.evidence[: item.at_fault] or item.evidence
    seen = "<br>".join(_evidence(number, line, shown) for line in lines)
    return (
        f"<tr><td>{badge(item.status)}</td><th scope=row>{text(item.title)}</th>"
        f"<td>{seen}</td></tr>"
    )


def _evidence(number: int, line: str, shown: set[str]) -> str:
    """Return a line of evidence; the address it begins with leads to its change."""
    address, colon, words = line.partition(": ")
    known = colon and address in shown
    return f"{_linked(number, address, shown)}: {text(words)}" if known else text(line)


def _notes(report: Report) -> Iterator[str]:
    if report.notes:
        yield "<section><h2>Notes</h2><ul>"
        yield from (f"<li>{text(note)}</li>" for note in report.notes)
        yield "</ul></section>"
