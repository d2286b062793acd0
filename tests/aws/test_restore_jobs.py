"""Restore jobs: what is asked for, how they end, how they are found again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.aws import stubs
from tests.aws.clock import NOON, Hand
from tfswap.aws import restore_jobs
from tfswap.aws.encryption_keys import MANAGED, OWNED, EncryptionKey
from tfswap.aws.errors import DeniedError, ExpiredError, MissingError
from tfswap.aws.restore_jobs import JobFailedError, RestoreJob, follow, jobs_making, metadata, token
from tfswap.aws.wait import Patience, WaitTimeoutError
from tfswap.errors import AwsError
from tfswap.names import TableArn

NAME = "production-Lpas-20240715"
TARGET = TableArn("aws", "eu-west-1", "123456789012", NAME)
KEY = EncryptionKey("KMS", "arn:aws:kms:eu-west-1:123456789012:key/1", "alias/x")


def told(status: str, **more: object) -> dict[str, Any]:
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


def test_a_status_of_tomorrow_is_no_end_and_no_reason_for_a_second_job() -> None:
    answers = (told("RUNNING"), told("EXPIRED", StatusMessage="AWS says why"))
    backup = stubs.client("backup", "describe_restore_job", *answers)
    with pytest.raises(AwsError, match="has the unknown status EXPIRED, AWS says why") as met:
        wait(backup, Hand(), [])
    assert not isinstance(met.value, JobFailedError)
    assert not RestoreJob("J", "EXPIRED", NOON).ended
    assert not RestoreJob("J", "EXPIRED", NOON).under_way


def wait(backup: Any, hand: Hand, said: list[str], timeout: float | None = None) -> RestoreJob:
    return follow(backup, "J", Patience(timeout, said.append, hand.clock))


def test_a_job_is_followed_with_percent_bytes_and_time() -> None:
    running = told(
        "RUNNING",
        PercentDone="40.00%",
        BackupSizeInBytes=1_200_000_000,
        ExpectedCompletionTimeMinutes=90,
    )
    backup = stubs.client(
        "backup", "describe_restore_job", told("PENDING"), running, told("COMPLETED")
    )
    said: list[str] = []
    assert wait(backup, Hand(), said).status == "COMPLETED"
    assert said == [
        "PENDING",
        "RUNNING, 40% done, of 1.2 GB, AWS expects 1 h 30 min in total, 1 s so far",
    ]


@pytest.mark.parametrize("status", ["FAILED", "ABORTED"])
@pytest.mark.parametrize("message", ["Access denied to the key", ""])
def test_a_job_that_ends_badly_says_awss_reason(status: str, message: str) -> None:
    answer = told(status, **({"StatusMessage": message} if message else {}))
    backup = stubs.client("backup", "describe_restore_job", told("RUNNING"), answer)
    with pytest.raises(JobFailedError, match=f"ended as {status}: ") as failed:
        wait(backup, Hand(), [])
    assert (message or "reported no reason") in failed.value.message
    assert "starts a new job" in failed.value.hint


def test_throttling_and_awss_own_trouble_in_mid_wait_are_sat_out() -> None:
    answers = ("ThrottlingException", "ServiceUnavailableException", told("COMPLETED"))
    said: list[str] = []
    backup = stubs.client("backup", "describe_restore_job", told("RUNNING"), *answers)
    assert wait(backup, Hand(), said).status == "COMPLETED"
    assert sum("retrying" in line for line in said) == 2


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ExpiredTokenException", ExpiredError),
        ("AccessDeniedException", DeniedError),
        ("ResourceNotFoundException", MissingError),
    ],
)
def test_what_waiting_does_not_mend_ends_the_wait(code: str, kind: type[AwsError]) -> None:
    with pytest.raises(kind):
        wait(stubs.client("backup", "describe_restore_job", told("RUNNING"), code), Hand(), [])


def test_the_time_out_leaves_the_job_alone() -> None:
    backup = stubs.client("backup", "describe_restore_job", *[told("RUNNING")] * 20)
    with pytest.raises(WaitTimeoutError, match="the restore job J took longer than 30 s"):
        wait(backup, Hand(), [], timeout=30)


def test_jobs_are_known_by_their_table_or_by_what_they_were_told() -> None:
    listed = [
        told("COMPLETED", CreatedResourceArn=str(TARGET)) | {"RestoreJobId": "A"},
        told("COMPLETED", CreatedResourceArn=f"{TARGET}-more") | {"RestoreJobId": "B"},
        told("PENDING", CreationDate=NOON + timedelta(hours=1)) | {"RestoreJobId": "C"},
        told("PENDING") | {"RestoreJobId": "D"},
    ]
    backup = stubs.client("backup", "list_restore_jobs", {"RestoreJobs": listed})
    for name in (NAME, "another"):
        answer = {"RestoreJobId": "X", "Metadata": {"TargetTableName": name}}
        stubs.add(backup.stubber, "get_restore_job_metadata", answer)
    found = jobs_making(backup, lambda name: name == NAME)
    assert [(job.id, job.table) for job in found] == [("C", NAME), ("A", NAME)]


def test_a_job_remembered_but_not_listed_yet_counts() -> None:
    backup = stubs.client("backup", "list_restore_jobs", {"RestoreJobs": []})
    stubs.add(
        backup.stubber,
        "describe_restore_job",
        told("PENDING", CreatedResourceArn=str(TARGET)),
        "ResourceNotFoundException",
    )
    found = jobs_making(backup, lambda name: name == NAME, ["J", "of another account"])
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
