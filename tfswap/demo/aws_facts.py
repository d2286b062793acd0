"""What AWS itself says after a swap: who names which table. Read with boto3, not with Terraform."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tfswap.demo.tables import items
from tfswap.names import mentions

Clients = Callable[[str], Any]
"""A service's name to a boto3 client."""


@dataclass(frozen=True)
class Fact:
    """One thing looked at."""

    what: str
    """In words: ``Lambda event-received-production, environment``."""
    holds: bool
    """Whether it is as it should be after the swap."""


def read_aws(client: Clients, old: str, new: str) -> tuple[Fact, ...]:
    """Return every place in the account that names either table, and what became of the tables.

    Args:
        client: Clients of the account and region the tables live in.
        old: Physical name of the outgoing table.
        new: Physical name of the restored table.
    """
    places = [
        *_policies(client("iam")),
        *_functions(client("lambda")),
        *_services(client("ecs")),
        *_pipelines(client("osis")),
        *_selections(client("backup")),
    ]
    named = [
        Fact(f"{what} still uses {old}", False)
        if mentions(text, old)
        else Fact(f"{what} uses {new}", True)
        for what, text in places
        if mentions(text, new) or mentions(text, old)
    ]
    return (*named, *_tables(client("dynamodb"), old, new))


def _policies(iam: Any) -> Iterator[tuple[str, str]]:
    for role in iam.list_roles()["Roles"]:
        for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
            policy = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)
            yield f"policy {name} of role {role['RoleName']}", json.dumps(policy["PolicyDocument"])


def _functions(awslambda: Any) -> Iterator[tuple[str, str]]:
    for function in awslambda.list_functions()["Functions"]:
        variables = function.get("Environment", {}).get("Variables", {})
        yield f"environment of Lambda {function['FunctionName']}", json.dumps(variables)


def _services(ecs: Any) -> Iterator[tuple[str, str]]:
    for cluster in ecs.list_clusters()["clusterArns"]:
        arns = ecs.list_services(cluster=cluster)["serviceArns"]
        services = ecs.describe_services(cluster=cluster, services=arns)["services"] if arns else []
        for service in services:
            task = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
            containers = json.dumps(task["taskDefinition"]["containerDefinitions"])
            yield f"task definition in service of ECS {service['serviceName']}", containers


def _pipelines(osis: Any) -> Iterator[tuple[str, str]]:
    for each in osis.list_pipelines()["Pipelines"]:
        pipeline = osis.get_pipeline(PipelineName=each["PipelineName"])["Pipeline"]
        yield f"body of OSIS {each['PipelineName']}", pipeline["PipelineConfigurationBody"]


def _selections(backup: Any) -> Iterator[tuple[str, str]]:
    for plan in backup.list_backup_plans()["BackupPlansList"]:
        plan_id = plan["BackupPlanId"]
        for each in backup.list_backup_selections(BackupPlanId=plan_id)["BackupSelectionsList"]:
            selection = backup.get_backup_selection(
                BackupPlanId=plan_id, SelectionId=each["SelectionId"]
            )["BackupSelection"]
            yield f"AWS Backup selection {selection['SelectionName']}", json.dumps(selection)


def _tables(dynamodb: Any, old: str, new: str) -> Iterator[Fact]:
    names = dynamodb.list_tables()["TableNames"]
    if old not in names or new not in names:
        yield Fact(f"there are not both tables ({', '.join(names)})", False)
        return
    kept, restored = items(dynamodb, old), items(dynamodb, new)
    yield Fact(f"{old} still exists with {len(kept)} items", len(kept) > 0)
    same = kept == restored
    yield Fact(f"{new} has {'the same' if same else 'other'} items ({len(restored)})", same)
    protected = dynamodb.describe_table(TableName=new)["Table"]["DeletionProtectionEnabled"]
    backups = dynamodb.describe_continuous_backups(TableName=new)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    for what, good in (
        ("deletion protection", bool(protected)),
        ("point-in-time recovery", recovery == "ENABLED"),
    ):
        yield Fact(f"{new} has {'' if good else 'no '}{what}", good)
