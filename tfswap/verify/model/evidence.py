"""Short text for reports: values, redacted (the only way one reaches a report), and counts."""

from __future__ import annotations

import json
from typing import Any

SENSITIVE = "(sensitive)"
UNKNOWN = "(known after apply)"
_WIDTH = 90


def show(value: Any, *, sensitive: bool = False, width: int = _WIDTH) -> str:
    """Return a value as one clipped line, or a placeholder when it may not be shown."""
    if sensitive:
        return SENSITIVE
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else f'"{value}"'
    return clip(" ".join(text.split()), width)


def clip(text: str, width: int = _WIDTH) -> str:
    """Return the text cut in its middle to ``width`` characters: names differ at their ends."""
    if len(text) <= width:
        return text
    head = (width - 1) // 2
    return f"{text[:head]}…{text[-(width - 1 - head) :]}"


def pair(before: Any, after: Any, *, sensitive: bool = False) -> str:
    """Return ``old -> new`` of a value, both clipped around the place where they differ."""
    if sensitive:
        return f"{SENSITIVE} -> {SENSITIVE}"
    if isinstance(before, str) and isinstance(after, str):
        before, after = _focus(before, after)
    return f"{show(before)} -> {show(after)}"


def _focus(before: str, after: str) -> tuple[str, str]:
    if max(len(before), len(after)) <= _WIDTH:
        return before, after
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    start = max(0, start - _WIDTH // 3)
    lead = "…" if start else ""
    return lead + _tail(before[start:]), lead + _tail(after[start:])


def _tail(text: str) -> str:
    return text if len(text) < _WIDTH - 2 else text[: _WIDTH - 4] + "…"


def plural(count: int, noun: str) -> str:
    """Return a number with its noun: ``1 error``, ``2 errors``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
