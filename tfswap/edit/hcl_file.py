"""Name sources in HCL: ``.tf`` files and HCL tfvars, by the parser's own positions.

A pointer is what it would be in Terraform's JSON syntax: ``/variable/table_name/default``,
``/locals/tables/orders``, ``/resource/aws_dynamodb_table/orders/name``; in tfvars
``/environments/production/table_name``. Below an expression that is neither a plain string nor an
object or tuple, ``#0``, ``#1``… count the words of its strings.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tfswap.edit.tfvars import Edit, join, split
from tfswap.edit.words import Word, replaced, words
from tfswap.errors import RepoError
from tfswap.hcl.block_splitter import Piece
from tfswap.hcl.dataflow import children
from tfswap.hcl.parse_cache import ParseCache
from tfswap.hcl.source_file import SourceChunk, bare_attributes, chunks
from tfswap.hcl.syntax import Attribute, Block, Expr, Lit, Object, Tuple
from tfswap.swap import NameSource

Tokens = tuple[str, ...]


class _Found(NamedTuple):
    word: Word
    leaf: NameSource
    before: int
    """Bytes in the file before the text the word was found in."""
    text: str


@dataclass(frozen=True)
class HclFile:
    """A ``.tf`` file, or a tfvars file in HCL."""

    file: str
    data: bytes
    cache: ParseCache

    @property
    def _is_tfvars(self) -> bool:
        # What Terragrunt's files set by name is read like tfvars.
        return self.file.endswith((".tfvars", ".hcl"))

    @cached_property
    def _chunks(self) -> list[SourceChunk]:
        if self._is_tfvars:
            return [SourceChunk(Piece(1, self.data), self.file, self.cache)]
        return chunks(self.data, self.file, self.cache)

    def leaves(self, containing: str = "", *, is_open: bool = False) -> Iterator[NameSource]:
        """Yield the words that contain ``containing``.

        Args:
            containing: A part of their text.
            is_open: Those that an interpolation follows, instead of all others.
        """
        needle = containing.encode()
        for chunk in self._chunks:
            if needle not in chunk.data and b"\\u" not in chunk.data.lower():
                continue
            for found in self._words(chunk):
                if found.word.is_open is is_open and containing in found.word.text:
                    yield found.leaf

    def below(self, *prefix: str, is_open: bool = False) -> Iterator[NameSource]:
        """Yield the words in what ``prefix`` names: ``locals``, ``tables``."""
        needles = [token.encode() for token in prefix]
        for chunk in self._chunks:
            if all(needle in chunk.data for needle in needles):
                for found in self._words(chunk, prefix):
                    if found.word.is_open is is_open:
                        yield found.leaf

    def leaf(self, pointer: str) -> NameSource:
        """Return the word at ``pointer``.

        Raises:
            RepoError: There is none.
        """
        return self._find(pointer).leaf

    def edit(self, pointer: str, old: str, new: str) -> Edit:
        """Return the edit that changes the word at ``pointer``.

        Raises:
            RepoError: Another word is there, or ``new`` is no table's name.
        """
        found = self._find(pointer)
        where = f"{self.file}:{found.leaf.line}"
        if found.word.text != old:
            raise RepoError(
                f"{where}: {pointer} is {found.word.text!r}, not {old!r}.",
                hint="The file was edited in the meantime; run the command again.",
            )
        return replaced(found.text, found.word, new, found.before, where)

    def _find(self, pointer: str) -> _Found:
        # Labels are written as they are, so only blocks that have them can hold the word.
        needles = [token.encode() for token in split(pointer)[:2]]
        likely = [c for c in self._chunks if self._is_tfvars or all(n in c.data for n in needles)]
        matching = [f for c in likely for f in self._words(c) if f.leaf.pointer == pointer]
        if len(matching) == 1:
            return matching[0]
        raise RepoError(
            f"{self.file} has {'several strings' if matching else 'no string'} at {pointer}.",
            hint="Check the file: it was edited after tfswap read it.",
        )

    def _words(self, chunk: SourceChunk, prefix: Tokens = ()) -> Iterator[_Found]:
        text = chunk.data.removeprefix(BOM_UTF8).decode()
        before = chunk.start + (len(BOM_UTF8) if chunk.data.startswith(BOM_UTF8) else 0)
        for path, attribute in self._attributes(chunk):
            if path[: len(prefix)] != prefix[: len(path)]:
                continue
            for at, word in _in_expression(text, path, attribute.value):
                if at[: len(prefix)] != prefix:
                    continue
                start = word.ends[0]
                line = chunk.line + text.count("\n", 0, start)
                column = start - text.rfind("\n", 0, start)
                leaf = NameSource(self.file, join(at), line, column, word.text)
                yield _Found(word, leaf, before, text)

    def _attributes(self, chunk: SourceChunk) -> Iterator[tuple[Tokens, Attribute]]:
        if self._is_tfvars:
            for name, attribute in bare_attributes(self.data, self.file, self.cache).items():
                yield (name,), attribute
        else:
            for block in chunk.blocks:
                yield from _in_block(block, (block.type, *block.labels))


def _in_block(block: Block, path: Tokens) -> Iterator[tuple[Tokens, Attribute]]:
    for name, attribute in block.attributes.items():
        yield (*path, name), attribute
    kinds = [inner.type for inner in block.blocks]
    for index, inner in enumerate(block.blocks):
        several = kinds.count(inner.type) > 1
        number = (str(kinds[:index].count(inner.type)),) if several else ()
        yield from _in_block(inner, (*path, inner.type, *inner.labels, *number))


def _in_expression(text: str, path: Tokens, expr: Expr) -> Iterator[tuple[Tokens, Word]]:
    if isinstance(expr, Object):
        for index, (key, value) in enumerate(expr.items):
            name = str(key.value) if isinstance(key, Lit) else f"({index})"
            yield from _in_expression(text, (*path, name), value)
    elif isinstance(expr, Tuple):
        for index, item in enumerate(expr.items):
            yield from _in_expression(text, (*path, str(index)), item)
    else:
        found = [word for literal in _literals(expr) for word in _of(text, literal)]
        if isinstance(expr, Lit) and len(found) == 1 and found[0].text == expr.value:
            yield path, found[0]
        else:
            yield from (((*path, f"#{i}"), word) for i, word in enumerate(found))


def _literals(expr: Expr) -> Iterator[Lit]:
    if isinstance(expr, Lit):
        yield expr
    for child in children(expr):
        yield from _literals(child)


def _of(text: str, literal: Lit) -> Iterator[Word]:
    if isinstance(literal.value, str) and literal.start >= 0:
        yield from words(text, literal.start, literal.end, is_plain=literal.is_plain)
