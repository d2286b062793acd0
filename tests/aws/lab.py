"""Tables and alarms in the stand-in."""

from __future__ import annotations

import json
from typing import Any

from tfswap.aws.session import Aws

_KEYS = (("PK", "HASH"), ("SK", "RANGE"))


def make_table(
    aws: Aws,
    name: str,
    *,
    everything: bool = False,
    provisioned: bool = False,
    index: bool = True,
    restored_from: str = "",
    items: int = 0,
    **more: Any,
) -> dict[str, Any]:
    """Create a table as the demo's are; with everything a restore leaves out when asked."""
    dynamodb = aws.client("dynamodb")
    types = ["PK", "SK", *(["UID"] if index else [])]
    request: dict[str, Any] = {
        "KeySchema": [{"AttributeName": n, "KeyType": k} for n, k in _KEYS],
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in types],
        "BillingMode": "PROVISIONED" if provisioned else "PAY_PER_REQUEST",
    }
    if provisioned:
        request["ProvisionedThroughput"] = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
    if index:
        gsi: dict[str, Any] = {
            "IndexName": "UIDIndex",
            "KeySchema": [{"AttributeName": "UID", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
        if provisioned:
            gsi["ProvisionedThroughput"] = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 8}
        request["GlobalSecondaryIndexes"] = [gsi]
    if everything:
        request |= _features(aws)
    if restored_from:
        tag = {"Key": "standin:restored-from", "Value": restored_from}
        request["Tags"] = [*request.get("Tags", ()), tag]
    made = dynamodb.create_table(TableName=name, **{**request, **more})
    table: dict[str, Any] = made["TableDescription"]
    for number in range(items):
        dynamodb.put_item(TableName=name, Item={"PK": {"S": str(number)}, "SK": {"S": "x"}})
    if everything:
        _surround(aws, name, table["TableArn"])
    return table


def _features(aws: Aws) -> dict[str, Any]:
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    return {
        "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        "DeletionProtectionEnabled": True,
        "Tags": [{"Key": "owner", "Value": "lpa"}, {"Key": "environment", "Value": "production"}],
    }


def _surround(aws: Aws, name: str, arn: str) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    policy = {"Version": "2012-10-17", "Statement": []}
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy))
    dynamodb.update_table(TableName=name, ReplicaUpdates=[{"Create": {"RegionName": "eu-west-2"}}])
    aws.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId=f"table/{name}",
        ScalableDimension="dynamodb:table:ReadCapacityUnits",
        MinCapacity=1,
        MaxCapacity=10,
    )
    make_alarm(aws, f"{name}-throttles", name)


def make_alarm(
    aws: Aws,
    alarm: str,
    table: str,
    *,
    namespace: str = "AWS/DynamoDB",
    region: str | None = None,
    **dimensions: str,
) -> None:
    """Create an alarm on a table's metrics."""
    named = {"TableName": table, **dimensions}
    aws.client("cloudwatch", region).put_metric_alarm(
        AlarmName=alarm,
        Namespace=namespace,
        MetricName="ThrottledRequests",
        Dimensions=[{"Name": name, "Value": value} for name, value in named.items()],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=1,
    )
