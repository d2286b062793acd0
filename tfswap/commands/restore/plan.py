"""What a restore would do, gathered by reading alone, and told before anybody is asked."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import datetime

from tfswap.aws import encryption_keys
from tfswap.aws import restore_jobs as jobs
from tfswap.aws.encryption_keys import EncryptionKey
from tfswap.aws.formatting import age, at, duration, size
from tfswap.aws.recovery_points import RecoveryPoint
from tfswap.commands.restore.target import RestoreRequest, RestoreTarget, point_of
from tfswap.context.command_context import CommandContext
from tfswap.context.table_target import TableTarget, key_of, vault_of
from tfswap.errors import UsageError

_DEFAULT_ROLE = "service-role/AWSBackupDefaultServiceRole"
"""AWS Backup developer guide, "IAM service roles", default role."""
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
    point: RecoveryPoint
    key: EncryptionKey
    role_arn: str
    metadata: dict[str, str]
    token: str


def make_plan(
    context: CommandContext,
    target: TableTarget,
    aim: RestoreTarget,
    wish: RestoreRequest,
    now: datetime,
) -> RestorePlan:
    """Choose recovery point, key and role, and check each of them.

    Raises:
        UsageError: ``--at`` or ``--role-arn`` cannot be used.
        AwsError: One of them is not there, or cannot be used.
    """
    client = target.aws.client("backup")
    vault = vault_of(context, client, target, wish.vault)
    with context.console.step("check recovery points, key and role"):
        point = point_of(client, target, wish, vault, now)
        key = key_of(target, wish.key)
        role_arn = _role(target, wish.role_arn)
        encryption_keys.check_role(target.aws.client("iam"), role_arn)
        told = jobs.masked_metadata(client, vault, point.arn)
    return RestorePlan(
        name=aim.name,
        outgoing=target.outgoing,
        place=target.place,
        point=point,
        key=key,
        role_arn=role_arn,
        metadata=jobs.metadata(told, aim.name, key),
        token=jobs.token(point.arn, target.arn(aim.name), aim.ended),
    )


def _role(target: TableTarget, told: str | None) -> str:
    start = f"arn:{target.located.partition}:iam::{target.aws.account}:role/"
    if told is None:
        return start + _DEFAULT_ROLE
    if not told.startswith("arn:"):
        return start + told
    if not told.startswith(start):
        raise UsageError(
            f"{told} is not a role in the account {target.aws.account}.",
            hint=f"A role of that account begins with {start}",
        )
    return told


def plan_text(plan: RestorePlan, now: datetime, width: int) -> str:
    """Return the plan for people."""
    point = plan.point
    since = duration(age(point.created, now))
    rows = [
        ("where", plan.place),
        ("point", f"{at(point.created)}, {since} old, {size(point.size)}"),
        ("", f"id {point.id}"),
        ("", f"in {point.vault}"),
        ("lost", f"data written to {plan.outgoing} after that: {since}"),
        *_key_rows(plan.key),
        *_owned_key_rows(plan),
        ("role", plan.role_arn.partition(":role/")[2]),
    ]
    if point.table != plan.outgoing:
        rows.insert(4, ("", f"of {point.table}, not of the table in service"))
    lines = [f"Restore {point.table}", f"     as {plan.name}", ""]
    lines += [f"  {label:<6} {told}" for label, told in rows]
    return "\n".join([*lines, "", *textwrap.wrap(_NOT_BACK, min(width, 80))])


def _owned_key_rows(plan: RestorePlan) -> list[tuple[str, str]]:
    """Tell before the restore that the key will be another one than wanted, and both ways out.

    A backup that DynamoDB manages itself comes back under the key AWS owns.
    """
    if plan.point.arn.split(":")[2] != "dynamodb" or plan.key.kind == "Default":
        return []
    base, _, day = plan.name.rpartition("-")
    override = f"Enabled=true,SSEType=KMS,KMSMasterKeyId={plan.key.arn or 'alias/aws/dynamodb'}"
    return [
        ("", "NOTE: DynamoDB manages this backup, so the table gets a key owned by AWS."),
        ("", f"Change the key afterwards: tfswap restore {base}-{day} --change-key"),
        ("", "or restore by hand with the key: aws dynamodb restore-table-from-backup"),
        ("", f"--target-table-name {plan.name} --backup-arn {plan.point.arn}"),
        ("", f"--sse-specification-override {override}"),
    ]


def _key_rows(key: EncryptionKey) -> list[tuple[str, str]]:
    if not key.arn:
        return [("key", str(key))]
    rows = [("key", key.name)] if key.name not in ("", key.arn) else []
    return [*rows, ("" if rows else "key", f"key id {key.arn.rpartition('/')[2]}")]
