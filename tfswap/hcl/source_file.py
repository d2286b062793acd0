"""A file of HCL: its bytes, cut into top-level blocks that are parsed one by one."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from tfswap.errors import RepoError
from tfswap.files import read_regular
from tfswap.hcl import json_syntax, parser
from tfswap.hcl.block_splitter import Piece, split_blocks
from tfswap.hcl.parse_cache import ParseCache
from tfswap.hcl.syntax import Attribute, Block

GAP = rb"(?:\s|/\*.*?\*/|(?:#|//)[^\n]*\n)*"
"""What may be between the words of a block's head, or of a reference."""
_LABEL = rb'(?:"([^"\n]*)"|([A-Za-z_][\w-]*))'
_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?" + GAP + rb"([A-Za-z_][\w-]*)" + rb"(?:%b%b)?" % (GAP, _LABEL) * 2,
    re.DOTALL,
)


class SourceChunk:
    """A piece of a ``.tf`` file with one top-level block, or what stands between blocks."""

    def __init__(self, piece: Piece, name: str, cache: ParseCache, start: int = 0) -> None:
        self.line, self.data = piece
        self.name, self._cache = name, cache
        self.start = start
        """Where it begins in the file, in bytes."""

    @cached_property
    def head(self) -> tuple[bytes, ...]:
        """The type and labels of its first block, as they are written; empty where it has none."""
        match = _HEAD.match(self.data)
        return tuple(part for part in match.groups() if part is not None) if match else ()

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in it; parses it, unless the cache knows it."""
        kind = b"json" if self.name.endswith(".json") else b""
        return self._cache.blocks(b"%b%d\n%b" % (kind, self.line, self.data), self._parse)

    def _parse(self) -> tuple[Block, ...]:
        parse = json_syntax.blocks if self.name.endswith(".json") else parser.parse
        try:
            text = self.data.removeprefix(BOM_UTF8).decode()
        except UnicodeDecodeError as error:
            line = self.line + self.data.count(b"\n", 0, error.start)
            hint = "Save it as UTF-8."
            raise RepoError(f"{self.name}:{line}: this is not UTF-8.", hint=hint) from error
        return parse(text, self.name, self.line)


def chunks(data: bytes, name: str, cache: ParseCache) -> list[SourceChunk]:
    """Cut a ``.tf`` file into its blocks."""
    pieces = split_blocks(data)
    starts = accumulate((len(piece.data) for piece in pieces), initial=0)
    return [SourceChunk(piece, name, cache, at) for piece, at in zip(pieces, starts, strict=False)]


def bare_attributes(data: bytes, name: str, cache: ParseCache) -> dict[str, Attribute]:
    """Read a file of attributes without blocks, such as a tfvars file in HCL.

    Raises:
        RepoError: It is not UTF-8 or does not parse, with the line.
    """

    def parsed() -> tuple[Block, ...]:
        try:
            text = data.removeprefix(BOM_UTF8).decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            hint = "Save it as UTF-8."
            raise RepoError(f"{name}:{line}: this is not UTF-8.", hint=hint) from error
        return (Block("tfvars", (), parser.parse_attributes(text, name), (), 1),)

    return cache.blocks(b"tfvars\n" + data, parsed)[0].attributes


class HclSource:
    """One ``.tf`` file."""

    def __init__(
        self, path: Path, name: str, cache: ParseCache, edited: bytes | None = None
    ) -> None:
        self.path, self.name, self._cache, self._edited = path, name, cache, edited

    @cached_property
    def data(self) -> bytes:
        """The file's bytes."""
        if self._edited is not None:
            return self._edited
        try:
            return read_regular(self.path)
        except OSError as error:
            reason = error.strerror or str(error)
            hint = "Terraform reads it too: make it a readable regular file, or remove it."
            raise RepoError(f"{self.name} cannot be read: {reason}.", hint=hint) from error

    @cached_property
    def whole(self) -> SourceChunk:
        """The file in one piece, as JSON is read."""
        return SourceChunk(Piece(1, self.data), self.name, self._cache)

    @cached_property
    def chunks(self) -> list[SourceChunk]:
        """The file, block by block."""
        return chunks(self.data, self.name, self._cache)
