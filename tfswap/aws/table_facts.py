"""Everything AWS tells of one DynamoDB table, as frozen data.

Reads only. Shapes: DynamoDB API reference, ``DescribeTable`` and its kin; Application Auto Scaling,
``DescribeScalableTargets``; CloudWatch, ``DescribeAlarms``. What a restore leaves out lies outside
``DescribeTable`` for the most part, and each piece needs a permission of its own: a piece that is
refused is ``UnknownFact``, never absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from tfswap.aws.alarms import Alarm, alarms_on
from tfswap.aws.calls import calling
from tfswap.aws.errors import code_of
from tfswap.aws.session import Aws
from tfswap.aws.table_schema import SchemaDifference, TableSchema, differences, schema_in_api
from tfswap.aws.unknown_facts import UnknownFact, known

ACTIVE = "ACTIVE"
_MAX_TARGETS = 40
"""Resource ids asked for in one call; the service answers at most 50 targets a page."""


class Billing(NamedTuple):
    """How reads and writes are paid for."""

    on_demand: bool
    capacity: tuple[tuple[str, int, int], ...] = ()
    """Provisioned: index name (empty for the table), read and write units."""

    def __str__(self) -> str:
        if self.on_demand:
            return "on demand"
        units = (
            f"{name + ' ' if name else ''}{read}/{write}" for name, read, write in self.capacity
        )
        return f"provisioned {', '.join(units)}"


class Replica(NamedTuple):
    """A copy of the table in another region (global tables, version 2019.11.21)."""

    region: str
    status: str


class ScalingTarget(NamedTuple):
    """One autoscaled capacity."""

    resource: str
    """``table/NAME`` or ``table/NAME/index/INDEX``."""
    dimension: str
    """``dynamodb:table:ReadCapacityUnits``…"""
    least: int
    most: int


@dataclass(frozen=True)
class TableFacts:
    """One table as AWS describes it now."""

    name: str
    arn: str
    id: str
    """AWS's own id: another one is another table, even under the same name."""
    region: str
    status: str
    created: datetime | None
    schema: TableSchema
    index_status: tuple[tuple[str, str], ...]
    """Global indexes by name; one that is ``CREATING`` is still being filled."""
    billing: Billing
    table_class: str
    sse: str
    """``AWS owned key`` or ``KMS``."""
    key_arn: str
    """The KMS key, or empty where AWS owns it."""
    items: int
    """As counted by DynamoDB about every six hours."""
    bytes: int
    """As ``items``."""
    stream: str
    """View type; empty where there is none."""
    stream_arn: str
    """Of its latest stream, which may be off; empty where it never had one."""
    protected: bool
    """Deletion protection."""
    replicas: tuple[Replica, ...]
    """In other regions than this."""
    multi_region: str
    """``STRONG`` or ``EVENTUAL`` consistency among them; empty where there are none."""
    tags: Mapping[str, str] | UnknownFact
    ttl: str | UnknownFact
    """The attribute; empty where TTL is off."""
    pitr: bool | UnknownFact
    policy: bool | UnknownFact
    """Whether a resource policy hangs on it."""
    targets: tuple[ScalingTarget, ...] | UnknownFact
    alarms: tuple[Alarm, ...] | UnknownFact
    """Alarms on this table's metrics in its region."""


def describe(aws: Aws, name: str, region: str | None = None) -> TableFacts:
    """Return everything about a table.

    Args:
        aws: The door to its account.
        name: Physical name.
        region: Another region than the door's: a replica's.

    Raises:
        MissingError: There is no such table.
        AwsError: AWS does not tell of the table itself.
    """
    region = region or aws.region
    dynamodb = aws.client("dynamodb", region)
    table = describe_table(dynamodb, name)
    schema, arn = schema_in_api(table), table["TableArn"]
    indexes = [index.name for index in schema.indexes if index.kind == "index"]
    autoscaling = aws.client("application-autoscaling", region)
    cloudwatch = aws.client("cloudwatch", region)
    sse = table.get("SSEDescription") or {}
    return TableFacts(
        name=table["TableName"],
        arn=arn,
        id=table.get("TableId", ""),
        region=region,
        status=table["TableStatus"],
        created=table.get("CreationDateTime"),
        schema=schema,
        index_status=_index_status(table),
        billing=_billing(table),
        table_class=(table.get("TableClassSummary") or {}).get("TableClass", "STANDARD"),
        sse=sse.get("SSEType", "") or "AWS owned key",
        key_arn=sse.get("KMSMasterKeyArn", ""),
        items=table.get("ItemCount", 0),
        bytes=table.get("TableSizeBytes", 0),
        stream=_stream(table),
        stream_arn=table.get("LatestStreamArn", ""),
        protected=bool(table.get("DeletionProtectionEnabled")),
        replicas=_replicas(table, region),
        multi_region=table.get("MultiRegionConsistency", ""),
        tags=known(lambda: _tags(dynamodb, arn)),
        ttl=known(lambda: _ttl(dynamodb, name)),
        pitr=known(lambda: _pitr(dynamodb, name)),
        policy=known(lambda: _has_policy(dynamodb, arn)),
        targets=known(lambda: tuple(_targets(autoscaling, name, indexes))),
        alarms=known(lambda: tuple(alarms_on(cloudwatch, name))),
    )


