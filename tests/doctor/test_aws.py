"""The checks that ask AWS, on a stand-in; the state they compare with is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.aws.conftest import aws as aws
from tests.aws.conftest import endpoint as endpoint
from tests.doctor.conftest import NEW, OLD, TABLE, asked, said, swap
from tfswap.aws.session import Aws
from tfswap.config import Setting
from tfswap.doctor import credentials, dependents, quick_checks, restored_tables, source, state_lock
from tfswap.doctor.context import DoctorContext, NotCheckedError
from tfswap.doctor.provider_location import ProviderLocation, described
from tfswap.doctor.result import Level
from tfswap.errors import ExitCode, TfswapError
from tfswap.swap import Swap
from tfswap.terraform.state_file import State, StateInstance

Make = Callable[..., DoctorContext]
OK, WARNING, STOP = Level.OK, Level.WARNING, Level.STOP
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/breakglass"

INDEX = {
    "IndexName": "ByStatus",
    "KeySchema": [{"AttributeName": "Status", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
ATTRIBUTES: dict[str, Any] = {
    "name": OLD,
    "id": OLD,
    "arn": f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{OLD}",
    "hash_key": "PK",
    "attribute": [{"name": "PK", "type": "S"}, {"name": "Status", "type": "S"}],
    "global_secondary_index": [
        {"name": "ByStatus", "hash_key": "Status", "projection_type": "ALL"}
    ],
}


def state(**more: dict[str, Any]) -> State:
    """A state with the outgoing table and whatever else."""
    held = {TABLE: ATTRIBUTES, **more}
    return State(1, "x", {a: StateInstance(a, v, False, v) for a, v in held.items()})


def create(aws: Aws, name: str, kind: str = "S", *, index: bool = True, **more: Any) -> None:
    """Make a table; the restored one as if it were."""
    names = ("PK", "Status") if index else ("PK",)
    if name == NEW:
        more.setdefault("Tags", [{"Key": "standin:restored-from", "Value": OLD}])
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": kind if each == "PK" else "S"}
            for each in names
        ],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": [INDEX]} if index else {}),
        **more,
    )


@pytest.fixture
def tables(aws: Aws) -> Iterator[Aws]:
    """The stand-in, with the outgoing table; empty afterwards."""
    create(aws, OLD)
    yield aws
    client = aws.client("dynamodb")
    for name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)


@pytest.fixture
def there(context: Make, tables: Aws) -> Callable[..., DoctorContext]:
    """Make a scene on the stand-in; ``role`` as the provider's would be."""

    def make(
        found: State | None = None, role: str = "", account: str = ACCOUNT, **more: Any
    ) -> DoctorContext:
        def runner(region: str) -> Aws:
            return replace(tables, account="", region=region)

        made = context(prepared=swap(account=account, **more), state=found or state(), aws=runner)
        made.answers["provider_location",] = ProviderLocation("eu-west-1", account, role), None
        return made

    return make


def test_a_restored_table_like_the_outgoing_one(there: Make, tables: Aws) -> None:
    create(tables, NEW)
    lines = asked(restored_tables.check_restored, there())
    assert said(lines, STOP) + said(lines, WARNING) == ""
    assert f"{NEW} is ACTIVE" in said(lines, OK)
    assert f"indexes as {OLD}" in said(lines, OK)
    assert quick_checks.quick_checks(there()) == []


def test_a_table_that_no_restore_made(there: Make, tables: Aws) -> None:
    create(tables, NEW, Tags=[])
    before = asked(source.look, there())
    assert [line.ends for line in before if line.level is STOP] == [ExitCode.CANNOT_TELL]
    assert "has no restore job for it" in said(quick_checks.quick_checks(there()), STOP)
    vouched = replace(there(), accepted=lambda name, _: "ana" if name == NEW else "")
    assert "accepted by ana" in said(asked(source.look, vouched), OK)
    assert quick_checks.quick_checks(vouched) == []


