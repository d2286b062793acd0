"""What the fixture's repo takes for granted: made elsewhere, looked up by data sources.

On AWS these belong to the account's own Terraform configuration: the state's bucket, keys,
backup vaults, the network, the image repository.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

STATE_BUCKET = "lpa-terraform-state"
"""Named in the fixture's backend block."""

MANAGEMENT_ACCOUNT = "210987654321"
"""Holds the state's role and the images."""

_APPLICATION = "opg-modernising-lpa"
_KEYS = (f"{_APPLICATION}_dynamodb_encryption", f"{_APPLICATION}-opensearch-encryption-key")
_ZONES = ("a", "b", "c")

ClientFactory = Callable[..., Any]
"""`(service, region=..., credentials=...)` to a boto3 client."""


def seed_account(client: ClientFactory, account_name: str = "production") -> None:
    """Create everything the fixture's data sources look for, through boto3 clients."""
    for region in ("eu-west-1", "eu-west-2"):
        _keys(client("kms", region))
        client("backup", region).create_backup_vault(
            BackupVaultName=f"{region}-{account_name}-backup-vault"
        )
    for bucket in (STATE_BUCKET, f"cloudtrail-lpa-{account_name}"):
        client("s3", "eu-west-1").create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
    _network(client("ec2", "eu-west-1"))
    _backup_role(client("iam", "us-east-1"))
    management = _assume(client("sts", "eu-west-1"), MANAGEMENT_ACCOUNT)
    client("ecr", "eu-west-1", management).create_repository(repositoryName="lpa/app")


def _keys(kms: Any) -> None:
    for alias in _KEYS:
        key = kms.create_key(Description=alias)["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=f"alias/{alias}", TargetKeyId=key)


def _network(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "application", "Value": _APPLICATION}])
    for number, zone in enumerate(_ZONES):
        subnet = ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.20.{number}.0/24", AvailabilityZone=f"eu-west-1{zone}"
        )["Subnet"]["SubnetId"]
        ec2.create_tags(Resources=[subnet], Tags=[{"Key": "Name", "Value": f"application-{zone}"}])


def _backup_role(iam: Any) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "backup.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_role(RoleName="aws-backup-role", AssumeRolePolicyDocument=policy)
    # The console makes it for the first restore (AWS Backup, "IAM service roles").
    iam.create_role(
        RoleName="AWSBackupDefaultServiceRole",
        Path="/service-role/",
        AssumeRolePolicyDocument=policy,
    )


def _assume(sts: Any, account: str) -> dict[str, str]:
    answer = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/lpa-ci", RoleSessionName="demo")
    credentials: dict[str, str] = answer["Credentials"]
    return credentials
