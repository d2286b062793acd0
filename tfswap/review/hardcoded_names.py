"""Where files of the repository spell an outgoing table's physical name out, line by line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

from tfswap.discovery.name_search import TextSearch, is_certain
from tfswap.edit import tfvars
from tfswap.errors import RepoError
from tfswap.review.facts import LineMention, TableEdit

_CODE = (".tf", ".tfvars", ".hcl")
_DATA = (".json", ".yaml", ".yml")
_TEMPLATES = (".tftpl", ".tpl", ".tmpl", ".template", ".j2")
_HEADER = re.compile(r'^\s*[\w-]+(?:\s+"[^"]*")+\s*\{')
"""A block's head: its labels name nothing in AWS."""
_COMMENT = {**dict.fromkeys(_CODE, ("#", "//", "*", "/*")), ".yaml": ("#",), ".yml": ("#",)}


def searched(path: str) -> bool:
    """Say whether a file may carry a table's name to something; prose may tell of the old one."""
    return path.endswith(_CODE + _DATA + _TEMPLATES)


def find(
    contents: Mapping[str, bytes],
    tables: Collection[TableEdit],
    leaves: Collection[str],
    evaluated: Collection[str] = (),
) -> Iterator[LineMention]:
    """Yield every line that names an outgoing table at name boundaries.

    A block's label and a part of a path are no names.

    Args:
        contents: Files by path.
        tables: The swapped tables.
        leaves: Tfvars files, in which the same value in another environment names another table.
        evaluated: Files whose code was evaluated: only their comments are read here.
    """
    names = list(dict.fromkeys(table.old_name for table in tables))
    for path, data in contents.items():
        text = data.decode("utf-8-sig", errors="replace")
        allowed = _elsewhere(path, data, tables) if path in leaves else set[int]()
        for number, line in enumerate(text.splitlines(), 1):
            is_comment = _is_comment(path, line)
            if number in allowed or (path in evaluated and not is_comment):
                continue
            said = line if is_comment or not path.endswith(_CODE) else _HEADER.sub("", line)
            for name in names:
                if TextSearch([name])(said):
                    certain = is_certain(said, name)
                    yield LineMention(path, number, name, is_comment, is_certain=certain)


def _is_comment(path: str, line: str) -> bool:
    return line.lstrip().startswith(_COMMENT.get(PurePosixPath(path).suffix, ("\0",)))


def _elsewhere(path: str, data: bytes, tables: Collection[TableEdit]) -> set[int]:
    """Return the lines where another environment names a table of its own by the same string.

    That happens where physical names carry no environment: accounts tell the tables apart.
    """
    try:
        document = tfvars.parse(data, path)
    except RepoError:
        return set()
    ends = {(table.edit.old, _end(table.edit.pointer)) for table in tables}
    return {leaf.line for leaf in document.leaves() if (leaf.value, _end(leaf.pointer)) in ends}


def _end(pointer: str) -> tuple[str, ...]:
    """Return a pointer without the environment it begins with."""
    return tfvars.split(pointer)[2:]
