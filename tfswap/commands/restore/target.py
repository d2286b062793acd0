"""What a restore aims at: the name of the table to be, and the job that makes it already.

Looks at AWS only. The dated name changes at midnight, and a restore may run past it; so a job under
way decides the date where none was said.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tfswap.aws import recovery_points
from tfswap.aws.formatting import at
from tfswap.aws.recovery_points import RecoveryPoint
from tfswap.aws.restore_jobs import RestoreJob, jobs_making
from tfswap.aws.table_status import TableState, find_table
from tfswap.context.command_context import CommandContext
from tfswap.context.table_target import TableTarget, vault_of
from tfswap.errors import AmbiguousError, AwsError, UsageError
from tfswap.names import check_physical

LATEST = "latest"


@dataclass(frozen=True)
class RestoreRequest:
    """What was asked for."""

    at: str = LATEST
    """``latest``, a time, or a recovery point's id or ARN."""
    date: str | None = None
    """``YYYYMMDD``; today (UTC) without."""
    vault: str | None = None
    key: str | None = None
    role_arn: str | None = None
    flags: tuple[str, ...] = ()
    """What else was typed, for the commands named afterwards."""


@dataclass(frozen=True)
class RestoreTarget:
    """The table to be, and what is there of it."""

    day: date
    name: str
    """Physical name."""
    job: RestoreJob | None
    """The restore job that makes it, or has made it."""
    ended: int
    """How many jobs for this name have ended: the next one is another."""


def day_of(text: str | None, now: datetime) -> date | None:
    """Return the date of restoration that was said.

    Raises:
        UsageError: It is no date of the calendar, or still to come.
    """
    if text is None:
        return None
    try:
        day = datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        day = None
    if day is None or len(text) != len("YYYYMMDD"):
        raise UsageError(f"{text!r} is not a date (YYYYMMDD).", hint="Example: --date 20240715")
    # A day's grace, as prepare gives it: elsewhere it may be tomorrow.
    if day > now.astimezone(UTC).date() + timedelta(days=1):
        raise UsageError(
            f"{day:%d %B %Y} is in the future.", hint="Omit --date to use today's date (UTC)."
        )
    return day


def find_restore_target(
    context: CommandContext, target: TableTarget, wish: RestoreRequest, now: datetime
) -> RestoreTarget:
    """Find out what to restore to, and whether that is done or under way.

    Raises:
        UsageError: The name cannot be used, or it is the table in service.
        AwsError: A table that no restore of ours made has the name; AWS cannot be asked.
    """
    client = target.aws.client("backup")
    jobs = jobs_making(client, target.located.is_relative, _remembered(context))
    day = day_of(wish.date, now) or _day_under_way(target, jobs, wish) or now.astimezone(UTC).date()
    name = target.located.dated_name(day)
    check_physical(name)
    if name == target.outgoing:
        raise UsageError(
            f"{name} is the table in service.", hint="Choose another date: --date YYYYMMDD."
        )
    mine = [job for job in jobs if job.table == name]
    running = next((job for job in mine if not job.ended), None)
    table = None if running else find_table(target.aws.client("dynamodb"), name)
    made = running or _made(table, mine, target, wish)
    if made is not None:
        _check_point(context, client, target, wish, made, now)
    return RestoreTarget(day, name, made, sum(job.ended for job in mine))


def _remembered(context: CommandContext) -> list[str]:
    """Return the ids of the jobs this repository's journal knows, the newest few."""
    return list(context.journal.progress().tables.jobs[-5:])


def _day_under_way(
    target: TableTarget, jobs: Sequence[RestoreJob], wish: RestoreRequest
) -> date | None:
    """Return the date in the name of the one table that is being restored."""
    names = sorted({job.table for job in jobs if not job.ended})
    days = {name: day for name in names if (day := _day_in(target, name))}
    if len(days) > 1:
        first = f"{next(iter(days.values())):%Y%m%d}"
        words = ["tfswap", "restore", target.located.base, "--date", first, *wish.flags]
        raise AmbiguousError(
            f"Several restores of {target.outgoing} are running.",
            hint=f"Choose one: {shlex.join(words)}",
            details=tuple(names),
        )
    return next(iter(days.values()), None)


def _day_in(target: TableTarget, name: str) -> date | None:
    """Return the date that gives the table this name."""
    for start in range(len(name) - 7):
        try:
            day = datetime.strptime(name[start : start + 8], "%Y%m%d").date()
        except ValueError:
            continue
        if target.located.dated_name(day) == name:
            return day
    return None


def _made(
    table: TableState | None, mine: Sequence[RestoreJob], target: TableTarget, wish: RestoreRequest
) -> RestoreJob | None:
    """Return the job that made the table that is there; None where there is none."""
    if table is None:
        return None
    if mine and mine[0].status == "COMPLETED" and table.status != "DELETING":
        return mine[0]
    told = [f"it is {table.status}, made {at(table.created)}"]
    told += [f"restore job {job.id}: {job.words}" for job in mine[:3]]
    raise AwsError(
        f"The table {table.name} already exists, and AWS has no completed restore job for it.",
        hint="Check whether it is the right table: "
        f"{shlex.join(['tfswap', 'compare', table.name, *wish.flags])}. If not, restore "
        "under another date: --date YYYYMMDD",
        details=tuple(told),
    )


def point_of(
    client: Any, target: TableTarget, wish: RestoreRequest, vault: str, now: datetime
) -> RecoveryPoint:
    """Return the recovery point that was asked for.

    Raises:
        UsageError: ``--at`` cannot be used.
        AwsError: There is no such point of this table in the vault, or it cannot be restored from.
    """
    listing = shlex.join(
        ["tfswap", "backups", target.located.base]
        + (["--vault", wish.vault] if wish.vault else [])
        + [*wish.flags]
    )
    points = recovery_points.in_vault(client, vault)
    for point in points:
        if point.is_called(wish.at) and not target.located.is_relative(point.table):
            raise AwsError(
                f"The recovery point {point.id} belongs to {point.table}, not to "
                f"{target.outgoing}.",
                hint=f"Choose one of {target.outgoing}: {listing}",
            )
    _check_place(target, wish.at, listing)
    own = [point for point in points if target.located.is_relative(point.table)]
    return recovery_points.choose(own, wish.at, target.outgoing, now, listing)


def _check_place(target: TableTarget, wanted: str, listing: str) -> None:
    """Refuse an ARN of another region or account: AWS would say only that there is none."""
    parts = wanted.split(":")
    if parts[0] != "arn" or len(parts) < len(("arn", "aws", "backup", "region", "account", "id")):
        return
    there, here = tuple(parts[3:5]), (target.located.region, target.aws.account)
    if there != here:
        raise UsageError(
            f"The recovery point {wanted} is in {there[0]}, account {there[1]}; the table is in "
            f"{here[0]}, account {here[1]}.",
            hint=f"Choose one of: {listing}",
        )


def _check_point(
    context: CommandContext,
    client: Any,
    target: TableTarget,
    wish: RestoreRequest,
    job: RestoreJob,
    now: datetime,
) -> None:
    """Refuse to take a restore from one point for the one that was asked for."""
    if wish.at == LATEST or wish.at.lower() in (job.point_arn.lower(), job.point_id):
        return
    wanted = point_of(client, target, wish, vault_of(context, client, target, wish.vault), now)
    if wanted.arn != job.point_arn:
        raise AwsError(
            f"{job.table} is being restored from another recovery point ({job.point_id}) "
            f"by the job {job.id}.",
            hint="To follow that job, omit --at. To restore another table, use another --date.",
            details=(job.words,),
        )
