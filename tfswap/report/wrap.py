"""Wrap lines for narrow terminals; long addresses break behind their dots."""

from __future__ import annotations

import re

from tfswap.report.safe import safe

_LEAST = 20


def wrap(text: str, width: int, indent: str = "", more: str | None = None) -> list[str]:
    """Return the text as lines of at most ``width`` columns where that can be done.

    Args:
        text: One paragraph.
        width: Columns; taken as 20 more than the indent at least.
        indent: Put before the first line.
        more: Put before every other line; ``indent`` when not given.
    """
    rest = indent if more is None else more
    room = max(width, len(rest) + _LEAST)
    lines, current = [], indent
    empty = True
    for piece in _pieces(safe(text), room - len(rest)):
        if not empty and len(current) + len(piece.rstrip()) > room:
            lines.append(current.rstrip())
            current, piece = rest, piece.lstrip()
        current += piece
        empty = False
    return [*lines, current.rstrip()]


def _pieces(text: str, room: int) -> list[str]:
    """Split at spaces, and words too long for a line behind dots, slashes and commas."""
    found: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        if len(word.rstrip()) <= room:
            found.append(word)
            continue
        for part in re.findall(r"[^./,]*[./,]?", word):
            found += [part[i : i + room] for i in range(0, len(part), room)]
    return found
