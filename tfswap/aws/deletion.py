"""Protection on and off, replicas and tables taken away: the only writes to tables in here.

Each takes a client and the table's name, waits for the end, and does nothing where it is done
already: a killed command is simply run again.
"""

from __future__ import annotations

from typing import Any

from tfswap.aws.calls import calling
from tfswap.aws.errors import MissingError
from tfswap.aws.table_facts import ACTIVE, describe_table
from tfswap.aws.wait import WaitOptions, wait_until

_GONE = "gone"
_DELETING = "DELETING"


def is_protected(dynamodb: Any, name: str) -> bool:
    """Say whether deletion protection is on.

    Raises:
        AwsError: The table is not there, or AWS does not tell.
    """
    return bool(describe_table(dynamodb, name).get("DeletionProtectionEnabled"))


def set_protection(dynamodb: Any, name: str, on: bool, wait_options: WaitOptions) -> None:
    """Switch deletion protection, and make sure of it.

    Raises:
        AwsError: AWS refused, or the table is not there.
    """
    if is_protected(dynamodb, name) is on:
        return
    wait_stable(dynamodb, name, wait_options)
    with calling(f"{'enable' if on else 'disable'} the deletion protection of {name}"):
        dynamodb.update_table(TableName=name, DeletionProtectionEnabled=on)
    wait_until(
        lambda: is_protected(dynamodb, name),
        lambda seen: seen is on,
        what=f"the deletion protection of {name}",
        words=lambda seen: f"deletion protection {'on' if seen else 'off'}",
        wait_options=wait_options,
    )


def wait_stable(dynamodb: Any, name: str, wait_options: WaitOptions) -> None:
    """Wait until a table can be changed: AWS refuses while it is being changed already.

    Raises:
        AwsError: The table is not there, or the wait came to an end.
    """
    wait_until(
        lambda: str(describe_table(dynamodb, name)["TableStatus"]),
        lambda status: status == ACTIVE,
        what=f"{name} to be ACTIVE",
        words=lambda status: f"table {status}",
        wait_options=wait_options,
    )


def delete_replica(dynamodb: Any, name: str, region: str, wait_options: WaitOptions) -> None:
    """Delete a table's copy in another region, and wait until the table lists it no more.

    Args:
        dynamodb: Client in the table's own region (DynamoDB API reference, ``UpdateTable``,
            ``ReplicaUpdates``).
        name: The table.
        region: Where the copy is.
        wait_options: How to wait.

    Raises:
        AwsError: AWS refused, or the wait came to an end.
    """
    if _replica(dynamodb, name, region) not in (_GONE, _DELETING):
        wait_stable(dynamodb, name, wait_options)
        with calling(f"delete the replica of {name} in {region}"):
            dynamodb.update_table(
                TableName=name, ReplicaUpdates=[{"Delete": {"RegionName": region}}]
            )
    wait_until(
        lambda: _replica(dynamodb, name, region),
        lambda status: status == _GONE,
        what=f"the replica in {region} to be deleted",
        words=lambda status: f"replica in {region} {status}",
        wait_options=wait_options,
    )


def delete_table(dynamodb: Any, name: str, wait_options: WaitOptions) -> None:
    """Delete a table and wait until it is gone.

    Raises:
        AwsError: AWS refused (protection, a backup being made), or the wait came to an end.
    """
    if _status(dynamodb, name) not in (_GONE, _DELETING):
        wait_stable(dynamodb, name, wait_options)
        with calling(f"delete the table {name}"):
            dynamodb.delete_table(TableName=name)
    wait_until(
        lambda: _status(dynamodb, name),
        lambda status: status == _GONE,
        what=f"{name} to be deleted",
        words=lambda status: f"table {status}",
        wait_options=wait_options,
    )


def _status(dynamodb: Any, name: str) -> str:
    try:
        return str(describe_table(dynamodb, name)["TableStatus"])
    except MissingError:
        return _GONE


def _replica(dynamodb: Any, name: str, region: str) -> str:
    for each in describe_table(dynamodb, name).get("Replicas") or ():
        if each["RegionName"] == region:
            return str(each.get("ReplicaStatus", ACTIVE))
    return _GONE
