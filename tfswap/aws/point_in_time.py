"""Point-in-time recovery of DynamoDB: its window, its start, and the tables it makes.

DynamoDB API reference: ``DescribeContinuousBackups`` (``EarliestRestorableDateTime``,
``LatestRestorableDateTime``, which is typically five minutes ago), ``RestoreTableToPointInTime``;
developer guide, "Point-in-time recovery": the new table takes the *current* settings of the source
(indexes, capacity, billing mode), and the encryption key that is asked for. There is no job: the
table is ``CREATING`` until it is whole, and its ``RestoreSummary`` names source and time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tfswap.aws.calls import calling
from tfswap.aws.encryption_keys import EncryptionKey
from tfswap.aws.errors import MissingError, code_of
from tfswap.aws.table_key import specification
from tfswap.errors import AwsError
from tfswap.names import TableArn

_THERE = {"TableAlreadyExistsException", "TableInUseException"}


@dataclass(frozen=True)
class Window:
    """The times a table can be restored to."""

    table: str
    """Physical name."""
    earliest: datetime
    latest: datetime

    def at_or_before(self, wanted: datetime) -> PointInTime | None:
        """Return the time in the window nearest to one that is wanted, and not after it."""
        whole = wanted.astimezone(UTC).replace(microsecond=0)
        found = min(whole, self.latest.astimezone(UTC).replace(microsecond=0))
        return PointInTime(self, found) if found >= self.earliest else None

    @property
    def newest(self) -> PointInTime:
        """The latest time that can be restored."""
        return PointInTime(self, self.latest.astimezone(UTC).replace(microsecond=0))


@dataclass(frozen=True)
class PointInTime:
    """One time to restore a table to."""

    window: Window
    created: datetime
    """The time; the data is as it was then."""

    @property
    def table(self) -> str:
        """Physical name of the table it is taken from."""
        return self.window.table


def window_of(dynamodb: Any, table: str) -> Window | None:
    """Return the times a table can be restored to; None where it is off, or there is no table.

    Raises:
        AwsError: AWS cannot be asked.
    """
    try:
        with calling(f"look at the point-in-time recovery of {table}"):
            response = dynamodb.describe_continuous_backups(TableName=table)
    except MissingError:
        return None
    found = response["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    ends = found.get("EarliestRestorableDateTime"), found.get("LatestRestorableDateTime")
    if found.get("PointInTimeRecoveryStatus") != "ENABLED" or None in ends:
        return None
    return Window(table, *ends)


def start(
    dynamodb: Any, source: TableArn, target: str, moment: datetime, key: EncryptionKey
) -> None:
    """Begin to restore a table to a time; one that is being restored under that name stays.

    Raises:
        AwsError: AWS refuses.
    """
    try:
        with calling(f"start the restore of {target}"):
            dynamodb.restore_table_to_point_in_time(
                SourceTableArn=str(source),
                TargetTableName=target,
                RestoreDateTime=moment,
                SSESpecificationOverride=specification(key),
            )
    except AwsError as error:
        # Begun before, and its answer lost: a second call (botocore's own, too) meets the table.
        # Whether it is ours, whoever looks at it next tells by its RestoreSummary.
        if code_of(error.__cause__ or error) not in _THERE:
            raise
