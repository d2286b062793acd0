"""What ``prepare`` starts from: the repository without an edit that is there already.

That edit may be of a swap prepared here before, of a hand, of a commit, or of a ``prepare`` whose
``.tfswap/`` is lost. It is taken over where it is exactly the swap.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tfswap.context.adopt import Files, as_before, edited_here, edited_in_commits, without
from tfswap.context.command_context import CommandContext
from tfswap.context.input_checks import check_upstream, check_work_tree
from tfswap.context.local_undo import execute_undo, find_undo
from tfswap.context.preflight import pull
from tfswap.context.saved_swap import names_of, saved
from tfswap.context.terraform_facts import selected_workspace, state_reader, terraform_variables
from tfswap.discovery.discover import discover
from tfswap.discovery.renamed import renamed
from tfswap.discovery.selection import AlreadyNamedError
from tfswap.edit import files
from tfswap.errors import RepoError, TfswapError, UsageError
from tfswap.journal.events import Replaced
from tfswap.swap import Swap


def begin(
    context: CommandContext, wanted: Sequence[str], *, offline: bool
) -> tuple[Swap | None, Files]:
    """Look at what is there already before a swap is prepared.

    Returns:
        The swap prepared before, where this one takes its place; and the files as they were
        without its edit, or without one made by hand.

    Raises:
        RepoError: Other changes, an old main, or a state that cannot be read though it must be.
        UsageError: The names are the outgoing ones of a swap that was never written.
    """
    first = saved(context)
    other = first is not None and not set(wanted) <= names_of(first)
    before = without(context, first) if first is not None and other else {}
    if first is None or not before:
        before = edited_here(context)
        if not before:
            check_work_tree(context)
        check_upstream(context, offline=offline)
        return None, before
    if in_service(context, first):
        check_upstream(context, offline=offline)
        return None, as_left(context, first)
    if set(wanted) & {name for t in first.tables for name in (t.leaf.value, t.old_name)}:
        raise UsageError(
            f"The swap to {first.tables[0].new_name} was prepared, but not written to "
            f"the state: {first.tables[0].old_name} is in service.",
            hint="To undo the edit and the branch: tfswap rollback",
        )
    check_upstream(context, offline=offline)
    return first, before


def in_service(context: CommandContext, swap: Swap) -> bool:
    """Whether the state holds a restored table of the swap.

    Where the state cannot be read, a swap that nobody began to write is in no service.

    Raises:
        RepoError: Somebody began, and the state cannot be read, or lacks a table.
    """
    try:
        with context.console.step("check whether the state has the table prepared before"):
            _, state = pull(context, context.terraform(swap), swap)
    except TfswapError as error:
        if context.journal.progress().writes.begun or context.directory.taken_by_hand():
            raise RepoError(
                f"It is unknown whether the state has {swap.tables[0].new_name}: {error.message}",
                hint=f"{error.hint} Then run the same command again.".lstrip(),
            ) from error
        return False
    for table in swap.tables:
        if table.address not in state.instances:
            raise RepoError(
                f"The state now has no table at {table.address}.",
                hint="To finish the prepared swap: tfswap run. To undo it: tfswap rollback",
            )
    held = [state.instances[table.address].attributes.get("name") for table in swap.tables]
    return any(name == table.new_name for name, table in zip(held, swap.tables, strict=True))


def as_left(context: CommandContext, first: Swap) -> Files:
    """Return the files that name neither table of the first swap, as that swap left them."""
    root = context.git.root
    left = {
        file: files.swapped(data, file, first.tables) for file, data in edited_here(context).items()
    }
    return {file: data for file, data in left.items() if data != (root / file).read_bytes()}


def found(context: CommandContext, wanted: Sequence[str], before: Files) -> Swap:
    """Discover the swap in the repository as it was before an edit that is there already.

    Raises:
        RepoError: The edit is not exactly this swap.
    """
    if before:
        return _adopted(context, wanted, before)
    try:
        return discovered(context, wanted)
    except AlreadyNamedError:
        if not (before := edited_in_commits(context)):
            raise
    branch = context.config.branch or context.git.feature_branch(context.config.default_branch)
    there = replace(context, config=replace(context.config, branch=branch))
    swap = _adopted(there, wanted, before)
    context.console.say(f"the edit is already committed, on {context.git.branch() or 'no branch'}")
    return swap


def _adopted(context: CommandContext, wanted: Sequence[str], before: Files) -> Swap:
    with as_before(context, before) as root:
        swap = discovered(context, wanted, root)
    first = saved(context)
    ours = without(context, first) if first is not None else {}
    same = first is not None and first.renames == swap.renames
    for file, data in before.items():
        now = (context.git.root / file).read_bytes()
        # What was changed by hand since it was prepared here is written as prepared.
        if same or ours.get(file) == data or now == files.swapped(data, file, swap.tables):
            continue
        names = sorted((renamed(data, now) or {}).values())
        raise RepoError(
            f"{file} already has {', '.join(names)}; you asked for "
            f"{', '.join(table.new_value for table in swap.tables)}.",
            hint=f"To prepare the swap to that name: tfswap prepare {shlex.join(names)}. To "
            f"undo that edit: git restore {shlex.quote(file)}",
        )
    return swap


def undo_prepared(context: CommandContext, first: Swap, before: Files) -> Files:
    """Take back the edit and the branch of a swap that another one takes the place of.

    Returns:
        Those of the files that are not as before yet: edited by hand since, or committed here.
    """
    context.directory.lock()
    context.console.say(
        f"replaces the swap to {first.tables[0].new_name}; that one was not written to the state"
    )
    execute_undo(context, first, find_undo(context, first), Replaced)
    root = context.git.root
    return {file: data for file, data in before.items() if (root / file).read_bytes() != data}


def discovered(context: CommandContext, wanted: Sequence[str], root: Path | None = None) -> Swap:
    """Return the swap to the named tables as the repository tells it; nothing is written.

    Args:
        context: The command's surroundings.
        wanted: Names as they shall stand in the tfvars.
        root: A copy of the repository that is read in its place.

    Raises:
        UsageError: Its branch cannot be made.
        RepoError: As ``discover``.
    """
    swap = discover(
        root or context.git.root,
        wanted,
        context.config,
        selected_workspace=selected_workspace(context),
        state=state_reader(context),
        variables=terraform_variables(context),
    )
    if not context.git.valid_branch(swap.branch):
        raise UsageError(
            f"{swap.branch!r} is not a valid branch name.", hint="Set it with --branch."
        )
    return swap
