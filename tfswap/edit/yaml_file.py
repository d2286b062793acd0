"""Name sources in a YAML file that the configuration decodes, by PyYAML's own positions."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tfswap.edit.tfvars import join
from tfswap.edit.word_file import WordFile
from tfswap.edit.words import Word, words
from tfswap.errors import RepoError
from tfswap.swap import NameSource

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")
"""An anchor and a tag before the text itself."""
_TEXT = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class YamlFile(WordFile):
    """A YAML file; its strings are found by pointer, as in JSON."""

    @cached_property
    def _text(self) -> str:
        return self.data.removeprefix(BOM_UTF8).decode()

    @cached_property
    def _found(self) -> dict[str, tuple[Word, NameSource]]:
        import yaml

        try:
            root = yaml.compose(self._text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise RepoError(
                f"{self.file} cannot be read as YAML: {' '.join(str(error).split())}.",
                hint="Fix the file; Terraform could not decode it either.",
            ) from error
        return dict(self._strings(root, (), set())) if root is not None else {}

    def _strings(
        self, node: Any, path: tuple[str, ...], seen: set[int]
    ) -> Iterator[tuple[str, tuple[Word, NameSource]]]:
        if id(node) in seen:  # an alias: the string is where its anchor is
            return
        seen.add(id(node))
        if node.id == "mapping":
            for key, value in node.value:
                yield from self._strings(value, (*path, str(key.value)), seen)
        elif node.id == "sequence":
            for index, item in enumerate(node.value):
                yield from self._strings(item, (*path, str(index)), seen)
        elif node.tag == _TEXT:
            found = list(self._words(node))
            is_whole = len(found) == 1 and found[0].text == node.value
            for index, word in enumerate(found):
                pointer = join(path if is_whole else (*path, f"#{index}"))
                start = word.ends[0]
                line = self._text.count("\n", 0, start) + 1
                column = start - self._text.rfind("\n", 0, start)
                yield pointer, (word, NameSource(self.file, pointer, line, column, word.text))

    def _words(self, node: Any) -> Iterator[Word]:
        start, end = node.start_mark.index, node.end_mark.index
        if properties := _PROPERTIES.match(self._text, start, end):
            start = properties.end()
        if node.style in ("|", ">"):
            start = self._text.find("\n", start, end)  # behind the header
        quotes = int(node.style in ("'", '"'))
        if start < 0 or (node.style == "'" and "''" in self._text[start:end]):
            return
        yield from words(self._text, start + quotes, end - quotes, is_plain=node.style != '"')
