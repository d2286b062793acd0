"""JSON with positions: where each string stands, and what is wrong with a file, by line and column.

The standard library's decoder knows no spans, lets duplicate keys and ``NaN`` pass, and recurses.
This one walks the text once with a stack of its own. Grammar: RFC 8259.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from json import JSONDecodeError, decoder
from typing import Any, NamedTuple, NoReturn

from tfswap.errors import RepoError

MAX_DEPTH = 100
"""Deeper nesting than this is refused: no tfvars needs it, and jsonpatch copies recursively."""

# In C where there is one; public in the module, though typeshed leaves it out.
_scanstring = decoder.scanstring  # type: ignore[attr-defined]
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<real>\.[0-9]+)?(?P<exp>[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[-+]?[A-Za-z_][A-Za-z0-9_.-]*")
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}
_LONGEST_INT = 400

Path = tuple[str, ...]
"""An RFC 6901 pointer taken apart and unescaped."""


class Span(NamedTuple):
    """A JSON string's place in the text, quotes included, in characters."""

    start: int
    end: int


@dataclass(frozen=True)
class JsonDocument:
    """A JSON document: its value and the place of every string value (not of keys)."""

    value: Any
    strings: Mapping[Path, Span]


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of ``offset``, both from 1, columns in characters."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def scan(text: str, where: str) -> JsonDocument:
    """Read ``text`` as one JSON document.

    Args:
        text: The document, without byte order mark.
        where: The file's name, for messages.

    Raises:
        RepoError: It is not JSON, has a key twice in one object, or nests too deep.
    """
    return _Scanner(text, where).document()


@dataclass
class _Frame:
    """A container being read: a dict with its keys' offsets, or a list."""

    value: Any
    keys: dict[str, int] = field(default_factory=dict)


class _Scanner:
    def __init__(self, text: str, where: str) -> None:
        self.text, self.where, self.at = text, where, 0
        self.strings: dict[Path, Span] = {}
        self.stack: list[_Frame] = []
        self.path: list[str] = []

    def document(self) -> JsonDocument:
        value = self.item()
        while self.stack:
            value = self.item() if self.next_item() else self.close()
        self.space()
        if self.at < len(self.text):
            self.fail("there is text after the end of the document", "Remove it.")
        return JsonDocument(value, self.strings)

    def fail(self, what: str, hint: str, at: int | None = None) -> NoReturn:
        line, column = position(self.text, self.at if at is None else at)
        raise RepoError(f"{self.where}:{line}:{column}: {what}.", hint=hint)

    def space(self) -> str:
        """Skip white space; return the character that follows, empty at the end."""
        match = _SPACE.match(self.text, self.at)
        assert match is not None  # noqa: S101 - the pattern matches the empty string
        self.at = match.end()
        char = self.text[self.at : self.at + 1]
        if char == "#" or self.text.startswith(("//", "/*"), self.at):
            self.fail(
                "a comment, which is not allowed in JSON", "Remove it; Terraform rejects it too."
            )
        return char

    def item(self) -> Any:
        """Read a scalar whole, or open a container, and put it into what holds it."""
        char, start = self.space(), self.at
        if char in ("{", "["):
            return self.open(char)
        value = self.scalar(char)
        self.put(value)
        if isinstance(value, str):
            self.strings[tuple(self.path)] = Span(start, self.at)
        return value

    def put(self, value: Any) -> None:
        if not self.stack:
            return
        holder = self.stack[-1].value
        if isinstance(holder, dict):
            holder[self.path[-1]] = value
        else:
            self.path[-1] = str(len(holder))
            holder.append(value)

    def open(self, char: str) -> Any:
        if len(self.stack) == MAX_DEPTH:
            self.fail(f"nested deeper than {MAX_DEPTH} levels", "Flatten the values.")
        self.at += 1
        value: Any = {} if char == "{" else []
        self.put(value)
        self.stack.append(_Frame(value))
        self.path.append("")
        return value

    def close(self) -> Any:
        self.at += 1
        self.path.pop()
        return self.stack.pop().value

    def next_item(self) -> bool:
        """Move to the next value of the innermost container; False at its closing bracket."""
        frame = self.stack[-1]
        end = "}" if isinstance(frame.value, dict) else "]"
        char = self.space()
        if frame.value:
            if char == end:
                return False
            self.comma(char, end)
        elif char == end:
            return False
        if isinstance(frame.value, dict):
            self.key(frame)
        return True

    def comma(self, char: str, end: str) -> None:
        if char != ",":
            self.fail(f"expected ',' or '{end}', found {self.found()}", _MISSING)
        at = self.at
        self.at += 1
        if self.space() in ("}", "]"):
            self.fail("a trailing comma, which JSON does not allow", "Remove the comma.", at)

    def key(self, frame: _Frame) -> None:
        start = self.at
        if self.space() != '"':
            hint = 'Keys are written "like_this".'
            self.fail(f"expected a key in double quotes, found {self.found()}", hint)
        start = self.at
        key = self.string()
        if key in frame.keys:
            line, _ = position(self.text, frame.keys[key])
            what = f"duplicate key {key!r}, first on line {line}"
            self.fail(what, "Remove one of them.", start)
        frame.keys[key] = start
        self.path[-1] = key
        if self.space() != ":":
            self.fail(f"expected ':' after a key, found {self.found()}", _MISSING)
        self.at += 1

    def scalar(self, char: str) -> Any:
        if char == '"':
            return self.string()
        if (word := _WORD.match(self.text, self.at)) is not None:
            return self.word(word.group())
        number = _NUMBER.match(self.text, self.at)
        if number is None:
            self.fail(f"expected a value, found {self.found()}", _MISSING)
        self.at = number.end()
        if number["real"] or number["exp"] or len(number.group()) > _LONGEST_INT:
            return float(number.group())
        return int(number.group())

    def word(self, word: str) -> Any:
        if word in _CONSTANTS:
            self.at += len(word)
            return _CONSTANTS[word]
        if word.lstrip("+-") in ("NaN", "Infinity"):
            self.fail(f"{word} is not a valid JSON number", "Write a number, or null.")
        return self.fail(
            f"{word!r} is not a valid JSON value", 'Write text in quotes: "like this".'
        )

    def string(self) -> str:
        try:
            value, self.at = _scanstring(self.text, self.at + 1, True)
        except JSONDecodeError as error:
            why = error.msg.lower().removesuffix(" at").removesuffix(" starting")
            hint = "Check for a missing double quote or a backslash that must be doubled."
            self.fail(f"an invalid string: {why}", hint, error.pos)
        return str(value)

    def found(self) -> str:
        char = self.text[self.at : self.at + 1]
        return repr(char) if char else "the end of the file"


_MISSING = "Check for a missing comma, colon, quote or bracket before this position."
