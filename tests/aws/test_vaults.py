"""A vault that is denied is looked up by name before permissions are blamed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.aws.clients import stubbed
from tfswap.aws.errors import DeniedError, MissingError
from tfswap.aws.recovery_points import in_vault


def listed(*names: str) -> dict[str, Any]:
    return {"BackupVaultList": [{"BackupVaultName": name} for name in names]}


@pytest.mark.parametrize(
    ("vaults", "kind"),
    [
        (listed("other"), MissingError),
        (listed("wanted", "other"), DeniedError),
        (listed(), DeniedError),
        ("AccessDeniedException", DeniedError),
    ],
)
def test_a_denied_vault_is_missing_only_where_the_listing_says_so(
    vaults: Any, kind: type[Exception]
) -> None:
    refused = "AccessDeniedException"
    answers = {"list_recovery_points_by_backup_vault": refused, "list_backup_vaults": vaults}
    with stubbed("backup", **answers) as backup, pytest.raises(kind):
        in_vault(backup, "wanted")
