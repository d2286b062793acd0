"""The swap that `prepare` makes on the fixture, for a recorded plan to be measured against."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.record.folder import Expected, Table
from tests.verify.plans import load, resources
from tfswap.config import Config, Setting
from tfswap.demo.fixture import find_fixture
from tfswap.discovery.discover import discover
from tfswap.hcl.parse_cache import ParseCache
from tfswap.swap import Swap
from tfswap.verify.model.intent import Intent

_TFVARS = Path("terraform", "environment", "terraform.tfvars.json")
_BEFORE = ("empty", "applied")
"""Their states hold what was in service before the swap, and before the way back."""


def prepared_intent(shown: Expected) -> Intent:
    """What `verify-plan` knows in a repository where the swap was prepared."""
    swap = _swap(shown.tables, shown.environment, shown.release)
    assert [(t.old_name, t.new_name, t.address) for t in swap.tables] == [
        (table.old, table.new, table.address) for table in shown.tables
    ]
    outgoing = {table.address: _outgoing(table) for table in shown.tables}
    return Intent.from_swap(swap, outgoing={k: v for k, v in outgoing.items() if v is not None})


@cache
def _swap(tables: tuple[Table, ...], environment: str, release: tuple[str, ...]) -> Swap:
    with tempfile.TemporaryDirectory() as folder:
        repo = Path(folder) / "repo"
        shutil.copytree(find_fixture(), repo)
        for table in tables:
            _bring_into_service(repo, table.old.removeprefix(f"{environment}-"))
        return discover(
            repo,
            [table.new.removeprefix(f"{environment}-") for table in tables],
            Config(environment=Setting(environment, "the test"), release=release),
            cache=ParseCache(None),
        )


def _bring_into_service(repo: Path, name: str) -> None:
    """Let production's tfvars hold a name, dated or not."""
    path = repo / _TFVARS
    head, key, tail = path.read_text().partition('"production": {')
    base = name.partition("-")[0]
    assert tail.count(f'"{base}"') == 1
    path.write_text(head + key + tail.replace(f'"{base}"', f'"{name}"'))


@cache
def _outgoing(table: Table) -> dict[str, Any] | None:
    """Attributes of the outgoing table in a recorded state that holds it."""
    for case in _BEFORE:
        for resource in resources(load(case)):
            values: dict[str, Any] = resource["values"]
            if resource["address"] == table.address and values.get("name") == table.old:
                return values
    return None
