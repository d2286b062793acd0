"""Where in an expression a text is made: the smallest part that makes it, and at which line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import Struct

from tfswap.discovery.input_variables import strings
from tfswap.discovery.name_search import TextSearch
from tfswap.discovery.partial import (
    FILES,
    MAKERS,
    PartialEvaluation,
    shown,
)
from tfswap.discovery.template_lines import line_of_text, lines_holding, lines_in_template
from tfswap.hcl.dataflow import children
from tfswap.hcl.expressions import Evaluation
from tfswap.hcl.reference import flatten
from tfswap.hcl.syntax import (
    Attr,
    Call,
    Expr,
    For,
    If,
    Index,
    Join,
    Lit,
    Object,
    Splat,
    Template,
)
from tfswap.hcl.values import Unknown, Value, boolean, text

MAX = 200
"""Instances and rounds of one block or loop that are looked at."""
_JOINING = MAKERS - {"jsonencode", "yamlencode", "base64encode", "textencodebase64", "indent"}
"""What is in the others is found in their arguments."""
_CHANGING = _JOINING - {"format", "formatlist", "join"}
"""What these make of a text that is made in their brackets is all that counts."""


class Made(NamedTuple):
    """A text, and where it is made."""

    text: str
    file: str
    line: int
    address: str
    """The block: ``module.app.aws_lambda_function.receiver``, ``local.name``, a tfvars file."""
    key: str
    """Where it goes in the block: ``environment.variables.TABLE``."""


@dataclass(frozen=True)
class Place:
    """Where the search is."""

    scope: Evaluation
    file: str
    line: int
    address: str
    key: str
    """Where in the block."""

    def at(self, key: str) -> Place:
        """Return the place one step further in."""
        name = f"{self.key}.{key}" if self.key else key
        return Place(self.scope, self.file, self.line, self.address, name)

    def within(self, scope: Evaluation, file: str = "") -> Place:
        """Return the same place with other names in scope."""
        return Place(scope, file or self.file, self.line, self.address, self.key)


def rounds(scope: Evaluation, loop: For | Join) -> list[Evaluation]:
    """Return the rounds of a loop; one of unknown variables where they are not known."""
    rounds = scope.scopes(loop)
    if not isinstance(rounds, Unknown):
        return rounds[:MAX]
    names = {loop.value: rounds} | ({loop.key: rounds} if loop.key else {})
    return [scope.within(**names)]


def search(expr: Expr, place: Place, wanted: TextSearch) -> Iterator[Made]:
    """Yield the wanted texts an expression makes, each at the smallest part that makes it."""
    found = False
    for part, at in _parts(expr, place):
        for made in search(part, at, wanted):
            found = True
            yield made
    if isinstance(expr, Call) and expr.function in FILES:
        yield from _read(expr, place, wanted)
    elif isinstance(expr, Template):
        if wanted.may_join(expr):
            yield from _made(expr, place, wanted)
    elif not found and _makes(expr):
        yield from _made(expr, place, wanted)


def may_make(expr: Expr, wanted: TextSearch) -> bool:
    """Say, without evaluating it, whether an expression may make a wanted text.

    The same expressions are asked for in every environment and instance; told once for all.
    """
    if (known := wanted.expressions.get(id(expr))) is None:
        # With the answer the expression, so that no other takes its id.
        known = wanted.expressions[id(expr)] = expr, _may_make(expr, wanted)
    return known[1]


def _may_make(expr: Expr, wanted: TextSearch) -> bool:
    if isinstance(expr, Lit):
        return isinstance(expr.value, str) and bool(wanted(expr.value))
    if isinstance(expr, Template) and wanted.may_join(expr):
        return True
    if isinstance(expr, Call) and (expr.function in FILES or expr.function in _JOINING):
        return True
    return any(_may_make(child, wanted) for child in children(expr))


def _makes(expr: Expr) -> bool:
    return isinstance(expr, Lit) or (isinstance(expr, Call) and expr.function in _JOINING)


def _made(expr: Expr, place: Place, wanted: TextSearch) -> Iterator[Made]:
    scope = place.scope
    if isinstance(expr, Template):
        values = [scope.eval(part) for part in expr.parts]
        found = "".join(map(shown, values))
        for line in lines_in_template(expr, values, wanted):
            yield _at_line(expr, place, found, wanted, line)
        return
    if isinstance(expr, Call):
        taken = (scope.eval(arg) for arg in expr.args if not isinstance(arg, Lit | Template))
        if any(wanted(one) for value in taken for one in strings(value)):
            return  # it only passes on what is made elsewhere
    for one in dict.fromkeys(filter(wanted, strings(scope.eval(expr)))):
        yield _at_line(expr, place, one, wanted)


def _at_line(expr: Expr, place: Place, found: str, wanted: TextSearch, line: int = 0) -> Made:
    if not line:
        file = place.scope.module.tree.project.contents(place.file) or b""
        data = file.decode("utf-8-sig", errors="replace")
        line = line_of_text(expr, data, place.line, found, wanted)
    return Made(found, place.file, line, place.address, place.key)


def _read(call: Call, place: Place, wanted: TextSearch) -> Iterator[Made]:
    """Yield the wanted texts that a file makes; what is handed to it is made elsewhere."""
    scope = place.scope
    if not isinstance(scope, PartialEvaluation) or not call.args:
        return
    path = scope.eval(call.args[0])
    name, data = scope.owner.read(scope.module, path)
    if call.function == "templatefile" and len(call.args) == 2:
        _, template = scope.owner.template(scope.module, path)
        if not isinstance(template, Unknown):
            inside = Place(scope.inside(call, wanted), name, 1, place.address, place.key)
            yield from search(template, inside, wanted)
            return
    for line in lines_holding(data or "", wanted):
        yield Made((data or "").split("\n")[line - 1], name, line, place.address, place.key)


def _parts(expr: Expr, place: Place) -> Iterator[tuple[Expr, Place]]:
    """Yield the parts of an expression that count, each with the scope it is evaluated in."""
    scope = place.scope
    if isinstance(expr, If):
        yield from ((branch, place) for branch in (expr.test, *_branches(expr, scope)))
    elif isinstance(expr, For | Join):
        yield expr.of, place
        for around in rounds(scope, expr):
            body = expr.body if isinstance(expr, Join) else expr.result
            yield body, place.within(around)
    elif isinstance(expr, Object):
        for key, value in expr.items:
            name = scope.eval(key)
            yield value, place.at(text(name) if isinstance(name, str | int) else "*")
    elif isinstance(expr, Call):
        yield from _arguments(expr, place)
    elif isinstance(expr, Attr | Index | Splat):
        if flatten(expr) is None:
            yield expr.of, place
    elif isinstance(expr, Template):
        # Beside its neighbours a string may be the beginning of a longer name.
        yield from ((part, place) for part in expr.parts if not isinstance(part, Lit))
    else:
        yield from ((part, place) for part in _fields(expr))


def _branches(expr: If, scope: Evaluation) -> tuple[Expr, ...]:
    test: Value = scope.eval(expr.test)
    if isinstance(test, Unknown):
        return expr.then, expr.other
    return (expr.then if test in (True, "true") and boolean(test) else expr.other,)


def _arguments(call: Call, place: Place) -> Iterator[tuple[Expr, Place]]:
    scope = place.scope
    if call.function == "try":
        values = ((arg, scope.eval(arg)) for arg in call.args)
        yield from ((arg, place) for arg, v in values if not (isinstance(v, Unknown) and v.fails))
    elif call.function == "templatefile":
        yield from ((arg, place) for arg in call.args[1:])
    elif call.function not in (*FILES, *_CHANGING, "can"):
        # What a function makes of a string of its own is judged when it is made.
        direct = call.function in MAKERS
        yield from ((a, place) for a in call.args if not (direct and isinstance(a, Lit)))


def _fields(expr: Expr) -> Iterator[Expr]:
    for name in expr.__struct_fields__:
        value = getattr(expr, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Struct):
                yield item  # type: ignore[misc]
