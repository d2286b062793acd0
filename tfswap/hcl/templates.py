"""Templates: from a flat run of text, interpolations and directives to one expression.

HCL native syntax specification, "Templates"; heredocs are split here, as python-hcl2 leaves them
whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tfswap.hcl.syntax import Expr, If, Join, Lit, Template


@dataclass(frozen=True)
class Part:
    """One part of a template: literal text, an interpolation, or a directive's marker."""

    kind: str
    """``text``, ``expr``, ``if``, ``else``, ``endif``, ``for``, ``endfor``."""
    text: str = ""
    expr: Expr | None = None
    names: tuple[str, ...] = ()
    strip_before: bool = False
    strip_after: bool = False
    start: int = -1
    """Where a text begins in what was parsed."""
    end: int = -1
    is_plain: bool = False

    def literal(self) -> Lit:
        """Return the text as an expression."""
        return Lit(self.text, self.start, self.end, self.is_plain)


def assemble(parts: Sequence[Part]) -> Expr:
    """Make one expression of a template's parts.

    Raises:
        ValueError: A directive is not closed, or closes nothing.
    """
    stream = iter(list(_stripped(parts)))
    expr, ended_by = _sequence(stream)
    if ended_by:
        raise ValueError(f"%{{{ended_by}}} has no opening part")
    return expr


def _stripped(parts: Sequence[Part]) -> Iterator[Part]:
    """Apply ``~``: it takes the white space beside it away."""
    for i, part in enumerate(parts):
        if part.kind != "text":
            yield part
            continue
        text = part.text
        if i and parts[i - 1].strip_after:
            text = text.lstrip()
        if i + 1 < len(parts) and parts[i + 1].strip_before:
            text = text.rstrip()
        yield replace(part, text=text)


def _sequence(stream: Iterator[Part]) -> tuple[Expr, str]:
    done: list[Expr] = []
    for part in stream:
        if part.kind == "text":
            done.append(part.literal())
        elif part.kind == "if":
            done.append(_conditional(part, stream))
        elif part.kind == "for":
            body = _until(stream, "endfor")
            key = part.names[0] if len(part.names) == 2 else None
            done.append(Join(key, part.names[-1], _expr(part), body))
        elif part.kind == "expr":
            done.append(_expr(part))
        else:
            return _joined(done), part.kind
    return _joined(done), ""


def _conditional(start: Part, stream: Iterator[Part]) -> Expr:
    then, ended_by = _sequence(stream)
    other: Expr = Lit("")
    if ended_by == "else":
        other, ended_by = _sequence(stream)
    if ended_by != "endif":
        raise ValueError("%{if} is not closed")
    return If(_expr(start), _as_text(then), _as_text(other))


def _until(stream: Iterator[Part], end: str) -> Expr:
    body, ended_by = _sequence(stream)
    if ended_by != end:
        raise ValueError(f"%{{{end}}} is missing")
    return _as_text(body)


def _expr(part: Part) -> Expr:
    if part.expr is None:
        raise ValueError(f"%{{{part.kind}}} lacks an expression")
    return part.expr


def _as_text(expr: Expr) -> Expr:
    return expr if isinstance(expr, Lit | Template) else Template((expr,))


def _joined(done: list[Expr]) -> Expr:
    if not done:
        return Lit("")
    return done[0] if len(done) == 1 and not isinstance(done[0], Join) else Template(tuple(done))


_OPEN = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_FOR = re.compile(r"for\s+([\w-]+)\s*(?:,\s*([\w-]+)\s*)?in\b", re.ASCII)

ParseExpr = Callable[[str, int], Expr]
"""Parses an expression's text; second argument: the line it starts on."""


def split_heredoc(text: str, line: int, parse: ParseExpr) -> list[Part]:
    """Take a heredoc's text apart.

    Raises:
        ValueError: An interpolation is not closed.
    """
    parts: list[Part] = []
    at = 0
    while (match := _OPEN.search(text, at)) is not None:
        parts.append(_text(text, at, match.start()))
        if match.group() in ("$${", "%%{"):
            parts.append(Part("text", match.group()[1:]))
            at = match.end()
            continue
        end = closing(text, match.end())
        here = line + text.count("\n", 0, match.start())
        parts.append(_part(match.group(), text[match.end() : end], here, parse))
        at = end + 1
    return [*parts, _text(text, at, len(text))]


def _text(text: str, start: int, end: int) -> Part:
    return Part("text", text[start:end], start=start, end=end, is_plain=True)


def _part(opening: str, inner: str, line: int, parse: ParseExpr) -> Part:
    before, after = inner.startswith("~"), inner.endswith("~")
    inner = inner[before : len(inner) - after].strip()
    if opening == "${":
        return Part("expr", "", parse(inner, line), (), before, after)
    word = inner.split(None, 1)[0] if inner else ""
    if word == "if":
        return Part("if", "", parse(inner[2:], line), (), before, after)
    if match := _FOR.match(inner):
        names = tuple(name for name in match.groups() if name)
        return Part("for", "", parse(inner[match.end() :], line), names, before, after)
    if word in ("else", "endif", "endfor"):
        return Part(word, "", None, (), before, after)
    raise ValueError(f"%{{{word}}} is not a directive")


def closing(text: str, at: int) -> int:
    """Return where the ``}`` stands that closes the interpolation whose inside starts at ``at``.

    Strings in it may hold interpolations, and those strings again.

    Raises:
        ValueError: There is none.
    """
    depth: list[str] = ["}"]
    while at < len(text):
        char = text[at]
        if depth[-1] == '"':
            if char == "\\":
                at += 1
            elif char == '"':
                depth.pop()
            elif text.startswith(("${", "%{"), at) and text[at - 1] != char:
                depth.append("}")
                at += 1
        elif char in '"{':
            depth.append('"' if char == '"' else "}")
        elif char == "}":
            depth.pop()
            if not depth:
                return at
        at += 1
    raise ValueError("an interpolation is not closed")
