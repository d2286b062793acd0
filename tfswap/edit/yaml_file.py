"""Name sources in a YAML file that the configuration decodes, by PyYAML's own positions."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tfswap.edit.tfvars import Edit, join
from tfswap.edit.words import Word, replaced, words
from tfswap.errors import RepoError
from tfswap.swap import NameSource

_TEXT = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class YamlFile:
    """A YAML file; its strings are found by pointer, as in JSON."""

    file: str
    data: bytes

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
        self, node: Any, path: tuple[str, ...], above: set[int]
    ) -> Iterator[tuple[str, tuple[Word, NameSource]]]:
        if id(node) in above:  # an anchor within itself
            return
        inside = above | {id(node)}
        if node.id == "mapping":
            for key, value in node.value:
                yield from self._strings(value, (*path, str(key.value)), inside)
        elif node.id == "sequence":
            for index, item in enumerate(node.value):
                yield from self._strings(item, (*path, str(index)), inside)
        elif node.tag == _TEXT and (word := self._word(node)):
            line, column = node.start_mark.line + 1, node.start_mark.column + 1
            pointer = join(path)
            yield pointer, (word, NameSource(self.file, pointer, line, column, word.text))

    def _word(self, node: Any) -> Word | None:
        quotes = int(node.style in ("'", '"'))
        start, end = node.start_mark.index + quotes, node.end_mark.index - quotes
        found = list(words(self._text, start, end, is_plain=node.style != '"'))
        return found[0] if len(found) == 1 and found[0].text == node.value else None

    def leaves(self, containing: str = "") -> Iterator[NameSource]:
        """Yield the strings that contain ``containing`` and could be names."""
        return (leaf for _, leaf in self._found.values() if containing in leaf.value)

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
                hint="Somebody edited it since; run the command again.",
            )
        mark = len(BOM_UTF8) if self.data.startswith(BOM_UTF8) else 0
        return replaced(self._text, word, new, mark, where)

    def _find(self, pointer: str) -> tuple[Word, NameSource]:
        if pointer in self._found:
            return self._found[pointer]
        raise RepoError(
            f"{self.file} has no string at {pointer}.",
            hint="Check the file: somebody edited it since tfswap read it.",
        )
