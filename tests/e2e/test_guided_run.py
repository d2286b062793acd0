"""The whole night in one command: stop, restore, swap, apply, land; every promise held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.e2e.test_swap import NEW, OLD, tfswap
from tfswap.demo import fixture
from tfswap.demo.aws_facts import read_aws
from tfswap.demo.world import World

VAULT = "eu-west-1-production-backup-vault"


def back_up(world: World) -> None:
    """Have a recovery point of an hour ago in the vault."""
    table = world.client("dynamodb").describe_table(TableName=OLD)["Table"]["TableArn"]
    created = datetime.now(UTC) - timedelta(hours=1)
    world.client("backup").start_backup_job(
        BackupVaultName=VAULT,
        ResourceArn=table,
        IamRoleArn="arn:aws:iam::123456789012:role/service-role/AWSBackupDefaultServiceRole",
        RecoveryPointTags={"standin:created": created.isoformat()},
    )


def test_a_night_from_the_backup_to_the_pushed_branch(world: World) -> None:
    back_up(world)
    words = ("swap", "Lpas", "--restore", "latest", "--date", "20240715", "--pair", "Ana, Sam")
    done = tfswap(world, *words, "--yes")
    assert done.code == 0, done.text
    facts = read_aws(world.client, OLD, NEW)
    assert [fact for fact in facts if not fact.holds] == []
    assert world.plan() == 0
    branch = f"restore/{NEW}"
    landed = fixture.git(world.repo, "ls-remote", "origin", branch)
    assert fixture.git(world.repo, "rev-parse", branch).strip() in landed
    history = tfswap(world, "log", "--format", "markdown").text
    assert "Ana, Sam" in history
    assert OLD in world.client("dynamodb").list_tables()["TableNames"]
