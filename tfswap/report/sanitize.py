"""Make foreign text harmless before it is shown: a plan's values may hold anything."""

from __future__ import annotations

import unicodedata


def safe(text: str) -> str:
    """Return the text with control and formatting characters made visible.

    Escape sequences could hide a line of the report, and marks of writing direction reorder it.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    unshown = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    # The last two of each plane are no characters; XML 1.0 forbids those of the first (2.2).
    if unshown or ord(char) & 0xFFFE == 0xFFFE:
        return f"\\u{ord(char):04x}"
    return char
