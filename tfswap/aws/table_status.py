"""Whether a table is there, and the wait until it is ``ACTIVE``.

DynamoDB API reference, data type ``TableDescription``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tfswap.aws.calls import calling
from tfswap.aws.errors import MissingError
from tfswap.aws.wait import Patience, wait_until
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
            told = dynamodb.describe_table(TableName=name)["Table"]
    except MissingError:
        return None
    return TableState(
        name=told["TableName"],
        status=told["TableStatus"],
        created=told["CreationDateTime"],
        key_arn=told.get("SSEDescription", {}).get("KMSMasterKeyArn", ""),
        items=told.get("ItemCount", 0),
    )


def wait_active(dynamodb: Any, name: str, patience: Patience) -> TableState:
    """Wait until a restored table is ``ACTIVE``, and return it.

    Raises:
        AwsError: It is gone, or in a state that does not lead there; or the time is up.
    """
    seen = wait_until(
        lambda: find_table(dynamodb, name),
        lambda table: table is None or table.status not in _PASSING,
        what=f"the table {name} to be ACTIVE",
        words=lambda table: table.words if table else f"table {name} does not exist",
        patience=patience,
    )
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
