"""What ``rollback`` undoes on this machine: the edit of the tfvars, the branch, files of the swap.

Read from what is. The edit goes back by the inverse splice and only where the leaf still holds the
restored name; the branch is removed only where it holds no commit of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tfswap.context.command_context import CommandContext
from tfswap.context.written_names import is_restored_at, written_names
from tfswap.edit import files
from tfswap.errors import RepoError
from tfswap.files import leftover_files, write_atomically
from tfswap.git.client import Git
from tfswap.journal.events import Preparing, Replaced, RolledBack
from tfswap.swap import Swap, TableSwap


@dataclass(frozen=True)
class LocalUndo:
    """What is to be undone on this machine."""

    edits: tuple[TableSwap, ...]
    """Tables whose leaf gets its old value back."""
    leave: bool
    """The swap's branch is checked out and will be left."""
    back_to: str | None
    """The branch to go back to; None is ``commit``, without a branch."""
    commit: str
    remove: str
    """The branch to be removed; empty when it stays."""
    not_undone: tuple[str, ...]
    """What is left as it is, and why."""
    merged: bool
    """The branch to go back to names a restored table itself: the swap has landed there."""


def find_undo(context: CommandContext, swap: Swap) -> LocalUndo:
    """Look at the work tree, the branch and where they came from.

    Raises:
        RepoError: The tfvars cannot be read.
    """
    git, origins = context.git, context.journal.progress().branches.origins
    origin = origins.get(swap.branch, Preparing())
    back_to, commit = origin.came_from, origin.commit
    edits, not_undone = _edits(git, swap, commit)
    leave = git.branch() == swap.branch
    if leave and not _there(git, back_to, commit):
        leave = False
        not_undone.append(
            f"branch {swap.branch}: the branch that was checked out before is unknown"
        )
    remove = ""
    if git.has_branch(swap.branch) and (leave or git.branch() != swap.branch):
        if not origin.created:
            not_undone.append(f"branch {swap.branch}: tfswap did not create it")
        elif git.has_more_commits(swap.branch, commit):
            there = "; close its pull request" if git.pushed(swap.branch) else ""
            not_undone.append(f"branch {swap.branch}: it has other commits{there}")
        else:
            remove = swap.branch
    landing = (back_to or commit) if leave else "HEAD"
    merged = (leave or git.branch() != swap.branch) and _names_restored(git, swap, landing)
    # A swap back began where its name stood already: nothing was merged for that.
    merged = merged and not (commit and _names_restored(git, swap, commit))
    return LocalUndo(edits, leave, back_to, commit, remove, tuple(not_undone), merged)


def execute_undo(
    context: CommandContext,
    swap: Swap,
    undo: LocalUndo,
    kind: type[RolledBack] | type[Replaced] = RolledBack,
) -> None:
    """Undo it; each part can be done again after a kill, and the swap's own file goes last."""
    console, git = context.console, context.git
    for file in dict.fromkeys(table.leaf.file for table in undo.edits):
        with console.step(f"revert {file}", writes=True):
            path = git.root / file
            write_atomically(path, files.swapped(path.read_bytes(), file, undo.edits, back=True))
    if undo.leave:
        with console.step(f"check out {undo.back_to or undo.commit[:12]}", writes=True):
            if undo.back_to:
                git.switch(undo.back_to, create=False)
            else:
                git.detach(undo.commit)
    if undo.remove:
        with console.step(f"delete the branch {undo.remove}", writes=True):
            git.remove_branch(undo.remove)
    context.journal.note(kind(branch=swap.branch))
    _clear(context, swap)


def own_edits(context: CommandContext, swap: Swap) -> frozenset[str]:
    """Return the tfvars files whose only difference from HEAD is the swap's edit."""
    own = set()
    for file in {table.leaf.file for table in swap.tables}:
        committed = context.git.file_at("HEAD", file)
        try:
            here = files.swapped(
                (context.git.root / file).read_bytes(), file, swap.tables, back=True
            )
        except (RepoError, OSError):
            continue
        if committed == here:
            own.add(file)
    return frozenset(own)


def _clear(context: CommandContext, swap: Swap) -> None:
    """Remove the swap's files; journal, log and backups of the state are kept."""
    directory = context.directory
    for folder in (directory.scratch, directory.baseline_scratch):
        shutil.rmtree(folder, ignore_errors=True)
    from tfswap.context.baseline import forget_baseline

    forget_baseline(directory)
    for path in leftover_files(directory.folder):
        path.unlink(missing_ok=True)
    for path in (directory.plan, directory.verdict, *directory.begun, directory.script):
        path.unlink(missing_ok=True)
    for path in directory.all_pushed(swap.workspace):
        path.unlink(missing_ok=True)
    directory.swap_file.unlink(missing_ok=True)


def _there(git: Git, branch: str | None, commit: str) -> bool:
    return git.has_branch(branch) if branch else bool(commit)


def _edits(git: Git, swap: Swap, began: str) -> tuple[tuple[TableSwap, ...], list[str]]:
    """Return the leaves to set back, and what is said of the others.

    ``began``: the commit the swap was prepared on; empty where that is not known.
    """
    edits: list[TableSwap] = []
    not_undone: list[str] = []
    for name in written_names(git.root, _one_per_source(swap.tables)):
        table, began_so = name.table, is_restored_at(git, began, name.table)
        if name.is_outgoing:
            continue
        if not name.is_restored:
            not_undone.append(
                f"{name.where}: {name.source.value!r} is neither the outgoing nor the restored "
                "name; someone edited it"
            )
        elif is_restored_at(git, "HEAD", table) and not began_so:
            here = git.branch() or "this commit"
            not_undone.append(f"{name.where}: the edit is committed on {here}")
        else:
            # Where a wrong date was committed before the swap, that comes back.
            data = git.file_at(began, table.leaf.file) if began else None
            edits += [table] if data is None else files.named_in(data, table.leaf.file, [table])
    return tuple(edits), not_undone


def _one_per_source(tables: Sequence[TableSwap]) -> Sequence[TableSwap]:
    """Return one table for each leaf: several may take their name from one."""
    return list({(table.leaf.file, table.leaf.pointer): table for table in tables}.values())


def _names_restored(git: Git, swap: Swap, revision: str) -> bool:
    return any(is_restored_at(git, revision, table) for table in swap.tables)


def describe_undo(undo: LocalUndo, swap: Swap) -> Iterator[str]:
    """Yield what will be undone, one thing a line."""
    for table in undo.edits:
        leaf = table.leaf
        yield f"{leaf.file}:{leaf.line}: {table.new_value!r} changes back to {leaf.value!r}"
    if undo.leave:
        yield f"check out {undo.back_to or undo.commit[:12]}, which was checked out before"
    if undo.remove:
        yield f"delete the branch {undo.remove}; it has no other commits"
    yield "delete the prepared swap, its plan and its verdict from .tfswap/"
    yield "(kept: the journal, Terraform's log, state backups)"
