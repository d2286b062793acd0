"""HCL files into blocks, by python-hcl2's parser.

Its parse tree is turned into ``tfswap.hcl.syntax``; its own dictionaries know neither lines nor
expressions, and making them takes three quarters of its time.
"""

from __future__ import annotations

from typing import Any

from tfswap.errors import RepoError
from tfswap.hcl.block_splitter import without_breaks
from tfswap.hcl.parse_tree import TreeReader
from tfswap.hcl.syntax import Attribute, Block, Expr

Body = tuple[dict[str, Attribute], tuple[Block, ...]]


def parse(text: str, where: str, line: int = 1) -> tuple[Block, ...]:
    """Read an HCL file's top-level blocks.

    Args:
        text: The file or a part of it, without byte order mark.
        where: Its name, for messages.
        line: The line it starts on.

    Raises:
        RepoError: It does not parse, with the line.
    """
    return _body(text, where, line - 1)[1]


def parse_attributes(text: str, where: str) -> dict[str, Attribute]:
    """Read a file of bare attributes, such as an HCL ``*.tfvars``.

    Raises:
        RepoError: It does not parse, with the line.
    """
    return _body(text, where)[0]


def parse_expression(text: str, where: str, line: int = 1) -> Expr:
    """Read one expression.

    Args:
        text: The expression.
        where: The file's name, for messages.
        line: The line it starts on.

    Raises:
        RepoError: It does not parse.
    """
    # In brackets an expression may run over lines, as it may inside an interpolation.
    return _body(f"x = (\n{text}\n)", where, line - 2, line + text.count("\n"))[0]["x"].value


def _body(text: str, where: str, offset: int = 0, last: int | None = None) -> Body:
    """Read a body; ``offset`` is added to its lines, errors are put on ``last`` at the latest."""
    import hcl2
    from lark.exceptions import UnexpectedEOF, UnexpectedInput

    end = offset + text.count("\n") + 1 if last is None else last
    try:
        lines = ""
        try:
            tree: Any = hcl2.parses_to_tree(text)
        except UnexpectedInput:
            if (joined := without_breaks(text)) == text:
                raise
            tree, lines = hcl2.parses_to_tree(joined), text
        nested = last is not None
        reader = TreeReader(where, parse_expression, offset, is_nested=nested, text=lines)
        return reader.body(tree.children[0])
    except (UnexpectedInput, UnexpectedEOF, RecursionError) as error:
        line = getattr(error, "line", 0)
        at = offset + line if isinstance(line, int) and line > 0 else end
        raise RepoError(
            f"{where}:{min(at, end)}: this HCL does not parse.",
            hint="Run terraform fmt. If Terraform accepts the file, simplify the line.",
        ) from error
