"""``tfswap restore Lpas``: a backup or a point in time becomes a table with a dated name, once.

Runbook, "Restore a table from a backup". Killed, or cut off, it is run again: it finds its restore
in AWS (or in the journal) and follows it, and never begins a second one for the same table.
Several tables are begun together and followed together.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tfswap.aws.restore_pace import pace_of
from tfswap.aws.restore_time import LATEST, check_wanted, exact, is_relative, is_time, moment
from tfswap.aws.wait import REAL, Clock, WaitOptions, continuing_in_aws
from tfswap.commands.restore.begin import begin
from tfswap.commands.restore.change_key import change_key
from tfswap.commands.restore.follow import RunningRestore, follow_all
from tfswap.commands.restore.outcome import report_restores
from tfswap.commands.restore.plan import RestorePlan, make_plan, plan_text
from tfswap.commands.restore.sources import check_same, moment_of
from tfswap.commands.restore.target import (
    RestoreRequest,
    RestoreTarget,
    day_of,
    find_restore_target,
)
from tfswap.context.command_context import CommandContext
from tfswap.context.input_checks import plain
from tfswap.context.table_target import TableTarget, target_of
from tfswap.errors import ExitCode, UsageError
from tfswap.names import parse_dated


@dataclass(frozen=True)
class _Restore:
    """One of the tables, and what is there of its restore."""

    target: TableTarget
    request: RestoreRequest
    new_table: RestoreTarget
    plan: RestorePlan | None = None
    """What is to be begun; None where it is under way, or done."""


def restore(
    context: CommandContext,
    tables: Sequence[str],
    request: RestoreRequest,
    *,
    yes: bool,
    dry_run: bool = False,
    timeout: float | None = None,
    in_place: bool = False,
    clock: Clock = REAL,
) -> int:
    """Restore tables, or follow the restores that are under way.

    Args:
        context: The command's surroundings.
        tables: Base, dated or physical names.
        request: What was asked for.
        yes: Do not ask.
        dry_run: Read everything, show the plan, start nothing.
        timeout: Seconds to wait; None waits for ever.
        in_place: Restore nothing; change the restored table's key.
        clock: The time.

    Returns:
        The exit code.

    Raises:
        UsageError: A name, date or time cannot be used.
        AwsError: Something in AWS stands against it, or a restore failed.
    """
    _check_several(tables, request, clock, in_place)
    wait_options = WaitOptions(timeout, context.console.say, clock)
    if in_place:
        return _change_key(context, tables[0], request, wait_options, yes=yes)
    restores = [_found(context, table, request, clock) for table in tables]
    again = shlex.join(_again(restores))
    for each in restores:
        context.console.out(_text(each, clock, context.console.width))
    due = [each for each in restores if each.plan is not None]
    if dry_run or not _agreed(context, due, yes=yes):
        context.console.note(f"Nothing was started. next: {again}")
        return 0 if dry_run else int(ExitCode.INTERRUPTED)
    began = clock.monotonic()
    running = _begin_all(context, restores, again)
    what = f"The restore of {' and '.join(each.name for each in running)}"
    with continuing_in_aws(what, again):
        seen = follow_all(running, wait_options)
        report_restores(context, running, seen, again, clock.monotonic() - began)
    _say_next(context, restores)
    return 0


def _check_several(
    tables: Sequence[str], request: RestoreRequest, clock: Clock, in_place: bool
) -> None:
    """Refuse what can be meant of one table only.

    Raises:
        UsageError: Several were named, or one twice.
    """
    listing = shlex.join(["tfswap", "backups", tables[0], *request.vault_flags, *request.flags])
    check_wanted(request.at, clock.now(), listing)
    if len(tables) == 1:
        return
    if len({parse_dated(plain(table)).base for table in tables}) < len(tables):
        raise UsageError("The same table is named twice.", hint="Name each table once.")
    if in_place:
        raise UsageError("--change-key takes one table at a time.", hint="Name one table.")
    if request.at.startswith("arn:") or not (
        request.at.startswith(LATEST) or is_time(request.at, clock.now())
    ):
        raise UsageError(
            f"--at {request.at} is a recovery point of one table.",
            hint="For several tables: --at latest, --at latest-pitr, or a time.",
        )


def _change_key(
    context: CommandContext,
    table: str,
    request: RestoreRequest,
    wait_options: WaitOptions,
    *,
    yes: bool,
) -> int:
    target = target_of(context, table)
    request = _understood(target, table, request, wait_options.clock)
    key = ["--key", request.key] if request.key else []
    again = shlex.join(["tfswap", "restore", table, "--change-key", *key, *request.flags])
    day = day_of(request.date, wait_options.clock.now())
    return change_key(context, target, day, request.key, again, wait_options, yes=yes)


def _found(context: CommandContext, table: str, request: RestoreRequest, clock: Clock) -> _Restore:
    """Find out what there is of one table's restore, and what is to be done."""
    day_of(request.date, clock.now())
    target = target_of(context, table)
    request = _understood(target, table, request, clock)
    with context.console.step("look for the table and its restores"):
        new_table = find_restore_target(context, target, request, clock.now())
    if new_table.exists:
        check_same(context, target, request, new_table, clock.now())
        return _Restore(target, request, new_table)
    return _Restore(
        target, request, new_table, make_plan(context, target, new_table, request, clock.now())
    )


