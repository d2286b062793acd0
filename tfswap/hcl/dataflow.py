"""Where in an expression's value the table's identity ends up.

A *path* leads into a value: ``("source", "table_arn")``; the empty path is the whole value, ``*``
stands for any step. So an object that carries the table's ARN in one member does not make
consumers of those who read another member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tfswap.hcl.reference import Reference, RefStep, flatten
from tfswap.hcl.syntax import (
    Attr,
    BinaryOp,
    Block,
    Call,
    Expr,
    For,
    If,
    Index,
    Item,
    Join,
    Lit,
    Name,
    Object,
    Splat,
    Template,
    Tuple,
    Unary,
)

Path = tuple[str, ...]
Paths = frozenset[Path]
NONE: Paths = frozenset()
WHOLE: Paths = frozenset({()})

_ANY = "*"
_DEPTH = 12
_ITEM = "*"
_KEEPING = {"coalesce", "merge", "nonsensitive", "one", "sensitive", "tomap", "try"}
"""Functions that hand their arguments' members on under the same names."""
_MEMBERS = {
    "coalescelist", "compact", "concat", "distinct", "flatten", "reverse", "slice", "sort",
    "tolist", "toset", "values",
}  # fmt: skip
"""Functions that hand members on under other keys."""
_BLIND = {"can", "length"}
"""Functions whose result does not hold the values they were given."""

Lookup = Callable[[Reference], Paths]
"""Says where in the value of a reference to a variable, local, resource… the identity is."""
Decide = Callable[[Expr], bool | None]
"""Evaluates a condition; None when it cannot be told."""


class Dataflow:
    """Follows identity through expressions.

    Args:
        lookup: Where references get theirs.
        decide: Evaluates conditions, so that a branch not taken counts for nothing.
    """

    def __init__(self, lookup: Lookup, decide: Decide) -> None:
        self.lookup, self.decide = lookup, decide

    def of(self, expr: Expr, names: Mapping[str, Paths]) -> Paths:
        """Return the paths in the expression's value; ``names`` are the loop variables' own."""
        reference = flatten(expr) if isinstance(expr, Name | Attr | Index) else None
        if reference is not None and reference.root in names:
            return strip(names[reference.root], [s.literal for s in reference.steps])
        if reference is not None:
            return self.lookup(reference) | self._keys(reference, names)
        paths: Paths = _FLOW[type(expr)](self, expr, names)
        return paths

    def _keys(self, reference: Reference, names: Mapping[str, Paths]) -> Paths:
        """An index that is the table's name decides about the whole value."""
        keys = [s.key for s in reference.steps if s.key is not None and s.literal is None]
        return _whole(self.of(key, names) for key in keys)

    def _nothing(self, _: Expr, __: Mapping[str, Paths]) -> Paths:
        return NONE

    def _item(self, _: Item, names: Mapping[str, Paths]) -> Paths:
        return names.get(_ITEM, NONE)

    def _attr(self, expr: Attr, names: Mapping[str, Paths]) -> Paths:
        return strip(self.of(expr.of, names), [expr.name])

    def _index(self, expr: Index, names: Mapping[str, Paths]) -> Paths:
        inner = strip(self.of(expr.of, names), [RefStep(key=expr.key).literal])
        return inner | _whole([self.of(expr.key, names)])

    def _splat(self, expr: Splat, names: Mapping[str, Paths]) -> Paths:
        items = _members(expr.of, self.of(expr.of, names))
        each = self.of(expr.each, {**names, _ITEM: items})
        return prefix(each, _ANY)

    def _joined(self, expr: Join, names: Mapping[str, Paths]) -> Paths:
        return _whole([self.of(expr.body, self._bound(expr, names))])

    def _parts(self, expr: Template | BinaryOp | Unary, names: Mapping[str, Paths]) -> Paths:
        return _whole(self.of(part, names) for part in children(expr))

    def _comparison(self, expr: BinaryOp, names: Mapping[str, Paths]) -> Paths:
        # Asking whether there is a table at all gives the same answer for another table.
        if expr.operator in ("==", "!="):
            sides = [expr.left, expr.right]
            if any(isinstance(side, Lit) and side.value in (None, "") for side in sides):
                return NONE
        return self._parts(expr, names)

    def _condition(self, expr: If, names: Mapping[str, Paths]) -> Paths:
        then, other = self.of(expr.then, names), self.of(expr.other, names)
        test = _whole([self.of(expr.test, names)])
        if not then and not other:
            return test
        taken = self.decide(expr.test)
        return test | ((then | other) if taken is None else then if taken else other)

    def _call(self, expr: Call, names: Mapping[str, Paths]) -> Paths:
        given = [self.of(arg, names) for arg in expr.args]
        if expr.function in _BLIND:
            return NONE
        if expr.function == "keys":
            return WHOLE if any(() in paths for paths in given) else NONE
        if expr.function == "lookup" and len(given) > 1:
            key = RefStep(key=expr.args[1]).literal
            return strip(given[0], [key]) | frozenset().union(*given[1:])
        if expr.function in _KEEPING and not expr.spread:
            return frozenset().union(*given)
        if expr.function in _MEMBERS:
            return prefix(frozenset().union(*(strip(paths, [None]) for paths in given)), _ANY)
        return _whole(given)

    def _tuple(self, expr: Tuple, names: Mapping[str, Paths]) -> Paths:
        members = (prefix(self.of(e, names), str(i)) for i, e in enumerate(expr.items))
        return frozenset().union(*members)

    def _object(self, expr: Object, names: Mapping[str, Paths]) -> Paths:
        found: set[Path] = set()
        for key, value in expr.items:
            at = str(key.value) if isinstance(key, Lit) else _ANY
            found |= prefix(self.of(value, names), at) | _whole([self.of(key, names)])
        return frozenset(found)

    def _loop(self, expr: For, names: Mapping[str, Paths]) -> Paths:
        inner = self._bound(expr, names)
        keys = [expr.result_key] if expr.result_key is not None else []
        tests = [expr.test] if expr.test is not None else []
        deciding = _whole(self.of(e, inner) for e in (*keys, *tests))
        return deciding | prefix(self.of(expr.result, inner), _ANY)

    def _bound(self, expr: For | Join, names: Mapping[str, Paths]) -> dict[str, Paths]:
        of = self.of(expr.of, names)
        items = _members(expr.of, of)
        # A map's keys may be the table's name only if the whole map is of it.
        keys = {expr.key: WHOLE if () in of else NONE} if expr.key else {}
        return {**names, **keys, expr.value: items}


