"""Whether a table is there, and whether it is ``ACTIVE`` yet.

DynamoDB API reference, data type ``TableDescription``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tfswap.aws.calls import calling
from tfswap.aws.errors import MissingError
from tfswap.aws.provenance import Source, source_in
from tfswap.errors import AwsError

_PASSING = {"CREATING", "UPDATING"}


@dataclass(frozen=True)
class TableState:
    """What this command needs of a table's description."""

    name: str
    status: str
    created: datetime
    key_arn: str = ""
    """KMS key; empty for the one AWS owns."""
    items: int = 0
    """As DynamoDB last counted, about every six hours."""
    size: int = 0
    """Bytes, counted likewise."""
    source: Source | None = None
    """What its description says it was restored from."""

    @property
    def is_coming(self) -> bool:
        """Whether it is being made or changed, and will be ``ACTIVE``."""
        return self.status in _PASSING

    @property
    def words(self) -> str:
        """Its status."""
        return f"table {self.name} is {self.status}"


def find_table(dynamodb: Any, name: str) -> TableState | None:
    """Return a table, or None where there is none.

    Raises:
        AwsError: It cannot be described.
    """
    try:
        with calling(f"look at the table {name}"):
            response = dynamodb.describe_table(TableName=name)["Table"]
    except MissingError:
        return None
    return TableState(
        name=response["TableName"],
        status=response["TableStatus"],
        created=response["CreationDateTime"],
        key_arn=response.get("SSEDescription", {}).get("KMSMasterKeyArn", ""),
        items=response.get("ItemCount", 0),
        size=response.get("TableSizeBytes", 0),
        source=source_in(response),
    )


def check_active(name: str, seen: TableState | None) -> TableState:
    """Return a restored table that is no longer coming.

    Raises:
        AwsError: It is gone, or in a state that does not lead to ``ACTIVE``.
    """
    if seen is None:
        raise AwsError(
            f"The restore is complete, but the table {name} does not exist: it was deleted.",
            hint="Find out who deleted it (CloudTrail, DeleteTable), then run the same "
            "command again.",
        )
    if seen.status != "ACTIVE":
        raise AwsError(
            f"The table {name} is {seen.status}, not ACTIVE.",
            hint="Check it in the DynamoDB console, and check that its KMS key is usable.",
        )
    return seen
