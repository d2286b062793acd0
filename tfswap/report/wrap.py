"""Wrap lines for narrow terminals; people copy addresses and paths, so no word is ever broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tfswap.report.sanitize import safe

_PROGRAMS = ("tfswap", "terraform", "git", "cd")
_PROSE = frozenset({"again", "and", "must", "once", "or", "shows", "tells", "then", "to"})
"""Words that no command here has as an argument of its own."""


def wrap(text: str, width: int, indent: str = "", more: str | None = None) -> list[str]:
    """Return the text as lines of at most ``width`` columns, broken at spaces only.

    A word longer than a line stands whole on a line of its own and may run over.

    Args:
        text: One paragraph.
        width: Columns.
        indent: Put before the first line.
        more: Put before every other line; ``indent`` when not given.
    """
    return _lines(safe(text).split(), width, indent, indent if more is None else more)


def wrap_next(text: str, width: int, indent: str = "") -> list[str]:
    """Return what to do next as lines, ``next: `` before the first, beneath it the others.

    A command stays on one line, so that it can be copied; a long one may run over.

    Args:
        text: One paragraph that may hold commands.
        width: Columns.
        indent: Put before it all.
    """
    first, *rest = [*_commands(safe(text).split()), ""]
    words = [f"next: {first}".rstrip(), *filter(None, rest)]
    return _lines(words, width, indent, f"{indent}      ")


def wrap_labelled(label: str, text: str, width: int) -> list[str]:
    """Return lines behind a label, the later ones as far in; no command is broken.

    Args:
        label: Put before the first line.
        text: May hold commands and line breaks; what is between two breaks is one paragraph.
        width: Columns.
    """
    found: list[str] = []
    for number, paragraph in enumerate(text.split("\n")):
        rest = " " * len(label)
        words = list(_commands(safe(paragraph).split()))
        found += _lines(words, width, rest if number else label, rest)
    return found


def _commands(words: Iterable[str]) -> Iterator[str]:
    """Yield the words, those of one command as one: up to punctuation or prose."""
    command: list[str] = []
    for word in words:
        # What stands in quotes is one argument: 'Ana, Sam'.
        quoted = " ".join(command).count("'") % 2
        if command and not quoted and (word.startswith("(") or word in _PROSE):
            yield " ".join(command)
            command = []
        if command or word.lstrip("(") in _PROGRAMS:
            command.append(word)
        else:
            yield word
        quoted = " ".join(command).count("'") % 2
        if command and not quoted and word.endswith((".", ",", ";", ":", ")")):
            yield " ".join(command)
            command = []
    if command:
        yield " ".join(command)


def _lines(words: Iterable[str], width: int, indent: str, rest: str) -> list[str]:
    lines, current, empty = [], indent, True
    for word in words:
        if not empty and len(current) + 1 + len(word) > width:
            lines.append(current)
            current, empty = rest, True
        current += word if empty else f" {word}"
        empty = False
    return [*lines, current.rstrip() if empty else current]
