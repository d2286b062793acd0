"""The stand-in behaves enough like AWS for the runbook's own commands to work on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tfswap.demo import fixture, tables
from tfswap.demo.world import World

TABLE = "aws_dynamodb_table.lpas_table"
PIPELINE = "aws_osis_pipeline.lpas_stream[0]"
OUTGOING = "production-Lpas"
RESTORED = "production-Lpas-20240715"


def edit_production(world: World, old: str, new: str) -> None:
    """Replace one text within production's part of the tfvars."""
    text = world.tfvars.read_text()
    start = text.index('"production"')
    assert text.count(old, start) == 1
    world.tfvars.write_text(text[:start] + text[start:].replace(old, new))


def swap_by_hand(world: World) -> None:
    """The runbook's section "Bring restored table into service", up to its plan."""
    world.terraform("state", "rm", TABLE)
    edit_production(world, '"Lpas"', '"Lpas-20240715"')
    world.terraform("import", "-input=false", TABLE, RESTORED)
    world.terraform("taint", PIPELINE)


def planned_actions(world: World) -> dict[str, list[str]]:
    """Plan to a file and read it back: address to actions, without what stays as it is."""
    assert world.plan("-out=swap.tfplan") == 2
    shown: dict[str, Any] = json.loads(world.terraform("show", "-json", "swap.tfplan").out)
    changes = ((each["address"], each["change"]["actions"]) for each in shown["resource_changes"])
    return {address: actions for address, actions in changes if actions != ["no-op"]}


def test_a_copy_of_the_applied_world_has_an_empty_plan_and_a_clean_tree(world: World) -> None:
    assert world.plan() == 0
    assert fixture.git(world.repo, "status", "--porcelain") == ""
    main, upstream = fixture.git(world.repo, "rev-parse", "main", "main@{upstream}").split()
    assert main == upstream


def test_copies_do_not_see_each_other(stages: Callable[[str], World], world: World) -> None:
    world.restore("Lpas", "20240715")
    assert RESTORED in world.client("dynamodb").list_tables()["TableNames"]
    assert RESTORED not in stages("applied").client("dynamodb").list_tables()["TableNames"]


def test_a_restore_loses_what_aws_backup_loses(world: World) -> None:
    dynamodb = world.client("dynamodb")
    world.restore("Lpas", "20240715")
    before, after = (
        dynamodb.describe_table(TableName=name)["Table"] for name in (OUTGOING, RESTORED)
    )
    for kept in ("KeySchema", "SSEDescription"):
        assert after[kept] == before[kept]
    names = [
        {index["IndexName"] for index in each["GlobalSecondaryIndexes"]} for each in (before, after)
    ]
    assert names == [{"SKUpdatedAtIndex", "LpaUIDIndex"}] * 2
    assert before["DeletionProtectionEnabled"]
    assert not after["DeletionProtectionEnabled"]
    assert "StreamSpecification" in before
    assert "StreamSpecification" not in after
    assert dynamodb.list_tags_of_resource(ResourceArn=after["TableArn"])["Tags"] == []
    assert tables.items(dynamodb, RESTORED) == tables.items(dynamodb, OUTGOING) != []


# `run --direct` runs the same commands on every `make test`, the guided run applies the same plan.
@pytest.mark.full
def test_the_runbooks_own_commands_bring_the_restored_table_into_service(world: World) -> None:
    dynamodb = world.client("dynamodb")
    items = tables.items(dynamodb, OUTGOING)
    world.restore("Lpas", "20240715")
    swap_by_hand(world)

    app = "module.eu_west_1[0].module.app."
    received = "module.eu_west_1[0].module.event_received.module.event_received."
    runner = "module.eu_west_1[0].module.schedule_runner.module.schedule_runner."
    assert planned_actions(world) == {
        "data.aws_iam_policy_document.opensearch_pipeline": ["read"],
        "aws_backup_selection.main[0]": ["delete", "create"],
        "aws_cloudtrail.dynamodb[0]": ["update"],
        TABLE: ["update"],
        "aws_iam_role_policy.opensearch_pipeline": ["update"],
        PIPELINE: ["delete", "create"],
        f"{app}aws_ecs_service.app": ["update"],
        f"{app}aws_ecs_task_definition.app": ["create", "delete"],
        f"{app}aws_iam_role_policy.app_task_role": ["update"],
        f"{received}aws_iam_role_policy.lambda": ["update"],
        f"{received}aws_lambda_function.lambda_function": ["update"],
        f"{runner}aws_iam_role_policy.lambda": ["update"],
        f"{runner}aws_lambda_function.lambda_function": ["update"],
    }

    world.terraform("apply", "-input=false", "swap.tfplan")
    assert world.plan() == 0
    assert tables.items(dynamodb, OUTGOING) == items
    assert dynamodb.describe_table(TableName=OUTGOING)["Table"]["DeletionProtectionEnabled"]
    assert dynamodb.describe_table(TableName=RESTORED)["Table"]["DeletionProtectionEnabled"]
    assert selected_by_backup(world) == [
        f"arn:aws:dynamodb:eu-west-1:123456789012:table/{RESTORED}"
    ]


def selected_by_backup(world: World) -> list[str]:
    """What AWS Backup's only plan backs up, read from the stand-in."""
    backup = world.client("backup")
    [plan] = backup.list_backup_plans()["BackupPlansList"]
    listed = backup.list_backup_selections(BackupPlanId=plan["BackupPlanId"])
    [selection] = listed["BackupSelectionsList"]
    found = backup.get_backup_selection(
        BackupPlanId=plan["BackupPlanId"], SelectionId=selection["SelectionId"]
    )
    resources: list[str] = found["BackupSelection"]["Resources"]
    return resources


# Recorded as fixtures/plans/replica; the refusal is test_a_replica_is_refused_unless_released.
@pytest.mark.full
def test_a_swap_with_a_replica_would_replace_the_replica(world: World) -> None:
    edit_production(world, '"region_replica_enabled": false', '"region_replica_enabled": true')
    world.terraform("apply", "-input=false", "-auto-approve")
    assert world.plan() == 0
    [replica] = world.client("dynamodb").describe_table(TableName=OUTGOING)["Table"]["Replicas"]
    assert replica["RegionName"] == "eu-west-2"
    elsewhere = world.client("dynamodb", "eu-west-2")
    assert len(tables.items(elsewhere, OUTGOING)) == 25

    world.restore("Lpas", "20240715")
    swap_by_hand(world)
    planned = planned_actions(world)
    assert planned["aws_dynamodb_table_replica.lpas_table[0]"] == ["delete", "create"]
    assert planned["aws_dynamodb_resource_policy.lpas_table[0]"] == ["delete", "create"]
    assert planned[TABLE] == ["update"]


# Recorded as fixtures/plans/replace.
@pytest.mark.full
def test_without_the_state_step_the_plan_would_replace_the_table(world: World) -> None:
    edit_production(world, '"Lpas"', '"Lpas-20240715"')
    assert sorted(planned_actions(world)[TABLE]) == ["create", "delete"]


# Recorded as fixtures/plans/ride-*; that a run refuses it is in test_swap.py.
@pytest.mark.full
@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("TF_VAR_container_version", "aws_ssm_parameter.container_version"),
        (
            "TF_VAR_public_access_enabled",
            "module.eu_west_1[0].module.app."
            "aws_security_group_rule.app_loadbalancer_public_access_ingress[0]",
        ),
    ],
)
def test_a_variable_left_unset_rides_along(world: World, variable: str, address: str) -> None:
    env = {name: value for name, value in world.env.items() if name != variable}
    assert address in planned_actions(World(world.folder, world.server, env))
