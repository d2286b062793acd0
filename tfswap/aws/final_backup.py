"""The last backup of a table that is about to be deleted.

DynamoDB's own on-demand backup (``CreateBackup``), not one of AWS Backup: it needs no vault and no
role, no lifecycle rule lets it expire, and it stays when the table goes (developer guide,
"On-demand backup"). It holds the last content only if nothing was written after it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from tfswap.aws.calls import calling
from tfswap.aws.formatting import size
from tfswap.aws.wait import WaitOptions, wait_until
from tfswap.errors import AwsError

_PREFIX = "tfswap-final-"
_LONGEST = 255
"""Characters of a backup's name (DynamoDB API reference, ``CreateBackup``)."""
_GOOD, _MAKING = "AVAILABLE", "CREATING"


class FinalBackup(NamedTuple):
    """An on-demand backup."""

    arn: str
    name: str
    status: str
    created: datetime
    bytes: int


def find_final_backup(dynamodb: Any, table: str, since: datetime) -> FinalBackup | None:
    """Return the newest on-demand backup made since a moment, one still being made included.

    Raises:
        AwsError: DynamoDB does not list them.
    """
    with calling(f"list the backups of {table}"):
        pages = dynamodb.get_paginator("list_backups").paginate(
            TableName=table, BackupType="USER", TimeRangeLowerBound=since
        )
        listed = [each for page in pages for each in page.get("BackupSummaries", ())]
    found = [
        FinalBackup(
            each["BackupArn"],
            each["BackupName"],
            each["BackupStatus"],
            each["BackupCreationDateTime"],
            each.get("BackupSizeBytes", 0),
        )
        for each in listed
        # Asked for above; said once more, for a table is deleted on the strength of it.
        if each.get("BackupType") == "USER"
        and each["TableName"] == table
        and each["BackupCreationDateTime"] >= since
        and each["BackupStatus"] in (_GOOD, _MAKING)
    ]
    return max(found, key=lambda one: (one.status == _GOOD, one.created), default=None)


def start_final_backup(dynamodb: Any, table: str, now: datetime) -> str:
    """Start a backup of a table and return its ARN.

    Raises:
        AwsError: DynamoDB refused.
    """
    stamp = f"-{now:%Y%m%dT%H%M%SZ}"
    name = f"{_PREFIX}{table}"[: _LONGEST - len(stamp)] + stamp
    with calling(f"back up {table}"):
        answer = dynamodb.create_backup(TableName=table, BackupName=name)
    return str(answer["BackupDetails"]["BackupArn"])


def wait_for_final_backup(dynamodb: Any, arn: str, wait_options: WaitOptions) -> None:
    """Wait until a backup is there to be restored from.

    Raises:
        AwsError: It was deleted, or the wait came to an end.
    """

    def look() -> dict[str, Any]:
        with calling(f"look at the backup {arn}"):
            answer = dynamodb.describe_backup(BackupArn=arn)
        details: dict[str, Any] = answer["BackupDescription"]["BackupDetails"]
        return details

    seen = wait_until(
        look,
        lambda details: details["BackupStatus"] != _MAKING,
        what=f"the backup {arn}",
        words=lambda d: f"backup {d['BackupStatus']}, {size(d.get('BackupSizeBytes'))}",
        wait_options=wait_options,
    )
    if seen["BackupStatus"] != _GOOD:
        raise AwsError(
            f"The backup {arn} is {seen['BackupStatus']}.",
            hint="Nothing was deleted. Run the same command again; it creates another backup.",
        )
