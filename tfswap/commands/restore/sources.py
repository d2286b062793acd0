"""What a table can be restored from: recovery points and point-in-time recovery, by data lost."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tfswap.aws import recovery_points
from tfswap.aws.errors import ExpiredError, SkewedError, ThrottledError, UnreachedError
from tfswap.aws.formatting import age, at, minutes
from tfswap.aws.point_in_time import PointInTime, Window, window_of
from tfswap.aws.recovery_points import RecoveryPoint
from tfswap.aws.restore_jobs import RestoreJob
from tfswap.aws.restore_time import LATEST, LATEST_PITR, exact, is_time, moment
from tfswap.aws.unknown_facts import UnknownFact, known
from tfswap.commands.restore.elsewhere import check_place, elsewhere
from tfswap.commands.restore.target import RestoreRequest, RestoreTarget
from tfswap.context.command_context import CommandContext
from tfswap.context.table_target import TableTarget, vault_of
from tfswap.errors import AwsError, TfswapError, UsageError
from tfswap.names import parse_arn

Source = RecoveryPoint | PointInTime
T = TypeVar("T")


@dataclass(frozen=True)
class Sources:
    """What there is to restore one table from."""

    table: str
    """Physical name of the table in service."""
    points: Sequence[RecoveryPoint] | TfswapError
    """Those of the vault that are this table's under any date; or why they are not known."""
    window: Window | UnknownFact | None
    """Of point-in-time recovery; None where it is off, or the table is gone."""

    def offers(self, now: datetime) -> list[tuple[str, Source]]:
        """Return the newest of each kind as ``--at`` takes it, the one that loses least first."""
        found: list[tuple[str, Source]] = []
        if isinstance(self.window, Window):
            found.append((LATEST_PITR, self.window.newest))
        if not isinstance(self.points, TfswapError):
            own = (each for each in self.points if each.table == self.table)
            found += [(LATEST, each) for each in own if not each.why_not(now)][:1]
        return sorted(found, key=lambda offer: offer[1].created, reverse=True)

    @property
    def unknown(self) -> list[str]:
        """What is not offered, and why."""
        reasons = []
        if isinstance(self.window, UnknownFact):
            reasons.append(f"point-in-time recovery: unknown ({self.window.why})")
        elif self.window is None:
            reasons.append(f"point-in-time recovery is off for {self.table}")
        if isinstance(self.points, TfswapError):
            reasons.append(f"recovery points: unknown ({self.points.message})")
        return reasons


def find_sources(context: CommandContext, target: TableTarget, request: RestoreRequest) -> Sources:
    """Ask AWS what a table can be restored from; what it does not tell is kept as not known.

    Raises:
        UsageError: A vault elsewhere was meant, but not named.
        AwsError: Asking again can tell.
    """
    dynamodb = target.aws.client("dynamodb")
    points: list[RecoveryPoint] | TfswapError
    try:
        points = list_points(context, target, request)
    except (ExpiredError, SkewedError, ThrottledError, UnreachedError):
        raise
    except TfswapError as error:
        points = error
    window = known(lambda: window_of(dynamodb, target.outgoing))
    return Sources(target.outgoing, points, window)


def list_points(
    context: CommandContext, target: TableTarget, request: RestoreRequest
) -> list[RecoveryPoint]:
    """Return a vault's recovery points of this account's tables in the table's region.

    Copies of another account's table may lie there under the very same name.

    Raises:
        UsageError: A vault elsewhere was meant, but not named.
        AwsError: They cannot be listed.
    """
    check_vault(request)
    client = target.aws.client("backup", request.vault_region)
    vault = vault_of(context, client, target, request.vault)
    found = recovery_points.in_vault(client, vault, account=request.vault_account or "")
    here = target.located.region, target.aws.account
    return [each for each in found if _place(each.table_arn) in (None, here)]


def check_vault(request: RestoreRequest) -> None:
    """Refuse a vault elsewhere that has no name: the repository's is not there.

    Raises:
        UsageError: ``--vault-account`` or ``--vault-region`` without ``--vault``.
    """
    if (request.vault_account or request.vault_region) and not request.vault:
        raise UsageError(
            "--vault-account and --vault-region need --vault.",
            hint="Name it with --vault.",
        )


def _place(table_arn: str) -> tuple[str, str] | None:
    arn = parse_arn(table_arn)
    return (arn.region, arn.account) if arn else None