def test_a_restore_of_another_table_and_an_empty_one(there: Make, tables: Aws) -> None:
    create(tables, NEW, Tags=[{"Key": "standin:restored-from", "Value": "production-Sessions"}])
    tables.client("dynamodb").put_item(TableName=OLD, Item={"PK": {"S": "1"}})
    vouched = replace(there(), accepted=lambda *_: "ana")
    lines = asked(source.look, vouched)
    assert "was restored from production-Sessions (point-in-time recovery" in said(lines, STOP)
    assert f"{NEW} is empty; {OLD} has" in said(lines, STOP)
    assert {line.ends for line in lines} == {ExitCode.REJECTED}


def test_where_aws_cannot_be_asked_somebody_must_vouch(there: Make, tables: Aws) -> None:
    made = there()
    made.answers["provider_location",] = (
        ProviderLocation("eu-west-1", ACCOUNT, "", "var.role is unknown"),
        None,
    )
    lines = quick_checks.quick_checks(made)
    assert [line.ends for line in lines if line.level is STOP] == [ExitCode.CANNOT_TELL]
    assert "tfswap run --accept-source" in said(lines, STOP)
    assert said(quick_checks.quick_checks(replace(made, accepted=lambda *_: "ana")), STOP) == ""


def test_a_restored_table_that_is_missing(there: Make) -> None:
    assert f"no table {NEW}" in said(asked(restored_tables.check_restored, there()), STOP)
    assert "restored table does not exist" in said(quick_checks.quick_checks(there()), STOP)


@pytest.mark.parametrize(("kind", "index", "text"), [("N", True, "PK"), ("S", False, "ByStatus")])
def test_one_that_is_made_differently(
    there: Make, tables: Aws, kind: str, index: bool, text: str
) -> None:
    create(tables, NEW, kind, index=index)
    lines = asked(restored_tables.check_restored, there())
    assert f"{OLD} in AWS" in said(lines, STOP)
    assert f"{OLD} in the state" in said(lines, STOP)
    assert text in said(lines, STOP)
    assert text in said(quick_checks.quick_checks(there()), STOP)


def test_one_that_is_still_being_made(there: Make, tables: Aws) -> None:
    made = there()
    facts = replace(described(made, "eu-west-1", OLD), name=NEW, status="CREATING")
    made.answers["described", "eu-west-1", NEW] = facts, None
    assert f"{NEW} is CREATING" in said(asked(restored_tables.check_restored, made), STOP)
    filling = replace(facts, status="ACTIVE", index_status=(("ByStatus", "CREATING"),))
    made.answers["described", "eu-west-1", NEW] = filling, None
    assert "index ByStatus is CREATING" in said(
        asked(restored_tables.check_restored, made), WARNING
    )


def test_without_an_outgoing_table_the_state_is_compared_with(there: Make, tables: Aws) -> None:
    tables.client("dynamodb").delete_table(TableName=OLD)
    create(tables, NEW, index=False)
    lines = asked(restored_tables.check_restored, there())
    assert "does not exist any more" in said(lines, WARNING)
    assert "in the state" in said(lines, STOP)
    assert "does not exist" in said(quick_checks.quick_checks(there()), WARNING)
    other = State(1, "x", {})
    assert "was not compared" in said(
        asked(restored_tables.check_restored, there(found=other)), WARNING
    )


def test_a_table_managed_at_another_address(there: Make) -> None:
    assert said(asked(restored_tables.managed, there()), OK).startswith(
        f"{NEW} is not in the state"
    )
    other = {"module.a.aws_dynamodb_table.copy[0]": {"name": NEW}}
    assert "already managed at module.a.aws_dynamodb_table.copy[0]" in said(
        asked(restored_tables.managed, there(found=state(**other))), STOP
    )
    swapped = state(**{TABLE: {"name": NEW}})
    assert f"{TABLE} already has {NEW}" in said(
        asked(restored_tables.managed, there(found=swapped)), OK
    )


def test_ids_that_are_arns(there: Make) -> None:
    assert said(asked(restored_tables.arn_ids, there()), OK) == "no table's id is an ARN "
    odd = state(**{TABLE: {**ATTRIBUTES, "id": ATTRIBUTES["arn"]}})
    text = said(asked(restored_tables.arn_ids, there(found=odd)), WARNING)
    assert "39635" in text
    assert f"terraform import '{TABLE}' {OLD}" in text


