"""``tfswap restore Lpas``: a recovery point becomes a table with a dated name, once and only once.

Runbook, "Restore a table from a backup". Killed, or cut off, it is run again: it finds its job in
AWS (or in the journal) and follows it, and never begins a second one for the same table.
"""

from __future__ import annotations

import shlex
from dataclasses import replace

from tfswap.aws import restore_jobs as jobs
from tfswap.aws.formatting import duration, size
from tfswap.aws.recovery_points import check_wanted
from tfswap.aws.restore_jobs import JobFailedError
from tfswap.aws.table_status import TableState, wait_active
from tfswap.aws.wait import REAL, Clock, Patience, going_on
from tfswap.commands.restore.change_key import change_key
from tfswap.commands.restore.plan import RestorePlan, make_plan, plan_text
from tfswap.commands.restore.target import (
    LATEST,
    RestoreRequest,
    RestoreTarget,
    day_of,
    find_restore_target,
)
from tfswap.context.command_context import CommandContext
from tfswap.context.input_checks import plain
from tfswap.context.table_target import TableTarget, target_of
from tfswap.errors import ExitCode, UsageError
from tfswap.journal.events import Restored, RestoreFailed, RestoreRequested, RestoreStarted
from tfswap.names import parse_dated


def restore(
    context: CommandContext,
    table: str,
    wish: RestoreRequest,
    *,
    yes: bool,
    dry_run: bool = False,
    timeout: float | None = None,
    in_place: bool = False,
    clock: Clock = REAL,
) -> int:
    """Restore a table, or follow the restore that is under way.

    Args:
        context: The command's surroundings.
        table: Base, dated or physical name of the table.
        wish: What was asked for.
        yes: Do not ask.
        dry_run: Read everything, show the plan, start nothing.
        timeout: Seconds to wait; None waits for ever.
        in_place: Restore nothing; change the restored table's key.
        clock: The time.

    Returns:
        The exit code.

    Raises:
        UsageError: The name, date or time cannot be used.
        AwsError: Something in AWS stands against it, or the job failed.
    """
    wish = _with_typed_date(table, wish)
    day = day_of(wish.date, clock.now())
    vault = ("--vault", wish.vault) if wish.vault else ()
    listing = shlex.join(["tfswap", "backups", table, *vault, *wish.flags])
    check_wanted(wish.at, clock.now(), listing)
    console, target = context.console, target_of(context, table)
    if day and target.located.dated_name(day) == target.outgoing == plain(table):
        # The whole name of the table in service says which one to restore, not when.
        wish = replace(wish, date=None)
    if in_place:
        words = ["tfswap", "restore", table, "--change-key", *_key_words(wish), *wish.flags]
        patience = Patience(timeout, console.say, clock)
        again = shlex.join(words)
        return change_key(context, target, day, wish.key, again, patience, yes=yes)
    with console.step("look for the table and its restore jobs"):
        aim = find_restore_target(context, target, wish, clock.now())
    again = shlex.join(_again(target, wish, aim))
    if aim.job is not None:
        console.out(f"{aim.name}\n  restore job {aim.job.id}: {aim.job.words}")
        if dry_run:
            console.note(f"Nothing was started. next: {again}")
            return 0
        job_id = aim.job.id
    else:
        plan = make_plan(context, target, aim, wish, clock.now())
        console.out(plan_text(plan, clock.now(), console.width))
        if dry_run:
            console.note(f"Nothing was started. next: {again}")
            return 0
        if not console.confirm(f"Start this restore ({target.place})?", yes=yes):
            console.note(f"Nothing was started. next: {again}")
            return int(ExitCode.INTERRUPTED)
        with going_on(f"The restore of {plan.name}", again, begun=False):
            job_id = _begin(context, target, plan)
    patience = Patience(timeout, console.say, clock)
    _follow(context, target, aim, job_id, again, patience)
    _say_next(context, target, wish, aim)
    return 0


