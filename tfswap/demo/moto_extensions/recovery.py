"""Stand-in for AWS Backup's recovery points, which moto 5.2 does not have.

``StartBackupJob`` copies a table at once, ``StartCopyJob`` a point into another region's vault of
the same account. Shapes follow the API reference of AWS Backup.

Tags on a backup's job (``RecoveryPointTags``) make the cases a demo and tests need, which AWS of
course does not know:

``standin:created``   an ISO 8601 time for the recovery point
``standin:status``    its status, such as ``PARTIAL``
``standin:restore``   how each restore from it ends (see ``restores``)
``standin:managed``   ``dynamodb``: a backup that DynamoDB manages itself, with an ARN of its own
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from moto.backup import urls
from moto.backup.exceptions import ResourceNotFoundException
from moto.backup.models import BackupBackend, backup_backends
from moto.backup.responses import BackupResponse
from moto.core.exceptions import JsonRESTError
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Backup, Table

_PATHS = (
    *("backup-jobs", "backup-jobs/(?P<job>[^/]+)", "resources/(?P<resource>.+)", "copy-jobs"),
    "backup-vaults/(?P<vault>[^/]+)/(?P<points>recovery-points/?.*)",
)


@dataclass
class Point:
    """A recovery point: the table as it was copied, and what shall be said of it."""

    arn: str
    vault: str
    created: datetime
    copied: Backup
    tags: dict[str, str]
    delete_after: int | None

    def described(self) -> dict[str, Any]:
        """The point as AWS Backup describes it."""
        table = self.copied.table
        described = {
            "RecoveryPointArn": self.arn,
            "BackupVaultName": self.vault,
            "ResourceArn": table.table_arn,
            "ResourceName": table.name,
            "ResourceType": "DynamoDB",
            "Status": self.tags.get("standin:status", "COMPLETED"),
            "CreationDate": self.created.timestamp(),
            "BackupSizeInBytes": self.size,
            "IsEncrypted": True,
        }
        if self.delete_after:
            ends = self.created + timedelta(days=self.delete_after)
            described["CalculatedLifecycle"] = {"DeleteAt": ends.timestamp()}
        return described

    @property
    def managed(self) -> bool:
        """Whether DynamoDB manages it, and not AWS Backup."""
        return self.arn.split(":")[2] == "dynamodb"

    @property
    def size(self) -> int:
        """Bytes, roughly what the demo's records take."""
        return 400 * len(self.copied.table)


def points_of(backend: BackupBackend) -> dict[str, Point]:
    """The backend's recovery points by ARN."""
    found: dict[str, Point] = backend.__dict__.setdefault("standin_points", {})
    return found


def tables_of(backend: BackupBackend) -> DynamoDBBackend:
    """DynamoDB in the same account and region."""
    return dynamodb_backends[backend.account_id][backend.region_name]


def part(response: BackupResponse, after: str) -> str:
    """What follows a word in the request's path, decoded."""
    path = response.path.split("?")[0]
    return unquote(unquote(path.split(f"/{after}/", 1)[1].split("/")[0]))


def _start(self: BackupResponse) -> str:
    body, backend = json.loads(self.body), self.backup_backend
    backend.describe_backup_vault(body["BackupVaultName"])
    name = body["ResourceArn"].rpartition("/")[2]
    table: Table = tables_of(backend).get_table(name)
    tags = body.get("RecoveryPointTags", {})
    created = tags.get("standin:created")
    place = f"{backend.region_name}:{backend.account_id}"
    copied = Backup(backend.account_id, backend.region_name, "AWSBackup", table)
    arn = f"arn:{backend.partition}:backup:{place}:recovery-point:{uuid.uuid4()}"
    point = Point(
        arn=copied.arn if tags.get("standin:managed") == "dynamodb" else arn,
        vault=body["BackupVaultName"],
        created=datetime.fromisoformat(created) if created else datetime.now(UTC),
        copied=copied,
        tags=tags,
        delete_after=body.get("Lifecycle", {}).get("DeleteAfterDays"),
    )
    points_of(backend)[point.arn] = point
    answer = {"BackupJobId": _job_id(point), "RecoveryPointArn": point.arn}
    return json.dumps({**answer, "CreationDate": point.created.timestamp()})


def _job_id(point: Point) -> str:
    """The job that made a point has its id, in capitals."""
    return point.arn.replace("/", ":").rpartition(":")[2].upper()


