"""Restore jobs of AWS Backup: begin one and only one, find it again, follow it to its end.

What StartRestoreJob takes for DynamoDB is said in the AWS Backup developer guide, "Restore an
Amazon DynamoDB table", section on API, CLI and SDK: ``targetTableName``, ``encryptionType``
(``Default`` for the key AWS owns, ``KMS`` for the others), ``kmsMasterKeyArn`` (only for a key of
one's own) and ``aws:backup:request-id``; names in any case. ``GetRecoveryPointRestoreMetadata``
may return more, and AWS Backup has refused what it itself returned, so of that only the
documented ``aws:backup:request-id`` is handed on. Botocore's model says only that it is a map of
strings. "Restore testing inferred metadata" has the same keys.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tfswap.aws.calls import calling, every
from tfswap.aws.encryption_keys import EncryptionKey
from tfswap.aws.errors import MissingError
from tfswap.aws.formatting import duration, size
from tfswap.errors import AwsError
from tfswap.names import TableArn

DYNAMODB = "DynamoDB"
_REQUEST_ID = "aws:backup:request-id"
_UNDER_WAY = {"PENDING", "RUNNING"}
_ENDED = {"COMPLETED", "ABORTED", "FAILED"}


class JobFailedError(AwsError):
    """A restore job ended without its table."""


@dataclass(frozen=True)
class RestoreJob:
    """A restore job as AWS describes it."""

    id: str
    status: str
    """``PENDING``, ``RUNNING``, ``COMPLETED``, ``ABORTED`` or ``FAILED``."""
    created: datetime
    point_arn: str = ""
    table: str = ""
    """Physical name of the table it makes."""
    source: str = ""
    """Physical name of the table it restores, in any account; empty where AWS does not tell."""
    completed: datetime | None = None
    message: str = ""
    percent: str = ""
    size: int | None = None
    expected: int | None = None
    """Minutes AWS expects it to take."""

    @property
    def point_id(self) -> str:
        """The end of the recovery point's ARN."""
        return re.split("[:/]", self.point_arn)[-1].lower()

    @property
    def under_way(self) -> bool:
        """Whether it has yet to end."""
        return self.status in _UNDER_WAY

    @property
    def ended(self) -> bool:
        """Whether it has ended; a status we do not know is neither, and no new job is begun."""
        return self.status in _ENDED

    @property
    def words(self) -> str:
        """Where it stands."""
        parts = [self.status]
        if self.percent and self.under_way:
            parts.append(f"{self.percent.rstrip('%').partition('.')[0]}% done")
        if self.size:
            parts.append(f"of {size(self.size)}")
        if self.expected and self.under_way:
            parts.append(f"AWS expects {duration(self.expected * 60)} in total")
        return ", ".join([*parts, *([self.message] if self.message else [])])


def metadata(returned: Mapping[str, str], target: str, key: EncryptionKey) -> dict[str, str]:
    """Return what StartRestoreJob takes for DynamoDB (see the module's text).

    Args:
        returned: What GetRecoveryPointRestoreMetadata returned.
        target: The table's name to be.
        key: What it shall be encrypted with.
    """
    wanted = {"targetTableName": target, "encryptionType": key.kind}
    if key.arn:
        wanted["kmsMasterKeyArn"] = key.arn
    kept = {name: value for name, value in returned.items() if name.lower() == _REQUEST_ID}
    return {**kept, **wanted}


def token(point_arn: str, target: TableArn, ended: int) -> str:
    """Return the idempotency token: the same for the same restore, another after one that ended.

    AWS answers a token it knows with the job it began for it, even if that failed; so jobs that
    have ended count.
    """
    text = "\n".join([point_arn, str(target), str(ended)])
    return "tfswap-" + hashlib.sha256(text.encode()).hexdigest()[:40]


def masked_metadata(backup: Any, vault: str, point_arn: str, account: str = "") -> dict[str, str]:
    """Return what the recovery point itself says about its table.

    ``account`` owns a vault that it shares; empty for one's own.

    Raises:
        AwsError: It cannot be asked.
    """
    with calling("read the recovery point's metadata"):
        owner = {"BackupVaultAccountId": account} if account else {}
        answer = backup.get_recovery_point_restore_metadata(
            BackupVaultName=vault, RecoveryPointArn=point_arn, **owner
        )
    return dict(answer.get("RestoreMetadata", {}))


