"""What a restore would do, gathered by reading alone, and told before anybody is asked."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from datetime import datetime

from tfswap.aws import encryption_keys
from tfswap.aws import restore_jobs as jobs
from tfswap.aws.encryption_keys import EncryptionKey
from tfswap.aws.formatting import age, at, duration, minutes, size
from tfswap.aws.point_in_time import PointInTime
from tfswap.aws.recovery_points import RecoveryPoint
from tfswap.aws.restore_pace import Pace, pace_of
from tfswap.aws.restore_time import exact
from tfswap.aws.table_status import find_table
from tfswap.commands.restore.elsewhere import DEFAULT_ROLE
from tfswap.commands.restore.sources import (
    Source,
    Sources,
    choose_source,
    find_sources,
)
from tfswap.commands.restore.target import RestoreRequest, RestoreTarget
from tfswap.context.command_context import CommandContext
from tfswap.context.table_target import TableTarget, key_of
from tfswap.discovery.related_resources import Encryption
from tfswap.errors import UsageError

_NOT_BACK = (
    "Tags, TTL, stream, point-in-time recovery, deletion protection, autoscaling, "
    "alarms, policies and replicas are not restored. The apply sets those that are in "
    "the Terraform configuration."
)


@dataclass(frozen=True)
class RestorePlan:
    """One restore, ready to be begun."""

    name: str
    """Physical name of the table to be."""
    outgoing: str
    place: str
    source: Source
    sources: Sources
    """What else there is."""
    key: EncryptionKey
    size: int | None
    """Bytes, as far as AWS tells."""
    pace: Pace | None
    configured: str = ""
    """The key that the configuration has, where ``--key`` says another."""
    role_arn: str = ""
    """Of a restore job; so are the others."""
    metadata: dict[str, str] | None = None
    token: str = ""


def make_plan(
    context: CommandContext,
    target: TableTarget,
    new_table: RestoreTarget,
    request: RestoreRequest,
    now: datetime,
) -> RestorePlan:
    """Choose what to restore from, key and role, and check each of them.

    Raises:
        UsageError: ``--at`` or ``--role-arn`` cannot be used.
        AwsError: One of them is not there, or cannot be used.
    """
    with context.console.step("check recovery points, point-in-time recovery, key and role"):
        sources = find_sources(context, target, request)
        source = choose_source(sources, target, request, now)
        key = key_of(target, request.key)
        if isinstance(source, PointInTime):
            plan = _to_a_time(target, new_table, sources, source, key)
        else:
            plan = _from_point(target, new_table, request, sources, source, key)
    return replace(plan, configured=_other_key(target, request, key))


def _other_key(target: TableTarget, request: RestoreRequest, key: EncryptionKey) -> str:
    """Return the configured key where another was asked for; empty where it is that one."""
    setting = target.located.key
    if (
        request.key is None
        or setting.kind is not Encryption.CUSTOMER
        or setting.name == request.key
    ):
        return ""
    return "" if key_of(target, None).arn == key.arn else setting.name


def _to_a_time(
    target: TableTarget,
    new_table: RestoreTarget,
    sources: Sources,
    source: PointInTime,
    key: EncryptionKey,
) -> RestorePlan:
    table = find_table(target.aws.client("dynamodb"), source.table)
    size = table.size if table else None
    pace = pace_of(new_table.jobs, size)
    return RestorePlan(
        new_table.name, target.outgoing, target.place, source, sources, key, size, pace
    )


def _from_point(
    target: TableTarget,
    new_table: RestoreTarget,
    request: RestoreRequest,
    sources: Sources,
    point: RecoveryPoint,
    key: EncryptionKey,
) -> RestorePlan:
    role_arn = _role(target, request.role_arn)
    encryption_keys.check_role(target.aws.client("iam"), role_arn)
    owner = request.vault_account or ""
    metadata = jobs.masked_metadata(target.aws.client("backup"), point.vault, point.arn, owner)
    return RestorePlan(
        name=new_table.name,
        outgoing=target.outgoing,
        place=target.place,
        source=point,
        sources=sources,
        key=key,
        size=point.size,
        pace=pace_of(new_table.jobs, point.size),
        role_arn=role_arn,
        metadata=jobs.metadata(metadata, new_table.name, key),
        token=jobs.token(point.arn, target.arn(new_table.name), new_table.ended),
    )


def _role(target: TableTarget, role: str | None) -> str:
    start = f"arn:{target.located.partition}:iam::{target.aws.account}:role/"
    if role is None:
        return start + DEFAULT_ROLE
    if not role.startswith("arn:"):
        return start + role
    if not role.startswith(start):
        raise UsageError(
            f"{role} is not a role in the account {target.aws.account}.",
            hint=f"A role of that account begins with {start}",
        )
    return role


def plan_text(plan: RestorePlan, now: datetime, width: int) -> str:
    """Return the plan for people."""
    source = plan.source
    since = age(source.created, now)
    rows = [("where", plan.place)]
    rows += _time_rows(source, now) if isinstance(source, PointInTime) else _point_rows(source, now)
    if source.table != plan.outgoing:
        rows.append(("", f"of {source.table}, not of the table in service"))
    rows += [
        ("lost", f"data written to {plan.outgoing} after that: {minutes(since)}"),
        *_offer_rows(plan, now),
        *_key_rows(plan.key),
        *_owned_key_rows(plan),
        *_other_key_rows(plan),
    ]
    if plan.role_arn:
        rows.append(("role", plan.role_arn.partition(":role/")[2]))
    if plan.pace and plan.size:
        by = f"by {plan.pace.jobs} earlier restores" if plan.pace.jobs > 1 else "by an earlier one"
        rows.append(("time", f"about {duration(plan.pace.seconds(plan.size))}, {by}"))
    lines = [f"Restore {source.table}", f"     as {plan.name}", ""]
    lines += [f"  {label:<6} {text}" for label, text in rows]
    return "\n".join([*lines, "", *textwrap.wrap(_NOT_BACK, min(width, 80))])


def _point_rows(point: RecoveryPoint, now: datetime) -> list[tuple[str, str]]:
    old = duration(age(point.created, now))
    rows = [
        ("point", f"{at(point.created)}, {old} old, {size(point.size)}"),
        ("", f"id {point.id}"),
        ("", f"in {point.vault}"),
    ]
    if reason := point.why_not(now):
        rows.append(("", f"FORCED: it is {reason}. AWS may reject it, and the restored table may"))
        rows.append(("", "be incomplete: compare it before it goes into service."))
    return rows


def _time_rows(source: PointInTime, now: datetime) -> list[tuple[str, str]]:
    window = source.window
    ago = duration(age(source.created, now))
    return [
        ("point", f"{exact(source.created)}, {ago} ago, by point-in-time recovery"),
        ("", f"available from {exact(window.earliest)} to {exact(window.latest)}"),
        ("", "It uses the table's current settings (indexes, capacity, billing mode),"),
        ("", "not the settings of that time."),
    ]


def _offer_rows(plan: RestorePlan, now: datetime) -> list[tuple[str, str]]:
    """Return what else there is, the one that loses least first."""
    rows = [
        f"--at {flag:<11} {exact(source.created)}, {minutes(age(source.created, now))} lost"
        + (" (this one)" if source == plan.source else "")
        for flag, source in plan.sources.offers(now)
    ]
    text = [*rows, *plan.sources.unknown]
    return [("" if number else "choice", line) for number, line in enumerate(text)]


def _owned_key_rows(plan: RestorePlan) -> list[tuple[str, str]]:
    """Tell before the restore that the key will be another one than wanted, and both ways out.

    A backup that DynamoDB manages itself comes back under the key AWS owns.
    """
    if isinstance(plan.source, PointInTime) or not plan.source.is_managed:
        return []
    if plan.key.kind == "Default":
        return []
    base, _, day = plan.name.rpartition("-")
    override = f"Enabled=true,SSEType=KMS,KMSMasterKeyId={plan.key.arn or 'alias/aws/dynamodb'}"
    return [
        ("", "NOTE: DynamoDB manages this backup, so the table gets a key owned by AWS."),
        ("", f"Change the key afterwards: tfswap restore {base}-{day} --change-key"),
        ("", "or restore by hand with the key: aws dynamodb restore-table-from-backup"),
        ("", f"--target-table-name {plan.name} --backup-arn {plan.source.arn}"),
        ("", f"--sse-specification-override {override}"),
    ]


def _other_key_rows(plan: RestorePlan) -> list[tuple[str, str]]:
    if not plan.configured:
        return []
    return [
        ("", f"NOTE: the configuration has {plan.configured}: the swap's plan changes the key."),
        ("", f"Omit --key, or change it afterwards: tfswap restore {plan.name} --change-key"),
    ]


def _key_rows(key: EncryptionKey) -> list[tuple[str, str]]:
    if not key.arn:
        return [("key", str(key))]
    rows = [("key", key.name)] if key.name not in ("", key.arn) else []
    return [*rows, ("" if rows else "key", f"key id {key.arn.rpartition('/')[2]}")]
