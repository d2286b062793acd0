"""Small pieces of HTML: escaped text, anchors, badges. Everything foreign goes through ``text``."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from enum import Enum
from html import escape

from tfswap.report.sanitize import safe
from tfswap.verify.model.report_data import Severity, Status, Verdict

SYMBOLS: dict[Enum, str] = {
    Verdict.READY: "✓",
    Verdict.APPLIED: "✓",
    Verdict.PASSED: "✓",
    Verdict.REJECTED: "✗",
    Verdict.CANNOT_TELL: "?",
    Status.SATISFIED: "✓",
    Status.FAILED: "✗",
    Status.CANNOT_TELL: "?",
    Status.NOT_APPLICABLE: "–",
    Severity.ERROR: "✗",
    Severity.UNKNOWN: "?",
    Severity.WARNING: "!",
    Severity.INFO: "i",
}
"""A sign beside each word: nothing is told by colour alone."""

_TONES: dict[Enum, str] = {
    Verdict.READY: "good",
    Verdict.APPLIED: "good",
    Verdict.PASSED: "good",
    Verdict.REJECTED: "bad",
    Verdict.CANNOT_TELL: "unsure",
    Status.SATISFIED: "good",
    Status.FAILED: "bad",
    Status.CANNOT_TELL: "unsure",
    Status.NOT_APPLICABLE: "quiet",
    Severity.ERROR: "bad",
    Severity.UNKNOWN: "unsure",
    Severity.WARNING: "unsure",
    Severity.INFO: "quiet",
}


def text(value: str) -> str:
    """Return foreign text escaped for an element or a quoted attribute, control characters out."""
    return escape(safe(value))


def code(value: str) -> str:
    """Return foreign text as code that may break at any character."""
    return f"<code>{text(value) if value.strip() else '(blank)'}</code>"


def tone(meaning: Enum) -> str:
    """Return the class that colours a verdict, status or severity."""
    return _TONES[meaning]


def badge(meaning: Enum, word: str = "") -> str:
    """Return a verdict, status or severity as a sign and a word."""
    sign = f'<span aria-hidden="true">{SYMBOLS[meaning]}</span>'
    return f'<span class="badge {tone(meaning)}">{sign} {word or meaning.value}</span>'


def anchor(number: int, kind: str, name: str) -> str:
    """Return an id that stays the same from run to run.

    Args:
        number: Of the report in the page, from 1.
        kind: ``change`` or ``finding``.
        name: What is unique in the report; foreign, so only its digest is used.
    """
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:10]
    return f"{kind}-{number}-{digest}"


def anchors(number: int, kind: str, names: Iterable[str]) -> list[str]:
    """Return an id for each name, a further one of the same name numbered; as for ``anchor``."""
    ids = [anchor(number, kind, name) for name in names]
    seen: Counter[str] = Counter()
    for place, unique in enumerate(ids):
        seen[unique] += 1
        ids[place] += f"-{seen[unique]}" if seen[unique] > 1 else ""
    return ids
