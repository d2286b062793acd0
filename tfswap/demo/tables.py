"""The demo's records, and a restore as AWS Backup leaves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

_KEPT_BY_A_RESTORE = ("AttributeDefinitions", "KeySchema")
_KEPT_OF_AN_INDEX = ("IndexName", "KeySchema", "Projection")


def fill(dynamodb: Any, table: str, count: int = 25) -> None:
    """Put `count` records of an LPA into `table` through a DynamoDB client."""
    for number in range(count):
        dynamodb.put_item(
            TableName=table,
            Item={
                "PK": {"S": f"LPA#{number:04}"},
                "SK": {"S": f"DONOR#{number:04}"},
                "LpaUID": {"S": f"M-0000-0000-{number:04}"},
                "UpdatedAt": {"S": f"2024-07-{number % 14 + 1:02}T09:00:00Z"},
                "Version": {"N": "1"},
            },
        )


def back_up(backup: Any, table_arn: str, vault: str, *ages: timedelta) -> None:
    """Put a recovery point of the table of each of these ages into a backup vault."""
    partition, account = table_arn.split(":")[1], table_arn.split(":")[4]
    for age in ages:
        created = datetime.now(UTC) - age
        backup.start_backup_job(
            BackupVaultName=vault,
            ResourceArn=table_arn,
            IamRoleArn=f"arn:{partition}:iam::{account}:role/aws-backup-role",
            Lifecycle={"DeleteAfterDays": 90},
            RecoveryPointTags={"standin:created": created.isoformat()},
        )


def items(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    """Every item of `table`, in DynamoDB's own notation, in a stable order."""
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    found: list[dict[str, Any]] = [item for page in pages for item in page["Items"]]
    return sorted(found, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


def restore(dynamodb: Any, source: str, target: str) -> None:
    """Make `target` what AWS Backup makes of a backup of `source`.

    Keys, indexes, encryption key and items come back. Tags, point-in-time recovery,
    stream, TTL, policies and deletion protection do not (AWS Backup's developer guide,
    "Restore an Amazon DynamoDB table"; runbook step "Restore a table from a backup").
    """
    described = dynamodb.describe_table(TableName=source)["Table"]
    request = {key: described[key] for key in _KEPT_BY_A_RESTORE}
    indexes = [
        {key: index[key] for key in _KEPT_OF_AN_INDEX}
        for index in described.get("GlobalSecondaryIndexes", [])
    ]
    if indexes:
        request["GlobalSecondaryIndexes"] = indexes
    key = described.get("SSEDescription", {}).get("KMSMasterKeyArn")
    if key:
        request["SSESpecification"] = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    tag = {"Key": "standin:restored-from", "Value": source}
    dynamodb.create_table(TableName=target, BillingMode="PAY_PER_REQUEST", Tags=[tag], **request)
    for item in items(dynamodb, source):
        dynamodb.put_item(TableName=target, Item=item)
