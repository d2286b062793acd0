"""Recovery points: the backups of a table that AWS Backup keeps, and which of them will do.

AWS Backup API reference: ``ListRecoveryPointsByBackupVault``, ``DescribeRecoveryPoint``. Of the
states of a recovery point only ``COMPLETED`` and ``AVAILABLE`` hold a whole backup ("Managing
recovery points", developer guide): an expired or partial one is shown, and never restored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tfswap.aws.calls import calling, candidates, every
from tfswap.aws.errors import DeniedError, MissingError
from tfswap.aws.formatting import at
from tfswap.aws.restore_time import LATEST, moment
from tfswap.errors import AwsError
from tfswap.names import TableArn, parse_arn

_WHOLE = {"COMPLETED", "AVAILABLE"}
_FORCIBLE = _WHOLE | {"PARTIAL", "EXPIRED"}
"""Of these AWS may have enough to restore from; whole ones are here for those past their expiry."""
_WHY_NOT = {
    "PARTIAL": "partial: the backup did not finish",
    "DELETING": "being deleted",
    "EXPIRED": "expired",
    "STOPPED": "stopped: the continuous backup has ended",
    "CREATING": "still being created",
}


@dataclass(frozen=True)
class RecoveryPoint:
    """One backup of a table."""

    arn: str
    vault: str
    table_arn: str
    """Of the table it was made from."""
    created: datetime
    """When it was begun; the data is as it was about then."""
    status: str
    message: str = ""
    """AWS's words on the status."""
    size: int | None = None
    """Bytes."""
    key_arn: str = ""
    """Key that the backup itself is encrypted with."""
    encrypted: bool | None = None
    expires: datetime | None = None
    """When AWS Backup deletes it; None when never, or not told."""

    @property
    def table(self) -> str:
        """Physical name of the table it was made from."""
        arn = parse_arn(self.table_arn)
        return arn.name if arn else self.table_arn

    @property
    def id(self) -> str:
        """The end of its ARN, which ``--at`` takes too."""
        return re.split("[:/]", self.arn)[-1]

    @property
    def is_managed(self) -> bool:
        """Whether DynamoDB manages it, and not AWS Backup: then no key can be asked for."""
        return self.arn.split(":")[2:3] == ["dynamodb"]

    def is_called(self, wanted: str) -> bool:
        """Say whether this is its ARN or its id."""
        return wanted.lower() in (self.arn.lower(), self.id.lower())

    def why_not(self, now: datetime) -> str:
        """Return why it cannot be restored from; empty when it can."""
        if self.status not in _WHOLE:
            return _WHY_NOT.get(self.status, f"in the status {self.status}")
        if self.expires is not None and self.expires <= now:
            return f"expired {at(self.expires)}"
        return ""

    @property
    def encryption(self) -> str:
        """What the backup is encrypted with, short."""
        if self.key_arn:
            return self.key_arn.rpartition(":")[2]
        return {True: "a key owned by AWS", False: "not encrypted", None: "unknown"}[self.encrypted]


def in_vault(
    backup: Any, vault: str, table: TableArn | None = None, account: str = ""
) -> list[RecoveryPoint]:
    """Return the DynamoDB recovery points of a vault, newest first.

    Args:
        backup: A boto3 client.
        vault: The vault's name.
        table: Only those of this table.
        account: Owner of a vault that another account shares; empty for one's own.

    Raises:
        MissingError: There is no such vault.
        AwsError: Any other failure.
    """
    which = {"ByResourceArn": str(table)} if table else {"ByResourceType": "DynamoDB"}
    if account:
        which["BackupVaultAccountId"] = account
    try:
        with calling(f"list the recovery points in {vault}"):
            call = backup.list_recovery_points_by_backup_vault
            found = list(every(call, "RecoveryPoints", BackupVaultName=vault, **which))
    except (MissingError, DeniedError) as error:
        if account:
            raise type(error)(
                error.message,
                hint=f"Let account {account} share the vault (AWS RAM), or copy the backup from "
                "there: aws backup start-copy-job.",
            ) from error
        # AWS Backup answers AccessDenied for a vault that does not exist.
        there = candidates(lambda: vault_names(backup))
        if isinstance(error, DeniedError) and (vault in there or not there):
            raise
        raise MissingError(
            f"There is no backup vault {vault} in {backup.meta.region_name}.",
            hint="Set the right one with --vault, or check --account and --region.",
            details=there,
        ) from error
    return newest_first(_point(each, vault) for each in found)


