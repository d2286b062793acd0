"""Recovery points in another account or region: the command that copies them here."""

from __future__ import annotations

import shlex

from tfswap.commands.restore.target import RestoreRequest
from tfswap.context.table_target import TableTarget
from tfswap.errors import UsageError

DEFAULT_ROLE = "service-role/AWSBackupDefaultServiceRole"
"""AWS Backup developer guide, "IAM service roles", default role."""


def check_place(target: TableTarget, request: RestoreRequest, listing: str) -> None:
    """Refuse an ARN of another region or account: AWS would say only that there is none."""
    parts = request.at.split(":")
    if parts[0] != "arn" or len(parts) < len(("arn", "aws", "backup", "region", "account", "id")):
        return
    here = (target.located.region, target.aws.account)
    wanted = (request.vault_region or here[0], request.vault_account or here[1])
    if tuple(parts[3:5]) not in (here, wanted):
        raise elsewhere(target, request, request.at, listing)


def elsewhere(
    target: TableTarget, request: RestoreRequest, point_arn: str, listing: str
) -> UsageError:
    """Say that a backup must be copied first, and how.

    AWS Backup restores in a vault's own region, and from another account's vault only where that
    is shared (AWS Backup developer guide, "Creating backup copies", "Logically air-gapped vault").
    """
    _, partition, _, region, account, *_ = point_arn.split(":")
    here = f"{target.located.region}:{target.aws.account}"
    vault = next((each.name for each in target.located.vaults), "VAULT")
    words = [
        *("aws", "backup", "start-copy-job", "--region", region),
        *("--recovery-point-arn", point_arn),
        *("--source-backup-vault-name", request.vault or "VAULT"),
        *("--destination-backup-vault-arn", f"arn:{partition}:backup:{here}:backup-vault:{vault}"),
        *("--iam-role-arn", f"arn:{partition}:iam::{account}:role/{DEFAULT_ROLE}"),
    ]
    shared = f"; if its vault is shared: --vault NAME --vault-account {account}"
    return UsageError(
        f"The recovery point {point_arn} is in {region}, account {account}; the table is in "
        f"{target.located.region}, account {target.aws.account}.",
        hint=f"Copy it here with the command above, signed in to account {account}, then "
        f"restore the copy{shared if account != target.aws.account else ''}. Recovery "
        f"points here: {listing}",
        details=(shlex.join(words),),
    )