def test_what_terraform_manages_of_it(there: Make) -> None:
    replica = "aws_dynamodb_table_replica.eu_west_2[0]"
    found = state(
        **{
            replica: {"global_table_arn": ATTRIBUTES["arn"]},
            "aws_dynamodb_resource_policy.a": {"resource_arn": ATTRIBUTES["arn"]},
            "aws_cloudwatch_metric_alarm.other": {"dimensions": {"TableName": f"{OLD}-20200101"}},
        }
    )
    lines = asked(dependents.in_state, there(found=found))
    assert f"--release '{replica}'" in said(lines, WARNING)
    assert "resource policy: aws_dynamodb_resource_policy.a" in said(lines, OK)
    assert "alarm" not in said(lines, OK) + said(lines, WARNING)
    assert said(asked(dependents.in_state, there(found=found, release=(replica,))), WARNING) == ""


def test_what_nobody_manages(there: Make, tables: Aws) -> None:
    assert "nothing outside Terraform" in said(asked(dependents.in_aws, there()), OK)
    for name in ("by-hand", "by-terraform"):
        tables.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/DynamoDB",
            MetricName="ThrottledRequests",
            Dimensions=[{"Name": "TableName", "Value": OLD}],
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Period=60,
            Threshold=1,
            Statistic="Sum",
        )
    tables.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId=f"table/{OLD}",
        ScalableDimension="dynamodb:table:ReadCapacityUnits",
        MinCapacity=1,
        MaxCapacity=5,
    )
    found = state(**{"aws_cloudwatch_metric_alarm.a": {"alarm_name": "by-terraform"}})
    text = said(asked(dependents.in_aws, there(found=found)), WARNING)
    assert "the alarm by-hand" in text
    assert "by-terraform" not in text
    assert f"autoscaling of ReadCapacityUnits (table/{OLD})" in text
    tables.client("cloudwatch").delete_alarms(AlarmNames=["by-hand", "by-terraform"])


def test_who_we_are_and_the_role(there: Make) -> None:
    made = there(role=ROLE)
    assert "signed in as" in said(asked(credentials.identity, made), OK)
    lines = asked(credentials.role, made)
    assert f"the role {ROLE} can be assumed" in said(lines, OK)
    assert f"the account is {ACCOUNT}" in said(lines, OK)


PROVIDER = """
variable "role" {}
provider "aws" {
  region = "eu-west-1"
  assume_role {
    role_arn     = "arn:aws:iam::123456789012:role/${var.role}"
    external_id  = "x-${terraform.workspace}"
    session_name = "terraform"
    tags         = { team = "lpa" }
  }
}
resource "aws_dynamodb_table" "lpas_table" { name = "production-Lpas" }
"""


