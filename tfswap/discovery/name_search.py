"""Search texts for tables' names, and tell by literals alone which templates cannot make one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tfswap.discovery.partial import GAP
from tfswap.hcl.syntax import Expr, Lit, Template
from tfswap.names import mentions

_JOINS = re.compile(rb"\}([\w.-]*)[$%]\{")
_CALLS = re.compile(rb"\b(?:format|formatlist|join|replace|substr|file|templatefile)\s*\(")
_WITHIN = re.compile(r"/(?:index|stream|export|backup)(?![\w-])")
"""What an ARN goes on with behind a table's name."""
_RUN_FIRST = re.compile(r"[\w.-]*", re.ASCII)
_RUN_LAST = re.compile(r"[\w.-]*\Z", re.ASCII)
_DISTINCT = re.compile(r"[-_.\d]")
"""A name with one of these is no word of everyday use."""
_HINT = re.compile(r"table|dynamo", re.IGNORECASE)
_HINT_BEFORE = re.compile(r"(?:table|dynamo)\w*\W{0,6}\Z", re.IGNORECASE)


class TextSearch:
    """Finds the tables ``names`` in texts."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(dict.fromkeys(names))
        self._may: dict[bytes, bool] = {}
        self.expressions: dict[int, tuple[Expr, bool]] = {}
        """Whether an expression may make one of the names, by its id."""
        self._words = {word.encode() for name in self.names for word in _words(name)}

    def __call__(self, text: str) -> list[tuple[int, int]]:
        """Return where a text names one of the tables; a part of a path is no table's name."""
        return sorted(
            (begin, end)
            for name in self.names
            if name in text
            for begin, end in mentions(text, name)
            if GAP not in text[max(0, begin - 1) : end + 1] and not _is_path(text, begin, end)
        )

    def may_make(self, data: bytes) -> bool:
        """Say whether a block may make a name, by its bytes: parsing takes a hundred times longer.

        It spells one of the name's words, or puts together what it takes from elsewhere.
        """
        if data not in self._may:
            self._may[data] = self._may_make(data)
        return self._may[data]

    def _may_make(self, data: bytes) -> bool:
        lower = data.lower()
        return (
            any(word in lower for word in self._words)
            or _CALLS.search(data) is not None
            or _JOINS.search(data) is not None
        )

    def may_join(self, template: Template) -> bool:
        """Say whether a template may make a name, by the strings between its interpolations."""
        parts = template.parts
        texts = [str(part.value) if isinstance(part, Lit) else None for part in parts]
        return any(self._may_join(name, texts) for name in self.names)

    def _may_join(self, name: str, texts: Sequence[str | None]) -> bool:
        """A string beside an interpolation goes on with the name, or begins it, or holds it."""
        last = len(texts) - 1
        for number, own in enumerate(texts):
            if own is None:
                if number < last and texts[number + 1] is None:
                    return True
                continue
            if name in own:
                return True
            first = _RUN_FIRST.match(own)
            run = first.group() if first else ""
            if number and run and (run == own and number < last):
                if run in name:
                    return True
            elif number and run and name.endswith(run):
                return True
            end = _RUN_LAST.search(own)
            run = end.group() if end else ""
            if number < last and run and name.startswith(run):
                return True
        return False


def _words(name: str) -> list[str]:
    """Return the words a name is made of; names are put together of whole words."""
    return re.findall(r"[a-z0-9]{3,}", name.lower()) or [name.lower()]


def _is_path(text: str, begin: int, end: int) -> bool:
    before = text[max(0, begin - 12) : begin].replace("\\", "")
    if before.endswith("table/"):
        return False
    return before.endswith("/") or (text[end : end + 1] == "/" and not _WITHIN.match(text, end))


def is_certain(text: str, name: str, where: str = "") -> bool:
    """Say whether a text means the table: a common word needs something that says so.

    Args:
        text: The text that holds the name.
        name: The table's name.
        where: What the text is for.
    """
    if _DISTINCT.search(name) or _HINT.search(where):
        return True
    return any(_HINT_BEFORE.search(text[:begin]) for begin, _ in TextSearch([name])(text))
