"""What a provider's schema says and plan JSON does not: sets, and what may be known after apply.

Types of the AWS provider are judged by its own schema (``provider_schema``). Of other types nothing
is known: their lists keep their order, and what the configuration leaves out may be computed.
"""

from __future__ import annotations

import re
from typing import Any

from tfswap.plan.values import Path
from tfswap.verify.model.provider_schema import TypeSchema, type_schema
from tfswap.verify.values.equality import is_empty, same

_FROM_PROVIDER = frozenset({"tags", "tags_all"})
"""Set by the provider's own configuration (``default_tags``), never computed out of nothing."""

_GENERATED = re.compile(r"(?:terraform-)?[0-9]{18}[0-9a-f]{8}|arn:\S+:role/aws-service-role/\S+")
"""Names that the plugin SDK makes up where none is given, and roles that AWS makes for itself."""

_DEFAULTS: dict[str, dict[str, list[Any]]] = {
    "aws_lambda_event_source_mapping": {
        "maximum_record_age_in_seconds": [-1],
        "maximum_retry_attempts": [-1],
        "parallelization_factor": [1],
    },
    "aws_lambda_function": {
        "architectures": [["x86_64"]],
        "ephemeral_storage": [[{"size": 512}]],
        "tracing_config": [[{"mode": "PassThrough"}]],
    },
    "aws_ssm_parameter": {
        "data_type": ["text"],
        "key_id": ["alias/aws/ssm"],
        "tier": ["Standard"],
    },
}
"""What AWS fills in for an argument that was never set (AWS API references). To drop an argument
that had this very value changes nothing."""


def plain(path: Path) -> str:
    """Return a path as schemas write it: names joined by dots, no indexes."""
    return ".".join(part for part in path if isinstance(part, str))


def is_set(kind: str, path: Path, before: list[Any], after: list[Any]) -> bool:
    """Return whether the collection at ``path`` has no order.

    Plan JSON writes sets of strings sorted: where no schema is known, strings sorted on both sides
    are taken for a set. In a list they would have to be in order both before and after by chance.
    """
    if schema := type_schema(kind):
        return plain(path) in schema.sets
    texts = all(isinstance(item, str) for item in (*before, *after))
    return texts and before == sorted(before) and after == sorted(after)


def is_provider_made(kind: str, path: Path) -> bool:
    """Return whether the provider sets this, or a part of it, where the configuration does not."""
    schema = type_schema(kind)
    return schema is not None and plain(path) in schema.computed | schema.optional_computed


def writes_empties(kind: str, path: Path) -> bool:
    """Return whether an unset argument becomes an empty one as soon as its block changes.

    Version 2 of the plugin SDK writes every argument of a block it plans anew (``hcl2shim``): what
    was null becomes ``""``, ``0``, ``false`` or an empty collection, and means the same.
    """
    schema = type_schema(kind)
    return schema is not None and schema.sdk and len(path) > 1


def why_not_computed(kind: str, path: Path, before: Any, *, new_object: bool) -> str:
    """Return why an unknown value that nothing sets is not the provider's own; empty when it is.

    What the provider alone sets may always be unknown. What the configuration may set as well may
    be unknown where nothing was set before; else an argument was dropped, and the object would get
    a default in its place.

    Args:
        kind: Resource type.
        path: Where the value stands; the configuration sets nothing there.
        before: The value now.
        new_object: Whether another object takes its place, or the one there is changes.
    """
    name = plain(path)
    if path[0] in _FROM_PROVIDER:
        return "tags are set by the configuration or the provider's default_tags"
    if not new_object and name == "id":
        return "an object that is kept keeps its id"
    schema = type_schema(kind)
    if schema is None:
        return _of_another_provider(path, before, new_object=new_object)
    if name in schema.computed or _is_identity(schema, name):
        return ""
    if name not in schema.optional_computed:
        return "it is known only after apply, and the plan does not show what sets it"
    if is_empty(before) or _is_default(kind, name, before):
        return ""
    return "it was set before, the configuration does not set it now, and its new value is unknown"


def _is_identity(schema: TypeSchema, name: str) -> bool:
    """Whether it is an identity that the SDK writes as optional and nobody can set."""
    return name in ("id", "arn") and name in schema.optional_computed


def _is_default(kind: str, name: str, before: Any) -> bool:
    if isinstance(before, str) and _GENERATED.fullmatch(before):
        return True
    return any(same(before, value) for value in _DEFAULTS.get(kind, {}).get(name, ()))


def _of_another_provider(path: Path, before: Any, *, new_object: bool) -> str:
    """Nothing says whether an argument was dropped: a replacement is doubtful by itself then."""
    block = isinstance(before, list) and (not before or isinstance(before[0], dict | list))
    if len(path) == 1 and not block and (new_object or is_empty(before)):
        return ""
    return "it is known only after apply, and its provider is unknown to tfswap"
