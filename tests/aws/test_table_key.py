"""A table's key is changed in place, followed to its end, and left alone where it is right."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from tests.aws.clients import client_of, stubbed
from tests.aws.clock import Hand
from tfswap.aws.encryption_keys import MANAGED, OWNED, EncryptionKey
from tfswap.aws.table_key import has_key, set_key
from tfswap.aws.wait import WaitOptions

ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
KEY = EncryptionKey("KMS", ARN, "alias/one")


def table(status: str = "ACTIVE", **sse: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {"TableName": "table", "TableStatus": status}
    return shown | ({"SSEDescription": sse} if sse else {})


def of(key: str, status: str = "ENABLED") -> dict[str, Any]:
    return table(Status=status, SSEType="KMS", KMSMasterKeyArn=key)


@pytest.mark.parametrize(
    ("described", "key", "has"),
    [
        (of(ARN), KEY, True),
        (of(ARN, "UPDATING"), KEY, False),
        (of("arn:other"), KEY, False),
        (table(), KEY, False),
        (table(), OWNED, True),
        (table(Status="DISABLED"), OWNED, True),
        (of(ARN), OWNED, False),
        (of("arn:managed"), MANAGED, True),
        (table("UPDATING", Status="ENABLED", SSEType="KMS", KMSMasterKeyArn=ARN), KEY, False),
    ],
)
def test_a_key_counts_once_the_change_is_over(
    described: dict[str, Any], key: EncryptionKey, has: bool
) -> None:
    assert has_key(described, key) is has


def test_the_change_is_followed_until_it_is_done() -> None:
    shown = [table(), table(), table("UPDATING"), of(ARN, "UPDATING"), of(ARN)]
    described: list[Any] = [{"Table": each} for each in shown]
    name = {"TableName": "table"}
    sent = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": ARN}
    with Stubber(client_of("dynamodb")) as stubber:
        for answer in described[:2]:
            stubber.add_response("describe_table", answer, name)
        stubber.add_response("update_table", {}, {**name, "SSESpecification": sent})
        for answer in described[2:]:
            stubber.add_response("describe_table", answer, name)
        set_key(stubber.client, "table", KEY, WaitOptions(clock=Hand().clock))
        stubber.assert_no_pending_responses()


def test_nothing_is_changed_where_it_is_right() -> None:
    with stubbed("dynamodb", describe_table=[{"Table": of(ARN)}] * 2) as dynamodb:
        set_key(dynamodb, "table", KEY, WaitOptions(clock=Hand().clock))
