"""What AWS answers for each type of the lab, where it matters to a plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Values = dict[str, Any]
_HERE = "eu-west-1:123456789012"
_LABEL = "2024-01-02T03:04:05.678"

_IDS: dict[str, Callable[[Values], str]] = {
    "aws_appautoscaling_policy": lambda v: v["name"],
    "aws_appautoscaling_target": lambda v: v["resource_id"],
    "aws_cloudwatch_metric_alarm": lambda v: v["alarm_name"],
    "aws_dynamodb_contributor_insights": lambda v: f"name:{v['table_name']}/index:/123456789012",
    "aws_dynamodb_kinesis_streaming_destination": lambda v: f"{v['table_name']},{v['stream_arn']}",
    "aws_dynamodb_resource_policy": lambda v: v["resource_arn"],
    "aws_dynamodb_table": lambda v: v["name"],
    "aws_ecs_task_definition": lambda v: v["family"],
    "aws_ram_resource_association": lambda v: f"{v['resource_share_arn']},{v['resource_arn']}",
    "aws_resourcegroups_resource": lambda v: f"{v['group_arn']},{v['resource_arn']}",
}
"""Identities that hold a table's name."""

_NAMES = ("name", "family", "function_name", "pipeline_name")


def made_up(attribute: str) -> str:
    """Return a text for an attribute that the provider computes."""
    return f"{attribute}-0123456789"


def answer(kind: str, values: Values) -> Values:
    """Return an object's attributes with ids and ARNs as AWS would give them."""
    name = next((name for key in _NAMES if (name := values.get(key))), "lab")
    found = dict(values)
    service, _, noun = kind.removeprefix("aws_").partition("_")
    if "id" in found:
        found["id"] = _IDS[kind](found) if kind in _IDS else f"{noun or service}-0123456789abcdef0"
    for key, value in found.items():
        if re.search(r"(?:^|_)arn$", key) and value == made_up(key):
            found[key] = f"arn:aws:{service}:{_HERE}:{noun}/{name if ' ' not in name else 'lab'}"
    if kind == "aws_dynamodb_table":
        arn = f"arn:aws:dynamodb:{_HERE}:table/{name}"
        found.update(arn=arn, stream_arn=f"{arn}/stream/{_LABEL}", stream_label=_LABEL)
        found["point_in_time_recovery"] = [{"enabled": True, "recovery_period_in_days": 35}]
    if kind == "aws_ecs_task_definition":
        found.update(arn=f"arn:aws:ecs:{_HERE}:task-definition/{name}:1", revision=1)
    return found
