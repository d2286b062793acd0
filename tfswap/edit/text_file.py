"""Name sources in any other file that the configuration reads: CSV, templates, plain text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tfswap.edit.word_file import WordFile
from tfswap.edit.words import Word, words
from tfswap.swap import NameSource


@dataclass(frozen=True)
class TextFile(WordFile):
    """A file of words; a pointer counts lines from 1 and the words of each: ``/3/#0``."""

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
