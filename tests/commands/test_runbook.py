"""``tfswap runbook``: what is written for those who type it by hand, held against a real shell."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.commands.conftest import Clone

RESTORED = "production-Lpas-20240715"
ROLE = "arn:aws:iam::123456789012:role/breakglass"


def written(clone: Clone, restore: str = "latest", **env: str) -> str:
    flags = ("--restore", restore, "--date", "20240715")
    done = clone.tfswap("runbook", "Lpas", *flags, "--prefix", "vault exec identity --", **env)
    assert done.code == 0, done.text
    return done.out


def blocks(text: str) -> list[list[str]]:
    found = re.findall(r"```shell\n(.*?)\n```", text, re.DOTALL)
    return [
        block.splitlines() for block in found if "aws " in block and not block.startswith("tfswap")
    ]


def test_every_aws_line_is_in_the_account_under_the_role(clone: Clone) -> None:
    shown = [b for b in blocks(written(clone, TFSWAP_ROLE="breakglass")) if "bash " in b[0]]
    assert len(shown) == 5
    for block in shown:
        assert f"vault exec identity -- aws sts assume-role --role-arn {ROLE}" in block[1]
        assert block[2].startswith("aws sts get-caller-identity")
        assert block[2].endswith("# 123456789012, or stop here")
        assert block[-1] == "exit"


def test_nothing_that_is_pasted_deletes_a_table(clone: Clone) -> None:
    lines = [line for block in blocks(written(clone)) for line in block]
    deleting = [line for line in lines if "delete" in line]
    assert all(line.startswith("#") for line in deleting if "delete-table" in line)
    assert any("delete-table" in line for line in deleting)


def ran(clone: Clone, tmp_path: Path, restore: str) -> list[list[str]]:
    """Run the restore's block in bash with an ``aws`` that only keeps what it was asked."""
    fake = tmp_path / "bin"
    fake.mkdir()
    program = f"""#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word"; done >> {tmp_path}/asked
printf '\\n\\0' >> {tmp_path}/asked
case "$*" in *describe-key*) echo arn:key;; *list-recovery*) echo arn:point;; *) echo X;; esac
"""
    (fake / "aws").write_text(program)
    (fake / "vault").write_text('#!/bin/sh\nshift 3\nexec "$@"\n')
    for each in fake.iterdir():
        each.chmod(0o755)
    [block] = [b for b in blocks(written(clone, restore)) if any("describe-key" in x for x in b)]
    bash = shutil.which("bash") or "bash"
    env = {"PATH": f"{fake}:/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run([bash], input="\n".join(block), text=True, env=env, check=False)
    assert done.returncode == 0
    calls = (tmp_path / "asked").read_text().split("\n\0")
    return [call.split("\0")[:-1] for call in calls if call]


def after(call: list[str], flag: str) -> str:
    return call[call.index(flag) + 1]


def test_the_restore_job_gets_vault_key_and_metadata(clone: Clone, tmp_path: Path) -> None:
    calls = ran(clone, tmp_path, "latest")
    [listed] = [call for call in calls if "list-recovery-points-by-backup-vault" in call]
    assert after(listed, "--backup-vault-name") == "eu-west-1-production-backup-vault"
    assert "sort_by" in after(listed, "--query")
    [started] = [call for call in calls if "start-restore-job" in call]
    assert after(started, "--recovery-point-arn") == "arn:point"
    assert json.loads(after(started, "--metadata")) == {
        "targetTableName": RESTORED,
        "encryptionType": "KMS",
        "kmsMasterKeyArn": "arn:key",
    }
    [followed] = [call for call in calls if "describe-restore-job" in call]
    assert after(followed, "--restore-job-id") == "X"


@pytest.mark.parametrize(
    ("restore", "operation"),
    [("latest-pitr", "--use-latest-restorable-time"), ("arn:aws:backup:x", "start-restore-job")],
)
def test_what_is_restored_is_what_was_asked_for(
    clone: Clone, tmp_path: Path, restore: str, operation: str
) -> None:
    calls = ran(clone, tmp_path, restore)
    [one] = [call for call in calls if operation in call]
    if restore == "latest-pitr":
        assert after(one, "--target-table-name") == RESTORED
        assert after(one, "--sse-specification-override").endswith("KMSMasterKeyId=arn:key")
    else:
        assert after(one, "--recovery-point-arn") == restore


def test_maintenance_scripts_are_suggested_as_hooks_and_never_run(clone: Clone) -> None:
    assert "[hooks]" not in written(clone)
    for name in ("enable_maintenance.sh", "disable_maintenance.sh"):
        script = clone.repo / "scripts" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text("#!/bin/sh\ntouch /tmp/never\n")
    clone.git("add", "-A")
    clone.commit("Add scripts")
    text = written(clone)
    assert 'maintenance_on = "scripts/enable_maintenance.sh"' in text
    assert 'maintenance_off = "scripts/disable_maintenance.sh"' in text