def start(
    backup: Any, point_arn: str, wanted: Mapping[str, str], role_arn: str, idempotency: str
) -> str:
    """Begin the restore and return the job's id.

    Raises:
        AwsError: AWS refuses.
    """
    with calling(f"start the restore of {wanted['targetTableName']}"):
        answer = backup.start_restore_job(
            RecoveryPointArn=point_arn,
            Metadata=dict(wanted),
            IamRoleArn=role_arn,
            IdempotencyToken=idempotency,
            ResourceType=DYNAMODB,
        )
    return str(answer["RestoreJobId"])


def list_jobs(backup: Any) -> list[RestoreJob]:
    """Return DynamoDB's restore jobs of the account and region that AWS still knows.

    Raises:
        AwsError: They cannot be listed.
    """
    with calling("list the restore jobs"):
        found = every(backup.list_restore_jobs, "RestoreJobs", ByResourceType=DYNAMODB)
        return [_job(each) for each in found]


def jobs_making(
    backup: Any,
    listed: Sequence[RestoreJob],
    wanted: Callable[[str], bool],
    remembered: Sequence[str] = (),
) -> list[RestoreJob]:
    """Return the restore jobs that make, or made, one of these tables, newest first.

    Args:
        backup: A boto3 client.
        listed: Every job there is. Those known to be of another table are not asked about.
        wanted: Takes a table's physical name.
        remembered: Ids of jobs we began, which a listing may not hold yet.

    Raises:
        AwsError: They cannot be listed.
    """
    jobs = {job.id: job for job in listed}
    for job_id in remembered:
        if job_id not in jobs:
            try:
                jobs[job_id] = describe_job(backup, job_id)
            except MissingError:
                continue
    mine = (job for job in jobs.values() if job.table or not job.source or wanted(job.source))
    named = (job if job.table else replace(job, table=_requested_name(backup, job)) for job in mine)
    found = [job for job in named if wanted(job.table)]
    return sorted(found, key=lambda job: (job.created, job.id), reverse=True)


def _requested_name(backup: Any, job: RestoreJob) -> str:
    """Return the table's name a job was told: AWS gives its ARN only after a while, or never."""
    try:
        with calling(f"read the parameters of the restore job {job.id}"):
            returned = backup.get_restore_job_metadata(RestoreJobId=job.id).get("Metadata", {})
    except MissingError:
        return ""
    return next((str(v) for k, v in returned.items() if k.lower() == "targettablename"), "")


def describe_job(backup: Any, job_id: str) -> RestoreJob:
    """Return a job.

    Raises:
        MissingError: There is none of that id.
        AwsError: It cannot be described.
    """
    with calling(f"look at the restore job {job_id}"):
        return _job(backup.describe_restore_job(RestoreJobId=job_id))


def _job(response: Mapping[str, Any]) -> RestoreJob:
    return RestoreJob(
        id=response["RestoreJobId"],
        status=response.get("Status", "UNKNOWN"),
        created=response["CreationDate"],
        point_arn=response.get("RecoveryPointArn", ""),
        table=response.get("CreatedResourceArn", "").rpartition("/")[2],
        source=response.get("SourceResourceArn", "").rpartition("/")[2],
        completed=response.get("CompletionDate"),
        message=response.get("StatusMessage", ""),
        percent=response.get("PercentDone", ""),
        size=response.get("BackupSizeInBytes"),
        expected=response.get("ExpectedCompletionTimeMinutes"),
    )


def check_completed(job: RestoreJob) -> None:
    """Refuse a job that is no longer under way and did not end well.

    Raises:
        JobFailedError: It ended badly; the message holds AWS's reason.
        AwsError: Its status is unknown here.
    """
    if not job.ended:
        raise AwsError(
            f"The restore job {job.id} has the unknown status {job.words}.",
            hint="Check it in the AWS Backup console under Jobs. No second job is started.",
        )
    if job.status != "COMPLETED":
        raise JobFailedError(
            f"The restore job {job.id} ended as {job.status}: "
            f"{job.message.rstrip('. ') or 'AWS reported no reason'}.",
            hint="Fix the error AWS reported, then run the same command again: it starts a "
            "new job.",
        )
