"""``tfswap prepare Lpas-20240715``: from a restored table's name to a branch that names it.

Reads the repository, makes the branch, changes one string of the tfvars per table, and writes the
swap and its commands under ``.tfswap/``. Nothing in Terraform's state or in AWS is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from tfswap.context.adopt import Files
from tfswap.context.command_context import CommandContext, say_environment
from tfswap.context.input_checks import check_dates, plain
from tfswap.context.saved_swap import prepared_before, saved
from tfswap.context.stale_names import warn_of_stale
from tfswap.context.swap_discovery import begin, found, undo_prepared
from tfswap.discovery.input_variables import TERRAGRUNT
from tfswap.edit import files
from tfswap.errors import RepoError
from tfswap.files import write_atomically
from tfswap.journal.events import Prepared, Preparing
from tfswap.report.documents import render_document
from tfswap.report.swap_document import prepare_document
from tfswap.report.swap_text import prepared_text
from tfswap.steps.script import command_lines, script
from tfswap.swap import Swap

_UNWRAPPED = 100_000
"""Columns of a text for programs."""


def prepare(
    context: CommandContext,
    wanted: Sequence[str],
    *,
    dry_run: bool = False,
    offline: bool = False,
    as_json: bool = False,
) -> int:
    """Prepare a swap to the named tables, or say that it is prepared already.

    Args:
        context: The command's surroundings.
        wanted: Names as they shall stand in the tfvars: ``Lpas-20240715``, or ``Lpas`` to go back.
        dry_run: Show everything, change nothing.
        offline: Do not fetch from the remote.
        as_json: Write JSON.

    Returns:
        The exit code.
    """
    wanted = [plain(name) for name in wanted]
    check_dates(wanted)
    again = prepared_before(context, wanted)
    replaced, before = (None, {}) if again else begin(context, wanted, offline=offline)
    swap = _remember(context, again or found(context, wanted, before))
    known = saved(context) == swap
    say_environment(context, swap)
    _check_terragrunt(context, swap)
    if replaced is not None and not dry_run:
        before = undo_prepared(context, replaced, before)
    diff = _diff(context, swap, before)
    with context.console.step("search for other uses of the outgoing name"):
        stale = warn_of_stale(context, swap, _UNWRAPPED if as_json else context.console.width)
    done = known and not diff and _in_place(context, swap)
    if not dry_run and not done:
        _execute(context, swap, fresh=again is None, before=before)
    lines = command_lines(swap, context.remembering(swap).binary)
    if as_json:
        document = prepare_document(swap, diff, lines, stale=stale, dry_run=dry_run, already=done)
        context.console.out(render_document(document))
        return 0
    text = prepared_text(
        swap,
        diff,
        lines,
        stale=stale,
        width=context.console.width,
        dry_run=dry_run,
        already=done,
        full=context.console.full,
    )
    guided = context.console.guided and not dry_run
    context.console.out(text.rpartition("\nnext: ")[0] if guided else text)
    return 0


def _check_terragrunt(context: CommandContext, swap: Swap) -> None:
    """Warn where Terragrunt sets variables and plain Terraform would run without them."""
    file = f"{swap.root_module}/{TERRAGRUNT}".removeprefix("./")
    binary = Path(context.remembering(swap).binary.name).name
    if (context.git.root / file).is_file() and "terragrunt" not in binary:
        context.console.warn(
            f"{file} sets inputs that {binary} does not receive. Prepare with "
            "--terraform-bin terragrunt; see docs/terragrunt.md."
        )


def _remember(context: CommandContext, swap: Swap) -> Swap:
    """Keep what this command was told of prefix, binary and role for the later ones."""
    config = context.remembering(swap).config
    return msgspec.structs.replace(
        swap,
        prefix=config.prefix or (),
        terraform_bin=config.terraform_bin or "",
        role=config.role.value if config.role and config.role_is_explicit else "",
    )


def _diff(context: CommandContext, swap: Swap, before: Files) -> tuple[str, ...]:
    """Return the lines of the edit still to be made, ``-`` and ``+``, with their place."""
    lines: list[str] = []
    leaves = {(table.leaf.file, table.leaf.pointer): table for table in swap.tables}
    for table in leaves.values():
        file = table.leaf.file
        here = (context.git.root / file).read_bytes()
        if files.value_at(here, table.leaf) == table.new_value:
            continue
        data = before.get(file, here)
        old = data.decode("utf-8-sig").splitlines()
        new = files.swapped(data, file, (table,)).decode("utf-8-sig").splitlines()
        changed = [
            number for number, pair in enumerate(zip(old, new, strict=True)) if len(set(pair)) > 1
        ]
        for number in changed:
            lines += [*_head(file, number + 1), f"-{old[number]}", f"+{new[number]}"]
    return tuple(lines)


def _head(file: str, line: int) -> list[str]:
    """Return what stands over a changed line: its place, and for code as a unified diff has it."""
    if file.endswith(".json"):
        return [f"{file}:{line}"]
    return [f"--- a/{file}", f"+++ b/{file}", f"@@ -{line} +{line} @@"]


def _in_place(context: CommandContext, swap: Swap) -> bool:
    return context.git.branch() == swap.branch and context.directory.script.is_file()


def _switch(context: CommandContext, swap: Swap, *, create: bool) -> None:
    """Save the swap and check out its branch; where git refuses, the swap is as it was before.

    Raises:
        RepoError: Git refuses.
    """
    file = context.directory.swap_file
    before = file.read_bytes() if file.is_file() else None
    # Before the branch: whatever kills this command, rollback finds what to undo.
    context.directory.save(swap)
    try:
        with context.console.writing(f"check out the branch {swap.branch}"):
            context.git.switch(swap.branch, create=create)
    except RepoError:
        if before is None:
            file.unlink()
        else:
            write_atomically(file, before, 0o600)
        raise


def _execute(
    context: CommandContext, swap: Swap, *, fresh: bool, before: Files | None = None
) -> None:
    """Make branch, swap file, edit and script in this order: each repeatable after a kill."""
    context.directory.lock()
    git = context.git
    if git.branch() != swap.branch:
        there = git.has_branch(swap.branch)
        if there and fresh and not git.same_commit(swap.branch):
            raise RepoError(
                f"The branch {swap.branch} already exists at another commit.",
                hint=f"Delete it (git branch -D {swap.branch}), or choose another with --branch.",
            )
        context.journal.note(
            Preparing(
                branch=swap.branch,
                came_from=git.branch(),
                commit=git.commit(),
                created=not there,
            )
        )
        _switch(context, swap, create=not there)
    context.directory.save(swap)
    for file in dict.fromkeys(table.leaf.file for table in swap.tables):
        path = git.root / file
        data = path.read_bytes()
        wanted = files.swapped((before or {}).get(file, data), file, swap.tables)
        if wanted != data:
            with context.console.writing(f"edit {file}"):
                write_atomically(path, wanted)
    saved = context.remembering(swap)
    text = script(swap, saved.binary, saved.config.terraform_variables())
    write_atomically(context.directory.script, text.encode(), 0o700)
    context.journal.note(
        Prepared(branch=swap.branch, environment=swap.environment, renames=swap.renames)
    )
