"""Foreign text inside GitHub's Markdown: it may neither format, link, mention nor end a cell.

Character references cannot stand for structure (CommonMark 6.2), so whatever could be structure
becomes one. GitHub looks for mentions and issue numbers in the finished page, references
resolved: there a space of no width parts the sign from the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tfswap.report.sanitize import safe

_STRUCTURE = re.compile(r"[&<`*\[\]|~\\$]|(?<![^\W_])_|_(?![^\W_])|^[-+.>=]|^\d+(?=[.)])")
_LINKS = re.compile(r"(?<!\d):(?=//|[\w+-]+:)|(?<=www)\.", re.IGNORECASE)
_CALLS = re.compile(r"[@#](?=\w)|(?<=GH)-(?=\d)")
_CUT = "…"


def prose(text: str, most: int = 600) -> str:
    """Return text that is shown as it is, on one line.

    Args:
        text: Anything.
        most: Characters that are shown of it.
    """
    text = _LINKS.sub(_reference, _STRUCTURE.sub(_reference, _cut(text, most)))
    # After the others: the references just made hold a '#' of their own, always behind '&'.
    return re.sub(rf"(?<!&)(?:{_CALLS.pattern})", _parted, text)


def code(text: str, most: int = 400) -> str:
    """Return text shown as code, fit for a table's cell."""
    text = _cut(text, most)
    if text and not re.search(r"[`|&<>\\]|^\s|\s$", text):
        return f"`{text}`"
    return f"<code>{re.sub('[^A-Za-z0-9 ]', _reference, text)}</code>" if text else ""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return a table's lines; cells are Markdown already."""
    titles = list(head)
    lines = [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def size(text: str) -> int:
    """Return the length that counts against a limit: bytes, of which no count is larger."""
    return len(text.encode("utf-8", "replace"))


def _cut(text: str, most: int) -> str:
    text = safe(text)
    return text if len(text) <= most else text[: most - 1] + _CUT


def _reference(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(char)};" for char in match[0])


def _parted(match: re.Match[str]) -> str:
    return f"{_reference(match)}&#8203;"
