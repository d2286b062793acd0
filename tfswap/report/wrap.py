"""Wrap lines for narrow terminals; people copy addresses and paths, so no word is ever broken."""

from __future__ import annotations

from tfswap.report.safe import safe


def wrap(text: str, width: int, indent: str = "", more: str | None = None) -> list[str]:
    """Return the text as lines of at most ``width`` columns, broken at spaces only.

    A word longer than a line stands whole on a line of its own and may run over.

    Args:
        text: One paragraph.
        width: Columns.
        indent: Put before the first line.
        more: Put before every other line; ``indent`` when not given.
    """
    rest = indent if more is None else more
    lines, current, empty = [], indent, True
    for word in safe(text).split():
        if not empty and len(current) + 1 + len(word) > width:
            lines.append(current)
            current, empty = rest, True
        current += word if empty else f" {word}"
        empty = False
    return [*lines, current.rstrip() if empty else current]
