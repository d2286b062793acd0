"""The repository's Terraform folders: files as bytes, searched first, parsed only where it matters.

The search is sound: HCL writes identifiers as they are, so a block can only declare or refer to a
thing if its words stand in it, in order, with nothing but white space and comments between.
Terraform documentation: "Files and Configuration Structure", "Override Files".
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tfswap.files import is_special, read_regular
from tfswap.hcl.parse_cache import ParseCache
from tfswap.hcl.source_file import GAP, HclSource, SourceChunk
from tfswap.hcl.syntax import Attribute, Block

_SKIPPED = {"node_modules", "venv", "__pycache__"}


class PlacedBlock(NamedTuple):
    """A block and the file it stands in."""

    block: Block
    file: str


class Folder:
    """A folder of ``.tf`` files, which is what Terraform calls a module."""

    def __init__(
        self, path: Path, name: str, cache: ParseCache, edited: Mapping[str, bytes]
    ) -> None:
        self.path, self.name = path, name
        try:
            entries = [e for e in os.scandir(path) if e.is_file() or is_special(Path(e.path))]
            # Terraform reads special files too, and waits for them: reading them is refused.
            files = sorted(entry.name for entry in entries)
        except OSError:
            files = []
        # Terraform leaves hidden code out, and reads hidden tfvars.
        self.tfvars = [f for f in files if f.endswith((".tfvars", ".tfvars.json"))]
        files = [f for f in files if not f.startswith((".", "#")) and not f.endswith("~")]
        hcl_files = sorted((f for f in files if f.endswith(".tf")), key=_override_last)
        json_files = [f for f in files if f.endswith(".tf.json")]

        def source(file: str) -> HclSource:
            return HclSource(path / file, _join(name, file), cache, edited.get(_join(name, file)))

        self.sources, self.json = list(map(source, hcl_files)), list(map(source, json_files))
        self._found: dict[bytes, list[SourceChunk]] = {}

    def referring(self, *words: str) -> list[SourceChunk]:
        """Return the chunks that may hold the reference ``words[0].words[1]…``."""
        gap_dot = GAP + rb"\." + GAP
        return self._search(gap_dot.join(map(_escaped, words)), words)

    def declaring(self, *words: str) -> list[SourceChunk]:
        """Return the chunks that may hold the block ``words[0] "words[1]" … {``."""
        kind, *labels = map(_escaped, words)
        pattern = kind + b"".join(GAP + b'"?' + label + b'"?' for label in labels)
        head = tuple(word.encode() for word in words)
        return self._search(pattern + (GAP + rb"\{" if len(labels) != 1 else b""), words, head)

    def setting(self, name: str) -> list[SourceChunk]:
        """Return the chunks that may hold the local ``name = …``."""
        return self._search(_escaped(name) + GAP + b"=", ("locals", name), (b"locals",))

    def calling(self) -> list[SourceChunk]:
        """Return the chunks that may hold a ``module`` block."""
        return self._search(rb"module" + GAP + rb"[\"\w]", ("module",), (b"module",))

    def variables(self) -> dict[str, PlacedBlock]:
        """Return the folder's variables by name, with what override files make of them."""
        pattern = rb"variable" + GAP + rb"[\"\w]"
        chunks = self._search(pattern, ("variable",), (b"variable",))
        names = [
            block.labels[0]
            for chunk in chunks
            for block in chunk.blocks
            if block.type == "variable" and len(block.labels) == 1
        ]
        found = ((name, self.block("variable", name)) for name in dict.fromkeys(names))
        return {name: placed for name, placed in found if placed is not None}

    def _search(
        self, pattern: bytes, words: tuple[str, ...], head: tuple[bytes, ...] = ()
    ) -> list[SourceChunk]:
        """Return the chunks that a pattern fits, in which all the words are.

        Args:
            pattern: A regular expression.
            words: The words in it.
            head: What a block's type and labels begin with, where the pattern is for that.
        """
        if pattern not in self._found:
            needles = [word.encode() for word in words]
            likely = [s for s in self.sources if all(needle in s.data for needle in needles)]
            found = [
                chunk
                for source in likely
                for chunk in source.chunks
                if all(needle in chunk.data for needle in needles)
                and self._fits(chunk, source, pattern, head)
            ]
            if self.json:
                found = sorted(
                    self._in_json(words) + found, key=lambda c: _override_last(c.name)[0]
                )
            self._found[pattern] = found
        return self._found[pattern]

    def _fits(
        self, chunk: SourceChunk, source: HclSource, pattern: bytes, head: tuple[bytes, ...]
    ) -> bool:
        # Compiling takes longer than most searches. A file in one piece may hold several blocks.
        if head and len(source.chunks) > 1:
            return chunk.head[: len(head)] == head
        return _compiled(pattern).search(chunk.data) is not None

    def _in_json(self, words: tuple[str, ...]) -> list[SourceChunk]:
        """Return the JSON files that may declare or refer to something, each as one chunk."""
        return [
            source.whole
            for source in self.json
            if b"\\u" in source.data or all(word.encode() in source.data for word in words)
        ]

    def blocks(self, kind: str, *labels: str) -> Iterator[PlacedBlock]:
        """Yield the blocks of this type whose labels begin with ``labels``, overrides last."""
        for chunk in self.declaring(kind, *labels):
            for block in chunk.blocks:
                if block.type == kind and block.labels[: len(labels)] == labels:
                    yield PlacedBlock(block, chunk.name)

    def block(self, kind: str, *labels: str) -> PlacedBlock | None:
        """Return one block, with what override files make of it."""
        found = list(self.blocks(kind, *labels))
        if not found:
            return None
        merged = found[0].block
        for placed in found[1:]:
            merged = _merged(merged, placed.block)
        return PlacedBlock(merged, found[0].file)

    def local(self, name: str) -> tuple[Attribute, str] | None:
        """Return a local's definition and its file."""
        found = None
        for chunk in self.setting(name):
            for block in chunk.blocks:
                if block.type == "locals" and name in block.attributes:
                    found = block.attributes[name], chunk.name
        return found


class Project:
    """A repository; hands out each folder once.

    Args:
        root: Its top folder.
        cache: Where parsed files are kept.
        edited: What files hold after an edit that is not made yet, by their path in it.
    """

    def __init__(
        self, root: Path, cache: ParseCache, edited: Mapping[str, bytes] | None = None
    ) -> None:
        self.root, self._cache, self.edited = root.resolve(), cache, dict(edited or {})
        self._folders: dict[str, Folder] = {}

    def folder(self, name: str) -> Folder:
        """Return the folder of that POSIX path, relative to the repository's root."""
        name = normal(name)
        if name not in self._folders:
            self._folders[name] = Folder(self.root / name, name, self._cache, self.edited)
        return self._folders[name]

    def changed(self, file: str, data: bytes) -> Project:
        """Return the repository as it would be with other bytes in one file."""
        other = Project(self.root, self._cache, {**self.edited, file: data})
        folder = PurePosixPath(file).parent.as_posix()
        other._folders = {name: f for name, f in self._folders.items() if name != folder}
        return other

    @property
    def cache(self) -> ParseCache:
        """Where parsed files are kept."""
        return self._cache

    def contents(self, name: str) -> bytes | None:
        """Return what a file of the repository holds; None where it, or its link, leads outside."""
        if name in self.edited:
            return self.edited[name]
        path = (self.root / name).resolve()
        is_inside = not name.startswith("..") and path.is_relative_to(self.root)
        if not (is_inside and path.is_file()):
            return None
        try:
            return read_regular(path)
        except OSError:
            return None

    def folders(self) -> Iterator[Folder]:
        """Yield every folder that holds ``.tf`` or ``.tf.json`` files; hidden ones are left out."""
        for path, below, files in os.walk(self.root):
            below[:] = sorted(d for d in below if not d.startswith(".") and d not in _SKIPPED)
            if any(name.endswith((".tf", ".tf.json")) for name in files):
                yield self.folder(Path(path).relative_to(self.root).as_posix())


def normal(name: str) -> str:
    """Return a relative POSIX path with ``.`` and ``..`` resolved; ``.`` for the root itself."""
    return PurePosixPath(os.path.normpath(name)).as_posix()


def _join(folder: str, file: str) -> str:
    return file if folder == "." else f"{folder}/{file}"


def _override_last(name: str) -> tuple[bool, str]:
    return name.removesuffix(".json").removesuffix(".tf").endswith("override"), name


def _merged(block: Block, override: Block) -> Block:
    """Terraform's rule: attributes replace attributes, nested blocks those of the same type."""
    types = {inner.type for inner in override.blocks}
    kept = tuple(inner for inner in block.blocks if inner.type not in types)
    attributes = block.attributes | override.attributes
    return Block(block.type, block.labels, attributes, kept + override.blocks, block.line)


def _escaped(word: str) -> bytes:
    return rb"(?<![\w-])" + re.escape(word).encode() + rb"(?![\w-])"


@cache
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)