def _members(of: Expr, paths: Paths) -> Paths:
    """Return the paths in the members of a collection.

    The paths of a resource, data source or module know nothing of instances, so they are those of
    each instance already.
    """
    reference = flatten(of) if isinstance(of, Name | Attr | Index) else None
    if reference is None or reference.root in ("var", "local", "each", "count"):
        return strip(paths, [None])
    depth = 2 if reference.root == "data" else 1
    return paths if len(reference.steps) == depth else strip(paths, [None])


def prefix(paths: Paths, step: str) -> Paths:
    """Put paths one level down."""
    return frozenset((step, *path)[:_DEPTH] for path in paths)


def strip(paths: Iterable[Path], steps: list[str | None]) -> Paths:
    """Follow ``steps`` into a value; None is a step that cannot be told."""
    found: set[Path] = set()
    for path in paths:
        pairs = zip(path, steps, strict=False)
        if all(step in (None, _ANY, at) or at == _ANY for at, step in pairs):
            found.add(path[len(steps) :])
    return frozenset(found)


def _whole(given: Iterable[Paths]) -> Paths:
    return WHOLE if any(given) else NONE


def children(node: Any) -> list[Expr]:
    """Return the expressions directly in a node."""
    found: list[Expr] = []
    for name in node.__struct_fields__:
        value = getattr(node, name)
        items = value if isinstance(value, tuple) else (value,)
        for item in items:
            inner = item if isinstance(item, tuple) else (item,)
            found.extend(e for e in inner if type(e) in _FLOW)
    return found


def references(expr: Expr) -> Iterable[Reference]:
    """Yield every reference in an expression, loop variables included."""
    reference = flatten(expr) if isinstance(expr, Name | Attr | Index) else None
    if reference is None:
        for child in children(expr):
            yield from references(child)
        return
    yield reference
    for step in reference.steps:
        if step.key is not None:
            yield from references(step.key)


def block_references(block: Block) -> Iterable[Reference]:
    """Yield every reference in a block and the blocks in it."""
    for attribute in block.attributes.values():
        yield from references(attribute.value)
    for inner in block.blocks:
        yield from block_references(inner)


_FLOW: dict[type, Callable[[Dataflow, Any, Mapping[str, Paths]], Paths]] = {
    Lit: Dataflow._nothing,
    Name: Dataflow._nothing,
    Item: Dataflow._item,
    Attr: Dataflow._attr,
    Index: Dataflow._index,
    Splat: Dataflow._splat,
    Template: Dataflow._parts,
    Join: Dataflow._joined,
    Call: Dataflow._call,
    If: Dataflow._condition,
    BinaryOp: Dataflow._comparison,
    Unary: Dataflow._parts,
    Tuple: Dataflow._tuple,
    Object: Dataflow._object,
    For: Dataflow._loop,
}
