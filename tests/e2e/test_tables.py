"""compare, run --protect, rollback and retire around a whole swap, on the real Terraform."""

from __future__ import annotations

from typing import Any

from tests.e2e.test_swap import NEW, OLD, good, state_name, state_of, tfswap
from tfswap.demo.world import World


def protected(world: World) -> dict[str, bool]:
    dynamodb = world.client("dynamodb")
    tables = {name: dynamodb.describe_table(TableName=name)["Table"] for name in (OLD, NEW)}
    return {name: bool(table.get("DeletionProtectionEnabled")) for name, table in tables.items()}


def names(world: World) -> set[str]:
    return set(world.client("dynamodb").list_tables()["TableNames"])


def put_alarm(world: World, name: str, table: str) -> None:
    world.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/DynamoDB",
        MetricName="ThrottledRequests",
        Dimensions=[{"Name": "TableName", "Value": table}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=1,
    )


def test_before_the_swap_tables_are_compared_and_none_is_retired(prepared: World) -> None:
    text = good(prepared, "compare")
    assert "The plan restores it" in text
    assert "next: tfswap run" in text
    early = tfswap(prepared, "retire", "--confirm", OLD, "--final-backup", "--yes")
    assert early.code == 1
    assert f"has {OLD} at aws_dynamodb_table.lpas_table" in early.text


def test_before_the_apply_the_outgoing_table_is_not_retired(verified: World) -> None:
    half = tfswap(verified, "retire", "--confirm", OLD, "--final-backup", "--yes")
    assert half.code == 1
    assert "the state still refers to it" in half.text


def test_the_outgoing_tables_end(swapped: World) -> None:
    world = swapped
    put_alarm(world, "old", OLD)
    put_alarm(world, "new", NEW)

    before = names(world)
    good(world, "retire", "--dry-run", "--final-backup")
    assert names(world) == before
    assert "--final-backup" in tfswap(world, "retire").text
    good(world, "retire", "--confirm", OLD, "--final-backup", "--yes")
    assert names(world) == before - {OLD}
    back = tfswap(world, "rollback", "--dry-run")
    assert back.code == 2
    assert f"{OLD} was deleted by tfswap retire" in back.text
    alarms = world.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in alarms] == ["new"]
    (backup,) = world.client("dynamodb").list_backups()["BackupSummaries"]
    assert backup["TableName"] == OLD
    assert world.plan() == 0
    assert "already deleted in AWS" in good(world, "retire", "--confirm", OLD)


def test_rollback_switches_off_what_protect_switched_on(prepared: World) -> None:
    world = prepared
    was = protected(world)
    good(world, "run", "--yes", "--no-baseline", "--protect")
    assert protected(world) == {OLD: True, NEW: True}
    text = good(world, "rollback", "--yes")
    assert f"disable the deletion protection of {NEW}" in " ".join(text.split())
    assert protected(world) == was
    assert state_name(world) == OLD


def without_index(world: World) -> None:
    dynamodb: Any = world.client("dynamodb")
    table = dynamodb.describe_table(TableName=OLD)["Table"]
    keys = table["KeySchema"]
    used = {key["AttributeName"] for key in keys}
    dynamodb.create_table(
        TableName=NEW,
        KeySchema=keys,
        AttributeDefinitions=[
            each for each in table["AttributeDefinitions"] if each["AttributeName"] in used
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def test_a_restore_without_its_indexes_is_stopped_even_before_a_direct_run(world: World) -> None:
    without_index(world)
    good(world, "prepare", "Lpas-20240715")
    before = state_of(world)
    done = tfswap(world, "run", "--direct", "--yes")
    assert done.code == 2
    assert "Nothing was written" in done.text
    assert tfswap(world, "compare").code == 1
    assert state_of(world) == before
