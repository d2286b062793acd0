"""The key and the role of a restore."""

from __future__ import annotations

import pytest

from tests.aws import stubs
from tfswap.aws.encryption_keys import MANAGED, OWNED, EncryptionKey, check_role, resolve_key
from tfswap.aws.errors import DeniedError, MissingError
from tfswap.errors import AwsError

ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
ROLE = "arn:aws:iam::123456789012:role/service-role/AWSBackupDefaultServiceRole"


def described(state: str) -> dict[str, dict[str, str]]:
    return {"KeyMetadata": {"KeyId": "1", "Arn": ARN, "KeyState": state}}


def test_an_alias_leads_to_its_key() -> None:
    key = resolve_key(stubs.client("kms", "describe_key", described("Enabled")), "alias/x")
    assert key == EncryptionKey("KMS", ARN, "alias/x")
    assert str(key) == f"alias/x -> {ARN}"
    assert "AWS" in str(OWNED)
    assert "AWS" in str(MANAGED)


@pytest.mark.parametrize("state", sorted(set(stubs.enum("kms", "KeyState")) - {"Enabled"}))
def test_a_key_that_cannot_be_used_is_refused(state: str) -> None:
    with pytest.raises(AwsError, match=f"alias/x is {state}"):
        resolve_key(stubs.client("kms", "describe_key", described(state)), "alias/x")


def test_a_missing_alias_is_told_with_those_that_look_like_it() -> None:
    kms = stubs.client("kms", "describe_key", "NotFoundException")
    names = ("alias/aws/dynamodb", "alias/other", "alias/app_dynamodb_encryption")
    listed = [{"AliasName": name} for name in names]
    stubs.add(kms.stubber, "list_aliases", {"Aliases": listed, "Truncated": False})
    with pytest.raises(MissingError, match="no key alias/x") as shown:
        resolve_key(kms, "alias/x")
    assert shown.value.details == ("alias/app_dynamodb_encryption", "alias/other")


def test_a_key_one_may_not_look_at_is_not_taken_for_missing() -> None:
    with pytest.raises(DeniedError):
        resolve_key(stubs.client("kms", "describe_key", "AccessDeniedException"), "alias/x")


def test_a_missing_role_is_refused() -> None:
    with pytest.raises(MissingError, match="role AWSBackupDefaultServiceRole") as shown:
        check_role(stubs.client("iam", "get_role", "NoSuchEntity"), ROLE)
    assert "--role-arn" in shown.value.hint


def test_a_role_that_may_not_be_looked_at_is_believed() -> None:
    check_role(stubs.client("iam", "get_role", "AccessDenied"), ROLE)
