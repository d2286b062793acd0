"""What came of restores: said, kept in the journal, and the key looked at."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from tfswap.aws.formatting import duration, size
from tfswap.aws.restore_jobs import JobFailedError
from tfswap.aws.table_status import TableState
from tfswap.commands.restore.follow import RestoreProgress, RunningRestore
from tfswap.context.command_context import CommandContext
from tfswap.journal.events import Restored, RestoreFailed


def report_restores(
    context: CommandContext,
    restores: Sequence[RunningRestore],
    seen: Sequence[RestoreProgress],
    again: str,
    waited: float,
) -> None:
    """Say which tables are there; those that came to nothing last.

    Args:
        context: The command's surroundings.
        restores: What was followed.
        seen: How each of them ended.
        again: The command that begins again what failed.
        waited: Seconds.

    Raises:
        AwsError: One of them came to nothing.
    """
    context.directory.make()
    failed = []
    for restore, progress in zip(restores, seen, strict=True):
        if progress.table is None:
            failed.append((restore, progress))
            continue
        account = restore.target.aws.account
        context.journal.note(Restored(table=restore.name, job=restore.job, account=account))
        context.console.out(
            f"RESTORED {restore.name} is ACTIVE, {size(progress.size)}, waited {duration(waited)}."
        )
        _check_key(context, restore, progress.table)
    _raise_first(context, failed, again)


def _raise_first(
    context: CommandContext,
    failed: Sequence[tuple[RunningRestore, RestoreProgress]],
    again: str,
) -> None:
    for restore, progress in failed:
        if isinstance(progress.error, JobFailedError):
            why = progress.error.message
            context.journal.note(RestoreFailed(table=restore.name, job=restore.job, why=why))
    errors = [progress.error for _, progress in failed if progress.error]
    if not errors:
        return
    first, *others = errors
    hint = first.hint
    if isinstance(first, JobFailedError):
        hint = f"Fix the error AWS reported, then: {again} (it starts a new job)"
    details = (*first.details, *(each.message for each in others))
    raise type(first)(first.message, hint=hint, details=details) from first


def _check_key(context: CommandContext, restore: RunningRestore, table: TableState) -> None:
    """Say now what the plan would only say later: the table has another key than configured."""
    wanted = context.journal.progress().tables.keys.get(table.name)
    if wanted is not None and wanted != table.key_arn:
        words = ["tfswap", "restore", table.name, "--change-key"]
        context.console.warn(
            f"{table.name} is encrypted with {table.key_arn or 'a key owned by AWS'}, not "
            f"with {wanted or 'a key owned by AWS'}, as requested.\n"
            f"{shlex.join(words)}"
        )
