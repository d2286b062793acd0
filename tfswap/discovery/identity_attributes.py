"""Which attributes carry the table's identity on, resource type by resource type.

The rule: a managed resource that takes the table's name or ARN is listed, and the trail ends
there, unless one of these holds:

- it *echoes*: an argument that holds the table's name or ARN is itself referred to;
- it is *named after the table*: one of its naming arguments holds it, so its id and ARN change;
- it is *replaced* by the swap (facts.md, "Provider behaviour"), so all it computes changes;
- it is a plain vessel for values (``terraform_data``, ``null_resource``).

Data sources always carry on. Everything the table itself computes carries its identity, as do
``name`` and ``replica``; its other arguments (keys, tags, billing mode) do not.
"""

from __future__ import annotations

from tfswap.hcl.syntax import Block, Lit

TABLE = "aws_dynamodb_table"
PIPELINE = "aws_osis_pipeline"

_NOT_IDENTITY = frozenset(
    {
        "attribute",
        "billing_mode",
        "deletion_protection_enabled",
        "global_secondary_index",
        "hash_key",
        "import_table",
        "local_secondary_index",
        "on_demand_throughput",
        "point_in_time_recovery",
        "range_key",
        "read_capacity",
        "region",
        "server_side_encryption",
        "stream_enabled",
        "stream_view_type",
        "table_class",
        "tags",
        "tags_all",
        "ttl",
        "write_capacity",
    }
)
"""Arguments of ``aws_dynamodb_table`` (provider 5 and 6) that say nothing about its name."""

_REPLACED = frozenset(
    {
        "aws_backup_selection",
        "aws_dynamodb_kinesis_streaming_destination",
        "aws_dynamodb_resource_policy",
        "aws_dynamodb_table_replica",
        "aws_ecs_task_definition",
        "aws_lambda_event_source_mapping",
        PIPELINE,
        "null_resource",
        "terraform_data",
    }
)
"""Types whose arguments for the table force a replacement; their computed attributes change."""

_NAMING = frozenset({"name", "name_prefix", "bucket", "family", "identifier", "id"})
_VERSIONED = ("version", "qualified_arn", "qualified_invoke_arn")


def table_clean(block: Block) -> frozenset[str]:
    """Return the table's attributes that say nothing about which table it is."""
    return _NOT_IDENTITY - {"name"}


def computed(block: Block, tainted: set[str]) -> bool:
    """Say whether what a consumer computes (id, ARN…) changes when its ``tainted`` arguments do."""
    if block.type == "data" or block.labels[0] in _REPLACED:
        return True
    return any(name in _NAMING or name.endswith("_name") for name in tainted)


def published(block: Block) -> tuple[str, ...]:
    """Return the attributes a Lambda function changes when it publishes a version per update."""
    publish = block.get("publish")
    off = publish is None or (isinstance(publish, Lit) and publish.value is False)
    return () if off or block.labels[0] != "aws_lambda_function" else _VERSIONED
