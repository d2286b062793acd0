"""At which line a text is made: the tree knows the lines of names and calls, not of strings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from msgspec import Struct

from tfswap.discovery.partial import shown
from tfswap.hcl.syntax import Call, Expr, Lit, Name, Template
from tfswap.hcl.values import Value

Wanted = Callable[[str], Sequence[tuple[int, int]]]
"""Returns where a text holds what is searched for."""


def lines_in_template(template: Template, values: Sequence[Value], wanted: Wanted) -> list[int]:
    """Return the lines at which a template makes what is wanted; 0 for one that is not known.

    What one of its parts holds by itself is made elsewhere.

    Args:
        template: The template.
        values: What its parts come to.
        wanted: What is searched for.
    """
    starts, pieces = _starts(template), list(map(shown, values))
    ends = list(accumulate(map(len, pieces)))
    lines = []
    for begin, end in wanted("".join(pieces)):
        number = bisect_right(ends, begin)
        line, is_literal = starts[number] or 0, isinstance(template.parts[number], Lit)
        if end <= ends[number] and not is_literal:
            continue
        if line and is_literal:
            line += pieces[number].count("\n", 0, begin - (ends[number] - len(pieces[number])))
        lines.append(line)
    return list(dict.fromkeys(lines))


def _starts(template: Template) -> list[int | None]:
    """Return the line each part starts on, from the nearest part whose line is known."""
    parts = template.parts
    starts = [first_line(part) for part in parts]
    for number in range(1, len(parts)):
        before = starts[number - 1]
        if starts[number] is None and before is not None:
            starts[number] = before + _breaks(parts[number - 1])
    for number in reversed(range(len(parts) - 1)):
        after = starts[number + 1]
        if starts[number] is None and after is not None:
            starts[number] = after - _breaks(parts[number])
    return starts


def _breaks(part: Expr) -> int:
    return str(part.value).count("\n") if isinstance(part, Lit) else 0


def first_line(expr: Expr) -> int | None:
    """Return the first line an expression is known to be on."""
    lines: list[int] = []
    todo: list[object] = [expr]
    while todo:
        item = todo.pop()
        if isinstance(item, Name | Call) and item.line > 0:
            lines.append(item.line)
        if isinstance(item, Struct):
            todo.extend(getattr(item, name) for name in item.__struct_fields__)
        elif isinstance(item, tuple):
            todo.extend(item)
    return min(lines, default=None)


def line_of_text(expr: Expr, data: str, start: int, found: str, wanted: Wanted) -> int:
    """Return the line of a string: the first from ``start`` on that holds it, or what is wanted."""
    known = first_line(expr)
    if known is not None:
        return known
    lines = data.splitlines()
    pieces = [line for line in found.split("\n") if wanted(line)] or [found]
    for number in range(start - 1, len(lines)):
        if any(piece.strip() in lines[number] for piece in pieces):
            return number + 1
    return start


def lines_holding(data: str, wanted: Wanted) -> list[int]:
    """Return the lines of a file that hold what is wanted as they are."""
    return [number for number, line in enumerate(data.split("\n"), 1) if wanted(line)]
