"""What AWS tells of a table: over HTTP from the stand-in, refusals through the Stubber."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from tests.aws.lab import make_alarm, make_table
from tfswap.aws import table_facts
from tfswap.aws.alarms import Alarm, alarms_on, delete_alarms
from tfswap.aws.errors import MissingError, ThrottledError
from tfswap.aws.session import Aws
from tfswap.aws.table_facts import Billing, ScalingTarget, describe, schema_differences
from tfswap.aws.table_schema import KeyAttribute
from tfswap.aws.unknown_facts import UnknownFact, known


@pytest.fixture(autouse=True)
def empty(aws: Aws, endpoint: str) -> Iterator[None]:
    import urllib.request

    request = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")
    urllib.request.urlopen(request).close()
    yield


def test_a_bare_table(aws: Aws) -> None:
    make_table(aws, "production-Lpas")
    facts = describe(aws, "production-Lpas")
    assert facts.arn == "arn:aws:dynamodb:eu-west-1:123456789012:table/production-Lpas"
    assert facts.status == table_facts.ACTIVE
    assert facts.schema.keys == (KeyAttribute("PK", "HASH"), KeyAttribute("SK", "RANGE"))
    assert [index.name for index in facts.schema.indexes] == ["UIDIndex"]
    assert facts.index_status == (("UIDIndex", "ACTIVE"),)
    assert facts.billing == Billing(True)
    assert facts.sse == "AWS owned key"
    assert (facts.tags, facts.ttl, facts.pitr, facts.policy) == ({}, "", False, False)
    assert (facts.stream, facts.protected, facts.replicas) == ("", False, ())
    assert (facts.targets, facts.alarms) == ((), ())
    assert facts.created is not None


def test_a_table_with_everything(aws: Aws) -> None:
    make_table(aws, "production-Lpas", everything=True)
    facts = describe(aws, "production-Lpas")
    assert facts.sse == "KMS"
    assert ":key/" in facts.key_arn
    assert facts.tags == {"owner": "lpa", "environment": "production"}
    assert (facts.ttl, facts.pitr, facts.policy) == ("expires", True, True)
    assert (facts.stream, facts.protected) == ("NEW_AND_OLD_IMAGES", True)
    assert [replica.region for replica in facts.replicas] == ["eu-west-2"]
    assert facts.targets == (
        ScalingTarget("table/production-Lpas", "dynamodb:table:ReadCapacityUnits", 1, 10),
    )
    assert facts.alarms == (Alarm("production-Lpas-throttles", True),)
    there = describe(aws, "production-Lpas", "eu-west-2")
    assert there.region == "eu-west-2"


def test_provisioned_capacity_is_told_with_its_indexes(aws: Aws) -> None:
    make_table(aws, "production-Lpas", provisioned=True)
    assert str(describe(aws, "production-Lpas").billing) == "provisioned 5/6, UIDIndex 7/8"


def test_a_table_that_is_not_there(aws: Aws) -> None:
    with pytest.raises(MissingError, match="describe the table production-None"):
        describe(aws, "production-None")


def test_two_tables_made_alike_have_the_same_schema(aws: Aws) -> None:
    make_table(aws, "production-Lpas", everything=True)
    make_table(aws, "production-Lpas-20240715")
    make_table(aws, "production-Lpas-20240716", index=False)
    outgoing = describe(aws, "production-Lpas")
    assert schema_differences(outgoing, describe(aws, "production-Lpas-20240715")) == []
    other = describe(aws, "production-Lpas-20240716").schema
    assert [each.what for each in schema_differences(outgoing, other)] == [
        "attribute UID",
        "index UIDIndex",
    ]


def refusing(client: Any, method: str, code: str) -> Any:
    stub = Stubber(client)
    stub.add_client_error(method, code, "no")
    stub.activate()
    return client


@pytest.mark.parametrize(
    ("service", "method", "ask"),
    [
        ("dynamodb", "list_tags_of_resource", lambda c: table_facts._tags(c, "arn:aws:x")),
        ("dynamodb", "describe_time_to_live", lambda c: table_facts._ttl(c, "production-Lpas")),
        (
            "dynamodb",
            "describe_continuous_backups",
            lambda c: table_facts._pitr(c, "production-Lpas"),
        ),
        ("dynamodb", "get_resource_policy", lambda c: table_facts._has_policy(c, "arn:aws:x")),
        (
            "application-autoscaling",
            "describe_scalable_targets",
            lambda c: tuple(table_facts._targets(c, "production-Lpas", [])),
        ),
        ("cloudwatch", "describe_alarms", lambda c: tuple(alarms_on(c, "production-Lpas"))),
    ],
)
def test_a_refused_part_is_not_known(aws: Aws, service: str, method: str, ask: Any) -> None:
    shown = known(lambda: ask(refusing(aws.client(service), method, "AccessDeniedException")))
    assert isinstance(shown, UnknownFact)
    assert "AccessDenied" in shown.why
    with pytest.raises(ThrottledError):
        known(lambda: ask(refusing(aws.client(service), method, "ThrottlingException")))


def test_a_policy_that_is_refused_is_not_one_that_is_not_there(aws: Aws) -> None:
    client = refusing(aws.client("dynamodb"), "get_resource_policy", "PolicyNotFoundException")
    assert table_facts._has_policy(client, "arn:aws:x") is False


def test_a_table_that_vanishes_in_mid_way_is_not_taken_for_a_bare_one(aws: Aws) -> None:
    make_table(aws, "production-Lpas")
    with pytest.raises(MissingError):
        known(lambda: table_facts._ttl(aws.client("dynamodb"), "production-None"))


def test_the_own_region_is_no_replica() -> None:
    listed = [
        {"RegionName": "eu-west-1", "ReplicaStatus": "ACTIVE"},
        {"RegionName": "eu-west-2", "ReplicaStatus": "CREATING"},
    ]
    assert table_facts._replicas({"Replicas": listed}, "eu-west-1") == (("eu-west-2", "CREATING"),)


def test_only_alarms_of_exactly_this_table_are_its_own(aws: Aws) -> None:
    make_alarm(aws, "mine", "production-Lpas")
    make_alarm(aws, "index", "production-Lpas", GlobalSecondaryIndexName="UIDIndex")
    make_alarm(aws, "restored", "production-Lpas-20240715")
    make_alarm(aws, "preproduction", "preproduction-Lpas")
    make_alarm(aws, "queue", "production-Lpas", namespace="Custom")
    metric = {"Namespace": "AWS/DynamoDB", "MetricName": "ThrottledRequests"}
    both = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {**metric, "Dimensions": [{"Name": "TableName", "Value": name}]},
                "Period": 60,
                "Stat": "Sum",
            },
        }
        for number, name in enumerate(("production-Lpas", "production-Lpas-20240715"))
    ]
    cloudwatch = aws.client("cloudwatch")
    common = {"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1}
    cloudwatch.put_metric_alarm(AlarmName="both", Metrics=both, **common)
    found = {alarm.name: alarm.only for alarm in alarms_on(cloudwatch, "production-Lpas")}
    assert found == {"mine": True, "index": True, "both": False}
    delete_alarms(cloudwatch, ["mine", "index"])
    assert [alarm.name for alarm in alarms_on(cloudwatch, "production-Lpas")] == ["both"]


def test_an_expression_that_finds_metrics_by_itself_is_not_the_tables_own(aws: Aws) -> None:
    client = aws.client("cloudwatch")
    stub = Stubber(client)
    own = {
        "Namespace": "AWS/DynamoDB",
        "MetricName": "SystemErrors",
        "Dimensions": [{"Name": "TableName", "Value": "production-Lpas"}],
    }
    metrics = [
        {"Id": "a", "MetricStat": {"Metric": own, "Period": 60, "Stat": "Sum"}},
        {"Id": "b", "Expression": "SUM(SEARCH('{AWS/DynamoDB,TableName}', 'Sum', 60))"},
    ]
    page = {"MetricAlarms": [{"AlarmName": "wide", "Metrics": metrics}]}
    stub.add_response("describe_alarms", page, {"AlarmTypes": ANY})
    stub.activate()
    assert list(alarms_on(client, "production-Lpas")) == [Alarm("wide", False)]
