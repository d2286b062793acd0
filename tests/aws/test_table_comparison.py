"""Two tables side by side: every part gets its mark, and nothing is taken as absent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from tfswap.aws.alarms import Alarm
from tfswap.aws.errors import ThrottledError
from tfswap.aws.item_count import cost, count_items
from tfswap.aws.session import Aws
from tfswap.aws.table_comparison import ComparisonRow, RowMark, TableComparison, compare
from tfswap.aws.table_facts import Billing, Replica, ScalingTarget, TableFacts
from tfswap.aws.table_schema import KeyAttribute, TableIndex, TableSchema
from tfswap.aws.unknown_facts import UnknownFact

SCHEMA = TableSchema(
    (KeyAttribute("PK", "HASH"), KeyAttribute("SK", "RANGE")),
    (("PK", "S"), ("SK", "S"), ("UID", "S")),
    (TableIndex("UIDIndex", "index", (KeyAttribute("UID", "HASH"),), "ALL"),),
)
OLD = TableFacts(
    name="production-Lpas",
    arn="arn:aws:dynamodb:eu-west-1:123456789012:table/production-Lpas",
    id="1",
    region="eu-west-1",
    status="ACTIVE",
    created=datetime(2023, 1, 2, tzinfo=UTC),
    schema=SCHEMA,
    index_status=(("UIDIndex", "ACTIVE"),),
    billing=Billing(True),
    table_class="STANDARD",
    sse="KMS",
    key_arn="arn:aws:kms:eu-west-1:123456789012:key/k",
    items=1000,
    bytes=81920,
    stream="NEW_AND_OLD_IMAGES",
    stream_arn="",
    protected=True,
    replicas=(Replica("eu-west-2", "ACTIVE"),),
    multi_region="EVENTUAL",
    tags={"owner": "lpa"},
    ttl="expires",
    pitr=True,
    policy=True,
    targets=(ScalingTarget("table/x", "dynamodb:table:ReadCapacityUnits", 1, 2),),
    alarms=(Alarm("busy", True),),
)
NEW = replace(
    OLD,
    name="production-Lpas-20240715",
    stream="",
    protected=False,
    replicas=(),
    tags={},
    ttl="",
    pitr=False,
    policy=False,
    targets=(),
    alarms=(),
)


def marks(comparison: TableComparison) -> dict[str, RowMark]:
    return {row.part: row.mark for row in comparison.rows}


def row(comparison: TableComparison, part: str) -> ComparisonRow:
    return next(row for row in comparison.rows if row.part == part)


def test_a_fresh_restore() -> None:
    found = marks(compare(OLD, NEW))
    plan = {"tag owner", "TTL", "point-in-time recovery", "stream", "deletion protection"}
    nobody = {"autoscaling", "alarms", "resource policy", "replicas"}
    assert {part for part, mark in found.items() if mark is RowMark.PLAN} == plan
    assert {part for part, mark in found.items() if mark is RowMark.NOBODY} == nobody
    assert all(mark is RowMark.SAME for part, mark in found.items() if part not in plan | nobody)


def test_what_terraform_hangs_on_the_table_comes_back_with_the_plan() -> None:
    address = "aws_dynamodb_resource_policy.lpas_table"
    done = compare(OLD, NEW, {"aws_dynamodb_resource_policy": address})
    assert row(done, "resource policy").mark is RowMark.PLAN
    assert address in row(done, "resource policy").note
    assert row(done, "replicas").mark is RowMark.NOBODY


@pytest.mark.parametrize("part", ["tags", "ttl", "pitr", "policy", "targets", "alarms"])
def test_what_aws_does_not_tell_is_neither_same_nor_lost(part: str) -> None:
    refused: dict[str, Any] = {part: UnknownFact("Could not look: AccessDenied: no")}
    for done in (
        compare(replace(OLD, **refused), NEW),
        compare(OLD, replace(NEW, **refused)),
        compare(replace(OLD, **refused), replace(NEW, **refused)),
    ):
        (unknown,) = [row for row in done.rows if row.mark is RowMark.NOT_KNOWN]
        assert "AccessDenied" in unknown.note
        assert "unknown" in (unknown.outgoing, unknown.restored)


def test_only_keys_types_and_indexes_block() -> None:
    others = replace(NEW, sse="AWS owned key", key_arn="", billing=Billing(False, (("", 1, 1),)))
    done = compare(OLD, replace(others, items=1, table_class="STANDARD_INFREQUENT_ACCESS"))
    assert {"encryption", "key ARN", "billing", "table class"} == {
        part for part, mark in marks(done).items() if mark is RowMark.DIFFERS
    }
    assert not done.blocks
    for schema in (
        replace(SCHEMA, keys=SCHEMA.keys[:1]),
        replace(SCHEMA, types=(("PK", "N"), *SCHEMA.types[1:])),
        replace(SCHEMA, indexes=()),
    ):
        assert compare(OLD, replace(NEW, schema=schema)).blocks


def test_a_table_or_index_in_the_making_is_not_ready() -> None:
    assert not compare(OLD, NEW).waits
    assert compare(OLD, replace(NEW, status="CREATING")).waits
    assert compare(OLD, replace(NEW, index_status=(("UIDIndex", "CREATING"),))).waits


def test_six_hourly_counts_are_for_people_to_judge() -> None:
    done = compare(OLD, replace(NEW, items=0, bytes=0))
    assert row(done, "items").mark is RowMark.JUDGE
    assert "six hours" in row(done, "items").note
    exact = compare(OLD, replace(NEW, items=0), counted=(1007, 1000))
    assert (row(exact, "items, exact").outgoing, row(exact, "items, exact").restored) == (
        "1,007",
        "1,000",
    )


def test_what_only_the_restored_table_has_is_said() -> None:
    done = compare(replace(OLD, pitr=False, tags={}), replace(NEW, pitr=True, tags={"x": "y"}))
    assert row(done, "point-in-time recovery").mark is RowMark.DIFFERS
    assert row(done, "tag x").mark is RowMark.DIFFERS


def test_a_count_goes_through_every_page(aws: Aws) -> None:
    client = aws.client("dynamodb")
    stub = Stubber(client)
    asked = {"TableName": "production-Lpas", "Select": "COUNT", "ConsistentRead": True}
    key = {"PK": {"S": "a"}}
    stub.add_response("scan", {"Count": 3, "LastEvaluatedKey": key}, asked)
    stub.add_response("scan", {"Count": 4}, {**asked, "ExclusiveStartKey": key})
    shown: list[int] = []
    with stub:
        assert count_items(client, "production-Lpas", shown.append) == 7
    assert shown == [3, 7]
    stub.assert_no_pending_responses()


def test_a_count_cut_off_is_no_count(aws: Aws) -> None:
    client = aws.client("dynamodb")
    stub = Stubber(client)
    stub.add_response("scan", {"Count": 3, "LastEvaluatedKey": {"PK": {"S": "a"}}})
    stub.add_client_error("scan", "ProvisionedThroughputExceededException", "slow down")
    with stub, pytest.raises(ThrottledError):
        count_items(client, "production-Lpas", lambda _: None)


def test_the_price_of_a_count() -> None:
    assert cost(OLD) == 20
    assert cost(replace(OLD, bytes=0)) == 1
