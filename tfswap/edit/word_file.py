"""A file whose name sources are words of its text, at positions that its kind finds."""

from __future__ import annotations

from abc import abstractmethod
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tfswap.edit.tfvars import Edit
from tfswap.edit.words import Word, replaced
from tfswap.errors import RepoError
from tfswap.swap import NameSource


@dataclass(frozen=True)
class WordFile:
    """What text and YAML have in common: a word is changed where it stands in the text."""

    file: str
    data: bytes

    @cached_property
    def _text(self) -> str:
        return self.data.removeprefix(BOM_UTF8).decode(errors="surrogateescape")

    @cached_property
    @abstractmethod
    def _found(self) -> Mapping[str, tuple[Word, NameSource]]:
        """Every word with its place, by pointer."""

    def leaves(self, containing: str = "") -> Iterator[NameSource]:
        """Yield the strings that contain ``containing``."""
        return (leaf for word, leaf in self._found.values() if containing in leaf.value)

    def leaf(self, pointer: str) -> NameSource:
        """Return the string at ``pointer``.

        Raises:
            RepoError: There is none.
        """
        return self._find(pointer)[1]

    def edit(self, pointer: str, old: str, new: str) -> Edit:
        """Return the edit that changes the string at ``pointer``.

        Raises:
            RepoError: Another string is there, or ``new`` is no table's name.
        """
        word, leaf = self._find(pointer)
        where = f"{self.file}:{leaf.line}"
        if word.text != old:
            raise RepoError(
                f"{where}: {pointer} is {word.text!r}, not {old!r}.",
                hint="The file was edited in the meantime; run the command again.",
            )
        mark = len(BOM_UTF8) if self.data.startswith(BOM_UTF8) else 0
        return replaced(self._text, word, new, mark, where)

    def _find(self, pointer: str) -> tuple[Word, NameSource]:
        if pointer in self._found:
            return self._found[pointer]
        raise RepoError(
            f"{self.file} has no string at {pointer}.",
            hint="Check the file: it was edited after tfswap read it.",
        )
