"""The many ways to write a name: one right edit, or a refusal whose way out works."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.discovery.conftest import Find, Make
from tests.discovery.variants import EDITED, REFUSED, Variant
from tests.discovery.way_out import apply, command, names
from tfswap.config import Config
from tfswap.edit import files
from tfswap.errors import RepoError

NO_CHANGES = (
    "terraform init", "Choose", "these tables", "Did you mean", "Run terraform fmt",
    "with a regular file", "Fix the file", "Check --workspace", "docs/terragrunt.md",
    "Set it with", "Change its condition", "Keep the last one",
)  # fmt: skip
"""What hints say where nothing need be written."""


def written(repo: Path, variant: Variant) -> Path:
    """Write a variant's files; ``->target`` makes a link."""
    for name, text in variant.files.items():
        path = repo / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("->"):
            os.symlink(text[2:], path)
        else:
            path.write_bytes(re.sub("[«»]", "", text).encode())
    return repo


def settings(variant: Variant, **more: Any) -> dict[str, Any]:
    """Return what ``discover`` is handed."""
    given = {**variant.given, **more}
    variables = given.pop("variables", None)
    return {"config": Config(**given), "variables": variables}


@pytest.mark.parametrize("shape", EDITED)
def test_the_one_string_is_edited(shape: str, make: Make, find: Find) -> None:
    variant = EDITED[shape]
    repo = written(make({}, bare=True), variant)
    swap = find(repo, variant.typed, **settings(variant))
    table = swap.tables[0]
    file, marked = next((f, text) for f, text in variant.files.items() if "«" in text)
    assert (table.leaf.file, table.new_name) == (file, variant.says)
    before = (repo / file).read_bytes()
    after = files.swapped(before, file, swap.tables)
    assert after.decode().replace("\\u006f", "o") == re.sub("«.*»", table.new_value, marked)
    assert files.swapped(after, file, swap.tables, back=True) == before


@pytest.mark.parametrize("shape", REFUSED)
def test_what_is_refused_names_a_way_out_that_works(shape: str, make: Make, find: Find) -> None:
    variant = REFUSED[shape]
    repo = written(make({}, bare=True), variant)
    with pytest.raises(RepoError) as error:
        find(repo, variant.typed, **settings(variant))
    refusal = error.value
    shown = "\n".join((refusal.message, *refusal.details, refusal.hint or ""))
    assert re.search(variant.says, shown), shown
    changes = getattr(refusal, "changes", ())
    if not changes:
        assert any(part in (refusal.hint or "") for part in NO_CHANGES), shown
        return
    variables = variant.given.get("variables", {})
    before = names(repo, variables)
    apply(repo, changes)
    after = names(repo, variables)
    assert {run: after[run] for run in before} == before, "such a change plans nothing"
    typed, flags = command(refusal.hint or "")
    swap = find(repo, typed, **settings(variant, **flags))
    assert [table.new_name for table in swap.tables] == [typed]


def test_a_region_that_a_module_leaves_out_is_not_imported(make: Make, find: Find) -> None:
    variant = EDITED["a public table module"]
    swap = find(written(make({}, bare=True), variant), variant.typed)
    assert swap.tables[0].import_id == variant.typed
