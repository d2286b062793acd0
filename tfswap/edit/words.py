"""The words of a string as it is written in a file: what could be a table's name, and where.

A name has letters, digits, ``_``, ``-`` and ``.`` only (DynamoDB Developer Guide, "Naming rules"),
so a word is a run of those. Text beside an interpolation is glued to it by a separator, which
belongs to neither: the word of ``-orders`` in ``"${var.environment}-orders"`` is ``orders``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tfswap.edit.tfvars import Edit
from tfswap.errors import RepoError
from tfswap.hcl.parse_tree import unescape

_WORD = re.compile(r"[A-Za-z0-9_.-]+")
_NAME = re.compile(r"[A-Za-z0-9_.-]*")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_GLUE = "-_."
_GOES_ON = re.compile(r"\$\{|%\{(?!~?\s*(?:else|end)\b)")
"""An interpolation or a directive begins; ``else`` and ``endif`` end what is before them."""


class Word(NamedTuple):
    """A word and where each of its characters is written."""

    text: str
    ends: tuple[int, ...]
    """Where the word begins, then where each of its characters ends, in the file's text."""
    is_open: bool
    """An interpolation follows: the name goes on with something else."""


def words(text: str, start: int, end: int, *, is_plain: bool = True) -> Iterator[Word]:
    """Yield the words of the string part ``text[start:end]``.

    Args:
        text: What was parsed.
        start: Where the part begins, behind the quote or interpolation.
        end: Where it ends.
        is_plain: Backslashes are no escapes.
    """
    decoded, ends = _decoded(text, start, end, is_plain=is_plain)
    before, behind = text[:start][-1:], text[end:]
    for match in _WORD.finditer(decoded):
        first, last = match.span()
        if (decoded[first - 1] if first else before) == "}":
            first += len(match.group()) - len(match.group().lstrip(_GLUE))
        is_open = bool(_GOES_ON.match(decoded[last:] or behind))
        if is_open:
            last -= len(match.group()) - len(match.group().rstrip(_GLUE))
        if first < last:
            yield Word(decoded[first:last], tuple(ends[first : last + 1]), is_open)


def _decoded(text: str, start: int, end: int, *, is_plain: bool) -> tuple[str, list[int]]:
    """Return what the part means, and where it begins and each of its characters ends."""
    decoded, ends, at = "", [start], start
    while at < end:
        escape = None if is_plain else _ESCAPE.match(text, at, end)
        at = escape.end() if escape else at + 1
        decoded += unescape(escape.group()) if escape else text[at - 1]
        ends.append(at)
    return decoded, ends


def replaced(text: str, word: Word, new: str, before: int, where: str) -> Edit:
    """Return the edit that changes a word, and only the characters in which the two differ.

    What both begin with stays as it is written, escapes and all, so that the inverse edit gives
    back the very same bytes.

    Args:
        text: The text the word was found in.
        word: The word.
        new: What it becomes.
        before: Bytes in the file before that text.
        where: The place, for the message.

    Raises:
        RepoError: ``new`` has characters that no table's name has.
    """
    if not _NAME.fullmatch(new):
        raise RepoError(
            f"{where}: {new!r} cannot be written here.",
            hint="A table name can only have letters, digits, '_', '-' and '.'.",
        )
    same = next((i for i, (a, b) in enumerate(zip(word.text, new, strict=False)) if a != b), None)
    same = min(len(word.text), len(new)) if same is None else same
    start, end = word.ends[same], word.ends[-1]
    offset = before + len(text[:start].encode())
    return Edit(offset, text[start:end].encode(), new[same:].encode())
