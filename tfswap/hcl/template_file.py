"""Read a template file of the repository, as ``templatefile`` does."""

from __future__ import annotations

import re

from tfswap.errors import RepoError
from tfswap.hcl import parser
from tfswap.hcl.syntax import Attr, Expr, Name
from tfswap.hcl.templates import assemble, split_heredoc
from tfswap.hcl.values import Unknown

_REFERENCE = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*", re.ASCII)


def parse_template(data: str, name: str) -> Expr | Unknown:
    """Return what a template says; unknown, with the reason, where it does not parse."""

    def parse(inner: str, line: int) -> Expr:
        if _REFERENCE.fullmatch(inner):  # most are, and the parser takes its time
            root, *steps = inner.split(".")
            found: Expr = Name(root, line)
            for step in steps:
                found = Attr(found, step)
            return found
        return parser.parse_expression(inner, name, line)

    try:
        return assemble(split_heredoc(data, 1, parse))
    except (RepoError, ValueError) as error:
        return Unknown(str(error), name, 1)
