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
from tfswap.aws.wait import REAL, Clock, Patience, going_on
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
    wish: RestoreRequest
    aim: RestoreTarget
    plan: RestorePlan | None = None
    """What is to be begun; None where it is under way, or done."""


def restore(
    context: CommandContext,
    tables: Sequence[str],
    wish: RestoreRequest,
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
        wish: What was asked for.
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
    _check_several(tables, wish, clock, in_place)
    patience = Patience(timeout, context.console.say, clock)
    if in_place:
        return _change_key(context, tables[0], wish, patience, yes=yes)
    restores = [_found(context, table, wish, clock) for table in tables]
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
    with going_on(what, again):
        seen = follow_all(running, patience)
        report_restores(context, running, seen, again, clock.monotonic() - began)
    _say_next(context, restores)
    return 0


def _check_several(
    tables: Sequence[str], wish: RestoreRequest, clock: Clock, in_place: bool
) -> None:
    """Refuse what can be meant of one table only.

    Raises:
        UsageError: Several were named, or one twice.
    """
    listing = shlex.join(["tfswap", "backups", tables[0], *wish.vault_flags, *wish.flags])
    check_wanted(wish.at, clock.now(), listing)
    if len(tables) == 1:
        return
    if len({parse_dated(plain(table)).base for table in tables}) < len(tables):
        raise UsageError("The same table is named twice.", hint="Name each table once.")
    if in_place:
        raise UsageError("--change-key takes one table at a time.", hint="Name one table.")
    if wish.at.startswith("arn:") or not (
        wish.at.startswith(LATEST) or is_time(wish.at, clock.now())
    ):
        raise UsageError(
            f"--at {wish.at} is a recovery point of one table.",
            hint="For several tables: --at latest, --at latest-pitr, or a time.",
        )


def _change_key(
    context: CommandContext, table: str, wish: RestoreRequest, patience: Patience, *, yes: bool
) -> int:
    target = target_of(context, table)
    wish = _understood(target, table, wish, patience.clock)
    key = ["--key", wish.key] if wish.key else []
    again = shlex.join(["tfswap", "restore", table, "--change-key", *key, *wish.flags])
    day = day_of(wish.date, patience.clock.now())
    return change_key(context, target, day, wish.key, again, patience, yes=yes)


def _found(context: CommandContext, table: str, wish: RestoreRequest, clock: Clock) -> _Restore:
    """Find out what there is of one table's restore, and what is to be done."""
    day_of(wish.date, clock.now())
    target = target_of(context, table)
    wish = _understood(target, table, wish, clock)
    with context.console.step("look for the table and its restores"):
        aim = find_restore_target(context, target, wish, clock.now())
    if aim.exists:
        check_same(context, target, wish, aim, clock.now())
        return _Restore(target, wish, aim)
    return _Restore(target, wish, aim, make_plan(context, target, aim, wish, clock.now()))


def _understood(
    target: TableTarget, table: str, wish: RestoreRequest, clock: Clock
) -> RestoreRequest:
    """Return the request with the date typed in the name, and with a time that stays the same.

    Raises:
        UsageError: ``--date`` says another date than the name.
    """
    wish = _with_typed_date(table, wish)
    day = day_of(wish.date, clock.now())
    if day and target.located.dated_name(day) == target.outgoing == plain(table):
        # The whole name of the table in service says which one to restore, not when.
        wish = replace(wish, date=None)
    if is_relative(wish.at):
        wish = replace(wish, at=exact(moment(wish.at, clock.now(), "")), said=wish.at)
    return wish


def _with_typed_date(table: str, wish: RestoreRequest) -> RestoreRequest:
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


def _text(restore: _Restore, clock: Clock, width: int) -> str:
    aim = restore.aim
    if restore.plan is not None:
        return plan_text(restore.plan, clock.now(), width)
    if aim.job is not None:
        return f"{aim.name}\n  restore job {aim.job.id}: {aim.job.words}"
    made = aim.pitr.words if aim.pitr else ""
    return f"{aim.name}\n  point-in-time recovery to {exact(moment_of(aim))}: {made}"


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
        aim, plan = each.aim, each.plan
        if plan is None:
            size = aim.job.size if aim.job else aim.pitr.size if aim.pitr else None
            job = aim.job.id if aim.job else ""
            found = RunningRestore(each.target, aim.name, job, size, pace_of(aim.jobs, size))
        else:
            with going_on(f"The restore of {plan.name}", again, begun=False):
                job = begin(context, each.target, plan, each.wish)
            found = RunningRestore(each.target, aim.name, job, plan.size, plan.pace)
        running.append(found)
    return running


def _say_next(context: CommandContext, restores: Sequence[_Restore]) -> None:
    names = [f"{each.target.located.base}-{each.aim.day:%Y%m%d}" for each in restores]
    words = ["tfswap", "prepare", *names, *restores[0].wish.flags]
    context.console.note(f"next: {shlex.join(words)}")
    context.console.note("then: tfswap compare")


def _again(restores: Sequence[_Restore]) -> list[str]:
    """Return the command that finds these very restores again."""
    first = restores[0]
    wish, aim = first.wish, first.aim
    at = wish.at if wish.at != LATEST else None
    if len(restores) == 1 and aim.pitr is not None:
        at = exact(moment_of(aim))
    words = ["tfswap", "restore", *(each.target.located.base for each in restores)]
    if len({each.aim.day for each in restores}) == 1:
        words += ["--date", f"{aim.day:%Y%m%d}"]
    words += ["--at", at] if at else []
    words += wish.vault_flags
    said = (("--key", wish.key), ("--role-arn", wish.role_arn))
    words += [word for flag, value in said if value for word in (flag, value)]
    return [*words, *(["--force"] if wish.force else []), *wish.flags]
