"""Open a file with name sources, whatever its kind, and change one string in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from tfswap.edit import tfvars
from tfswap.edit.hcl_file import HclFile
from tfswap.edit.interface import SourceFile
from tfswap.edit.json_file import JsonFile
from tfswap.edit.text_file import TextFile
from tfswap.edit.yaml_file import YamlFile
from tfswap.errors import RepoError, UsageError
from tfswap.files import read_regular
from tfswap.hcl.parse_cache import ParseCache, user_cache
from tfswap.names import parse_dated
from tfswap.swap import NameSource, TableSwap

_YAML = (".yaml", ".yml")


def read(root: Path, file: str) -> SourceFile:
    """Read a file of the repository.

    Args:
        root: The repository's top.
        file: Its path below that.

    Raises:
        RepoError: It cannot be read.
    """
    try:
        data = read_regular(root / file)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RepoError(
            f"{file} cannot be read: {reason}.", hint="Check that it is checked out."
        ) from error
    return parse(data, file)


def parse(data: bytes, file: str, cache: ParseCache | None = None) -> SourceFile:
    """Return a file's name sources.

    Args:
        data: What it holds.
        file: Its path in the repository; its suffix says how it is written.
        cache: Where parsed HCL is kept; the user's cache by default.

    Raises:
        RepoError: It cannot be read as what it is.
    """
    if file.endswith(_YAML):
        return YamlFile(file, data)
    if file.endswith((".tf", ".tfvars", ".hcl")):
        return HclFile(file, data, cache or user_cache())
    if not file.endswith(".json"):
        return TextFile(file, data)
    return JsonFile(tfvars.parse(data, file, any_root=not file.endswith(".tfvars.json")))


def value_at(data: bytes, leaf: NameSource) -> str:
    """Return what is written at a name source in some version of its file.

    Raises:
        RepoError: The file cannot be read, or has no string there.
    """
    return parse(data, leaf.file).leaf(leaf.pointer).value


def splice(
    data: bytes, file: str, pointer: str, old: str, new: str, cache: ParseCache | None = None
) -> bytes:
    """Return ``data`` with one string changed and every other byte as it was.

    The result is read again: every string but the one must read as before.

    Raises:
        RepoError: ``old`` is not at ``pointer``, or more than that string would change.
    """
    if file.endswith(".json"):
        return tfvars.splice(data, pointer, old, new, file=file)
    before = parse(data, file, cache)
    spliced = before.edit(pointer, old, new).apply(data)
    expected = [(p, new if p == pointer else value) for p, value in _values(before)]
    if list(_values(parse(spliced, file, cache))) != expected:
        raise RepoError(  # would be a bug in a reader of ours; never write such a file
            f"{file}: changing {pointer} would change other values too.",
            hint="Edit the file by hand, and report this bug.",
        )
    return spliced


def _values(source: SourceFile) -> Iterator[tuple[str, str]]:
    return ((leaf.pointer, leaf.value) for leaf in source.leaves())


def named_in(data: bytes, file: str, tables: Iterable[TableSwap]) -> tuple[TableSwap, ...]:
    """Return the tables of a file with the name that a version of it has as the outgoing one.

    That is the swap's own, or another date behind the same name: a wrong date that was committed.

    Raises:
        RepoError: The file cannot be read.
    """
    return tuple(_named_in(data, table) for table in tables if table.leaf.file == file)


def _named_in(data: bytes, table: TableSwap) -> TableSwap:
    value = value_at(data, table.leaf)
    with suppress(UsageError):  # an impossible date
        if value != table.new_value and parse_dated(value).base == table.base:
            leaf = msgspec.structs.replace(table.leaf, value=value)
            return msgspec.structs.replace(table, leaf=leaf)
    return table


def swapped(data: bytes, file: str, tables: tuple[TableSwap, ...], *, back: bool = False) -> bytes:
    """Return a version of a file with the restored tables' names in it, or the outgoing ones'.

    A string that is neither name is left as it is.

    Raises:
        RepoError: The file cannot be read.
    """
    for table in tables:
        leaf = table.leaf
        old, new = (table.new_value, leaf.value) if back else (leaf.value, table.new_value)
        if leaf.file == file and value_at(data, leaf) == old:
            data = splice(data, file, leaf.pointer, old, new)
    return data
