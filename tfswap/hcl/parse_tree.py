"""python-hcl2's parse tree to ours: one function per rule of its grammar (``hcl2.lark``)."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from tfswap.errors import RepoError
from tfswap.hcl.syntax import (
    Attr,
    Attribute,
    BinaryOp,
    Block,
    Call,
    Expr,
    For,
    If,
    Index,
    Item,
    Lit,
    Name,
    Object,
    Splat,
    Tuple,
    Unary,
)
from tfswap.hcl.templates import Part, assemble, split_heredoc

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_HEREDOC = re.compile(r"<<(-?)[^\r\n]+\r?\n(.*?)[ \t]*[\w.-]+\r?\n?\Z", re.DOTALL)


ParseNested = Callable[[str, str, int], Expr]
"""Parses an expression inside a heredoc: its text, the file's name, the line it starts on."""


class TreeReader:
    """Turns python-hcl2's parse tree into ours.

    Args:
        where: The file's name, for messages.
        parse_nested: Parses expressions in heredocs, which the grammar leaves whole.
        offset: Added to every line.
        is_nested: The text is not the file's own; where its strings stand is not known.
        text: The text whose lines count, where what was parsed has others.
    """

    def __init__(
        self,
        where: str,
        parse_nested: ParseNested,
        offset: int = 0,
        *,
        is_nested: bool = False,
        text: str = "",
    ) -> None:
        self.where, self.parse_nested, self.offset = where, parse_nested, offset
        self.is_nested, self.text = is_nested, text

    def body(self, tree: Any) -> tuple[dict[str, Attribute], tuple[Block, ...]]:
        """Return the attributes and blocks of a ``body``.

        Raises:
            RepoError: A template in it is not well formed.
        """
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for child in tree.children:
            if child.data == "attribute":
                name, _, value = child.children
                line = self._line(child)
                attributes[_word(name)] = Attribute(_word(name), self.expr(value), line)
            elif child.data == "block":
                blocks.append(self._block(child))
        return attributes, tuple(blocks)

    def _block(self, tree: Any) -> Block:
        heads = [c for c in _trees(tree.children) if c.data not in ("body", "new_line_or_comment")]
        kind, *labels = (_label(head) for head in heads)
        body = next(c for c in _trees(tree.children) if c.data == "body")
        return Block(kind, tuple(labels), *self.body(body), self._line(tree))

    def _line(self, tree: Any) -> int:
        if self.text:
            return self.text.count("\n", 0, tree.meta.start_pos) + 1 + self.offset
        return int(tree.meta.line) + self.offset

    def expr(self, tree: Any) -> Expr:
        """Turn any expression; ``_<rule>`` below handles the grammar's rule of that name."""
        expr: Expr = getattr(self, f"_{tree.data}")(tree)
        return expr

    def _exprs(self, children: Iterable[Any]) -> list[Expr]:
        return [self.expr(c) for c in _trees(children) if c.data != "new_line_or_comment"]

    def _expr_term(self, tree: Any) -> Expr:
        return self._exprs(tree.children)[0]

    def _identifier(self, tree: Any) -> Expr:
        return Name(_word(tree), self._line(tree))

    _keyword = _identifier

    def _literal_value(self, tree: Any) -> Expr:
        return Lit({"true": True, "false": False, "null": None}[_word(tree)])

    def _int_lit(self, tree: Any) -> Expr:
        digits = _word(tree)
        return Lit(int(digits) if len(digits) < 19 else float(digits))

    def _float_lit(self, tree: Any) -> Expr:
        return Lit(float(_word(tree)))

    def _template_string(self, tree: Any) -> Expr:
        return Lit(unescape(_word(tree)[2:-2]))

    def _tuple(self, tree: Any) -> Expr:
        return Tuple(tuple(self._exprs(tree.children)))

    def _object(self, tree: Any) -> Expr:
        elements = (c for c in _trees(tree.children) if c.data == "object_elem")
        return Object(tuple(self._pair(element) for element in elements))

    def _pair(self, element: Any) -> tuple[Expr, Expr]:
        key, value = (c for c in _trees(element.children))
        inner = key.children[0]
        bare = inner.data in ("expr_term", "keyword") and _bare_word(inner)
        return Lit(bare) if bare else self.expr(inner), self.expr(value)

    def _function_call(self, tree: Any) -> Expr:
        names = [_word(c) for c in _trees(tree.children) if c.data == "identifier"]
        given = next((c for c in _trees(tree.children) if c.data == "arguments"), None)
        children = given.children if given is not None else []
        spread = any(getattr(c, "type", "") == "ELLIPSIS" for c in children)
        return Call("::".join(names), tuple(self._exprs(children)), spread, self._line(tree))

    def _get_attr_expr_term(self, tree: Any) -> Expr:
        of, step = tree.children
        return self._step(self.expr(of), step)

    _index_expr_term = _get_attr_expr_term

    def _attr_splat_expr_term(self, tree: Any) -> Expr:
        of, splat = tree.children
        each: Expr = Item()
        for step in _trees(splat.children):
            each = self._step(each, step)
        return Splat(self.expr(of), each)

    _full_splat_expr_term = _attr_splat_expr_term

    def _step(self, of: Expr, step: Any) -> Expr:
        if step.data == "get_attr":
            return Attr(of, _word(next(_trees(step.children))))
        if step.data == "short_index":
            return Index(of, Lit(int(str(step.children[-1]))))
        return Index(of, self._exprs(step.children)[0])

    def _conditional(self, tree: Any) -> Expr:
        return If(*self._exprs(tree.children))

    def _binary_op(self, tree: Any) -> Expr:
        left, term = (c for c in _trees(tree.children) if c.data != "new_line_or_comment")
        operator, *rest = _trees(term.children)
        return BinaryOp(_word(operator).strip(), self.expr(left), self._exprs(rest)[0])

    def _unary_op(self, tree: Any) -> Expr:
        return Unary(str(tree.children[0]), self._exprs(tree.children)[0])

    def _for_tuple_expr(self, tree: Any) -> Expr:
        names, of, results, test, grouped = self._loop(tree)
        key = names[0] if len(names) == 2 else None
        if tree.data == "for_object_expr":
            return For(key, names[-1], of, results[0], results[1], test, grouped)
        return For(key, names[-1], of, None, results[0], test, False)

    _for_object_expr = _for_tuple_expr

    def _loop(self, tree: Any) -> tuple[list[str], Expr, list[Expr], Expr | None, bool]:
        parts = [c for c in _trees(tree.children) if c.data != "new_line_or_comment"]
        intro = [c for c in _trees(parts[0].children) if c.data != "new_line_or_comment"]
        names = [_word(c) for c in intro[:-1]]
        tests = [self._exprs(c.children)[0] for c in parts if c.data == "for_cond"]
        results = [self.expr(c) for c in parts[1:] if c.data != "for_cond"]
        grouped = any(getattr(c, "type", "") == "ELLIPSIS" for c in tree.children)
        return names, self.expr(intro[-1]), results, tests[0] if tests else None, grouped

    def _string(self, tree: Any) -> Expr:
        return self._assembled(list(map(self._part, _trees(tree.children))), tree)

    def _assembled(self, parts: list[Part], tree: Any) -> Expr:
        try:
            return assemble(parts)
        except ValueError as error:
            hint = "Run terraform validate in that folder."
            raise RepoError(f"{self.where}:{self._line(tree)}: {error}.", hint=hint) from error

    def _part(self, tree: Any) -> Part:
        """Turn a ``string_part``."""
        inner = tree.children[0]
        if getattr(inner, "type", ""):
            text = unescape(_unprotect(str(inner)))
            return Part("text", text, start=self._at(inner.start_pos), end=self._at(inner.end_pos))
        if inner.data == "interpolation":
            return Part("expr", "", self._exprs(inner.children)[0])
        kind = inner.data.removeprefix("template_").removesuffix("_start")
        marks = [getattr(c, "type", "") == "STRIP_MARKER" for c in inner.children]
        trees = list(_trees(inner.children))
        names = tuple(_word(c) for c in trees if c.data == "identifier")
        exprs = [c for c in trees if c.data != "identifier"]
        if kind == "for" and not exprs:  # the collection is a bare name
            names, exprs = names[:-1], trees[-1:]
        expr = self.expr(exprs[0]) if exprs else None
        return Part(kind, "", expr, names, marks[1], marks[-2])

    def _heredoc_template(self, tree: Any) -> Expr:
        raw = str(tree.children[0])
        match = _HEREDOC.match(raw)
        if match is None:  # pragma: no cover - the grammar let it pass
            raise RepoError(f"{self.where}:{self._line(tree)}: this heredoc does not parse.")
        try:
            parts = self._heredoc_parts(match, tree)
        except ValueError as error:
            hint = "Run terraform validate in that folder."
            raise RepoError(f"{self.where}:{self._line(tree)}: {error}.", hint=hint) from error
        return self._assembled([p for p in parts if p.kind != "text" or p.text], tree)

    _heredoc_template_trim = _heredoc_template

    def _heredoc_parts(self, match: re.Match[str], tree: Any) -> list[Part]:
        """Split a heredoc without its indent; places are those in the text with it."""
        body = textwrap.dedent(match[2]) if match[1] else match[2]
        parts = split_heredoc(body, self._line(tree) + 1, self._nested)
        standing = split_heredoc(match[2], 0, lambda *_: Lit(None))
        start = int(tree.children[0].start_pos) + match.start(2)
        return [
            replace(part, start=self._at(start + there.start), end=self._at(start + there.end))
            for part, there in zip(parts, standing, strict=True)
        ]

    def _at(self, position: int) -> int:
        return -1 if self.is_nested else position

    def _nested(self, text: str, line: int) -> Expr:
        return self.parse_nested(text, self.where, line)


def _trees(children: Iterable[Any]) -> Iterator[Any]:
    return (child for child in children if hasattr(child, "data"))


def _word(tree: Any) -> str:
    return str(tree.children[0])


def _bare_word(tree: Any) -> str:
    """Return the word when the tree is nothing but one bare word."""
    inner = tree
    while inner.data == "expr_term":
        if len(inner.children) != 1:
            return ""
        inner = inner.children[0]
    return _word(inner) if inner.data in ("identifier", "keyword", "literal_value") else ""


def _label(tree: Any) -> str:
    if tree.data != "string":
        return _word(tree)
    return "".join(unescape(str(part.children[0])) for part in _trees(tree.children))


def _unprotect(text: str) -> str:
    return text[1:] if text.startswith(("$${", "%%{")) else text


def unescape(text: str) -> str:
    """Resolve a quoted string's backslash escapes (HCL native syntax, "String Literals")."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(match[3], match[3])
