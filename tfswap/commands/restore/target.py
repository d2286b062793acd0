"""What a restore aims at: the name of the table to be, and what makes it already.

Looks at AWS only. The dated name changes at midnight, and a restore may run past it; so a restore
under way decides the date where none was said.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tfswap.aws.formatting import at
from tfswap.aws.restore_jobs import RestoreJob, jobs_making, list_jobs
from tfswap.aws.restore_time import LATEST
from tfswap.aws.table_status import TableState, find_table
from tfswap.context.command_context import CommandContext
from tfswap.context.table_target import TableTarget
from tfswap.errors import AmbiguousError, AwsError, UsageError
from tfswap.names import check_physical, parse_arn


@dataclass(frozen=True)
class RestoreRequest:
    """What was asked for."""

    at: str = LATEST
    """As ``--at`` takes it; a time that is said relative to now is a fixed one by now."""
    date: str | None = None
    """``YYYYMMDD``; today (UTC) without."""
    vault: str | None = None
    key: str | None = None
    role_arn: str | None = None
    flags: tuple[str, ...] = ()
    """What else was typed, for the commands named afterwards."""
    said: str = ""
    """``--at`` as it was typed; empty where ``at`` is that."""
    vault_account: str | None = None
    """Owner of a vault that another account shares."""
    vault_region: str | None = None
    """Region of the vault, where that is not the table's."""
    force: bool = False
    """Take a recovery point that is named even where it is partial, or past its expiry."""

    @property
    def vault_flags(self) -> tuple[str, ...]:
        """The words that say the same vault again."""
        said = (
            ("--vault", self.vault),
            ("--vault-account", self.vault_account),
            ("--vault-region", self.vault_region),
        )
        return tuple(word for flag, value in said if value for word in (flag, value))

    @property
    def names(self) -> frozenset[str]:
        """Everything this ``--at`` is called, to find it in the journal again."""
        return frozenset({self.at, self.said}) - {""}


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
    pitr: TableState | None = None
    """The table itself, where point-in-time recovery makes it, or has made it."""
    jobs: tuple[RestoreJob, ...] = ()
    """Every restore job that AWS tells of, for how long a restore takes."""

    @property
    def exists(self) -> bool:
        """Whether the restore is begun already."""
        return self.job is not None or self.pitr is not None


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
    context: CommandContext, target: TableTarget, request: RestoreRequest, now: datetime
) -> RestoreTarget:
    """Find out what to restore to, and whether that is done or under way.

    Raises:
        UsageError: The name cannot be used, or it is the table in service.
        AwsError: A table that no restore of ours made has the name; AWS cannot be asked.
    """
    client, dynamodb = target.aws.client("backup"), target.aws.client("dynamodb")
    every = list_jobs(client)
    jobs = jobs_making(client, every, target.located.is_relative, _remembered(context))
    today = now.astimezone(UTC).date()
    day = (
        day_of(request.date, now) or _day_under_way(context, target, jobs, request, today) or today
    )
    name = target.located.dated_name(day)
    check_physical(name)
    if name == target.outgoing:
        raise UsageError(
            f"{name} is the table in service.", hint="Choose another date: --date YYYYMMDD."
        )
    mine = [job for job in jobs if job.table == name]
    ended, known = sum(job.ended for job in mine), tuple(every)
    running = next((job for job in mine if not job.ended), None)
    table = None if running else find_table(dynamodb, name)
    if table is not None and _by_pitr(target, table, mine):
        return RestoreTarget(day, name, None, ended, table, known)
    return RestoreTarget(day, name, running or _made(table, mine, request), ended, jobs=known)


def _remembered(context: CommandContext) -> list[str]:
    """Return the ids of the jobs this repository's journal knows, the newest few."""
    return list(context.journal.progress().tables.jobs[-5:])


def _day_under_way(
    context: CommandContext,
    target: TableTarget,
    jobs: Sequence[RestoreJob],
    request: RestoreRequest,
    today: date,
) -> date | None:
    """Return the date in the name of the one table that is being restored."""
    names = {job.table for job in jobs if not job.ended} | _coming(context, target, today)
    days = {name: day for name in sorted(names) if (day := _day_in(target, name))}
    if len(days) > 1:
        first = f"{next(iter(days.values())):%Y%m%d}"
        words = ["tfswap", "restore", target.located.base, "--date", first, *request.flags]
        raise AmbiguousError(
            f"Several restores of {target.outgoing} are running.",
            hint=f"Choose one: {shlex.join(words)}",
            details=tuple(days),
        )
    return next(iter(days.values()), None)


def _coming(context: CommandContext, target: TableTarget, today: date) -> set[str]:
    """Return the tables that point-in-time recovery is making: nothing in AWS lists them.

    Those the journal holds as begun, and yesterday's, which a wait past midnight leaves behind.
    """
    begun = [
        name
        for name in context.journal.progress().tables.restoring
        if target.located.is_relative(name)
    ]
    names = [target.located.dated_name(today - timedelta(days=1)), *begun]
    dynamodb = target.aws.client("dynamodb")
    tables = (find_table(dynamodb, name) for name in dict.fromkeys(names[-3:]))
    return {table.name for table in tables if table and table.is_coming and _source(target, table)}


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


def _source(target: TableTarget, table: TableState) -> bool:
    """Say whether point-in-time recovery made a table from the one in service."""
    source = table.source
    if source is None or source.backup_arn or source.moment is None:
        return False
    return parse_arn(source.table_arn) == target.arn(target.outgoing)


def _by_pitr(target: TableTarget, table: TableState, mine: Sequence[RestoreJob]) -> bool:
    """Say whether point-in-time recovery made this very table, and no restore job did.

    A table made by a job is older than the job's end; one that came after it is another.
    """
    if table.status == "DELETING" or not _source(target, table):
        return False
    done = [job for job in mine if job.status == "COMPLETED"]
    return not done or bool(done[0].completed and done[0].completed < table.created)


def _made(
    table: TableState | None, mine: Sequence[RestoreJob], request: RestoreRequest
) -> RestoreJob | None:
    """Return the job that made the table that is there; None where there is none."""
    if table is None:
        return None
    if mine and mine[0].status == "COMPLETED" and table.status != "DELETING":
        return mine[0]
    rows = [f"it is {table.status}, made {at(table.created)}"]
    rows += [f"restored from {table.source}"] if table.source else []
    rows += [f"restore job {job.id}: {job.words}" for job in mine[:3]]
    raise AwsError(
        f"The table {table.name} already exists, and AWS has no completed restore job for it.",
        hint="Check whether it is the right table: "
        f"{shlex.join(['tfswap', 'compare', table.name, *request.flags])}. If not, restore "
        "under another date: --date YYYYMMDD",
        details=tuple(rows),
    )
