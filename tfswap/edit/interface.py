"""What every kind of file with name sources can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from tfswap.edit.tfvars import Edit
from tfswap.swap import NameSource


class SourceFile(Protocol):
    """A file some of whose strings may name tables."""

    @property
    def file(self) -> str:
        """Its path in the repository."""

    @property
    def data(self) -> bytes:
        """What it holds."""

    def leaves(self, containing: str = "") -> Iterator[NameSource]:
        """Yield the strings whose text contains ``containing``, in the file's order."""

    def leaf(self, pointer: str) -> NameSource:
        """Return the string at ``pointer``.

        Raises:
            RepoError: There is none.
        """

    def edit(self, pointer: str, old: str, new: str) -> Edit:
        """Return the edit that turns the string at ``pointer`` from ``old`` into ``new``.

        Raises:
            RepoError: Another string is there, or ``new`` cannot be written at that place.
        """
