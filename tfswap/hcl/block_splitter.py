"""Cut an HCL file into its top-level blocks without parsing it.

So that only the blocks that can matter are parsed. The pieces tile the file. What is not
understood (unbalanced brackets, an open string) leaves the file in one piece, for the parser to
judge.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tfswap.hcl.templates import closing

_PLAIN = r'(?:[^"\\$%]|\\.|\$\$\{|%%\{|\$\{[^"{}]*\}|\$(?!\{)|%(?!\{))*'
_TOKEN = re.compile(
    rf"""(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?\*/)
    |(?P<string>"{_PLAIN})
    |(?P<heredoc><<-?(?P<tag>[A-Za-z][\w.-]*)\r?\n(?:.*?\n)??[ \t]*(?P=tag)\r?\n)
    |(?P<open>\{{)
    |(?P<close>\}})""",
    re.DOTALL | re.VERBOSE,
)
_REST = re.compile(_PLAIN, re.DOTALL)


class Piece(NamedTuple):
    """A part of a file."""

    line: int
    """The line it starts on."""
    data: bytes


def split_blocks(data: bytes) -> list[Piece]:
    """Return the file's pieces, each with at most one top-level block."""
    text = data.decode("latin-1")  # one character per byte
    try:
        ends = _ends(text)
    except ValueError:
        return [Piece(1, data)]
    pieces: list[Piece] = []
    line = start = 0
    for end in (*ends, len(data)):
        if end > start:
            pieces.append(Piece(line + 1, data[start:end]))
            line, start = line + data.count(b"\n", start, end), end
    return pieces


def _ends(text: str) -> list[int]:
    """Return the offsets behind each top-level block's closing bracket."""
    found: list[int] = []
    at = depth = 0
    while (match := _TOKEN.search(text, at)) is not None:
        at = match.end()
        if match.lastgroup == "string":
            at = _string_end(text, at)
        elif match.lastgroup == "open":
            depth += 1
        elif match.lastgroup == "close":
            depth -= 1
            if depth < 0:
                raise ValueError("a closing bracket has no opening bracket")
            if depth == 0:
                found.append(at)
    if depth:
        raise ValueError("a bracket is not closed")
    return found


def without_breaks(text: str) -> str:
    """Return the text with blanks for line breaks in quoted strings, every place as it was.

    There they can only be inside an interpolation, where Terraform takes them and python-hcl2 does
    not. What is not understood is returned as it is.
    """
    done, at = text, 0
    try:
        while (match := _TOKEN.search(text, at)) is not None:
            at = match.end()
            if match.lastgroup == "string":
                at = _string_end(text, at)
                inner = text[match.start() : at].replace("\n", " ").replace("\r", " ")
                done = done[: match.start()] + inner + done[at:]
    except ValueError:
        return text
    return done


def _string_end(text: str, at: int) -> int:
    """Return the offset behind a string's closing quote, past interpolations with strings."""
    while not text.startswith('"', at):
        if not text.startswith(("${", "%{"), at):
            raise ValueError("a string is not closed")
        rest = _REST.match(text, closing(text, at + 2) + 1)
        at = rest.end() if rest else at
    return at + 1


_STEP = re.compile(
    rf"""(?P<comment>\#|//)
    |(?P<remark>/\*.*?\*/)
    |(?P<string>"{_PLAIN})
    |(?P<heredoc><<-?(?P<tag>[A-Za-z][\w.-]*)\n(?:.*?\n)??[ \t]*(?P=tag)(?=\n))
    |(?P<open>[(\[{{])
    |(?P<close>[)\]}}])
    |(?P<end>\n)""",
    re.DOTALL | re.VERBOSE,
)


def expression_end(text: str, at: int) -> int:
    """Return where the expression that begins at ``at`` ends; ``at`` where that is not clear."""
    start, depth = at, 0
    try:
        while (match := _STEP.search(text, at)) is not None:
            kind, at = match.lastgroup, match.end()
            if kind == "tag":
                kind = "heredoc"
            if kind == "string":
                at = _string_end(text, at)
            elif kind == "open":
                depth += 1
            elif not depth and kind in ("close", "comment", "end"):
                return match.start() - _blanks_before(text, match.start())
            elif kind == "close":
                depth -= 1
            elif kind == "comment":
                at = max(text.find("\n", at), at)
    except ValueError:
        return start
    return start if depth else len(text.rstrip())


def _blanks_before(text: str, at: int) -> int:
    return at - len(text[:at].rstrip(" \t"))
