"""One resource explained: why it passed or failed, and how the table leads to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tfswap.report.sanitize import safe
from tfswap.report.wrap import wrap
from tfswap.verify.model.evidence import clip
from tfswap.verify.model.report_data import Finding, Report, Status
from tfswap.verify.report.explanation import Explanation, explanation

if TYPE_CHECKING:
    from tfswap.plan.document import Plan
    from tfswap.verify.model.intent import Intent

_WORDS = {
    Status.SATISFIED: "passed",
    Status.FAILED: "FAILED",
    Status.CANNOT_TELL: "CANNOT TELL",
    Status.NOT_APPLICABLE: "unaffected",
}
_VALUE = 200


def explain_address(
    plan: Plan, intent: Intent, report: Report, address: str, *, width: int = 80
) -> str:
    """Return why one resource passed or failed, newline at the end.

    Args:
        plan: The plan the report is about.
        intent: The intent it was verified with.
        report: From ``verify``.
        address: A resource address or ``output.NAME``.
        width: Columns to wrap at.

    Raises:
        UsageError: There is no such address in the plan; the near ones are its details.
    """
    told = explanation(plan, intent, report, address)
    return "\n".join(_lines(told, width)) + "\n"


def _lines(told: Explanation, width: int) -> Iterator[str]:
    yield safe(told.address)
    yield from wrap(f"{_WORDS[told.status]}: {told.action}; {told.why}.", width, "  ", "    ")
    for found in told.findings:
        yield from _finding(found, told.address, width)
    yield from _way(told, width)
    yield from _values(told, width)
    yield from _patch(told, width)


def _finding(found: Finding, address: str, width: int) -> Iterator[str]:
    yield ""
    yield from wrap(f"{found.rule}  {found.message}", width, "  ", " " * 10)
    root = "" if found.address in ("", address) else f"reported for {found.address}"
    place = f"{found.location.file}:{found.location.line}" if found.location else ""
    for line in filter(None, (root, found.path, found.evidence, place)):
        yield from wrap(line, width, " " * 10)
    yield from wrap(f"Next: {found.hint}", width, " " * 10, " " * 16)


def _way(told: Explanation, width: int) -> Iterator[str]:
    yield from ("", "From the table")
    if told.way_note:
        yield from wrap(f"{told.way_note}.", width, "  ")
    for number, (node, place) in enumerate(told.way):
        yield f"  {'-> ' if number else ''}{safe(node)}"
        if place:
            yield f"       {safe(place.file)}:{place.line}"


def _values(told: Explanation, width: int) -> Iterator[str]:
    if told.leaves:
        yield from ("", f"Values ({len(told.leaves)})")
    for leaf in told.leaves:
        yield from wrap(f"{leaf.path or 'value'}: {leaf.kind.value}", width, "  ", "    ")
        for line in filter(None, (leaf.evidence, leaf.reason)):
            yield from wrap(line, width, "    ")


def _patch(told: Explanation, width: int) -> Iterator[str]:
    if told.patch:
        yield from ("", "Patch (RFC 6902)")
    for op in told.patch:
        yield from wrap(f"{op.op} {op.path or '(the whole object)'}", width, "  ")
        if op.op != "remove":
            text = json.dumps(op.value, ensure_ascii=False)
            yield from wrap(clip(text, _VALUE), width, "    ")
