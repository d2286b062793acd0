"""Quiet, backed up, unprotected, deleted: over HTTP where the stand-in can, else the Stubber."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from tests.aws.lab import make_table
from tfswap.aws import deletion
from tfswap.aws.errors import DeniedError, MissingError
from tfswap.aws.final_backup import find_final_backup, start_final_backup, wait_for_final_backup
from tfswap.aws.session import Aws
from tfswap.aws.table_facts import describe
from tfswap.aws.table_usage import table_usage, window
from tfswap.aws.wait import Clock, WaitOptions
from tfswap.errors import AwsError

NAME = "production-Lpas"
NOW = datetime(2024, 7, 17, 10, 30, tzinfo=UTC)
FAST = WaitOptions(clock=Clock(sleep=lambda _: None))


@pytest.fixture(autouse=True)
def empty(aws: Aws, endpoint: str) -> Iterator[None]:
    import urllib.request

    request = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")
    urllib.request.urlopen(request).close()
    yield


def consume(aws: Aws, metric: str, value: float, at: datetime, **dimensions: str) -> None:
    named = {"TableName": NAME, **dimensions}
    aws.client("cloudwatch").put_metric_data(
        Namespace="AWS/DynamoDB",
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": n, "Value": v} for n, v in named.items()],
                "Timestamp": at,
                "Value": value,
            }
        ],
    )


def test_the_window_is_whole_hours_and_reaches_ahead_of_a_slow_clock() -> None:
    start, end = window(NOW, 24)
    assert start == datetime(2024, 7, 16, 10, tzinfo=UTC)
    assert end > NOW + timedelta(hours=1)


def test_use_is_found_by_table_and_by_index(aws: Aws) -> None:
    cloudwatch = aws.client("cloudwatch")
    now = datetime.now(UTC)
    start, end = window(now, 24)
    assert table_usage(cloudwatch, NAME, ["UIDIndex"], start, end) == []
    consume(aws, "ConsumedReadCapacityUnits", 0.0, now - timedelta(hours=1))
    consume(aws, "ConsumedWriteCapacityUnits", 5.0, now - timedelta(hours=30))
    assert table_usage(cloudwatch, NAME, ["UIDIndex"], start, end) == []
    consume(aws, "ConsumedWriteCapacityUnits", 2.5, now - timedelta(hours=3))
    consume(
        aws,
        "ConsumedReadCapacityUnits",
        0.5,
        now - timedelta(hours=2),
        GlobalSecondaryIndexName="UIDIndex",
    )
    found = table_usage(cloudwatch, NAME, ["UIDIndex"], start, end)
    assert [(use.what, use.units) for use in found] == [
        ("reads of index UIDIndex", 0.5),
        ("writes", 2.5),
    ]
    assert now - timedelta(hours=4) < found[1].last <= now - timedelta(hours=3)


def answer(status: str, *values: float) -> dict[str, Any]:
    times = [NOW - timedelta(hours=hour) for hour in range(len(values))]
    return {"Timestamps": times, "Values": list(values), "StatusCode": status}


def stubbed(aws: Aws, *pages: dict[str, Any]) -> Any:
    client = aws.client("cloudwatch")
    stub = Stubber(client)
    for page in pages:
        expected: dict[str, Any] = {"MetricDataQueries": ANY, "StartTime": ANY, "EndTime": ANY}
        if page is not pages[0]:
            expected["NextToken"] = "more"
        stub.add_response("get_metric_data", page, expected)
    stub.activate()
    return client


def test_pages_are_added_up(aws: Aws) -> None:
    first = [{"Id": "m0", **answer("PartialData", 0, 0)}, {"Id": "m1", **answer("Complete")}]
    second = [{"Id": "m0", **answer("Complete", 0, 3)}]
    client = stubbed(
        aws,
        {"MetricDataResults": first, "NextToken": "more"},
        {"MetricDataResults": second},
    )
    (use,) = table_usage(client, NAME, [], *window(NOW, 24))
    assert (use.what, use.units, use.last) == ("reads", 3, NOW - timedelta(hours=1))


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_an_answer_that_is_not_whole_is_no_zero(aws: Aws, status: str) -> None:
    results = [{"Id": "m0", **answer("Complete")}, {"Id": "m1", **answer(status)}]
    client = stubbed(aws, {"MetricDataResults": results})
    with pytest.raises(AwsError, match=status):
        table_usage(client, NAME, [], *window(NOW, 24))


def test_a_metric_without_any_answer_is_no_zero(aws: Aws) -> None:
    client = stubbed(aws, {"MetricDataResults": [{"Id": "m0", **answer("Complete")}]})
    with pytest.raises(AwsError, match="no answer"):
        table_usage(client, NAME, [], *window(NOW, 24))


def test_metrics_that_are_refused(aws: Aws) -> None:
    client = aws.client("cloudwatch")
    stub = Stubber(client)
    stub.add_client_error("get_metric_data", "AccessDenied", "no")
    with stub, pytest.raises(DeniedError):
        table_usage(client, NAME, [], *window(NOW, 24))


def test_a_final_backup_is_made_found_and_waited_for(aws: Aws) -> None:
    make_table(aws, NAME)
    dynamodb = aws.client("dynamodb")
    since = datetime.now(UTC) - timedelta(hours=1)
    assert find_final_backup(dynamodb, NAME, since) is None
    arn = start_final_backup(dynamodb, NAME, NOW)
    wait_for_final_backup(dynamodb, arn, FAST)
    found = find_final_backup(dynamodb, NAME, since)
    assert found is not None
    assert (found.arn, found.name) == (arn, "tfswap-final-production-Lpas-20240717T103000Z")
    assert find_final_backup(dynamodb, NAME, datetime.now(UTC) + timedelta(hours=1)) is None
    long = "x" * 255
    make_table(aws, long)
    start_final_backup(dynamodb, long, NOW)


def summary(status: str, kind: str, hours: int, name: str = NAME) -> dict[str, Any]:
    return {
        "TableName": name,
        "BackupArn": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{name}/backup/{hours:032}",
        "BackupName": f"{kind}-{hours}",
        "BackupStatus": status,
        "BackupType": kind,
        "BackupCreationDateTime": NOW - timedelta(hours=hours),
    }


def test_only_an_own_whole_and_late_enough_backup_counts(aws: Aws) -> None:
    client = aws.client("dynamodb")
    stub = Stubber(client)
    listed = [
        summary("AVAILABLE", "SYSTEM", 1),
        summary("AVAILABLE", "AWS_BACKUP", 1),
        summary("DELETED", "USER", 2),
        summary("AVAILABLE", "USER", 30),
        summary("AVAILABLE", "USER", 1, NAME + "-20240715"),
    ]
    asked = {"TableName": NAME, "BackupType": "USER", "TimeRangeLowerBound": ANY}
    stub.add_response("list_backups", {"BackupSummaries": listed}, asked)
    more = [*listed, summary("CREATING", "USER", 1), summary("AVAILABLE", "USER", 3)]
    stub.add_response("list_backups", {"BackupSummaries": more}, asked)
    with stub:
        since = NOW - timedelta(hours=24)
        assert find_final_backup(client, NAME, since) is None
        found = find_final_backup(client, NAME, since)
    assert found is not None
    assert (found.name, found.status) == ("USER-3", "AVAILABLE")


def test_a_backup_that_is_deleted_while_it_is_waited_for(aws: Aws) -> None:
    client = aws.client("dynamodb")
    stub = Stubber(client)
    for status in ("CREATING", "CREATING", "DELETED"):
        details = summary(status, "USER", 0)
        details.pop("TableName")
        stub.add_response("describe_backup", {"BackupDescription": {"BackupDetails": details}})
    with stub, pytest.raises(AwsError, match="is DELETED"):
        wait_for_final_backup(client, details["BackupArn"], FAST)
    stub.assert_no_pending_responses()


def test_protection_goes_on_and_off_and_twice_is_once(aws: Aws) -> None:
    make_table(aws, NAME)
    dynamodb = aws.client("dynamodb")
    for on in (True, True, False, False):
        deletion.set_protection(dynamodb, NAME, on, FAST)
        assert deletion.is_protected(dynamodb, NAME) is on
    with pytest.raises(MissingError):
        deletion.set_protection(dynamodb, "production-None", True, FAST)


def test_replicas_then_the_table_and_again(aws: Aws) -> None:
    make_table(aws, NAME, everything=True)
    dynamodb = aws.client("dynamodb")
    for _ in range(2):
        deletion.delete_replica(dynamodb, NAME, "eu-west-2", FAST)
    assert describe(aws, NAME).replicas == ()
    with pytest.raises(AwsError, match="DeletionProtectionEnabled"):
        deletion.delete_table(dynamodb, NAME, FAST)
    deletion.set_protection(dynamodb, NAME, False, FAST)
    for _ in range(2):
        deletion.delete_table(dynamodb, NAME, FAST)
    with pytest.raises(MissingError):
        describe(aws, NAME)


def table(status: str, **more: Any) -> dict[str, Any]:
    return {"Table": {"TableName": NAME, "TableStatus": status, **more}}


def test_a_table_that_is_being_deleted_is_waited_for_not_deleted_again(aws: Aws) -> None:
    client = aws.client("dynamodb")
    stub = Stubber(client)
    for _ in range(3):
        stub.add_response("describe_table", table("DELETING"))
    stub.add_client_error("describe_table", "ResourceNotFoundException", "gone")
    with stub:
        deletion.delete_table(client, NAME, FAST)
    stub.assert_no_pending_responses()


def test_a_replica_goes_slowly_and_throttling_does_not_end_the_wait(aws: Aws) -> None:
    client = aws.client("dynamodb")
    stub = Stubber(client)
    there = [{"RegionName": "eu-west-2", "ReplicaStatus": "ACTIVE"}]
    going = [{"RegionName": "eu-west-2", "ReplicaStatus": "DELETING"}]
    stub.add_response("describe_table", table("UPDATING", Replicas=there))
    stub.add_response("describe_table", table("UPDATING", Replicas=there))
    stub.add_response("describe_table", table("ACTIVE", Replicas=there))
    stub.add_response(
        "update_table",
        {},
        {"TableName": NAME, "ReplicaUpdates": [{"Delete": {"RegionName": "eu-west-2"}}]},
    )
    stub.add_response("describe_table", table("UPDATING", Replicas=going))
    stub.add_client_error("describe_table", "ThrottlingException", "slow")
    stub.add_response("describe_table", table("ACTIVE"))
    with stub:
        deletion.delete_replica(client, NAME, "eu-west-2", FAST)
    stub.assert_no_pending_responses()
