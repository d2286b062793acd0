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
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
        return f"\\u{ord(char):04x}"
    return char
