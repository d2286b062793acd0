"""``tfswap backups Lpas``: the recovery points of a table, and which of them will do."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tfswap.aws import recovery_points
from tfswap.aws.calls import candidates
from tfswap.aws.formatting import age, at, duration, size
from tfswap.aws.point_in_time import window_of
from tfswap.aws.recovery_points import RecoveryPoint
from tfswap.aws.restore_time import exact
from tfswap.aws.unknown_facts import UnknownFact, known
from tfswap.aws.wait import REAL, Clock
from tfswap.commands.restore.sources import check_vault, list_points
from tfswap.commands.restore.target import RestoreRequest
from tfswap.context.command_context import CommandContext
from tfswap.context.table_target import TableTarget, target_of, vault_of
from tfswap.report.documents import BackupsDocument, ListedPoint, render_document

_SHOWN = 10


def backups(
    context: CommandContext,
    table: str,
    request: RestoreRequest | None = None,
    *,
    as_json: bool = False,
    everything: bool = False,
    clock: Clock = REAL,
) -> int:
    """List the recovery points of a table under any of its dates; reads only.

    Args:
        context: The command's surroundings.
        table: Base, dated or physical name.
        request: Names the vault, and has what else was typed for the command that is named next.
        as_json: Write JSON.
        everything: Show all, not only the newest.
        clock: The time.

    Returns:
        The exit code.

    Raises:
        UsageError: A vault elsewhere was meant, but not named.
        RepoError, AwsError: The table, or its recovery points, cannot be found.
    """
    request = request or RestoreRequest()
    check_vault(request)
    target = target_of(context, table)
    client = target.aws.client("backup")
    name = vault_of(context, client, target, request.vault)
    with context.console.step(f"list the recovery points in {name}"):
        found = list_points(context, target, replace(request, vault=name))
    now = clock.now()
    points = ordered([p for p in found if target.located.is_relative(p.table)], now)
    if as_json:
        listed = [_listed(point, now) for point in points]
        document = BackupsDocument(table=target.outgoing, vault=name, points=listed)
        context.console.out(render_document(document))
        return 0
    shown = points if everything else points[:_SHOWN]
    context.console.out(text(target.outgoing, name, shown, now, more=len(points) - len(shown)))
    if any(point.table == target.outgoing and not point.why_not(now) for point in points):
        words = ["tfswap", "restore", target.located.base, *request.vault_flags, *request.flags]
        context.console.note(f"next: {shlex.join(words)}")
    else:
        _look_elsewhere(context, client, target, name, request.flags)
    _say_window(context, target)
    return 0


def _say_window(context: CommandContext, target: TableTarget) -> None:
    """Say which times point-in-time recovery has: it may lose less than any backup."""
    window = known(lambda: window_of(target.aws.client("dynamodb"), target.outgoing))
    if isinstance(window, UnknownFact):
        context.console.note(f"point-in-time recovery: unknown ({window.why})")
    elif window is None:
        context.console.note(f"point-in-time recovery is off for {target.outgoing}")
    else:
        ends = f"{exact(window.earliest)} to {exact(window.latest)}"
        context.console.note(f"point-in-time recovery: {ends}")
        context.console.note(f"or: tfswap restore {target.located.base} --at latest-pitr")


def _look_elsewhere(
    context: CommandContext, client: Any, target: TableTarget, vault: str, flags: Sequence[str]
) -> None:
    """Say that nothing here will do, and which vault to look in, if another holds any."""
    context.console.note(f"{vault} has no usable recovery point of {target.outgoing}.")
    arn = target.arn(target.outgoing)
    found = candidates(lambda: recovery_points.vaults_of(client, arn))
    for other in [name for name in found if name != vault] or ["NAME"]:
        words = ["tfswap", "backups", target.located.base, "--vault", other, *flags]
        context.console.note(f"next: {shlex.join(words)}")


def ordered(points: Sequence[RecoveryPoint], now: datetime) -> list[RecoveryPoint]:
    """Return those that will do first, each kind with the newest first."""
    return sorted(recovery_points.newest_first(points), key=lambda point: bool(point.why_not(now)))


def text(
    table: str, vault: str, points: Sequence[RecoveryPoint], now: datetime, *, more: int = 0
) -> str:
    """Return the points for people, within 80 columns.

    Args:
        table: Physical name of the table in service.
        vault: Where they are.
        points: In order.
        now: The time.
        more: How many are not shown.
    """
    lines = [f"Recovery points of {table}", f"in {vault}", ""]
    if not points:
        lines.append("  none")
    for point in points:
        lines += _lines(point, table, now)
    if more:
        lines += ["", f"  {more} more; --all lists them"]
    return "\n".join(lines)


def _lines(point: RecoveryPoint, table: str, now: datetime) -> list[str]:
    since = duration(age(point.created, now))
    until = f"until {point.expires.astimezone(UTC):%Y-%m-%d}" if point.expires else "no expiry"
    first = f"  {at(point.created)}  {since + ' old':<14} {size(point.size):>9}  {point.status:<10}"
    lines = [f"{first} {until}", f"    id {point.id}"]
    if reason := point.why_not(now):
        lines.append(f"    NOT USABLE, {reason}")
    if point.table != table:
        lines.append(f"    of {point.table}, not of the table in service")
    lines.append(f"    encrypted with {point.encryption}")
    return lines


def _listed(point: RecoveryPoint, now: datetime) -> ListedPoint:
    reason = point.why_not(now)
    return ListedPoint(
        arn=point.arn,
        id=point.id,
        table=point.table,
        created=_iso(point.created),
        age_seconds=int(age(point.created, now)),
        size_bytes=point.size,
        status=point.status,
        message=point.message,
        usable=not reason,
        why_not=reason,
        encryption_key=point.key_arn,
        encrypted=point.encrypted,
        expires=_iso(point.expires) if point.expires else None,
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
