"""What the runbook has one do in the AWS console, as lines for the AWS command line.

Every phase begins with a shell of its own in which the keys are the environment's account's, under
the role for this job, and says so: the same names are in every account.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

from tfswap.aws.restore_time import LATEST, LATEST_PITR
from tfswap.commands.restore.elsewhere import DEFAULT_ROLE
from tfswap.context.command_context import CommandContext
from tfswap.discovery.locate import LocatedTable
from tfswap.discovery.related_resources import Encryption
from tfswap.swap import Swap, TableSwap

_KEYS = (
    "Credentials.[join(`=`, [`AWS_ACCESS_KEY_ID`, AccessKeyId]), "
    "join(`=`, [`AWS_SECRET_ACCESS_KEY`, SecretAccessKey]), "
    "join(`=`, [`AWS_SESSION_TOKEN`, SessionToken])]"
)
_USABLE = "RecoveryPoints[?Status=='COMPLETED' || Status=='AVAILABLE']"
_SORTED = f"reverse(sort_by({_USABLE}, &CreationDate))"
_LISTED = f'"{_SORTED}[].[CreationDate, BackupSizeInBytes, RecoveryPointArn]"'
_NEWEST = f'"{_SORTED}[0].RecoveryPointArn"'
"""In a shell's double quotes: JMESPath has its own single ones."""


def signed_in(context: CommandContext, swap: Swap, lines: Sequence[str]) -> list[str]:
    """Return the lines in a shell that is signed in to the swap's account, under its role.

    Args:
        context: The command's surroundings; names prefix and role.
        swap: Tells account and partition.
        lines: ``aws …`` lines; none stay none.
    """
    if not lines:
        return []
    config = context.remembering(swap).config
    prefix = shlex.join(config.prefix or ())
    whose = f"{swap.account or 'the environment'}"
    check = "aws sts get-caller-identity --query '[Account, Arn]' --output text"
    role = role_arn(swap, config.role.value if config.role else "")
    if not role:
        words = f"{prefix} bash" if prefix else "bash"
        top = [f"{words}    # signed in to account {whose}, under the role for this job"]
    else:
        name = swap.assume.get("session_name", "$(id -un)")
        external = swap.assume.get("external_id", "")
        more = f" --external-id {shlex.quote(external)}" if external else ""
        ask = (
            f'{prefix} aws sts assume-role --role-arn {role} --role-session-name "{name}"{more} '
            f"--query '{_KEYS}' --output text"
        ).lstrip()
        top = ["bash    # a separate shell: these keys are not for terraform", f"export $({ask})"]
    return [*top, f"{check}    # {whose}, or stop here", *lines, "exit"]


def role_arn(swap: Swap, role: str) -> str:
    """Return the ARN of the role for this job; empty where it is not known."""
    if not role or role.startswith("arn:") or not swap.account:
        return role if role.startswith("arn:") else ""
    return f"arn:{swap.partition}:iam::{swap.account}:role/{role}"


def look_lines(swap: Swap, table: TableSwap, found: LocatedTable) -> list[str]:
    """Return how to see what the table can be restored from, the newest on top."""
    region = shlex.quote(table.region)
    lines = []
    if swap.account and len(found.vaults) == 1:
        lines.append(f"{_points(swap, table, found)} --query {_LISTED} --output table")
    return [
        *lines,
        f"aws dynamodb describe-continuous-backups --region {region} --table-name "
        f"{shlex.quote(table.old_name)} --query "
        "ContinuousBackupsDescription.PointInTimeRecoveryDescription",
    ]


def restore_lines(swap: Swap, table: TableSwap, found: LocatedTable, wanted: str) -> list[str]:
    """Return how to restore the table and follow that.

    Args:
        swap: Tells the account.
        table: What is to be restored.
        found: Vault and key.
        wanted: As ``--restore`` takes it.
    """
    name, region = shlex.quote(table.new_name), shlex.quote(table.region)
    lines, key = _key(found, region)
    active = (
        f"aws dynamodb describe-table --region {region} --table-name {name} --query "
        "'Table.[TableStatus, RestoreSummary, SSEDescription.KMSMasterKeyArn]'    # until ACTIVE"
    )
    if wanted == LATEST_PITR:
        return [*lines, _to_a_time(table, key, "--use-latest-restorable-time"), active]
    if len(found.vaults) != 1 or not swap.account:
        return [f"# AWS Backup console, Restore: new table name {name}, default role", active]
    moment = wanted if wanted != LATEST and not wanted.startswith("arn:") else ""
    before = f" --by-created-before {shlex.quote(moment)}" if moment else ""
    point = (
        f"POINT={shlex.quote(wanted)}"
        if wanted.startswith("arn:")
        else f"POINT=$({_points(swap, table, found)}{before} --query {_NEWEST} --output text)"
    )
    if moment:
        timed = _to_a_time(table, key, f"--restore-date-time {shlex.quote(moment)}")
        lines += [f"# where point-in-time recovery reaches {moment}, this instead of the job:"]
        lines += [f"# {timed}"]
    role = f"arn:{swap.partition}:iam::{swap.account}:role/{DEFAULT_ROLE}"
    return [
        *lines,
        f'{point}; echo "$POINT"',
        f"JOB=$(aws backup start-restore-job --region {region} --resource-type DynamoDB "
        f'--recovery-point-arn "$POINT" --iam-role-arn {role} --metadata {_metadata(table, key)} '
        '--query RestoreJobId --output text); echo "$JOB"',
        f'aws backup describe-restore-job --region {region} --restore-job-id "$JOB" --query '
        "'[Status, PercentDone, StatusMessage]'    # until COMPLETED; it can take hours",
        active,
    ]