@pytest.mark.parametrize("prepared", [None, swap(assume={"external_id": "as-prepared"})])
def test_the_role_is_assumed_as_the_provider_says(
    context: Make, repo: Path, tables: Aws, monkeypatch: pytest.MonkeyPatch, prepared: Swap | None
) -> None:
    """Before ``prepare`` by the configuration, after it by what ``retire`` goes by too."""
    (repo / "tf/env/aws.tf").write_text(PROVIDER)
    create(tables, NEW)
    asked_for: list[dict[str, Any]] = []
    through: Any = BaseClient._make_api_call

    def call(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "AssumeRole":
            asked_for.append(arguments)
        return through(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    made = context(prepared=prepared, state=state(), aws=lambda region: replace(tables, account=""))
    made = replace(made, config=replace(made.config, role=Setting(ROLE, "--role")))
    assert f"the role {ROLE} can be assumed" in said(asked(credentials.role, made), OK)
    assert described(made, "eu-west-1", NEW).status == "ACTIVE"
    if prepared is not None:
        assert quick_checks.quick_checks(made) == []
    [told] = asked_for
    if prepared is None:
        assert (told["ExternalId"], told["RoleSessionName"]) == ("x-production", "terraform")
        assert told["Tags"] == [{"Key": "team", "Value": "lpa"}]
    else:
        assert told["ExternalId"] == "as-prepared"
        assert told["RoleSessionName"].startswith("tfswap-")


def test_another_account_is_a_stop(there: Make, tables: Aws) -> None:
    create(tables, NEW)
    wrong = there(account="999999999999")
    assert f"the account is {ACCOUNT}; the environment is in 9" in said(
        asked(credentials.identity, wrong), STOP
    )
    assert "the environment is in 9" in said(quick_checks.quick_checks(wrong), STOP)
    with pytest.raises(NotCheckedError):
        asked(restored_tables.check_restored, wrong)
    by_role = there(account="999999999999", role=ROLE)
    assert "the environment is in 9" in said(asked(credentials.role, by_role), STOP)


def test_an_account_nobody_knows_is_no_pass(there: Make) -> None:
    lines = asked(credentials.identity, there(account=""))
    assert "account is unknown" in said(lines, WARNING)


def test_a_role_that_is_not_known_lets_no_table_be_looked_at(there: Make) -> None:
    made = there()
    made.answers["provider_location",] = (
        ProviderLocation("eu-west-1", ACCOUNT, "", "var.x has no value"),
        None,
    )
    assert "--role" in said(asked(credentials.identity, made), WARNING)
    with pytest.raises(NotCheckedError):
        asked(restored_tables.check_restored, made)
    assert "var.x has no value" in said(quick_checks.quick_checks(made), WARNING)


def test_without_credentials_terraform_may_still_have_some(
    there: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = there()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    lines = asked(credentials.identity, made)
    assert said(lines, STOP) == ""
    assert "Terraform can read the state" in said(lines, WARNING)
    assert "not checked in AWS" in said(quick_checks.quick_checks(there()), WARNING)
    blind = there()
    blind.answers["state",] = None, TfswapError("gone")
    assert "--prefix" in said(asked(credentials.identity, blind), STOP)


@pytest.mark.parametrize("kept", ["file", "table"])
def test_a_lock_in_s3_is_told_with_its_holder(there: Make, tables: Aws, kept: str) -> None:
    s3, dynamodb = tables.client("s3"), tables.client("dynamodb")
    bucket = f"states-{kept}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    config = {"bucket": bucket, "key": "a/terraform.tfstate", "region": "eu-west-1"}
    config |= {"use_path_style": True, "assume_role": {"role_arn": ROLE}}  # type: ignore[dict-item]
    path = "env:/production/a/terraform.tfstate"
    info = json.dumps({"ID": "1-2", "Who": "sam@desk", "Created": "2026-01-01T10:00:00.1Z"})
    dynamodb.create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    config |= {"use_lockfile": True} if kept == "file" else {"dynamodb_table": "locks"}  # type: ignore[dict-item]
    made = there()
    made.data_dir.mkdir()
    (made.data_dir / "terraform.tfstate").write_text(
        json.dumps({"backend": {"type": "s3", "config": config}})
    )
    assert said(asked(state_lock.check_lock, made), OK) == "the state is not locked "
    if kept == "file":
        s3.put_object(Bucket=bucket, Key=f"{path}.tflock", Body=info.encode())
    else:
        item = {"LockID": {"S": f"{bucket}/{path}"}, "Info": {"S": info}}
        dynamodb.put_item(TableName="locks", Item=item)
    text = said(asked(state_lock.check_lock, made), STOP)
    assert "locked by sam@desk since 2026-01-01T10:00:00Z" in text
    # Before a rehearsal it is no stop: it may be free by the time it is needed.
    create(tables, NEW)
    assert "locked by sam@desk" in said(quick_checks.quick_checks(made), WARNING)
    assert said(quick_checks.quick_checks(made), STOP) == ""


def test_a_lock_that_may_not_be_read_is_not_known(there: Make) -> None:
    made = there()
    made.data_dir.mkdir()
    config = {"bucket": "nowhere", "key": "k", "region": "eu-west-1", "use_lockfile": True}
    (made.data_dir / "terraform.tfstate").write_text(
        json.dumps({"backend": {"type": "s3", "config": config}})
    )
    assert "is unknown" in said(asked(state_lock.check_lock, made), WARNING)