def _with_typed_date(table: str, wish: RestoreRequest) -> RestoreRequest:
    """Take the date of ``tfswap restore Lpas-20240715`` for the new table's.

    Raises:
        UsageError: ``--date`` says another.
    """
    day = parse_dated(plain(table)).date
    if day is None:
        return wish
    typed = f"{day:%Y%m%d}"
    if wish.date not in (None, typed):
        raise UsageError(
            f"{table} has the date {typed}, but --date is {wish.date}.",
            hint="Give only one date, the one in the new table's name.",
        )
    return replace(wish, date=typed)


def _key_words(wish: RestoreRequest) -> list[str]:
    return ["--key", wish.key] if wish.key else []


def _say_next(
    context: CommandContext, target: TableTarget, wish: RestoreRequest, aim: RestoreTarget
) -> None:
    console = context.console
    value = f"{target.located.base}-{aim.day:%Y%m%d}"
    console.note(f"next: {shlex.join(['tfswap', 'prepare', value, *wish.flags])}")
    console.note("then: tfswap compare")


def _begin(context: CommandContext, target: TableTarget, plan: RestorePlan) -> str:
    """Begin the job; the journal knows of it before and after."""
    account, point = target.aws.account, plan.point.arn
    context.directory.make()
    context.journal.note(
        RestoreRequested(
            table=plan.name, point=point, account=account, token=plan.token, key=plan.key.arn
        )
    )
    backup = target.aws.client("backup")
    with context.console.writing(f"start a restore job for {plan.name}"):
        job_id = jobs.start(backup, plan.point.arn, plan.metadata, plan.role_arn, plan.token)
    context.journal.note(RestoreStarted(table=plan.name, point=point, account=account, job=job_id))
    context.console.say(f"restore job {job_id} started; it continues in AWS even if tfswap stops")
    return job_id


def _follow(
    context: CommandContext,
    target: TableTarget,
    aim: RestoreTarget,
    job_id: str,
    again: str,
    patience: Patience,
) -> None:
    """Follow the job and then the table until it is ACTIVE, and say what came of it."""
    begun = patience.clock.monotonic()
    with going_on(f"The restore job {job_id}", again):
        try:
            job = jobs.follow(target.aws.client("backup"), job_id, patience)
        except JobFailedError as error:
            context.directory.make()
            context.journal.note(RestoreFailed(table=aim.name, job=job_id, why=error.message))
            hint = f"Fix the error AWS reported, then: {again} (it starts a new job)"
            raise JobFailedError(error.message, hint=hint) from error
        table = wait_active(target.aws.client("dynamodb"), aim.name, patience)
    context.directory.make()
    context.journal.note(Restored(table=aim.name, job=job_id, account=target.aws.account))
    waited = duration(patience.clock.monotonic() - begun)
    context.console.out(f"RESTORED {aim.name} is ACTIVE, {size(job.size)}, waited {waited}.")
    _check_key(context, table, target, aim)


def _check_key(
    context: CommandContext, table: TableState, target: TableTarget, aim: RestoreTarget
) -> None:
    """Say now what the plan would only say later: the table has another key than configured."""
    wanted = context.journal.progress().tables.keys.get(table.name)
    if wanted is not None and wanted != table.key_arn:
        value = f"{target.located.base}-{aim.day:%Y%m%d}"
        context.console.warn(
            f"{table.name} is encrypted with {table.key_arn or 'a key AWS owns'}, not "
            f"with {wanted or 'a key AWS owns'}, as requested.\n"
            f"  Change it: {shlex.join(['tfswap', 'restore', value, '--change-key'])}"
        )


def _again(target: TableTarget, wish: RestoreRequest, aim: RestoreTarget) -> list[str]:
    """Return the command that finds this very restore again."""
    words = ["tfswap", "restore", target.located.base, "--date", f"{aim.day:%Y%m%d}"]
    given = (
        ("--at", wish.at if wish.at != LATEST else None),
        *(("--vault", wish.vault), ("--key", wish.key), ("--role-arn", wish.role_arn)),
    )
    words += [word for flag, value in given if value for word in (flag, value)]
    return [*words, *wish.flags]