def compare_lines(table: TableSwap) -> list[str]:
    """Return how to see whether keys and indexes of both tables are the same."""
    query = shlex.quote(
        "Table.[KeySchema, AttributeDefinitions, GlobalSecondaryIndexes[].[IndexName, KeySchema, "
        "Projection, IndexStatus]]"
    )

    def one(name: str) -> str:
        where = f"--region {shlex.quote(table.region)} --table-name {shlex.quote(name)}"
        return f"aws dynamodb describe-table {where} --query {query}"

    return [f"diff <({one(table.old_name)}) <({one(table.new_name)}) && echo the same"]


def retire_lines(table: TableSwap) -> list[str]:
    """Return how to delete the outgoing table, which nothing brings back.

    What loses it is a comment: nobody shall paste it along.
    """
    where = f"--region {shlex.quote(table.region)} --table-name {shlex.quote(table.old_name)}"
    alarms = (
        "\"MetricAlarms[?Namespace=='AWS/DynamoDB' && Dimensions[?Name=='TableName' && "
        f"Value=='{table.old_name}']].AlarmName\""
    )
    return [
        f"aws dynamodb create-backup {where} --backup-name final-{shlex.quote(table.old_name)}",
        f"aws cloudwatch describe-alarms --region {shlex.quote(table.region)} --query {alarms} "
        "--output text    # then aws cloudwatch delete-alarms --alarm-names …, without those named "
        "TargetTracking-…: they go with their scaling policy",
        "# once nobody uses the table any more, which tfswap retire looks at:",
        f"# aws dynamodb update-table {where} --no-deletion-protection-enabled",
        f"# aws dynamodb delete-table {where}",
    ]


def _points(swap: Swap, table: TableSwap, found: LocatedTable) -> str:
    return (
        f"aws backup list-recovery-points-by-backup-vault --region {shlex.quote(table.region)} "
        f"--backup-vault-name {shlex.quote(found.vaults[0].name)} "
        f"--by-resource-arn {shlex.quote(swap.arn(table, new=False))}"
    )


def _key(found: LocatedTable, region: str) -> tuple[list[str], str]:
    """Return the line that looks the key up, and what stands for its ARN afterwards.

    ``Default`` and ``KMS`` are the keys that AWS owns and manages.
    """
    if found.key.kind is not Encryption.CUSTOMER:
        return [], "Default" if found.key.kind is Encryption.OWNED else "KMS"
    look = f"aws kms describe-key --region {region} --key-id {shlex.quote(found.key.name)}"
    line = f'KEY=$({look} --query KeyMetadata.Arn --output text); echo "$KEY"'
    return [line], "$KEY"


def _metadata(table: TableSwap, key: str) -> str:
    """Return what StartRestoreJob takes, quoted; the key's ARN is the shell's to fill in."""
    metadata = {"targetTableName": table.new_name, "encryptionType": "KMS"}
    if key == "Default":
        metadata["encryptionType"] = key
    quoted = shlex.quote(json.dumps(metadata))
    if key != "$KEY":
        return quoted
    return f'{quoted[:-2]}, "kmsMasterKeyArn": "\'"$KEY"\'"}}\''


def _to_a_time(table: TableSwap, key: str, which: str) -> str:
    sse = {
        "Default": "Enabled=false",
        "KMS": "Enabled=true,SSEType=KMS",
        "$KEY": '"Enabled=true,SSEType=KMS,KMSMasterKeyId=$KEY"',
    }[key]
    return (
        f"aws dynamodb restore-table-to-point-in-time --region {shlex.quote(table.region)} "
        f"--source-table-name {shlex.quote(table.old_name)} --target-table-name "
        f"{shlex.quote(table.new_name)} {which} --sse-specification-override {sse}"
    )