def vaults_of(backup: Any, table: TableArn) -> list[str]:
    """Return the vaults that hold recovery points of a table.

    Raises:
        AwsError: They cannot be listed.
    """
    with calling(f"look for recovery points of {table.name}"):
        call = backup.list_recovery_points_by_resource
        found = every(call, "RecoveryPoints", ResourceArn=str(table))
        return sorted({each["BackupVaultName"] for each in found if each.get("BackupVaultName")})


def vault_names(backup: Any) -> list[str]:
    """Return every vault of the account and region.

    Raises:
        AwsError: They cannot be listed.
    """
    with calling("list the backup vaults"):
        found = every(backup.list_backup_vaults, "BackupVaultList")
        return sorted(each["BackupVaultName"] for each in found)


def newest_first(points: Iterable[RecoveryPoint]) -> list[RecoveryPoint]:
    """Return the points with the newest first."""
    return sorted(points, key=lambda point: (point.created, point.arn), reverse=True)


def _point(response: dict[str, Any], vault: str) -> RecoveryPoint:
    lifecycle = response.get("CalculatedLifecycle") or {}
    return RecoveryPoint(
        arn=response["RecoveryPointArn"],
        vault=response.get("BackupVaultName", vault),
        table_arn=response.get("ResourceArn", ""),
        created=response["CreationDate"],
        status=response.get("Status", "UNKNOWN"),
        message=response.get("StatusMessage", ""),
        size=response.get("BackupSizeInBytes"),
        key_arn=response.get("EncryptionKeyArn", ""),
        encrypted=response.get("IsEncrypted"),
        expires=lifecycle.get("DeleteAt"),
    )


def choose(
    points: Sequence[RecoveryPoint],
    wanted: str,
    table: str,
    now: datetime,
    listing: str,
    *,
    force: bool = False,
) -> RecoveryPoint:
    """Return the recovery point that ``--at`` means.

    Args:
        points: Those of the vault that are this table's under any date, newest first.
        wanted: ``latest``, a time (the newest not after it), or a recovery point's ARN or id.
        table: Physical name of the table in service, which ``latest`` and a time are about.
        now: The time.
        listing: The command that lists the points, for the hint.
        force: Take a point that is named even where it is partial, or past its expiry.

    Raises:
        UsageError: Neither of these, or a time to come.
        AwsError: There is none, or it cannot be restored from.
    """
    named = [point for point in points if point.is_called(wanted)]
    if named or wanted.startswith("arn:"):
        return _named(named, wanted, now, listing, force)
    until = now if wanted == LATEST else moment(wanted, now, listing)
    own = [point for point in points if point.table == table]
    usable = [point for point in own if not point.why_not(now)]
    chosen = next((point for point in usable if wanted == LATEST or point.created <= until), None)
    if chosen is not None:
        return chosen
    when = "" if wanted == LATEST else f" from {at(until)} or before"
    others = {point.table for point in points} - {table}
    raise AwsError(
        f"There is no usable recovery point of {table}{when}.",
        hint=f"To list them: {listing}. Choose with --at ID or --vault.",
        details=(
            f"looked for one of {table}, the table in service",
            *(
                f"{at(p.created)}  {p.why_not(now)}"
                for p in own
                if p.created <= until and p not in usable
            ),
            *(f"the oldest usable one is of {at(p.created)}" for p in usable[-1:]),
            *(_describe_others(name, points, now) for name in sorted(others)),
            *(("the vault has no recovery point of it",) if not points else ()),
        ),
    )


def _describe_others(table: str, points: Sequence[RecoveryPoint], now: datetime) -> str:
    """Return in a line what there is of a table that was not looked for."""
    usable = [point for point in points if point.table == table and not point.why_not(now)]
    if not usable:
        return f"{table}: no usable recovery point"
    return f"{table}: {len(usable)} usable, the newest of {at(usable[0].created)}"


def _named(
    named: Sequence[RecoveryPoint], wanted: str, now: datetime, listing: str, force: bool
) -> RecoveryPoint:
    if not named:
        raise AwsError(
            f"The vault has no recovery point {wanted} of this table.",
            hint=f"Copy an id from: {listing}. To use another vault: --vault",
        )
    reason = named[0].why_not(now)
    forcible = named[0].status in _FORCIBLE
    if reason and not (force and forcible):
        last = "; to use it anyway: --force" if forcible else ""
        raise AwsError(
            f"The recovery point {wanted} is not usable: {reason}.",
            hint=f"Choose another: {listing}{last}",
            details=(named[0].message,) if named[0].message else (),
        )
    return named[0]
