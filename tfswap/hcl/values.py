"""Values of Terraform expressions, and the value that is not known.

Known values are Python's str, int, float, bool, None, list (list, tuple) and dict (map, object),
plus ``SetValue``. An ``Unknown`` may also stand inside a list or dict.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""See the module's text; checked at run time, as Terraform does."""


@dataclass(frozen=True)
class Unknown:
    """A value that cannot be told from the repository alone."""

    reason: str
    file: str = ""
    line: int = 0
    fails: bool = False
    """Terraform would fail here; ``try`` and ``can`` go on to their next argument."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.file else ""
        return where + self.reason


class SetValue(list[Value]):
    """A set: sorted, each member once."""

    def __init__(self, members: Iterable[Value]) -> None:
        plain: dict[tuple[str, Value], Value] = {}
        unique: list[Value] = []
        for member in members:
            if member is None or isinstance(member, str | int | float):
                plain.setdefault((kind(member), member), member)
            elif not any(same(member, seen) for seen in unique):
                unique.append(member)
        unique += plain.values()
        super().__init__(sorted(unique, key=lambda v: (type(v).__name__, str(v))))


class EvalError(Exception):
    """Terraform would refuse this operation."""


class UnclearError(EvalError):
    """Whether Terraform would refuse this, or what it makes of it, is not known."""


def failure(reason: str, file: str = "", line: int = 0) -> Unknown:
    """Return the unknown that stands for an error Terraform would report."""
    return Unknown(reason, file, line, fails=True)


def unknown_in(value: Value) -> Unknown | None:
    """Return the first unknown in ``value``, however deep."""
    if isinstance(value, Unknown):
        return value
    inner: Iterable[Value] = ()
    if isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    return next((found for item in inner if (found := unknown_in(item))), None)


def text(value: Value) -> str:
    """Turn a primitive into a string as Terraform does ("Types and Values", conversion).

    Raises:
        EvalError: It is null, a list or a map.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    raise EvalError(f"a {kind(value)} is not a string")


def number(value: Value) -> int | float:
    """Turn a primitive into a number.

    Raises:
        EvalError: It is none.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        for convert in (int, float):
            try:
                return convert(value)
            except ValueError:
                continue
    raise EvalError(f"{kind(value)} is not a number")


def boolean(value: Value) -> bool:
    """Turn a primitive into a bool.

    Raises:
        EvalError: It is none.
    """
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise EvalError(f"a {kind(value)} is not a bool")


def kind(value: Value) -> str:
    """Name a value's type in Terraform's words."""
    if value is None:
        return "null"
    names = {bool: "bool", str: "string", int: "number", float: "number", dict: "object"}
    return names.get(type(value), "set" if isinstance(value, SetValue) else "list")


def same(left: Value, right: Value) -> bool:
    """Terraform's ``==``: values of different types are never equal."""
    if kind(left) != kind(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)
