"""Restore jobs: what is asked for, how they end, how they are found again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.aws import stubs
from tests.aws.clock import NOON
from tfswap.aws import restore_jobs
from tfswap.aws.encryption_keys import MANAGED, OWNED, EncryptionKey
from tfswap.aws.restore_jobs import (
    RestoreJob,
    jobs_making,
    list_jobs,
    metadata,
    token,
)
from tfswap.names import TableArn

NAME = "production-Lpas-20240715"
TARGET = TableArn("aws", "eu-west-1", "123456789012", NAME)
KEY = EncryptionKey("KMS", "arn:aws:kms:eu-west-1:123456789012:key/1", "alias/x")


def shown(status: str, **more: object) -> dict[str, Any]:
    return {"RestoreJobId": "J", "Status": status, "CreationDate": NOON, **more}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (KEY, {"encryptionType": "KMS", "kmsMasterKeyArn": KEY.arn}),
        (MANAGED, {"encryptionType": "KMS"}),
        (OWNED, {"encryptionType": "Default"}),
    ],
)
def test_metadata_are_the_documented_ones_and_no_others(
    key: EncryptionKey, expected: dict[str, str]
) -> None:
    of_point = {
        "encryptionType": "KMS",
        "kmsMasterKeyArn": "of the backup",
        "aws:backup:request-id": "1",
        "somethingElse": "refused by AWS",
    }
    wanted = {"targetTableName": NAME, "aws:backup:request-id": "1", **expected}
    assert metadata(of_point, NAME, key) == wanted


def test_the_token_is_the_same_for_the_same_restore_only() -> None:
    first = token("arn:p", TARGET, 0)
    assert first == token("arn:p", TARGET, 0)
    others = {
        token("arn:q", TARGET, 0),
        token("arn:p", TARGET._replace(name="another"), 0),
        token("arn:p", TARGET._replace(region="eu-west-2"), 0),
        token("arn:p", TARGET, 1),
    }
    assert len(others | {first}) == 5


@pytest.mark.parametrize("status", stubs.enum("backup", "RestoreJobStatus"))
def test_every_status_is_under_way_or_an_end(status: str) -> None:
    job = RestoreJob("J", status, NOON)
    assert job.under_way is (status in ("PENDING", "RUNNING"))
    assert job.ended is not job.under_way


def test_jobs_are_known_by_their_table_or_by_what_they_were_told() -> None:
    listed = [
        shown("COMPLETED", CreatedResourceArn=str(TARGET)) | {"RestoreJobId": "A"},
        shown("COMPLETED", CreatedResourceArn=f"{TARGET}-more") | {"RestoreJobId": "B"},
        shown("PENDING", CreationDate=NOON + timedelta(hours=1)) | {"RestoreJobId": "C"},
        shown("PENDING") | {"RestoreJobId": "D"},
    ]
    backup = stubs.client("backup", "list_restore_jobs", {"RestoreJobs": listed})
    for name in (NAME, "another"):
        answer = {"RestoreJobId": "X", "Metadata": {"TargetTableName": name}}
        stubs.add(backup.stubber, "get_restore_job_metadata", answer)
    found = jobs_making(backup, list_jobs(backup), lambda name: name == NAME)
    assert [(job.id, job.table) for job in found] == [("C", NAME), ("A", NAME)]


def test_other_tables_jobs_are_not_looked_into() -> None:
    """Whoever may see them all may not be allowed to read each one's metadata."""
    other = str(TARGET._replace(name="production-Sessions"))
    listed = [
        shown("PENDING", SourceResourceArn=other) | {"RestoreJobId": "A"},
        shown("PENDING", SourceResourceArn=str(TARGET)) | {"RestoreJobId": "B"},
    ]
    backup = stubs.client("backup", "list_restore_jobs", {"RestoreJobs": listed})
    answer = {"RestoreJobId": "B", "Metadata": {"targetTableName": NAME}}
    stubs.add(backup.stubber, "get_restore_job_metadata", answer)
    found = jobs_making(backup, list_jobs(backup), lambda name: name == NAME)
    assert [job.id for job in found] == ["B"]


def test_a_job_remembered_but_not_listed_yet_counts() -> None:
    backup = stubs.client("backup", "list_restore_jobs", {"RestoreJobs": []})
    stubs.add(
        backup.stubber,
        "describe_restore_job",
        shown("PENDING", CreatedResourceArn=str(TARGET)),
        "ResourceNotFoundException",
    )
    found = jobs_making(
        backup, list_jobs(backup), lambda name: name == NAME, ["J", "of another account"]
    )
    assert [job.id for job in found] == ["J"]


def test_the_start_is_valid_by_botocores_model() -> None:
    backup = stubs.client("backup", "start_restore_job")
    wanted = metadata({}, NAME, KEY)
    backup.stubber.add_response(
        "start_restore_job",
        {"RestoreJobId": "J"},
        {
            "RecoveryPointArn": "arn:p",
            "Metadata": wanted,
            "IamRoleArn": "arn:r",
            "IdempotencyToken": "t",
            "ResourceType": "DynamoDB",
        },
    )
    assert restore_jobs.start(backup, "arn:p", wanted, "arn:r", "t") == "J"
