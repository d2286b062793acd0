"""Stand-in for AWS Backup's restore jobs, which moto 5.2 does not have.

``StartRestoreJob`` makes a table of a recovery point in a few steps; each ``DescribeRestoreJob``
takes the job one step on, so that nothing here depends on time. Shapes follow the API reference of
AWS Backup; the metadata it takes, and what a restore leaves out, its developer guide ("Restore an
Amazon DynamoDB table").

A recovery point tagged ``standin:restore`` says how each restore from it ends: ``FAILED reason``,
``ABORTED reason``, or ``STUCK``, which never ends.
"""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.backup.exceptions import (
    InvalidParameterValueException,
    InvalidRequestException,
    ResourceNotFoundException,
)
from moto.backup.models import BackupBackend
from moto.backup.responses import BackupResponse
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import RestoredTable, Table

from tfswap.demo.moto_extensions.recovery import Point, answer, part, points_of, tables_of

_PATHS = ("restore-jobs", "restore-jobs/", "restore-jobs/(?P<job>.+)")
_TAKEN = {"targettablename", "encryptiontype", "kmsmasterkeyarn", "aws:backup:request-id"}
_STEPS = (("PENDING", 0), ("RUNNING", 15), ("RUNNING", 60), ("COMPLETED", 100))
_STUCK_AT = 2


@dataclass
class _Job:
    id: str
    point: Point
    metadata: dict[str, str]
    token: str
    role: str
    created: datetime
    status: str = "PENDING"
    message: str = ""
    step: int = 0
    completed: datetime | None = None

    @property
    def wishes(self) -> dict[str, str]:
        return {key.lower(): value for key, value in self.metadata.items()}

    @property
    def target(self) -> str:
        return self.wishes["targettablename"]

    def described(self) -> dict[str, Any]:
        source = self.point.copied.table.table_arn
        described = {
            "RestoreJobId": self.id,
            "RecoveryPointArn": self.point.arn,
            "SourceResourceArn": source,
            "ResourceType": "DynamoDB",
            "CreationDate": self.created.timestamp(),
            "Status": self.status,
            "PercentDone": f"{_STEPS[self.step][1]}.00%",
            "BackupSizeInBytes": self.point.size,
            "IamRoleArn": self.role,
        }
        if self.completed:
            described["CompletionDate"] = self.completed.timestamp()
        if self.message:
            described["StatusMessage"] = self.message
        if self.step:
            described["CreatedResourceArn"] = f"{source.rpartition('/')[0]}/{self.target}"
        return described


def _jobs(backend: BackupBackend) -> dict[str, _Job]:
    found: dict[str, _Job] = backend.__dict__.setdefault("standin_restores", {})
    return found


def _start(self: BackupResponse) -> str:
    body, backend = json.loads(self.body), self.backup_backend
    point = points_of(backend).get(body["RecoveryPointArn"])
    if point is None:
        raise ResourceNotFoundException(msg=f"Cannot find {body['RecoveryPointArn']}")
    token, jobs = body.get("IdempotencyToken", ""), _jobs(backend)
    for known in jobs.values():
        if token and known.token == token:
            return json.dumps({"RestoreJobId": known.id})
    job_id, role = str(uuid.uuid4()).upper(), body.get("IamRoleArn", "")
    job = _Job(job_id, point, body["Metadata"], token, role, datetime.now(UTC))
    _check(job)
    jobs[job_id] = job
    return json.dumps({"RestoreJobId": job_id})


def _check(job: _Job) -> None:
    """Refuse what AWS refuses before it begins a job."""
    unknown = sorted(job.wishes.keys() - _TAKEN)
    lacking = not job.role or not job.wishes.get("targettablename")
    if unknown or lacking or job.wishes.get("encryptiontype") not in ("KMS", "Default"):
        raise InvalidParameterValueException(msg=f"Invalid restore metadata {unknown}")
    if job.point.described()["Status"] not in ("COMPLETED", "AVAILABLE"):
        raise InvalidRequestException(msg="The recovery point cannot be restored from")


def _found(response: BackupResponse) -> _Job:
    job_id = part(response, "restore-jobs")
    found = _jobs(response.backup_backend).get(job_id)
    if found is None:
        raise ResourceNotFoundException(msg=f"Cannot find restore job {job_id}")
    return found


def _describe(self: BackupResponse) -> str:
    job = _found(self)
    described = json.dumps(job.described())
    if job.status in ("PENDING", "RUNNING"):
        _advance(tables_of(self.backup_backend), job)
    return described


def _advance(tables: DynamoDBBackend, job: _Job) -> None:
    """Take a job one step on; its table is there from the first, and whole with the last."""
    ends, _, reason = job.point.tags.get("standin:restore", "").partition(" ")
    if job.step == 0 and job.target in tables.tables:
        ends, reason = "FAILED", f"Table already exists: {job.target}"
    if ends in ("FAILED", "ABORTED"):
        job.status, job.message, job.step = ends, reason, 1
        return
    if not (ends == "STUCK" and job.step == _STUCK_AT):
        job.step += 1
    job.status = _STEPS[job.step][0]
    if job.status == "COMPLETED":
        job.completed = datetime.now(UTC)
    if job.step == 1:
        tables.tables[job.target] = _restored(job, tables)
    made = tables.tables.get(job.target)
    if made is not None:
        made.__dict__["standin_status"] = "ACTIVE" if job.status == "COMPLETED" else "CREATING"


def _restored(job: _Job, tables: DynamoDBBackend) -> Table:
    made: Table = RestoredTable(  # type: ignore[abstract]
        job.target, tables.account_id, tables.region_name, job.point.copied
    )
    made.billing_mode = copy.deepcopy(job.point.copied.table.billing_mode)
    made.sse_specification = None
    # A backup that DynamoDB manages itself comes back under the key AWS owns, whatever is asked.
    if job.wishes["encryptiontype"] == "KMS" and not job.point.managed:
        key = job.wishes.get("kmsmasterkeyarn")
        made.sse_specification = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    return made


def _list(self: BackupResponse) -> str:
    jobs = [job.described() for job in _jobs(self.backup_backend).values()]
    return json.dumps({"RestoreJobs": jobs})


def _metadata(self: BackupResponse) -> str:
    job = _found(self)
    return json.dumps({"RestoreJobId": job.id, "Metadata": job.metadata})


_OPERATIONS: dict[str, Callable[[BackupResponse], str]] = {
    "start_restore_job": _start,
    "describe_restore_job": _describe,
    "list_restore_jobs": _list,
    "get_restore_job_metadata": _metadata,
}


def _with_status(describe: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def described(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
        result = describe(self, base_key)
        if "standin_status" in self.__dict__:
            status = result[base_key]["TableStatus"] = self.__dict__["standin_status"]
            result[base_key]["RestoreSummary"]["RestoreInProgress"] = status == "CREATING"
        return result

    return described


def install() -> None:
    """Add restore jobs to moto, and tables that are still being made."""
    answer(_OPERATIONS, _PATHS)
    RestoredTable.describe = _with_status(RestoredTable.describe)  # type: ignore[method-assign]
