"""The stand-in server: a loopback port, copies of itself, and an end when its owner ends."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("moto", reason="the demo extra (moto) is not installed")

from tfswap.demo import server, tables
from tfswap.demo.demo_env import client_factory

POLICY = '{"Version": "2012-10-17", "Statement": []}'


@pytest.fixture
def running(standin: server.Server) -> Iterator[server.Server]:
    copied = standin.fork()
    yield copied
    copied.stop()


def client(running: server.Server, service: str, region: str = "eu-west-1") -> Any:
    return client_factory(running.endpoint)(service, region)


def make_table(dynamodb: Any, name: str = "production-Lpas") -> dict[str, Any]:
    answer = dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("PK", "SK")],
        KeySchema=[
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
    )
    description: dict[str, Any] = answer["TableDescription"]
    return description


def goes_away(port: int) -> bool:
    """True once nothing listens on the port; gives a process that is ending its time."""
    for _ in range(200):
        with socket.socket() as attempt:
            if attempt.connect_ex((server.HOST, port)) != 0:
                return True
        time.sleep(0.05)
    return False


def test_a_fork_has_everything_and_shares_nothing(running: server.Server) -> None:
    make_table(client(running, "dynamodb"), "before")
    copied = running.fork()
    assert copied.port != running.port
    make_table(client(running, "dynamodb"), "in-the-first")
    make_table(client(copied, "dynamodb"), "in-the-copy")
    assert client(running, "dynamodb").list_tables()["TableNames"] == ["before", "in-the-first"]
    assert client(copied, "dynamodb").list_tables()["TableNames"] == ["before", "in-the-copy"]


def test_stopping_a_fork_leaves_the_others(running: server.Server) -> None:
    first, second = running.fork(), running.fork()
    first.stop()
    first.stop()
    assert goes_away(first.port)
    for alive in (running, second):
        assert client(alive, "dynamodb").list_tables()["TableNames"] == []


def test_forks_end_with_the_first_and_it_says_so(tmp_path: Path) -> None:
    running = server.start(tmp_path / "log")
    ports = [running.fork().port for _ in range(3)]
    running.stop()
    assert all(goes_away(port) for port in (*ports, running.port))
    with pytest.raises(server.StandInError):
        running.fork()


def test_it_ends_with_its_owner(tmp_path: Path) -> None:
    owner = (
        "import pathlib, os; from tfswap.demo import server;"
        f"first = server.start(pathlib.Path({str(tmp_path / 'log')!r}));"
        "print(first.port, first.fork().port, flush=True); os._exit(1)"
    )
    said = subprocess.run(
        [sys.executable, "-c", owner], capture_output=True, text=True, check=False
    ).stdout
    ports = [int(word) for word in said.split()]
    assert len(ports) == 2
    assert all(goes_away(port) for port in ports)


def test_a_server_that_stays_outlives_its_owner_until_it_is_stopped(tmp_path: Path) -> None:
    staying = server.start(tmp_path / "log", detached=True)
    try:
        assert client(staying, "dynamodb").list_tables()["TableNames"] == []
        with pytest.raises(server.StandInError, match="can be copied"):
            staying.fork()
    finally:
        staying.stop()
    assert goes_away(staying.port)


def test_a_fork_of_a_fork_has_what_both_had_and_ends_with_either(running: server.Server) -> None:
    make_table(client(running, "dynamodb"), "first")
    second = running.fork()
    make_table(client(second, "dynamodb"), "second")
    third, fourth = second.fork(), second.fork()
    make_table(client(third, "dynamodb"), "third")
    for copied, names in ((third, {"first", "second", "third"}), (fourth, {"first", "second"})):
        assert set(client(copied, "dynamodb").list_tables()["TableNames"]) == names
    assert set(client(running, "dynamodb").list_tables()["TableNames"]) == {"first"}
    third.stop()
    assert goes_away(third.port)
    second.stop()
    assert goes_away(fourth.port)
    fourth.stop()
    with pytest.raises(server.StandInError):
        fourth.fork()


def test_it_survives_many_forks_under_load(running: server.Server) -> None:
    loader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from tfswap.demo.demo_env import client_factory\n"
            f"table = client_factory({running.endpoint!r})('dynamodb')\n"
            "while True: table.list_tables()",
        ]
    )
    try:
        for _ in range(5):
            copied = running.fork()
            assert client(copied, "dynamodb").list_tables()["TableNames"] == []
            copied.stop()
    finally:
        loader.kill()
        loader.wait()


def test_a_backup_selection_lives_under_its_plan(running: server.Server) -> None:
    backup = client(running, "backup")
    rule = {"RuleName": "Daily", "TargetBackupVaultName": "vault"}
    plan = backup.create_backup_plan(
        BackupPlan={"BackupPlanName": "main", "Rules": [rule]}, BackupPlanTags={"a": "b"}
    )
    sent = {"SelectionName": "s", "IamRoleArn": "arn:aws:iam::1:role/r", "Resources": ["arn:x"]}
    made = backup.create_backup_selection(BackupPlanId=plan["BackupPlanId"], BackupSelection=sent)
    where = {"BackupPlanId": plan["BackupPlanId"], "SelectionId": made["SelectionId"]}
    assert backup.get_backup_selection(**where)["BackupSelection"] == sent
    listed = backup.list_backup_selections(BackupPlanId=plan["BackupPlanId"])
    assert [each["SelectionName"] for each in listed["BackupSelectionsList"]] == ["s"]
    assert backup.list_tags(ResourceArn=plan["BackupPlanArn"])["Tags"] == {"a": "b"}
    backup.delete_backup_selection(**where)
    with pytest.raises(backup.exceptions.ResourceNotFoundException):
        backup.get_backup_selection(**where)
    with pytest.raises(backup.exceptions.ResourceNotFoundException):
        backup.list_backup_selections(BackupPlanId="another")


def test_a_replica_is_a_table_in_the_other_region(running: server.Server) -> None:
    here, there = client(running, "dynamodb"), client(running, "dynamodb", "eu-west-2")
    make_table(here)
    name = "production-Lpas"
    here.update_table(TableName=name, ReplicaUpdates=[{"Create": {"RegionName": "eu-west-2"}}])
    tables.fill(here, name, count=2)
    assert tables.items(there, name) == tables.items(here, name)
    for table, region in ((here, "eu-west-2"), (there, "eu-west-1")):
        replicas = table.describe_table(TableName=name)["Table"]["Replicas"]
        assert [each["RegionName"] for each in replicas] == [region]
    here.update_table(TableName=name, ReplicaUpdates=[{"Delete": {"RegionName": "eu-west-2"}}])
    assert there.list_tables()["TableNames"] == []
    assert "Replicas" not in here.describe_table(TableName=name)["Table"]


def test_deleting_a_replica_where_it_lies_ends_the_group(running: server.Server) -> None:
    here, there = client(running, "dynamodb"), client(running, "dynamodb", "eu-west-2")
    make_table(here)
    here.update_table(
        TableName="production-Lpas", ReplicaUpdates=[{"Create": {"RegionName": "eu-west-2"}}]
    )
    there.delete_table(TableName="production-Lpas")
    assert "Replicas" not in here.describe_table(TableName="production-Lpas")["Table"]


def test_a_lambda_function_keeps_its_logging_configuration(running: server.Server) -> None:
    iam, function = client(running, "iam", "us-east-1"), client(running, "lambda")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=POLICY)["Role"]["Arn"]
    logging = {"LogFormat": "JSON", "LogGroup": "/aws/lambda/mine"}
    function.create_function(
        FunctionName="f",
        Role=role,
        PackageType="Image",
        Code={"ImageUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1"},
        LoggingConfig=logging,
    )
    found = function.get_function_configuration(FunctionName="f")
    assert found["LoggingConfig"] == logging
    assert "ImageConfigResponse" not in found
    changed = {**logging, "LogGroup": "/aws/lambda/other"}
    function.update_function_configuration(FunctionName="f", LoggingConfig=changed)
    assert function.get_function_configuration(FunctionName="f")["LoggingConfig"] == changed


def test_an_ecs_service_keeps_its_capacity_provider_strategy(running: server.Server) -> None:
    ecs = client(running, "ecs")
    ecs.create_cluster(clusterName="c")
    ecs.register_task_definition(
        family="app", containerDefinitions=[{"name": "app", "image": "app:v1", "memory": 64}]
    )
    strategy = [{"capacityProvider": "FARGATE", "weight": 100, "base": 0}]
    ecs.create_service(
        cluster="c",
        serviceName="app",
        taskDefinition="app",
        desiredCount=1,
        capacityProviderStrategy=strategy,
    )
    ecs.update_service(cluster="c", service="app", desiredCount=2)
    [found] = ecs.describe_services(cluster="c", services=["app"])["services"]
    assert found["capacityProviderStrategy"] == strategy
    assert "launchType" not in found
    assert found["availabilityZoneRebalancing"] == "DISABLED"
