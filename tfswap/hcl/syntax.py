"""The light syntax tree that HCL is read into: plain frozen data, made to be cached.

Names follow HCL's native syntax specification ("Expressions", "Templates"). A quoted string with
nothing but one interpolation is that interpolation, as HCL has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

FORMAT = 2
"""Version of this tree; part of the cache's key."""


class Lit(Struct, frozen=True, eq=False, array_like=True, tag="lit"):
    """A number, string, bool or null; where it stands makes no difference to what it is."""

    value: str | int | float | bool | None
    start: int = -1
    """Where a string's text begins in the text that was parsed; -1 where that is not known."""
    end: int = -1
    is_plain: bool = False
    """Of a heredoc: a backslash there is a backslash."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lit) and _key(self) == _key(other)

    def __hash__(self) -> int:
        return hash(_key(self))


def _key(literal: Lit) -> tuple[str, str | int | float | bool | None]:
    return type(literal.value).__name__, literal.value


class Name(Struct, frozen=True, array_like=True, tag="name"):
    """The root of a reference: ``var``, ``local``, ``aws_dynamodb_table``, a loop's variable."""

    name: str
    line: int


class Attr(Struct, frozen=True, array_like=True, tag="attr"):
    """``of.name``."""

    of: Expr
    name: str


class Index(Struct, frozen=True, array_like=True, tag="index"):
    """``of[key]``."""

    of: Expr
    key: Expr


class Splat(Struct, frozen=True, array_like=True, tag="splat"):
    """``of[*]…``; ``each`` refers to the item as ``Item``."""

    of: Expr
    each: Expr


class Item(Struct, frozen=True, array_like=True, tag="item"):
    """The item of the innermost splat."""


class Template(Struct, frozen=True, array_like=True, tag="template"):
    """Parts that are joined to a string."""

    parts: tuple[Expr, ...]


class Join(Struct, frozen=True, array_like=True, tag="join"):
    """A template's ``%{for}``: one string per item, joined."""

    key: str | None
    value: str
    of: Expr
    body: Expr


class Call(Struct, frozen=True, array_like=True, tag="call"):
    """A function call; ``spread`` when the last argument ends in ``...``."""

    function: str
    args: tuple[Expr, ...]
    spread: bool
    line: int


class If(Struct, frozen=True, array_like=True, tag="if"):
    """``test ? then : other``."""

    test: Expr
    then: Expr
    other: Expr


class BinaryOp(Struct, frozen=True, array_like=True, tag="binary"):
    """``left operator right``."""

    operator: str
    left: Expr
    right: Expr


class Unary(Struct, frozen=True, array_like=True, tag="unary"):
    """``!of`` or ``-of``."""

    operator: str
    of: Expr


class Tuple(Struct, frozen=True, array_like=True, tag="tuple"):
    """``[a, b]``."""

    items: tuple[Expr, ...]


class Object(Struct, frozen=True, array_like=True, tag="object"):
    """``{ a = b }``; a bare word as key is a string."""

    items: tuple[tuple[Expr, Expr], ...]


class For(Struct, frozen=True, array_like=True, tag="for"):
    """``[for …]``, or ``{for …}`` when there is a key expression."""

    key: str | None
    value: str
    of: Expr
    result_key: Expr | None
    result: Expr
    test: Expr | None
    grouped: bool


Expr: TypeAlias = (
    Lit
    | Name
    | Attr
    | Index
    | Splat
    | Item
    | Template
    | Join
    | Call
    | If
    | BinaryOp
    | Unary
    | Tuple
    | Object
    | For
)


class Attribute(Struct, frozen=True, array_like=True):
    """``name = value`` in a block."""

    name: str
    value: Expr
    line: int


class Block(Struct, frozen=True, array_like=True):
    """A block with its labels, attributes and blocks in it."""

    type: str
    labels: tuple[str, ...]
    attributes: dict[str, Attribute]
    blocks: tuple[Block, ...]
    line: int

    def all(self, kind: str) -> Iterator[Block]:
        """Yield the blocks of type ``kind`` directly in this one."""
        return (block for block in self.blocks if block.type == kind)

    def get(self, name: str) -> Expr | None:
        """Return an attribute's expression."""
        attribute = self.attributes.get(name)
        return attribute.value if attribute else None
