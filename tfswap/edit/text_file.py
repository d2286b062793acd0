"""Name sources in any other file that the configuration reads: CSV, templates, plain text."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tfswap.edit.tfvars import Edit
from tfswap.edit.words import Word, replaced, words
from tfswap.errors import RepoError
from tfswap.swap import NameSource


@dataclass(frozen=True)
class TextFile:
    """A file of words; a pointer counts lines from 1 and the words of each: ``/3/#0``."""

    file: str
    data: bytes

    @cached_property
    def _text(self) -> str:
        return self.data.removeprefix(BOM_UTF8).decode(errors="surrogateescape")

    @cached_property
    def _found(self) -> dict[str, tuple[Word, NameSource]]:
        found: dict[str, tuple[Word, NameSource]] = {}
        start = 0
        for number, line in enumerate(self._text.split("\n"), 1):
            for index, word in enumerate(words(self._text, start, start + len(line))):
                at = f"/{number}/#{index}"
                column = word.ends[0] - start + 1
                found[at] = word, NameSource(self.file, at, number, column, word.text)
            start += len(line) + 1
        return found

    def leaves(self, containing: str = "") -> Iterator[NameSource]:
        """Yield the words that contain ``containing``."""
        return (leaf for word, leaf in self._found.values() if containing in leaf.value)

    def leaf(self, pointer: str) -> NameSource:
        """Return the word at ``pointer``.

        Raises:
            RepoError: There is none.
        """
        return self._find(pointer)[1]

    def edit(self, pointer: str, old: str, new: str) -> Edit:
        """Return the edit that changes the word at ``pointer``.

        Raises:
            RepoError: Another word is there, or ``new`` is no table's name.
        """
        word, leaf = self._find(pointer)
        where = f"{self.file}:{leaf.line}"
        if word.text != old:
            raise RepoError(
                f"{where}: {word.text!r} is written here, not {old!r}.",
                hint="The file was edited in the meantime; run the command again.",
            )
        mark = len(BOM_UTF8) if self.data.startswith(BOM_UTF8) else 0
        return replaced(self._text, word, new, mark, where)

    def _find(self, pointer: str) -> tuple[Word, NameSource]:
        if pointer in self._found:
            return self._found[pointer]
        raise RepoError(
            f"{self.file} has no word at {pointer}.",
            hint="Check the file: it was edited after tfswap read it.",
        )
