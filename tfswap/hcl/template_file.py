"""Read a template file of the repository, as ``templatefile`` does."""

from __future__ import annotations

import re

from tfswap.errors import RepoError
from tfswap.hcl import parser
from tfswap.hcl.parse_cache import ParseCache
from tfswap.hcl.syntax import Attr, Attribute, Block, Expr, Name
from tfswap.hcl.templates import assemble, split_heredoc
from tfswap.hcl.values import Unknown

_REFERENCE = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*", re.ASCII)


def parse_template(data: str, name: str, cache: ParseCache) -> Expr | Unknown:
    """Return what a template says; unknown, with the reason, where it does not parse."""

    def parsed() -> tuple[Block, ...]:
        attribute = Attribute("", _parsed(data, name), 1)
        return (Block("template", (), {"": attribute}, (), 1),)

    try:
        return cache.blocks(b"template\n" + data.encode(), parsed)[0].attributes[""].value
    except (RepoError, ValueError) as error:
        return Unknown(str(error), name, 1)


def _parsed(data: str, name: str) -> Expr:

    def parse(inner: str, line: int) -> Expr:
        if _REFERENCE.fullmatch(inner):  # most are, and the parser takes its time
            root, *steps = inner.split(".")
            found: Expr = Name(root, line)
            for step in steps:
                found = Attr(found, step)
            return found
        return parser.parse_expression(inner, name, line)

    return assemble(split_heredoc(data, 1, parse))
