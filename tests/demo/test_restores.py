"""The stand-in's recovery points and restore jobs behave as AWS Backup's, as far as they go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tfswap.demo import server
from tfswap.demo.demo_env import client_factory

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/production-Lpas"
ROLE = "arn:aws:iam::123456789012:role/r"
WISH = {"targetTableName": "production-Lpas-20240715", "encryptionType": "Default"}


@pytest.fixture(scope="module")
def running(standin: server.Server) -> Iterator[server.Server]:
    """A stand-in with a vault and a table."""
    started = standin.fork()
    client = client_factory(started.endpoint)
    client("backup").create_backup_vault(BackupVaultName="v")
    client("dynamodb").create_table(
        TableName="production-Lpas",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
    )
    yield started
    started.stop()


@pytest.fixture
def backup(running: server.Server) -> Iterator[Any]:
    """AWS Backup on a copy of it."""
    copied = running.fork()
    yield client_factory(copied.endpoint)("backup")
    copied.stop()


def point(backup: Any, **tags: str) -> str:
    made = backup.start_backup_job(
        BackupVaultName="v",
        ResourceArn=ARN,
        IamRoleArn=ROLE,
        RecoveryPointTags={f"standin:{name}": value for name, value in tags.items()},
    )
    assert backup.describe_backup_job(BackupJobId=made["BackupJobId"])["State"] == "COMPLETED"
    return str(made["RecoveryPointArn"])


def start(backup: Any, arn: str, token: str = "t", **wish: str) -> str:
    answer = backup.start_restore_job(
        RecoveryPointArn=arn, Metadata={**WISH, **wish}, IamRoleArn=ROLE, IdempotencyToken=token
    )
    return str(answer["RestoreJobId"])


def statuses(backup: Any, job: str, times: int = 5) -> list[str]:
    return [backup.describe_restore_job(RestoreJobId=job)["Status"] for _ in range(times)]


def test_a_point_is_listed_by_vault_and_by_table(backup: Any) -> None:
    arn = point(backup)
    by_vault = backup.list_recovery_points_by_backup_vault(BackupVaultName="v", ByResourceArn=ARN)
    by_table = backup.list_recovery_points_by_resource(ResourceArn=ARN)
    for listed in (by_vault, by_table):
        assert [each["RecoveryPointArn"] for each in listed["RecoveryPoints"]] == [arn]
    other = backup.list_recovery_points_by_backup_vault(BackupVaultName="v", ByResourceArn="arn:x")
    assert other["RecoveryPoints"] == []
    one = backup.describe_recovery_point(BackupVaultName="v", RecoveryPointArn=arn)
    assert one["ResourceArn"] == ARN


def test_a_job_goes_step_by_step(backup: Any) -> None:
    job = start(backup, point(backup))
    assert statuses(backup, job) == ["PENDING", "RUNNING", "RUNNING", "COMPLETED", "COMPLETED"]


def test_a_known_token_begins_no_second_job(backup: Any) -> None:
    arn = point(backup)
    assert start(backup, arn) == start(backup, arn)
    assert start(backup, arn) != start(backup, arn, "another")


def test_a_name_that_is_taken_fails_the_job(backup: Any) -> None:
    job = start(backup, point(backup), targetTableName="production-Lpas")
    assert statuses(backup, job, 2) == ["PENDING", "FAILED"]
    shown = backup.describe_restore_job(RestoreJobId=job)
    assert shown["StatusMessage"] == "Table already exists: production-Lpas"


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"originalTableName": "x"}, "COMPLETED"),
        ({"encryptionType": "AES"}, "COMPLETED"),
        ({"targetTableName": ""}, "COMPLETED"),
        ({}, "PARTIAL"),
    ],
)
def test_what_aws_refuses_is_refused(backup: Any, wish: dict[str, str], status: str) -> None:
    arn = point(backup, status=status)
    with pytest.raises(ClientError, match="Invalid"):
        start(backup, arn, **wish)
    assert backup.list_restore_jobs()["RestoreJobs"] == []


@pytest.mark.parametrize(
    ("ends", "expected"),
    [("FAILED why", "FAILED"), ("ABORTED why", "ABORTED"), ("STUCK", "RUNNING")],
)
def test_a_tag_says_how_its_restores_end(backup: Any, ends: str, expected: str) -> None:
    assert statuses(backup, start(backup, point(backup, restore=ends)), 8)[-1] == expected


@pytest.fixture
def dynamodb(running: server.Server) -> Iterator[Any]:
    """DynamoDB on a copy of it."""
    copied = running.fork()
    yield client_factory(copied.endpoint)("dynamodb")
    copied.stop()


def to_a_time(dynamodb: Any, ago: timedelta, target: str = "production-Lpas-20240715") -> str:
    """Return the error's code; empty where AWS begins."""
    try:
        dynamodb.restore_table_to_point_in_time(
            SourceTableArn=ARN, TargetTableName=target, RestoreDateTime=datetime.now(UTC) - ago
        )
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def test_a_time_is_restored_only_inside_the_window_and_once(dynamodb: Any) -> None:
    hour = timedelta(hours=1)
    assert to_a_time(dynamodb, hour) == "PointInTimeRecoveryUnavailableException"
    dynamodb.update_continuous_backups(
        TableName="production-Lpas",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    shown = dynamodb.describe_continuous_backups(TableName="production-Lpas")
    window = shown["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert window["LatestRestorableDateTime"] - window["EarliestRestorableDateTime"] > 24 * hour
    assert to_a_time(dynamodb, hour * 0) == "InvalidRestoreTimeException"
    assert to_a_time(dynamodb, hour * 24 * 36) == "InvalidRestoreTimeException"
    assert to_a_time(dynamodb, hour) == ""
    assert to_a_time(dynamodb, hour) == "TableAlreadyExistsException"
    seen = [
        dynamodb.describe_table(TableName="production-Lpas-20240715")["Table"] for _ in range(4)
    ]
    assert [each["TableStatus"] for each in seen][-1] == "ACTIVE"
    assert seen[0]["TableStatus"] == "CREATING"
    assert seen[0]["RestoreSummary"]["RestoreInProgress"] is True
    assert seen[-1]["RestoreSummary"]["SourceTableArn"] == ARN


def test_a_backup_that_dynamodb_manages_comes_back_under_awss_key(backup: Any) -> None:
    arn = point(backup, managed="dynamodb")
    assert arn.startswith(f"{ARN}/backup/")
    wish = {"encryptionType": "KMS", "kmsMasterKeyArn": "arn:aws:kms:eu-west-1:1:key/x"}
    assert statuses(backup, start(backup, arn, **wish))[-1] == "COMPLETED"
