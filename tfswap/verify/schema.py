"""What provider schemas say and plan JSON does not: sets, computed blocks, computed names.

Taken from the schemas of hashicorp/aws 5.x. Attributes not listed count as lists (order matters)
and as settable (an unknown value needs a reason), so that a gap here refuses too much, never too
little.
"""

from __future__ import annotations

from typing import Any

from tfswap.plan.values import Path
from tfswap.verify.stateful_types import STATEFUL as STATEFUL

_SETS: dict[str, set[str]] = {
    "aws_backup_selection": {"resources", "not_resources", "condition", "selection_tag"},
    "aws_dynamodb_table": {
        "attribute",
        "global_secondary_index",
        "global_secondary_index.non_key_attributes",
        "local_secondary_index",
        "replica",
    },
    "aws_ecs_service": {
        "alarms.alarm_names",
        "capacity_provider_strategy",
        "load_balancer",
        "network_configuration.security_groups",
        "network_configuration.subnets",
        "placement_constraints",
    },
    "aws_ecs_task_definition": {
        "inference_accelerator",
        "placement_constraints",
        "requires_compatibilities",
        "volume",
    },
    "aws_lambda_function": {"vpc_config.security_group_ids", "vpc_config.subnet_ids"},
    "aws_osis_pipeline": {
        "ingest_endpoint_urls",
        "vpc_options.security_group_ids",
        "vpc_options.subnet_ids",
    },
    "aws_iam_role": {"inline_policy", "managed_policy_arns"},
    "aws_security_group": {"ingress", "egress"},
}

_COMPUTED_BLOCKS: dict[str, set[str]] = {
    "aws_backup_selection": {"condition", "not_resources"},
    "aws_dynamodb_table": {
        "global_secondary_index.read_capacity",
        "global_secondary_index.write_capacity",
        "point_in_time_recovery.recovery_period_in_days",
        "replica",
    },
}
"""Blocks, and arguments inside blocks, that are unknown though the configuration is silent. Dynamic
blocks are absent from the configuration in plan JSON, so that silence alone proves nothing."""

_COMPUTED_ON_UPDATE = frozenset(
    {
        "etag",
        "insecure_value",
        "last_modified",
        "last_modified_date",
        "last_modified_time",
        "last_updated_date",
        "latest_restorable_time",
        "qualified_arn",
        "qualified_invoke_arn",
        "revision",
        "stream_arn",
        "stream_label",
        "version",
        "version_id",
    }
)
"""What providers make unknown when an object is changed in place; all else keeps its value."""

_FROM_PROVIDER = frozenset({"tags", "tags_all"})
"""Set by the provider's own configuration (``default_tags``), never computed out of nothing."""


def is_set(kind: str, path: Path, before: list[Any], after: list[Any]) -> bool:
    """Return whether the collection at ``path`` has no order.

    Plan JSON writes sets of strings sorted, so strings sorted on both sides are taken for a set: in
    a list they would have to be in order both before and after by chance.
    """
    name = ".".join(part for part in path if isinstance(part, str))
    if name in _SETS.get(kind, ()):
        return True
    texts = all(isinstance(item, str) for item in (*before, *after))
    return texts and before == sorted(before) and after == sorted(after)


def may_be_computed(name: str, *, new_object: bool) -> bool:
    """Return whether a provider may leave this attribute unknown by itself.

    A new object has many such attributes (id, arn, endpoints); one that stays has few.
    """
    if name in _FROM_PROVIDER:
        return False
    return new_object or name in _COMPUTED_ON_UPDATE


def is_computed_block(kind: str, path: Path) -> bool:
    """Return whether the provider itself makes this block, or argument of one, unknown."""
    name = ".".join(part for part in path if isinstance(part, str))
    return name in _COMPUTED_BLOCKS.get(kind, ())
