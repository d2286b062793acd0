"""Whether anybody still reads or writes a table, from CloudWatch.

DynamoDB reports ``ConsumedReadCapacityUnits`` and ``ConsumedWriteCapacityUnits`` for a table and
for each of its global indexes, on demand as well as provisioned (developer guide, "DynamoDB metrics
and dimensions"); reading its stream counts as neither. Where nothing was consumed there may be no
data point at all: that counts as zero only when CloudWatch says the answer is complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tfswap.aws.calls import calling
from tfswap.errors import AwsError

_METRICS = ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")
_PERIOD = 3600
"""Kept by CloudWatch for 455 days, finer ones for less ("Metrics retention")."""
_MAX_QUERIES = 500
"""In one call (CloudWatch API reference, ``GetMetricData``)."""
_COMPLETE = "Complete"


class TableUsage(NamedTuple):
    """What was consumed of one kind, in the window."""

    what: str
    """``reads`` or ``writes``, and of which index."""
    units: float
    last: datetime
    """Beginning of the last hour in which something was consumed."""


def window(now: datetime, hours: int) -> tuple[datetime, datetime]:
    """Return from when to when is looked at: whole hours, as CloudWatch keeps them.

    The end lies ahead, for a clock that runs behind AWS's.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    return hour - timedelta(hours=hours), hour + timedelta(hours=2)


def table_usage(
    cloudwatch: Any, table: str, indexes: Sequence[str], start: datetime, end: datetime
) -> list[TableUsage]:
    """Return what was consumed of a table and its global indexes; empty when nothing was.

    Raises:
        AwsError: CloudWatch does not tell, or not everything.
    """
    asked = [(metric, index) for metric in _METRICS for index in ("", *indexes)]
    found: list[TableUsage] = []
    for first in range(0, len(asked), _MAX_QUERIES):
        found += _some(cloudwatch, table, asked[first : first + _MAX_QUERIES], start, end)
    return found


def _some(
    cloudwatch: Any,
    table: str,
    asked: Sequence[tuple[str, str]],
    start: datetime,
    end: datetime,
) -> Iterator[TableUsage]:
    queries = [_query(number, table, *each) for number, each in enumerate(asked)]
    points: dict[str, list[tuple[datetime, float]]] = {query["Id"]: [] for query in queries}
    status: dict[str, str] = {}
    with calling(f"read the consumed capacity of {table}"):
        pages = cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=start, EndTime=end
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                points[result["Id"]] += zip(result["Timestamps"], result["Values"], strict=True)
                status[result["Id"]] = result.get("StatusCode", "")
    for query, (metric, index) in zip(queries, asked, strict=True):
        _check_complete(table, status.get(query["Id"], "no answer"))
        spent = [(at, value) for at, value in points[query["Id"]] if value != 0]
        if spent:
            word = "reads" if "Read" in metric else "writes"
            what = f"{word} of index {index}" if index else word
            yield TableUsage(what, sum(value for _, value in spent), max(at for at, _ in spent))


def _check_complete(table: str, status: str) -> None:
    if status != _COMPLETE:
        raise AwsError(
            f"CloudWatch did not return the complete usage of {table} ({status}).",
            hint="Nothing was deleted. Wait a minute, then run the same command again.",
        )


def _query(number: int, table: str, metric: str, index: str) -> dict[str, Any]:
    dimensions = [{"Name": "TableName", "Value": table}]
    if index:
        dimensions.append({"Name": "GlobalSecondaryIndexName", "Value": index})
    named = {"Namespace": "AWS/DynamoDB", "MetricName": metric, "Dimensions": dimensions}
    stat = {"Metric": named, "Period": _PERIOD, "Stat": "Sum"}
    return {"Id": f"m{number}", "MetricStat": stat, "ReturnData": True}
