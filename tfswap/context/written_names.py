"""What a swap's name sources hold: the outgoing name, the restored one, or another.

Every command asks here, of the work tree or of a revision.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tfswap.edit import files
from tfswap.errors import RepoError
from tfswap.git.client import Git
from tfswap.swap import NameSource, TableSwap


class WrittenName(NamedTuple):
    """A table's name source as it is written now."""

    table: TableSwap
    source: NameSource

    @property
    def is_restored(self) -> bool:
        """Whether it holds the restored table's name."""
        return self.source.value == self.table.new_value

    @property
    def is_outgoing(self) -> bool:
        """Whether it holds the outgoing table's name."""
        return self.source.value == self.table.leaf.value

    @property
    def where(self) -> str:
        """``file:line``."""
        return f"{self.source.file}:{self.source.line}"


def written_names(root: Path, tables: Iterable[TableSwap]) -> tuple[WrittenName, ...]:
    """Return what the work tree holds, table by table.

    Raises:
        RepoError: A file cannot be read, or has no string there.
    """
    leaves = ((table, table.leaf) for table in tables)
    return tuple(
        WrittenName(table, files.read(root, leaf.file).leaf(leaf.pointer)) for table, leaf in leaves
    )


def require_restored(root: Path, tables: Iterable[TableSwap], hint: str) -> None:
    """Make sure that the work tree names the restored tables.

    Raises:
        RepoError: It names another; or as ``written_names``.
    """
    for name in written_names(root, tables):
        if not name.is_restored:
            raise RepoError(
                f"{name.where}: {name.source.pointer} is {name.source.value!r}; the swap needs "
                f"{name.table.new_value!r}.",
                hint=hint,
            )


def is_restored_at(git: Git, revision: str, table: TableSwap) -> bool:
    """Say whether a revision names the restored table; no where it cannot be read."""
    data = git.file_at(revision, table.leaf.file) if revision else None
    try:
        return data is not None and files.value_at(data, table.leaf) == table.new_value
    except RepoError:
        return False
