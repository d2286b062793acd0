"""The strings that a table's name may be made of, and what each would have to become.

Searched are the files that give the root module's variables their values, the definitions that were
evaluated for the tables' names and instance keys, and the files those read. Which of the strings
really name a table is shown by changing them (``proof``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tfswap.discovery.name_sources import TableInstance, dated
from tfswap.discovery.partial import GAP
from tfswap.discovery.view import View
from tfswap.edit.files import parse
from tfswap.edit.hcl_file import HclFile
from tfswap.errors import RepoError
from tfswap.hcl.module_tree import Module
from tfswap.hcl.project import Folder
from tfswap.swap import NameSource

_FETCHED = ".terraform"


class Candidate(NamedTuple):
    """A string, and what it would become."""

    source: NameSource
    new: str


def sources(view: View, *, is_open: bool = False) -> list[NameSource]:
    """Return the strings that may play a part in a table's name.

    Args:
        view: The configuration.
        is_open: Those in code that an interpolation follows, instead of all others: no name ends
            there.
    """
    found: list[NameSource] = []
    for file in reversed(view.inputs.files) if not is_open else ():
        found += parse(file.data, file.file, view.project.cache).leaves()
    for folder, prefixes in definitions(view).items():
        if _FETCHED not in folder.name.split("/"):
            found += _in_code(view, folder, prefixes, is_open=is_open)
    for name in sorted(view.evaluator.files) if not is_open else ():
        found += parse(view.project.contents(name) or b"", name, view.project.cache).leaves()
    return [source for source in dict.fromkeys(found) if source.value]


def definitions(view: View) -> dict[Folder, list[tuple[str, ...]]]:
    """Return what was evaluated for the tables' names and keys, as pointers' beginnings."""
    found: dict[Folder, dict[tuple[str, ...], None]] = {}
    used: dict[Module, None] = {}
    for module, kind, name in list(view.evaluator.consulted):
        prefix: tuple[str, ...] = {
            "local": ("locals", name),
            "var": ("variable", name),
            "output": ("output", name, "value"),
        }.get(kind, (kind, *name.split(".")))
        found.setdefault(module.folder, {})[prefix] = used[module] = None
    for table in view.tables:
        block, module = table.instance.block, table.instance.module
        found.setdefault(module.folder, {})[("resource", *block.labels)] = used[module] = None
    for module in used:
        while module.parent is not None:
            found.setdefault(module.parent.folder, {})[("module", module.name)] = None
            module = module.parent
    return {folder: list(prefixes) for folder, prefixes in found.items()}


def _in_code(
    view: View, folder: Folder, prefixes: Sequence[tuple[str, ...]], *, is_open: bool
) -> Iterator[NameSource]:
    for source in folder.sources:
        file = HclFile(source.name, source.data, view.project.cache)
        for prefix in prefixes:
            yield from file.below(*prefix, is_open=is_open)
    for source in folder.json if not is_open else ():
        try:
            yield from parse(source.data, source.name).leaves()
        except RepoError:
            continue  # whoever reads the file for what is in it says so


def typed_as_written(found: Sequence[NameSource], wanted: str) -> Iterator[Candidate]:
    """Yield the strings whose base name is the wanted one's."""
    base = dated(wanted).base
    return (Candidate(source, wanted) for source in found if dated(source.value).base == base)


def typed_in_full(view: View, found: Sequence[NameSource], wanted: str) -> Iterator[Candidate]:
    """Yield the strings that would have to change for a table to have the wanted physical name."""
    base = dated(wanted).base
    related = [
        name
        for table in view.tables
        if isinstance(name := table.name, str) and dated(name).base == base
    ]
    for source in found if related else ():
        for name in related:
            yield from (Candidate(source, new) for new in _parts(name, source.value, wanted))


def _parts(name: str, value: str, wanted: str) -> Iterator[str]:
    """Yield what ``value`` becomes when ``name``, in which it occurs, becomes ``wanted``."""
    at = name.find(value)
    while at >= 0:
        before, after = name[:at], name[at + len(value) :]
        fits = wanted.startswith(before) and wanted.endswith(after)
        new = wanted[at : len(wanted) - len(after)] if fits else ""
        if new and dated(new).base == dated(value).base:
            yield new
        at = name.find(value, at + 1)


def near(view: View, wanted: str) -> list[TableInstance]:
    """Return the tables that a wanted name could mean, by their physical names."""
    base = dated(wanted).base
    return [
        table for table in view.tables if isinstance(table.name, str) and is_like(table.name, base)
    ]


def is_like(name: str, base: str) -> bool:
    """Say whether a table's name could be meant by a base name."""
    return base in (dated(name).base, *_pieces(name))


def could_be(text: str, base: str) -> bool:
    """Say whether what is known of a table's name, with gaps for the rest, fits a base name."""
    if GAP not in text:
        return is_like(text, base)
    known = [re.escape(part) for part in text.split(GAP)]
    words = [word.strip("-_.") for word in text.split(GAP)]
    return base in words or (any(known) and re.fullmatch(".+".join(known), base) is not None)


def _pieces(name: str) -> Iterator[str]:
    """Yield what is left of a name without what is before or behind one of its separators."""
    for at, character in enumerate(name):
        if character in "-_.":
            yield dated(name[at + 1 :]).base
            yield name[:at]
