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
    explained = explanation(plan, intent, report, address)
    return "\n".join(_lines(explained, width)) + "\n"


def _lines(explained: Explanation, width: int) -> Iterator[str]:
    yield safe(explained.address)
    yield from wrap(
        f"{_WORDS[explained.status]}: {explained.action}; {explained.why}.", width, "  ", "    "
    )
    for found in explained.findings:
        yield from _finding(found, explained.address, width)
    yield from _way(explained, width)
    yield from _values(explained, width)
    yield from _patch(explained, width)


def _finding(found: Finding, address: str, width: int) -> Iterator[str]:
    yield ""
    yield from wrap(f"{found.rule}  {found.message}", width, "  ", " " * 10)
    root = "" if found.address in ("", address) else f"reported for {found.address}"
    place = f"{found.location.file}:{found.location.line}" if found.location else ""
    for line in filter(None, (root, found.path, found.evidence, place)):
        yield from wrap(line, width, " " * 10)
    yield from wrap(f"Next: {found.hint}", width, " " * 10, " " * 16)


def _way(explained: Explanation, width: int) -> Iterator[str]:
    yield from ("", "From the table")
    if explained.way_note:
        yield from wrap(f"{explained.way_note}.", width, "  ")
    for number, (node, place) in enumerate(explained.way):
        yield f"  {'-> ' if number else ''}{safe(node)}"
        if place:
            yield f"       {safe(place.file)}:{place.line}"


def _values(explained: Explanation, width: int) -> Iterator[str]:
    if explained.leaves:
        yield from ("", f"Values ({len(explained.leaves)})")
    for leaf in explained.leaves:
        yield from wrap(f"{leaf.path or 'value'}: {leaf.kind.value}", width, "  ", "    ")
        for line in filter(None, (leaf.evidence, leaf.reason)):
            yield from wrap(line, width, "    ")


def _patch(explained: Explanation, width: int) -> Iterator[str]:
    if explained.patch:
        yield from ("", "Patch (RFC 6902)")
    for op in explained.patch:
        yield from wrap(f"{op.op} {op.path or '(the whole object)'}", width, "  ")
        if op.op != "remove":
            text = json.dumps(op.value, ensure_ascii=False)
            yield from wrap(clip(text, _VALUE), width, "    ")
