"""What the Tab key offers, read from the repository in milliseconds.

Nothing here parses a configuration, runs a program or asks AWS, and nothing may fail: a shell has
no place to show an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from tfswap.discovery.quick_names import base_names
from tfswap.discovery.quick_names import environments as environments

_RULE = re.compile(r'^@?\w*rule\(\s*"(TFS\d+)",\s*"([^"]+)"', re.MULTILINE)


def offer(find: Callable[[Path], Iterable[Any]], folder: Path) -> list[Any]:
    """Return what is found for the repository around a folder; nothing where anything fails."""
    try:
        top = folder.absolute()
        roots = (each for each in (top, *top.parents) if (each / ".git").exists())
        return list(find(next(roots, top)))
    except Exception:
        return []


def restored_tables(repo: Path) -> Iterator[str]:
    """Yield the prepared swap's restored tables, else what a restore of today would be called."""
    prepared = [table["new_value"] for table in _prepared(repo)]
    yield from prepared or (f"{base}-{datetime.now(UTC):%Y%m%d}" for base in base_names(repo))


def any_tables(repo: Path) -> Iterator[str]:
    """Yield names with and without a date."""
    yield from base_names(repo)
    yield from restored_tables(repo)


def outgoing_tables(repo: Path) -> Iterator[str]:
    """Yield the physical names of the tables that the prepared swap takes out of service."""
    yield from (table["old_name"] for table in _prepared(repo))


def rule_ids(repo: Path) -> Iterator[tuple[str, str]]:
    """Yield each rule's id and title; searched as text: to import all rules takes 0.2 s."""
    for room in ("verify", "review"):
        for text in _sources(files("tfswap") / room):
            yield from _RULE.findall(text)


def _sources(folder: Traversable) -> Iterator[str]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _sources(each)
        elif each.name.endswith(".py"):
            yield each.read_text(encoding="utf-8")


def _prepared(repo: Path) -> list[dict[str, str]]:
    file = repo / ".tfswap" / "swap.json"
    return list(json.loads(file.read_bytes())["tables"]) if file.is_file() else []
