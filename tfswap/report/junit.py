"""A report as JUnit XML: one test suite a plan, one test case a line of the checklist or a rule.

``cannot tell`` is an ``error`` and ``failed`` a ``failure``; both break a build.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tfswap.report.finding_location import body, title, within
from tfswap.report.sanitize import safe
from tfswap.verify.model.report_data import (
    ChecklistItem,
    Finding,
    Report,
    Severity,
    Status,
    Verdict,
)

_BAD = {
    Status.FAILED: "failure",
    Severity.ERROR: "failure",
    Verdict.REJECTED: "failure",
    Status.CANNOT_TELL: "error",
    Severity.UNKNOWN: "error",
    Verdict.CANNOT_TELL: "error",
}
"""What a status, severity or verdict is in JUnit; the others pass."""

_COUNTS = (("tests", "testcase"), ("failures", "failure"), ("errors", "error"))


def render_junit(reports: Sequence[tuple[str, Report]]) -> str:
    """Return a ``testsuites`` document, well-formed XML 1.0 whatever a plan's values hold.

    What XML forbids (1.0, 2.2 Characters) is among what ``safe`` makes visible.
    """
    root = Element("testsuites", name="tfswap")
    for name, report in reports:
        root.append(_suite(name, report))
    for suite in (root, *root):
        for attribute, tag in (*_COUNTS, ("skipped", "skipped")):
            suite.set(attribute, str(sum(1 for _ in suite.iter(tag))))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(name: str, report: Report) -> Element:
    suite = Element("testsuite", name=safe(name or _named(report)))
    case = _case(suite, "tfswap.verdict", "Verdict")
    _judge(case, _BAD.get(report.verdict), report.summary, ())
    for item in report.checklist:
        _item(suite, item)
    for rule in dict.fromkeys(found.rule for found in report.findings):
        _rule(suite, rule, [found for found in report.findings if found.rule == rule])
    return suite


def _named(report: Report) -> str:
    pairs = ", ".join(f"{table.old} -> {table.new}" for table in report.tables)
    return " ".join(filter(None, ("tfswap", report.environment, pairs)))


def _item(suite: Element, item: ChecklistItem) -> None:
    case = _case(suite, "tfswap.checklist", item.title)
    if item.status is Status.NOT_APPLICABLE:
        SubElement(case, "skipped", message=safe("; ".join(item.evidence)))
        return
    _judge(case, _BAD.get(item.status), _first(item), item.evidence)


def _first(item: ChecklistItem) -> str:
    lines = item.evidence[: item.at_fault] or item.evidence
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return f"{lines[0]}{more}" if lines else item.status.value


def _rule(suite: Element, rule: str, found: list[Finding]) -> None:
    case = _case(suite, "tfswap.rules", title(rule))
    places = filter(None, (within(one.location) for one in found))
    if place := next(places, None):
        case.set("file", safe(place.file))
        case.set("line", str(place.line))
    # Findings come worst first, also those of one rule.
    _judge(case, _BAD.get(found[0].severity), found[0].message, tuple(_lines(found)))


def _lines(found: list[Finding]) -> Iterator[str]:
    for one in found:
        yield one.message
        yield from (f"  {line}" for line in body(one))


def _case(suite: Element, group: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=group, name=safe(name))


def _judge(case: Element, bad: str | None, message: str, lines: tuple[str, ...]) -> None:
    """Add what a test case has to say: a failure, an error, or what was seen."""
    if bad:
        element = SubElement(case, bad, message=safe(message), type=case.attrib["classname"])
    elif lines:
        element = SubElement(case, "system-out")
    else:
        return
    element.text = "\n".join(map(safe, lines))
