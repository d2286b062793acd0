"""Parsed files, kept by content in the user's cache folder.

Best effort: whatever goes wrong with the cache, the file is parsed again and nobody hears of it.
Entries are MessagePack of ``syntax.Block``, validated as they are read; nothing is ever unpickled.
A folder that somebody else owns or may write to is not used.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import msgspec

from tfswap.hcl.syntax import FORMAT, Block

Blocks = tuple[Block, ...]
MAX_ENTRIES = 5000


class ParseCache:
    """A cache in ``folder``; None switches it off."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder if folder and _private(folder) else None

    def blocks(self, data: bytes, parse: Callable[[], Blocks]) -> Blocks:
        """Return what ``parse`` makes of ``data``, from the cache if it is there."""
        if self.folder is None:
            return parse()
        entry = self.folder / f"{parser_version()}-{sha256(data).hexdigest()}"
        with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _decoder().decode(entry.read_bytes())
        blocks = parse()
        with suppress(OSError, RecursionError):
            _write(entry, msgspec.msgpack.encode(blocks))
        return blocks


def user_cache() -> ParseCache:
    """Return the cache in ``$XDG_CACHE_HOME`` (else ``~/.cache``), in ``tfswap/hcl``.

    XDG Base Directory Specification: a relative path there is ignored.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    with suppress(RuntimeError):  # no home folder can be found
        root = Path(base) if base.startswith("/") else Path.home() / ".cache"
        return ParseCache(root / "tfswap" / "hcl")
    return ParseCache(None)


def _private(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sum(1 for _ in folder.iterdir()) > MAX_ENTRIES:
            _empty(folder)
        found = folder.stat()
    except OSError:
        return False
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        entry.unlink(missing_ok=True)


def _write(entry: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".new-", dir=entry.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(entry)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


@cache
def _decoder() -> msgspec.msgpack.Decoder[Blocks]:
    return msgspec.msgpack.Decoder(Blocks)


@cache
def parser_version() -> str:
    """Return what makes an entry stale: our tree's format, and python-hcl2's version and grammar.

    Read from its files: importing it, or ``importlib.metadata``, takes longer than all the rest.
    """
    spec = find_spec("hcl2")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    contents = b""
    for name in ("version.py", "hcl2.lark"):
        with suppress(OSError):
            contents += (folder / name).read_bytes()
    return f"{FORMAT}-{sha256(contents).hexdigest()[:16]}"
