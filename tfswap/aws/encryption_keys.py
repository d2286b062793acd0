"""The KMS key a restored table shall be encrypted with, and the role that restores it.

KMS API reference: ``DescribeKey`` takes a key's id or ARN, or an alias with ``alias/`` before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tfswap.aws.calls import calling, candidates
from tfswap.aws.errors import DeniedError, MissingError, code_of
from tfswap.errors import AwsError

_SHOWN = 8


@dataclass(frozen=True)
class EncryptionKey:
    """What a table is encrypted with, as StartRestoreJob takes it (``restore.metadata``)."""

    kind: str
    """``KMS`` or ``Default``, DynamoDB's own key that AWS owns."""
    arn: str = ""
    """Empty for the keys AWS owns or manages."""
    name: str = ""
    """As the configuration or the user named it."""

    def __str__(self) -> str:
        if self.kind == "Default":
            return "a key owned by AWS (the configuration sets no other)"
        if not self.arn:
            return "the AWS managed key for DynamoDB (alias/aws/dynamodb)"
        return self.arn if self.name in ("", self.arn) else f"{self.name} -> {self.arn}"


OWNED, MANAGED = EncryptionKey("Default"), EncryptionKey("KMS")


def resolve_key(kms: Any, name: str) -> EncryptionKey:
    """Return the key behind an alias, an id or an ARN, once it is known to work.

    Raises:
        MissingError: There is none; the details list aliases that look like it.
        AwsError: It is disabled or about to be deleted, or cannot be looked at.
    """
    try:
        with calling(f"look at the key {name}"):
            response = kms.describe_key(KeyId=name)["KeyMetadata"]
    except MissingError as error:
        raise MissingError(
            f"There is no key {name} in {kms.meta.region_name}.",
            hint="Set the right one with --key alias/… or its ARN.",
            details=candidates(lambda: aliases(kms)),
        ) from error
    if response.get("KeyState", "Enabled") != "Enabled":
        raise AwsError(
            f"The key {name} is {response['KeyState']}; a table cannot be encrypted with it.",
            hint="Enable it, or set another with --key.",
            details=(response["Arn"],),
        )
    return EncryptionKey("KMS", response["Arn"], name)


def aliases(kms: Any) -> list[str]:
    """Return the account's own aliases, those that mention DynamoDB first.

    Raises:
        AwsError: They cannot be listed.
    """
    with calling("list the key aliases"):
        found = [each["AliasName"] for each in _listed(kms)]
    own = sorted(name for name in found if not name.startswith("alias/aws/"))
    return sorted(own, key=lambda name: "dynamodb" not in name)[:_SHOWN]


def _listed(kms: Any) -> Any:
    for page in kms.get_paginator("list_aliases").paginate():
        yield from page["Aliases"]


def check_role(iam: Any, arn: str) -> None:
    """Refuse a role that is known not to be there; one that may not be looked at is believed.

    Raises:
        MissingError: There is no such role.
    """
    name = arn.rpartition("/")[2]
    try:
        with calling(f"look at the role {name}"):
            iam.get_role(RoleName=name)
    except DeniedError:
        return
    except AwsError as error:
        if code_of(error.__cause__ or error) != "NoSuchEntity":
            raise
        raise MissingError(
            f"The role {name} for AWS Backup does not exist.",
            hint="Set the role for AWS Backup in this account: --role-arn arn:…:role/…",
        ) from error
