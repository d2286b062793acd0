"""A report as GitHub's workflow commands: annotations on files and lines, then the verdict.

The escaping is that of GitHub's own toolkit (actions/toolkit, packages/core, ``command.ts``). A
step shows ten annotations of each kind; findings come worst first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tfswap.report.finding_location import BLOCKING, body, title, within
from tfswap.report.sanitize import safe
from tfswap.verify.model.report_data import Finding, Report, Severity

_KINDS = {
    Severity.ERROR: "error",
    Severity.UNKNOWN: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def render_github(reports: Sequence[tuple[str, Report]]) -> str:
    """Return annotations for every finding, and each plan's verdict in a line of its own."""
    lines: list[str] = []
    for _, report in reports:
        lines += [_annotation(found) for found in report.findings]
        lines += _silent(report)
    for name, report in reports:
        lines += [_plain(line) for line in _verdict(name, report)]
    return "\n".join(lines) + "\n"


def _annotation(found: Finding) -> str:
    place = within(found.location)
    where = {"file": place.file, "line": str(place.line)} if place else {}
    text = "\n".join((safe(found.message), *body(found)))
    return command(_KINDS[found.severity], text, {**where, "title": title(found.rule)})


def _silent(report: Report) -> Iterator[str]:
    """Yield an annotation for a verdict no finding stands for; nothing may fail without one."""
    if report.verdict.exit_code and not any(one.severity in BLOCKING for one in report.findings):
        named = {"title": f"tfswap: {report.verdict.value}"}
        yield command("error", safe(report.summary), named)


def _verdict(name: str, report: Report) -> Iterator[str]:
    about = f" {name}:" if name else ""
    yield f"tfswap:{about} {report.verdict.value.upper()}. {report.summary}"
    if report.pull:
        yield f"  pull request: {report.pull.value}"
    for table in report.tables:
        place = f" in {report.environment}" if report.environment else ""
        yield f"  {table.old} -> {table.new}{place}"


def command(kind: str, text: str, properties: dict[str, str]) -> str:
    """Return one workflow command.

    Args:
        kind: ``error``, ``warning`` or ``notice``.
        text: Its message; may have several lines.
        properties: ``file``, ``line``, ``title``.
    """
    fields = ",".join(f"{key}={_property(safe(value))}" for key, value in properties.items())
    return f"::{kind} {fields}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _plain(line: str) -> str:
    """Return a line no runner takes for a command: the older form counts anywhere in a line."""
    return safe(line).replace("##[", "## [")
