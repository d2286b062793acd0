"""HCL files into blocks, by python-hcl2's parser.

Its parse tree is turned into ``tfswap.repo.syntax``; its own dictionaries know neither lines nor
expressions, and making them takes three quarters of its time.
"""

from __future__ import annotations

from typing import Any

from tfswap.errors import RepoError
from tfswap.repo.hclreader import Reader
from tfswap.repo.syntax import (
    Attribute,
    Block,
    Expr,
)


def parse(text: str, where: str) -> tuple[Block, ...]:
    """Read an HCL file's top-level blocks.

    Args:
        text: The file, without byte order mark.
        where: Its name, for messages.

    Raises:
        RepoError: It does not parse, with the line.
    """
    body = Reader(where, parse_expression).body(_tree(text, where).children[0])
    return body[1]


def parse_attributes(text: str, where: str) -> dict[str, Attribute]:
    """Read a file of bare attributes, such as an HCL ``*.tfvars``.

    Raises:
        RepoError: It does not parse, with the line.
    """
    return Reader(where, parse_expression).body(_tree(text, where).children[0])[0]


def parse_expression(text: str, where: str, line: int = 1) -> Expr:
    """Read one expression.

    Raises:
        RepoError: It does not parse.
    """
    # In brackets an expression may run over lines, as it may inside an interpolation.
    tree = _tree(f"x = (\n{text}\n)", where, line - 2)
    attributes, _ = Reader(where, parse_expression, line - 2).body(tree.children[0])
    return attributes["x"].value


def _tree(text: str, where: str, offset: int = 0) -> Any:
    import hcl2
    from lark.exceptions import UnexpectedEOF, UnexpectedInput

    try:
        return hcl2.parses_to_tree(text)
    except (UnexpectedInput, UnexpectedEOF, RecursionError) as error:
        line = getattr(error, "line", 0)
        last = text.count("\n") + 1
        at = offset + (line if isinstance(line, int) and 0 < line <= last else last)
        raise RepoError(
            f"{where}:{at}: this HCL does not parse.",
            hint="Run terraform fmt; if Terraform takes the file, rewrite the line more plainly.",
        ) from error
