"""Terraform's operators, indexing, and conversion to a variable's declared type.

Terraform documentation: "Arithmetic and Logical Operators", "Type Constraints".
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from tfswap.hcl.project import PlacedBlock
from tfswap.hcl.syntax import Call, Expr, Lit, Name, Object, Tuple
from tfswap.hcl.values import (
    EvalError,
    SetValue,
    Unknown,
    Value,
    boolean,
    failure,
    kind,
    number,
    same,
    text,
    unknown_in,
)

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def binary(sign: str, left: Value, right: Value) -> Value:
    """Apply a binary operator."""
    unknown = unknown_in(left) or unknown_in(right)
    if unknown is not None:
        return unknown
    try:
        if sign in ("==", "!="):
            return same(left, right) == (sign == "==")
        if sign in ("&&", "||"):
            both = boolean(left), boolean(right)
            return all(both) if sign == "&&" else any(both)
        return _whole(_ARITHMETIC[sign](number(left), number(right)))
    except (EvalError, ArithmeticError) as error:
        return failure(str(error))


def _whole(value: float) -> Value:
    """Give back an int where a division came out even; Terraform knows only one number type."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def unary(sign: str, value: Value) -> Value:
    """Apply ``!`` or ``-``."""
    if isinstance(value, Unknown):
        return value
    try:
        return not boolean(value) if sign == "!" else -number(value)
    except EvalError as error:
        return failure(str(error))


def index_value(of: Value, key: Value) -> Value:
    """Return ``of[key]`` or ``of.key``."""
    if isinstance(of, dict):
        if isinstance(key, str | int | float) and text(key) in of:
            return of[text(key)]
        return failure(f"there is no {key!r} in {', '.join(sorted(of)[:10]) or 'an empty map'}")
    if isinstance(of, list) and not isinstance(of, SetValue):
        try:
            at = number(key)
        except EvalError as error:
            return failure(str(error))
        if at == int(at) and 0 <= at < len(of):
            return of[int(at)]
        return failure(f"the list has no member {key}")
    return failure(f"a {kind(of)} has no {key!r}")


def declared(value: Value, variable: PlacedBlock | None) -> Value:
    """Convert a value to the type a ``variable`` block declares."""
    constraint = variable.block.get("type") if variable else None
    if constraint is None:
        return value
    try:
        return convert(value, constraint)
    except EvalError as error:
        assert variable is not None  # noqa: S101 - it had a type
        what = f"variable {variable.block.labels[0]}: {error}"
        return failure(what, variable.file, variable.block.line)


def convert(value: Value, constraint: Expr) -> Value:
    """Convert a value to a type constraint.

    Raises:
        EvalError: It does not fit.
    """
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(constraint, Name):
        return _PRIMITIVES.get(constraint.name, lambda v: v)(value)
    if isinstance(constraint, Call) and constraint.args:
        inner = constraint.args[0]
        if constraint.function == "optional":
            return convert(value, inner)
        return _convert_container(value, constraint.function, inner)
    return value


_PRIMITIVES: dict[str, Callable[[Value], Value]] = {
    "string": text,
    "number": number,
    "bool": boolean,
}


def _convert_container(value: Value, container: str, inner: Expr) -> Value:
    if container in ("list", "set") and isinstance(value, list):
        items = [convert(item, inner) for item in value]
        return SetValue(items) if container == "set" else items
    if container == "map" and isinstance(value, dict):
        return {key: convert(item, inner) for key, item in value.items()}
    if container == "object" and isinstance(value, dict) and isinstance(inner, Object):
        return _convert_object(value, inner)
    if container == "tuple" and isinstance(value, list) and isinstance(inner, Tuple):
        return [convert(item, c) for item, c in zip(value, inner.items, strict=False)]
    raise EvalError(f"a {kind(value)} is not a {container}")


def _convert_object(value: dict[str, Value], members: Object) -> dict[str, Value]:
    """Keep the declared members only, as Terraform does; optional ones get their default."""
    made: dict[str, Value] = {}
    for key_expr, constraint in members.items:
        name = str(key_expr.value) if isinstance(key_expr, Lit) else ""
        optional = isinstance(constraint, Call) and constraint.function == "optional"
        if value.get(name) is not None:
            made[name] = convert(value[name], constraint)
        elif optional and isinstance(constraint, Call):
            made[name] = _default(constraint)
        elif name in value:
            made[name] = None
        else:
            raise EvalError(f"the member {name!r} is missing")
    return made


def _default(optional: Call) -> Value:
    if len(optional.args) < 2:
        return None
    given = _constant(optional.args[1])
    return convert(given, optional.args[0])


def _constant(expr: Expr) -> Value:
    """Evaluate what may stand as an optional member's default: literals only."""
    if isinstance(expr, Lit):
        return expr.value
    if isinstance(expr, Tuple):
        return [_constant(item) for item in expr.items]
    if isinstance(expr, Object):
        keys = [str(k.value) if isinstance(k, Lit) else "" for k, _ in expr.items]
        return dict(zip(keys, (_constant(v) for _, v in expr.items), strict=True))
    return Unknown("an optional member's default is not evaluated")
