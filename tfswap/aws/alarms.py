"""CloudWatch alarms that watch one table (runbook, "Delete the old table").

An alarm is the table's own when every table it names is that table, exactly. One that also watches
another table, or whose expression cannot be read as a list of metrics, is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tfswap.aws.calls import calling
from tfswap.names import mentions

_NAMESPACE = "AWS/DynamoDB"
_DIMENSION = "TableName"
_TRACKING = "TargetTracking-"
"""How Application Auto Scaling names the alarms of its policies; they are not deleted by hand
(user guide, "Target tracking scaling policies", "Considerations")."""
_MAX_NAMES = 100
"""Alarms deleted in one call (CloudWatch API reference, ``DeleteAlarms``)."""


class Alarm(NamedTuple):
    """An alarm on a table's metrics."""

    name: str
    only: bool
    """Whether it watches this table and nothing else, and goes with it."""
    of_scaling: bool = False
    """Whether a scaling policy made it, and takes it away again."""


def alarms_on(cloudwatch: Any, table: str) -> Iterator[Alarm]:
    """Yield the alarms of a region that watch a table.

    Raises:
        AwsError: CloudWatch does not tell.
    """
    with calling(f"list the CloudWatch alarms on {table}"):
        pages = cloudwatch.get_paginator("describe_alarms")
        for page in pages.paginate(AlarmTypes=["MetricAlarm"]):
            for each in page.get("MetricAlarms", ()):
                watched = list(_watched(each))
                if table in watched:
                    name = each["AlarmName"]
                    of_scaling = name.startswith(_TRACKING)
                    alone = all(one == table for one in watched)
                    yield Alarm(name, alone and not of_scaling, of_scaling)


def delete_alarms(cloudwatch: Any, names: Sequence[str]) -> None:
    """Delete alarms by name.

    Raises:
        AwsError: CloudWatch refused; those of earlier batches are gone.
    """
    for start in range(0, len(names), _MAX_NAMES):
        some = list(names[start : start + _MAX_NAMES])
        with calling(f"delete the CloudWatch alarms {', '.join(some[:3])}…"):
            cloudwatch.delete_alarms(AlarmNames=some)


def _watched(alarm: Mapping[str, Any]) -> Iterator[str | None]:
    """Yield the table of each metric of an alarm; None for a metric of anything else."""
    if alarm.get("MetricName"):
        yield _table_of(alarm)
    for query in alarm.get("Metrics") or ():
        if "MetricStat" in query:
            yield _table_of(query["MetricStat"]["Metric"])
        elif _uses_other_metrics(query.get("Expression", "")):
            yield None


def _table_of(metric: Mapping[str, Any]) -> str | None:
    if metric.get("Namespace") != _NAMESPACE:
        return None
    named = {each["Name"]: each["Value"] for each in metric.get("Dimensions") or ()}
    return named.get(_DIMENSION)


def _uses_other_metrics(expression: str) -> bool:
    """Whether a metric math expression takes in more than the alarm's other metrics.

    ``SEARCH`` and ``SELECT`` (Metrics Insights) find metrics by themselves (CloudWatch user guide,
    "Using math expressions with CloudWatch metrics").
    """
    return bool(mentions(expression.upper(), "SEARCH") or mentions(expression.upper(), "SELECT"))
