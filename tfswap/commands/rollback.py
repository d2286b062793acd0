"""``tfswap rollback``: undo what has been done, and no more.

Before the push that is the branch and the tfvars; after it the backed-up state goes back as well,
by compare-and-swap; once an apply was begun the way back is a swap of its own, which is prepared.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from tfswap.aws.ingestion_pipeline import EFFECTS, Goal
from tfswap.commands.prepare import prepare
from tfswap.commands.status.command import stopped_pipeline
from tfswap.config import Setting
from tfswap.context.command_context import CommandContext, say_environment, swap_line
from tfswap.context.deletion_protection import unprotect_what_was_off, what_was_off
from tfswap.context.local_undo import LocalUndo, describe_undo, execute_undo, find_undo
from tfswap.context.preflight import pull
from tfswap.errors import AwsError, ExitCode, RepoError, StateMovedError, TerraformError
from tfswap.journal.events import RollbackBegun, RollbackBySwap
from tfswap.report.wrap import wrap
from tfswap.steps.push import back_up
from tfswap.steps.rollback import (
    RollbackBlocked,
    RollbackPlan,
    Untouched,
    block_earlier_push,
    push_backup,
    rollback_plan,
)
from tfswap.swap import Swap
from tfswap.terraform.client import Terraform


def rollback(context: CommandContext, *, yes: bool, dry_run: bool = False) -> int:
    """Show what will be undone, ask, and undo it; run again after a kill it ends the same.

    Args:
        context: The command's surroundings.
        yes: Do not ask.
        dry_run: Show it only.

    Returns:
        The exit code.

    Raises:
        StateMovedError: Somebody wrote the state since tfswap did.
    """
    swap = context.directory.find()
    if swap is None:
        context.console.out(
            "No swap is prepared in this repository. There is nothing to roll back."
        )
        return 0
    if not dry_run:
        context.directory.lock()
    say_environment(context, swap)
    terraform = context.terraform(swap)
    way = _look(context, swap, terraform)
    undo = find_undo(context, swap)
    if undo.merged or (isinstance(way, RollbackBlocked) and way.begun):
        return _swap_back(context, swap, way, yes=yes, dry_run=dry_run)
    if isinstance(way, RollbackBlocked):
        raise StateMovedError(way.why, hint=_next_step(swap, way), details=way.details)
    _show(context, swap, way, undo)
    if dry_run:
        context.console.note("Nothing was changed (--dry-run). next: tfswap rollback")
        return 0
    question = f"Undo this ({swap_line(swap)})?"
    if not context.console.confirm(question, yes=yes, whole_word=True):
        context.console.note("Nothing was changed. next: tfswap status")
        return int(ExitCode.INTERRUPTED)
    context.journal.note(RollbackBegun(branch=swap.branch))
    _undo(context, swap, terraform, way, undo)
    context.console.out("Rolled back. No table data was changed.")
    for words, start in stopped_pipeline(context):
        text = f"{words} {start} ({EFFECTS[Goal.ACTIVE]})"
        context.console.note("\n".join(wrap(text, context.console.width)))
    context.console.note("next: tfswap status")
    return 0


def _undo(
    context: CommandContext,
    swap: Swap,
    terraform: Terraform,
    way: Untouched | RollbackPlan | None,
    undo: LocalUndo,
) -> None:
    """Undo it in the state, then in AWS, then here; each part can be done again after a kill."""
    if isinstance(way, RollbackPlan):
        with context.console.step("restore the backed-up state", writes=True):
            push_backup(terraform, context.directory, context.journal, way)
    elif isinstance(way, Untouched) and way.block_earlier_push:
        with context.console.step(
            "write the state unchanged, so that no earlier push can succeed", writes=True
        ):
            block_earlier_push(terraform, context.directory, context.journal, way)
    _unprotect(context, swap)
    execute_undo(context, swap, undo)


def _look(
    context: CommandContext, swap: Swap, terraform: Terraform
) -> Untouched | RollbackPlan | RollbackBlocked | None:
    """Read the state; None where it cannot be read and tfswap never began to write it."""
    # A killed run's Terraform may still be at work on the state.
    terraform.wait_for_others()
    try:
        with context.console.step("pull the state and compare it with what tfswap wrote"):
            data, now = pull(context, terraform, swap)
    except (TerraformError, AwsError) as error:
        if context.journal.progress().writes.begun:
            raise
        context.console.warn(f"{error.message} The journal has no write to it; it is not changed.")
        return None
    way = rollback_plan(swap, data, context.directory, context.journal.progress().writes)
    if isinstance(way, RollbackPlan):
        back_up(context.directory, swap.workspace, data, now.serial)
    return way


def _show(
    context: CommandContext, swap: Swap, way: Untouched | RollbackPlan | None, undo: LocalUndo
) -> None:
    console = context.console
    console.out(f"Rollback of the swap in {swap.environment} (workspace {swap.workspace}):")
    off = [
        f"disable the deletion protection of {one.table}, which run --protect enabled"
        for one in what_was_off(context.journal)
    ]
    for line in (*_describe_state_undo(swap, way), *off, *describe_undo(undo, swap)):
        console.out("\n".join(wrap(line, console.width, "  - ", "    ")))
    for line in undo.not_undone:
        console.out("\n".join(wrap(line, console.width, "  not changed: ", "    ")))


def _unprotect(context: CommandContext, swap: Swap) -> None:
    """Switch off again what ``run --protect`` switched on; the swap must still be there for that.

    Raises:
        AwsError: AWS refused; the same command goes on from there.
    """
    if not what_was_off(context.journal):
        return
    from tfswap.context.credentials import aws_of

    with context.console.step(
        "disable the deletion protection that run --protect enabled", writes=True
    ):
        unprotect_what_was_off(context.journal, aws_of(context, swap))


def _describe_state_undo(swap: Swap, way: Untouched | RollbackPlan | None) -> Iterator[str]:
    if isinstance(way, Untouched):
        yield (f"the state (serial {way.now.serial}) has the outgoing table; nothing to undo there")
        if way.block_earlier_push:
            yield (
                "a push was started and its result is unknown: the state is written "
                "once more, unchanged, so that this push can no longer succeed"
            )
    if not isinstance(way, RollbackPlan):
        return
    for address in way.missing:
        yield f"the state now has NO table at {address}: let no pipeline run until this is done"
    yield (
        f"restore the state of serial {way.serial}, from before the swap, over serial "
        f"{way.now.serial}, unless someone writes it in the meantime (from "
        f".tfswap/{way.backup.name})"
    )


def _next_step(swap: Swap, way: RollbackBlocked) -> str:
    """Return what to do where the backup must not go back."""
    if way.missing:
        return "A table is missing from the state. Finish the swap first, which is safe: tfswap run"
    return (
        "Find out who wrote it. To undo the swap and keep their changes, swap back: "
        f"tfswap prepare {_old_values(swap)}"
    )


def _swap_back(
    context: CommandContext,
    swap: Swap,
    way: Untouched | RollbackPlan | RollbackBlocked | None,
    *,
    yes: bool,
    dry_run: bool,
) -> int:
    """Prepare the reverse swap, once that is confirmed.

    Raises:
        RepoError: The outgoing table was retired from here: there is nothing to go back to.
    """
    _refuse_retired(context, swap)
    why = way.why if isinstance(way, RollbackBlocked) else "The restored table's name is merged."
    command = f"tfswap prepare {_old_values(swap)}"
    console = context.console
    for line in (
        f"{why} Restoring the old state would not undo that.",
        "To undo it, swap from the restored table back to the outgoing one: prepare, "
        "run, verify-plan, apply. Data written to the restored table since then stays "
        "in that table.",
    ):
        console.out("\n".join(wrap(line, console.width)))
    if dry_run or not console.confirm(f"Prepare that swap now ({command})?", yes=yes):
        console.note(f"Nothing was changed. next: {command}")
        return 0 if dry_run else int(ExitCode.INTERRUPTED)
    context.journal.note(RollbackBySwap(branch=swap.branch))
    return prepare(_reversed(context, swap), [table.leaf.value for table in swap.tables])


def _refuse_retired(context: CommandContext, swap: Swap) -> None:
    deleted = context.journal.progress().tables.deleted
    gone = [table.old_name for table in swap.tables if table.old_name in deleted]
    if gone:
        raise RepoError(
            f"{', '.join(gone)} was deleted by tfswap retire. There is no table to go back to.",
            hint="Its final backup is in DynamoDB (see tfswap log). Restore it under a dated "
            "name, then run: tfswap prepare <restored table>",
        )


def _reversed(context: CommandContext, swap: Swap) -> CommandContext:
    """Return the context with the swap's own choices, so that nothing is found otherwise."""
    saved = context.remembering(swap)
    regions = {table.region for table in swap.tables}
    config = replace(
        saved.config,
        environment=Setting(swap.environment, "tfswap rollback"),
        workspace=swap.workspace,
        root_module=swap.root_module,
        pointers=tuple(table.leaf.pointer for table in swap.tables),
        addresses=tuple(table.address for table in swap.tables),
        pipelines=swap.pipelines,
        account=swap.account or None,
        region=regions.pop() if len(regions) == 1 else None,
        branch=None,
    )
    return replace(saved, config=config)


def _old_values(swap: Swap) -> str:
    return shlex.join(table.leaf.value for table in swap.tables)
