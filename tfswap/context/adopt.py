"""An edit that is there already: made by hand, committed, or by a ``prepare`` of another date.

``prepare`` reads the repository as it was before that edit, and takes the edit over where it is
exactly the swap. What is the swap's edit and what is not is asked here and in
``discovery.renamed``.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tfswap.context.command_context import CommandContext
from tfswap.context.local_undo import own_edits
from tfswap.context.written_names import written_names
from tfswap.discovery.renamed import renamed
from tfswap.edit import files
from tfswap.swap import Swap

Files = Mapping[str, bytes]
"""File, relative to the repository, to its bytes."""


def edited_here(context: CommandContext) -> Files:
    """Return the changed files as HEAD has them, where all that changed are tables' dates."""
    root = context.git.root
    return _before(context, "HEAD", {name: root / name for name in context.git.changed()})


def edited_in_commits(context: CommandContext) -> Files:
    """Return the files as they were where the branch began, where only tables' dates changed."""
    base = context.git.base(context.config.default_branch)
    if base is None:
        return {}
    root = context.git.root
    names = context.git.differing(base)
    found = (_before(context, base, {name: root / name}) for name in names)
    return {name: data for each in found for name, data in each.items()}


def _before(context: CommandContext, revision: str, paths: Mapping[str, Path]) -> dict[str, bytes]:
    """Return all the files as they were, or none where one differs in more than a date."""
    found = {}
    for name, path in paths.items():
        before = context.git.file_at(revision, name)
        if before is None or path.is_symlink() or not path.is_file():
            return {}
        if not renamed(before, path.read_bytes()):
            return {}
        found[name] = before
    return found


@contextmanager
def as_before(context: CommandContext, before: Files) -> Iterator[Path]:
    """Hand over a copy of what discovery reads, in which some files are as they were."""
    root = context.git.root
    with tempfile.TemporaryDirectory(prefix="tfswap-") as made:
        copy = Path(made)
        names = context.git.files()
        for folder in {Path(name).parent for name in names if name.endswith((".tf", ".tf.json"))}:
            modules = root / folder / ".terraform" / "modules"
            if modules.is_dir():
                shutil.copytree(modules, copy / folder / ".terraform" / "modules", symlinks=True)
            names += tuple(f"{folder}/{path.name}" for path in (root / folder).glob("*.tfvars*"))
        for name in dict.fromkeys(names):
            source, target = root / name, copy / name
            if any((root / parent).is_symlink() for parent in Path(name).parents):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            if name in before:
                target.write_bytes(before[name])
            elif source.is_symlink() or source.is_file():
                shutil.copy2(source, target, follow_symlinks=False)
        yield copy


def without(context: CommandContext, swap: Swap) -> Files:
    """Return the files as they were before the edit of a swap prepared here, where it is there.

    One that was changed by hand since counts as its edit too, while only the date differs.
    """
    if not set(context.git.changed()) <= own_edits(context, swap):
        return edited_here(context)
    found = {}
    for file in {table.leaf.file for table in swap.tables}:
        data = (context.git.root / file).read_bytes()
        before = files.swapped(data, file, swap.tables, back=True)
        if before != data:
            found[file] = before
    return found


def next_edit_command(context: CommandContext, swap: Swap) -> str:
    """Return the next command where the files do not name the restored tables of the swap."""
    names = " ".join(table.new_value for table in swap.tables)
    for name in written_names(context.git.root, swap.tables):
        if name.is_outgoing or name.is_restored or edited_here(context):
            continue
        return (
            f"{name.where} is {name.source.value!r}, neither the outgoing nor the restored name. "
            f"Change it back to {name.table.leaf.value!r}, then run: tfswap prepare {names}"
        )
    return f"tfswap prepare {names}"
