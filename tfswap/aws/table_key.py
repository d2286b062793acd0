"""Change a table's encryption key in place (DynamoDB API reference, ``UpdateTable``).

AWS allows it on a table that is there, with its items and indexes; a table takes at most four such
changes in 24 hours ("Service, account, and table quotas").
"""

from __future__ import annotations

from typing import Any

from tfswap.aws.calls import calling
from tfswap.aws.deletion import wait_stable
from tfswap.aws.encryption_keys import EncryptionKey
from tfswap.aws.table_facts import ACTIVE, describe_table
from tfswap.aws.wait import WaitOptions, wait_until

_CHANGING = {"UPDATING", "ENABLING", "DISABLING"}


def has_key(described: dict[str, Any], key: EncryptionKey) -> bool:
    """Say whether a table is encrypted as wanted, and no longer being changed."""
    sse = described.get("SSEDescription") or {}
    if sse.get("Status") in _CHANGING or described.get("TableStatus") != ACTIVE:
        return False
    if key.kind == "Default":
        return sse.get("Status") in (None, "DISABLED")
    return sse.get("SSEType") == "KMS" and key.arn in ("", sse.get("KMSMasterKeyArn"))


def specification(key: EncryptionKey) -> dict[str, Any]:
    """Return a key as DynamoDB's ``SSESpecification`` takes it."""
    wanted: dict[str, Any] = {"Enabled": key.kind != "Default"}
    if wanted["Enabled"]:
        wanted["SSEType"] = "KMS"
    if key.arn:
        wanted["KMSMasterKeyId"] = key.arn
    return wanted


def set_key(dynamodb: Any, name: str, key: EncryptionKey, wait_options: WaitOptions) -> None:
    """Change a table's key, and wait until that is done. Does nothing where it is.

    Raises:
        AwsError: AWS refused, the table is not there, or the time is up.
    """
    wait_stable(dynamodb, name, wait_options)
    if has_key(describe_table(dynamodb, name), key):
        return
    with calling(f"change the key of {name}"):
        dynamodb.update_table(TableName=name, SSESpecification=specification(key))
    wait_until(
        lambda: describe_table(dynamodb, name),
        lambda seen: has_key(seen, key),
        what=f"{name} to be encrypted with {key}",
        words=lambda seen: f"table {seen['TableStatus']}, encryption {_status(seen)}",
        wait_options=wait_options,
    )


def _status(described: dict[str, Any]) -> str:
    return str((described.get("SSEDescription") or {}).get("Status", "with a key owned by AWS"))