def _understood(
    target: TableTarget, table: str, request: RestoreRequest, clock: Clock
) -> RestoreRequest:
    """Return the request with the date typed in the name, and with a time that stays the same.

    Raises:
        UsageError: ``--date`` says another date than the name.
    """
    request = _with_typed_date(table, request)
    day = day_of(request.date, clock.now())
    if day and target.located.dated_name(day) == target.outgoing == plain(table):
        # The whole name of the table in service says which one to restore, not when.
        request = replace(request, date=None)
    if is_relative(request.at):
        request = replace(request, at=exact(moment(request.at, clock.now(), "")), said=request.at)
    return request


def _with_typed_date(table: str, request: RestoreRequest) -> RestoreRequest:
    day = parse_dated(plain(table)).date
    if day is None:
        return request
    typed = f"{day:%Y%m%d}"
    if request.date not in (None, typed):
        raise UsageError(
            f"{table} has the date {typed}, but --date is {request.date}.",
            hint="Give only one date, the one in the new table's name.",
        )
    return replace(request, date=typed)


def _text(restore: _Restore, clock: Clock, width: int) -> str:
    new_table = restore.new_table
    if restore.plan is not None:
        return plan_text(restore.plan, clock.now(), width)
    if new_table.job is not None:
        return f"{new_table.name}\n  restore job {new_table.job.id}: {new_table.job.words}"
    made = new_table.pitr.words if new_table.pitr else ""
    return f"{new_table.name}\n  point-in-time recovery to {exact(moment_of(new_table))}: {made}"


def _agreed(context: CommandContext, due: Sequence[_Restore], *, yes: bool) -> bool:
    """Ask, where there is anything to begin."""
    if not due:
        return True
    these = "this restore" if len(due) == 1 else f"these {len(due)} restores"
    return context.console.confirm(f"Start {these} ({due[0].target.place})?", yes=yes)


def _begin_all(
    context: CommandContext, restores: Sequence[_Restore], again: str
) -> list[RunningRestore]:
    """Begin what is to be begun, and return all that is under way."""
    running = []
    for each in restores:
        new_table, plan = each.new_table, each.plan
        if plan is None:
            size = (
                new_table.job.size
                if new_table.job
                else new_table.pitr.size
                if new_table.pitr
                else None
            )
            job = new_table.job.id if new_table.job else ""
            found = RunningRestore(
                each.target, new_table.name, job, size, pace_of(new_table.jobs, size)
            )
        else:
            with continuing_in_aws(f"The restore of {plan.name}", again, begun=False):
                job = begin(context, each.target, plan, each.request)
            found = RunningRestore(each.target, new_table.name, job, plan.size, plan.pace)
        running.append(found)
    return running


def _say_next(context: CommandContext, restores: Sequence[_Restore]) -> None:
    names = [f"{each.target.located.base}-{each.new_table.day:%Y%m%d}" for each in restores]
    words = ["tfswap", "prepare", *names, *restores[0].request.flags]
    context.console.note(f"next: {shlex.join(words)}")
    context.console.note("then: tfswap compare")


def _again(restores: Sequence[_Restore]) -> list[str]:
    """Return the command that finds these very restores again."""
    first = restores[0]
    request, new_table = first.request, first.new_table
    at = request.at if request.at != LATEST else None
    if len(restores) == 1 and new_table.pitr is not None:
        at = exact(moment_of(new_table))
    words = ["tfswap", "restore", *(each.target.located.base for each in restores)]
    if len({each.new_table.day for each in restores}) == 1:
        words += ["--date", f"{new_table.day:%Y%m%d}"]
    words += ["--at", at] if at else []
    words += request.vault_flags
    said = (("--key", request.key), ("--role-arn", request.role_arn))
    words += [word for flag, value in said if value for word in (flag, value)]
    return [*words, *(["--force"] if request.force else []), *request.flags]
