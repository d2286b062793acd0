"""Terraform's JSON syntax, read into the same blocks as HCL.

Terraform documentation, "JSON Configuration Syntax": labels are nested keys, a list is several
blocks of one kind, strings are templates. Without a schema an argument and a nested block look
alike: objects in a body are kept as both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tfswap.errors import RepoError
from tfswap.hcl import parser
from tfswap.hcl.syntax import Attribute, Block, Expr, Lit, Object, Tuple
from tfswap.hcl.templates import assemble, split_heredoc

_LABELS = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}
_LITERAL = {("module", "source"), ("module", "version"), ("terraform", "")}
_EXPRESSIONS = {"type", "depends_on", "provider", "ignore_changes", "replace_triggered_by"}
"""Arguments whose strings are expressions, not templates."""


def blocks(text: str, where: str, line: int = 1) -> tuple[Block, ...]:
    """Read a ``.tf.json`` file.

    Args:
        text: What it holds.
        where: Its name, for messages.
        line: The line it starts on.

    Raises:
        RepoError: It is no JSON object, or a template in it does not parse.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        hint = "Fix it; Terraform rejects it too."
        raise RepoError(f"{where}: {error}.", hint=hint) from error
    reader = _Reader(text, where)
    assert line == 1  # noqa: S101 - JSON is never cut into pieces
    found = document.items() if isinstance(document, dict) else ()
    return tuple(block for kind, content in found for block in reader.of_kind(kind, content))


class _Reader:
    def __init__(self, text: str, where: str) -> None:
        self.lines, self.where = text.splitlines(), where

    def of_kind(self, kind: str, content: Any) -> Iterator[Block]:
        for labels, body in self.labelled(content, _LABELS.get(kind, 0)):
            yield self.block(kind, labels, body)

    def labelled(self, content: Any, depth: int) -> Iterator[tuple[tuple[str, ...], Any]]:
        for item in content if isinstance(content, list) else [content]:
            if not isinstance(item, dict):
                continue
            if not depth:
                yield (), item
                continue
            for label, inner in item.items():
                for labels, body in self.labelled(inner, depth - 1):
                    yield (label, *labels), body

    def block(self, kind: str, labels: tuple[str, ...], body: Mapping[str, Any]) -> Block:
        line = self.line(labels[-1] if labels else kind)
        attributes = {
            name: Attribute(name, self.expr(kind, name, value), self.line(name, after=line))
            for name, value in body.items()
            if name != "//"
        }
        nested = [
            self.block(name, (), item)
            for name, value in body.items()
            for item in (value if isinstance(value, list) else [value])
            if isinstance(item, dict) and kind not in ("locals", "variable", "output", "module")
        ]
        return Block(kind, labels, attributes, tuple(nested), line)

    def line(self, key: str, after: int = 1) -> int:
        """Return the line a key is on, the first at or below another; JSON tells no more."""
        quoted = json.dumps(key, ensure_ascii=False)
        for number, line in enumerate(self.lines[after - 1 :], after):
            if quoted in line:
                return number
        return after

    def expr(self, kind: str, name: str, value: Any) -> Expr:
        if isinstance(value, dict):
            pairs = ((Lit(key), self.expr(kind, "", item)) for key, item in value.items())
            return Object(tuple(pairs))
        if isinstance(value, list):
            return Tuple(tuple(self.expr(kind, name, item) for item in value))
        if not isinstance(value, str) or (kind, name) in _LITERAL:
            return Lit(value)
        is_address = kind in ("moved", "removed") and name in ("from", "to")
        if (name in _EXPRESSIONS or is_address) and value:
            return parser.parse_expression(value, self.where)
        return self.template(value)

    def template(self, value: str) -> Expr:
        if "${" not in value and "%{" not in value:
            return Lit(value)
        try:
            parts = split_heredoc(value, 1, lambda text, line: self.nested(text, line))
            return assemble([part for part in parts if part.kind != "text" or part.text])
        except ValueError as error:
            hint = "Run terraform validate in that folder."
            raise RepoError(f"{self.where}: {error}.", hint=hint) from error

    def nested(self, text: str, line: int) -> Expr:
        return parser.parse_expression(text, self.where, line)