def _describe_job(self: BackupResponse) -> str:
    wanted = part(self, "backup-jobs")
    point = next((p for p in points_of(self.backup_backend).values() if _job_id(p) == wanted), None)
    if point is None:
        raise ResourceNotFoundException(msg=f"Cannot find Backup job with ID {wanted}")
    kept = ("RecoveryPointArn", "BackupVaultName", "ResourceArn", "ResourceType", "CreationDate")
    same = {key: value for key, value in point.described().items() if key in kept}
    done = {"State": "COMPLETED", "PercentDone": "100.0", "BackupSizeInBytes": point.size}
    return json.dumps({**same, **done, "BackupJobId": wanted})


def _copy(self: BackupResponse) -> str:
    body, backend = json.loads(self.body), self.backup_backend
    point = points_of(backend).get(body["RecoveryPointArn"])
    if point is None or point.vault != body["SourceBackupVaultName"]:
        raise ResourceNotFoundException(msg=f"Cannot find {body['RecoveryPointArn']}")
    _, _, _, region, account, _, vault = body["DestinationBackupVaultArn"].split(":")
    there: BackupBackend = backup_backends[account][region]
    there.describe_backup_vault(vault)
    place = f"arn:{backend.partition}:backup:{region}:{account}"
    copied = replace(point, arn=f"{place}:recovery-point:{uuid.uuid4()}", vault=vault)
    points_of(there)[copied.arn] = copied
    answer = {"CopyJobId": _job_id(copied), "CreationDate": datetime.now(UTC).timestamp()}
    return json.dumps({**answer, "IsParent": False})


def _in_vault(self: BackupResponse) -> str:
    vault = part(self, "backup-vaults")
    if vault not in self.backup_backend.vaults:
        # As AWS does for a vault that does not exist.
        raise JsonRESTError("AccessDeniedException", "Insufficient privileges")
    asked = self.querystring.get("resourceArn", [None])[0]
    points = [p.described() for p in points_of(self.backup_backend).values() if p.vault == vault]
    return json.dumps({"RecoveryPoints": [p for p in points if asked in (None, p["ResourceArn"])]})


def _of_resource(self: BackupResponse) -> str:
    path = unquote(unquote(self.path.split("?")[0]))
    arn = path.split("/resources/", 1)[1].removesuffix("/").removesuffix("/recovery-points")
    points = [point.described() for point in points_of(self.backup_backend).values()]
    return json.dumps({"RecoveryPoints": [p for p in points if p["ResourceArn"] == arn]})


def _found(response: BackupResponse) -> Point:
    arn = part(response, "recovery-points")
    found = points_of(response.backup_backend).get(arn)
    if found is None or found.vault != part(response, "backup-vaults"):
        raise ResourceNotFoundException(msg=f"Cannot find recovery point {arn}")
    return found


def _describe(self: BackupResponse) -> str:
    return json.dumps(_found(self).described())


def _metadata(self: BackupResponse) -> str:
    point = _found(self)
    given = point.copied.table.sse_specification or {}
    encryption = {"encryptionType": "KMS" if given.get("Enabled") else "Default"}
    if given.get("KMSMasterKeyId"):
        encryption["kmsMasterKeyArn"] = given["KMSMasterKeyId"]
    encryption["aws:backup:request-id"] = str(uuid.uuid4())
    return json.dumps({"RecoveryPointArn": point.arn, "RestoreMetadata": encryption})


_OPERATIONS: dict[str, Callable[[BackupResponse], str]] = {
    "start_backup_job": _start,
    "describe_backup_job": _describe_job,
    "start_copy_job": _copy,
    "list_recovery_points_by_backup_vault": _in_vault,
    "list_recovery_points_by_resource": _of_resource,
    "describe_recovery_point": _describe,
    "get_recovery_point_restore_metadata": _metadata,
}


def answer(operations: dict[str, Callable[[BackupResponse], str]], paths: tuple[str, ...]) -> None:
    """Add operations to moto's answers, and paths to its routes."""
    for operation, method in operations.items():
        setattr(BackupResponse, operation, method)
    for path in paths:
        urls.url_paths.setdefault(f"{{0}}/{path}$", urls.response.dispatch)


def install() -> None:
    """Add recovery points to moto."""
    answer(_OPERATIONS, _PATHS)