def choose_source(
    sources: Sources, target: TableTarget, request: RestoreRequest, now: datetime
) -> Source:
    """Return what ``--at`` means: for a time the newest of both kinds that is not after it.

    Raises:
        UsageError: ``--at`` cannot be used.
        AwsError: There is no such thing, or it cannot be restored from.
    """
    listing = _listing(target, request)
    if request.at == LATEST_PITR:
        return _newest(sources, listing)
    if not is_time(request.at, now):
        return _point_or_offer(sources, target, request, now, listing)
    until = moment(request.at, now, listing)
    timed = sources.window.at_or_before(until) if isinstance(sources.window, Window) else None
    try:
        point = _point(sources, target, request, now, listing)
    except TfswapError as error:
        if timed is None:
            raise type(error)(
                error.message, hint=error.hint, details=(*error.details, *_no_time(sources))
            ) from error
        return timed
    return timed if timed and timed.created >= point.created else point


def _point_or_offer(
    sources: Sources, target: TableTarget, request: RestoreRequest, now: datetime, listing: str
) -> RecoveryPoint:
    """Return the point; where there is none, say what point-in-time recovery has."""
    try:
        return _point(sources, target, request, now, listing)
    except TfswapError as error:
        if request.at != LATEST or not isinstance(sources.window, Window):
            raise
        newest = sources.window.newest.created
        lost = f"{exact(newest)}, {minutes(age(newest, now))} lost"
        line = f"usable: point-in-time recovery, --at {LATEST_PITR} ({lost})"
        details = (*error.details, line)
        raise type(error)(error.message, hint=error.hint, details=details) from error


def _no_time(sources: Sources) -> list[str]:
    """Say why point-in-time recovery has nothing for a time."""
    if isinstance(sources.window, Window):
        return [f"point-in-time recovery is available from {at(sources.window.earliest)}"]
    return [line for line in sources.unknown if line.startswith("point-in-time")]


def _newest(sources: Sources, listing: str) -> PointInTime:
    if isinstance(sources.window, Window):
        return sources.window.newest
    raise AwsError(
        f"{sources.table} cannot be restored to a point in time.",
        hint=f"Restore a backup instead: {listing}",
        details=tuple(_no_time(sources)),
    )


def _point(
    sources: Sources, target: TableTarget, request: RestoreRequest, now: datetime, listing: str
) -> RecoveryPoint:
    """Return the recovery point that was asked for, once AWS can restore it from where it is."""
    wanted = request.at
    check_place(target, request, listing)
    if isinstance(sources.points, TfswapError):
        raise sources.points
    for point in sources.points:
        if point.is_called(wanted) and not target.located.is_relative(point.table):
            raise AwsError(
                f"The recovery point {point.id} belongs to {point.table}, not to "
                f"{target.outgoing}.",
                hint=f"Choose one of {target.outgoing}: {listing}",
            )
    own = [point for point in sources.points if target.located.is_relative(point.table)]
    found = recovery_points.choose(own, wanted, target.outgoing, now, listing, force=request.force)
    if request.vault_region not in (None, target.located.region):
        raise elsewhere(target, request, found.arn, listing)
    return found


def _listing(target: TableTarget, request: RestoreRequest) -> str:
    words = ["tfswap", "backups", target.located.base, *request.vault_flags, *request.flags]
    return shlex.join(words)


def check_same(
    context: CommandContext,
    target: TableTarget,
    request: RestoreRequest,
    new_table: RestoreTarget,
    now: datetime,
) -> None:
    """Refuse to take a restore from one source for the one that was asked for.

    Raises:
        UsageError: ``--at`` cannot be used.
        AwsError: It is another.
    """
    if request.at == LATEST or request.names & _asked_for(context, new_table.name):
        return
    if new_table.job is not None:
        if request.at.lower() in (new_table.job.point_arn.lower(), new_table.job.point_id):
            return
        made = f"recovery point ({new_table.job.point_id}) by the job {new_table.job.id}"
    elif request.at == LATEST_PITR:
        return
    else:
        made = f"time ({exact(moment_of(new_table))})"
    sources = find_sources(context, target, request)
    if not _is_same(choose_source(sources, target, request, now), new_table.job, new_table):
        raise AwsError(
            f"{new_table.name} is being restored from another {made}.",
            hint="To follow that job, omit --at. To restore another table, use another --date.",
            details=(new_table.job.words,) if new_table.job else (),
        )


def moment_of(new_table: RestoreTarget) -> datetime:
    """Return the time a table is restored to that point-in-time recovery makes.

    Raises:
        ValueError: It does not.
    """
    source = new_table.pitr.source if new_table.pitr else None
    if source is None or source.moment is None:
        raise ValueError(f"{new_table.name} was not made by point-in-time recovery")
    return source.moment


def _is_same(source: Source, job: RestoreJob | None, new_table: RestoreTarget) -> bool:
    if isinstance(source, RecoveryPoint):
        return job is not None and source.arn == job.point_arn
    return job is None and exact(source.created) == exact(moment_of(new_table))


def _asked_for(context: CommandContext, name: str) -> frozenset[str]:
    """Return what ``--at`` was when the restore to this table was begun, as the journal has it."""
    return context.journal.progress().tables.asked.get(name, frozenset())