def describe_table(dynamodb: Any, name: str) -> dict[str, Any]:
    """Return ``DescribeTable``'s answer.

    Raises:
        MissingError: There is no such table.
        AwsError: AWS does not tell.
    """
    with calling(f"describe the table {name}"):
        found: dict[str, Any] = dynamodb.describe_table(TableName=name)["Table"]
    return found


def schema_differences(
    outgoing: TableFacts | TableSchema, restored: TableFacts | TableSchema
) -> list[SchemaDifference]:
    """Return how keys, attribute types and indexes differ; empty when they do not.

    Each side is a table as AWS describes it, or a schema, e.g. ``schema_in_state``'s.
    """
    sides = [
        each if isinstance(each, TableSchema) else each.schema for each in (outgoing, restored)
    ]
    return differences(*sides)


def _index_status(table: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    listed = (*(table.get("GlobalSecondaryIndexes") or ()), *(table.get("VectorIndexes") or ()))
    return tuple((each["IndexName"], each.get("IndexStatus", ACTIVE)) for each in listed)


def _billing(table: Mapping[str, Any]) -> Billing:
    """Return the billing mode; a table that was never on demand has no summary of it."""
    if (table.get("BillingModeSummary") or {}).get("BillingMode") == "PAY_PER_REQUEST":
        return Billing(True)
    holders = [("", table), *((i["IndexName"], i) for i in table.get("GlobalSecondaryIndexes", []))]
    return Billing(False, tuple((name, *_units(holder)) for name, holder in holders))


def _units(holder: Mapping[str, Any]) -> tuple[int, int]:
    given = holder.get("ProvisionedThroughput") or {}
    return int(given.get("ReadCapacityUnits", 0)), int(given.get("WriteCapacityUnits", 0))


def _stream(table: Mapping[str, Any]) -> str:
    given = table.get("StreamSpecification") or {}
    return str(given.get("StreamViewType", "on")) if given.get("StreamEnabled") else ""


def _replicas(table: Mapping[str, Any], region: str) -> tuple[Replica, ...]:
    """Return the copies elsewhere: AWS also lists the table's own region among them."""
    found = (
        Replica(each["RegionName"], each.get("ReplicaStatus", ""))
        for each in table.get("Replicas") or ()
    )
    return tuple(sorted(replica for replica in found if replica.region != region))


def _tags(dynamodb: Any, arn: str) -> dict[str, str]:
    with calling(f"list the tags of {arn}"):
        pages = dynamodb.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page.get("Tags", ())}


def _ttl(dynamodb: Any, name: str) -> str:
    with calling(f"read the TTL of {name}"):
        answer = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    on = answer.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    return str(answer.get("AttributeName", "on")) if on else ""


def _pitr(dynamodb: Any, name: str) -> bool:
    with calling(f"read the point-in-time recovery of {name}"):
        answer = dynamodb.describe_continuous_backups(TableName=name)
    given = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription") or {}
    return bool(given.get("PointInTimeRecoveryStatus") == "ENABLED")


def _has_policy(dynamodb: Any, arn: str) -> bool:
    """Say whether there is one; that there is none comes as an error of its own."""
    from botocore.exceptions import ClientError

    with calling(f"read the resource policy of {arn}"):
        try:
            return bool(dynamodb.get_resource_policy(ResourceArn=arn).get("Policy"))
        except ClientError as error:
            if code_of(error) == "PolicyNotFoundException":
                return False
            raise


def _targets(autoscaling: Any, name: str, indexes: list[str]) -> Iterator[ScalingTarget]:
    """Yield the autoscaled capacities of a table and its indexes."""
    ids = [f"table/{name}", *(f"table/{name}/index/{index}" for index in indexes)]
    pages = autoscaling.get_paginator("describe_scalable_targets")
    with calling(f"read the autoscaling of {name}"):
        for start in range(0, len(ids), _MAX_TARGETS):
            some = ids[start : start + _MAX_TARGETS]
            for page in pages.paginate(ServiceNamespace="dynamodb", ResourceIds=some):
                for each in page["ScalableTargets"]:
                    yield ScalingTarget(
                        each["ResourceId"],
                        each["ScalableDimension"],
                        each["MinCapacity"],
                        each["MaxCapacity"],
                    )
