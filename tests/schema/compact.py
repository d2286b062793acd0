"""What tfswap keeps of a provider's schema: one line for each resource type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tests.schema.provider import CannotPlanError, Provider, empty, one_of_each, proposed

_DEPTH = 3
"""How deep blocks are tried; some (dashboards, firewall rules) hold themselves without end."""

_MIN: dict[str, dict[str, Any]] = {
    "aws_alb_target_group": {"port": 1, "protocol": "HTTP", "vpc_id": "vpc-1"},
    "aws_api_gateway_authorizer": {"authorizer_uri": "x"},
    "aws_dynamodb_table": {"read_capacity": 1, "write_capacity": 1},
    "aws_kinesis_firehose_delivery_stream": {"destination": "extended_s3"},
    "aws_kinesis_stream": {"shard_count": 1},
    "aws_lambda_function": {"handler": "x", "runtime": "python3.12"},
    "aws_lb_target_group": {"port": 1, "protocol": "HTTP", "vpc_id": "vpc-1"},
}
"""What some types must be given to be planned at all."""


def line(kind: str, schema: dict[str, Any], provider: Provider | None) -> str:
    """Return a type's line, as ``tfswap/verify/model/provider_schema.py`` explains it."""
    block = schema["block"]
    found: dict[str, set[str]] = {letter: set() for letter in "COWSB"}
    for letter, path in _written(block):
        found[letter].add(path)
    legacy = False
    if provider is not None:
        blocks, legacy = _computed_blocks(kind, block, provider)
        found["O"] |= blocks
    parts = [f"{letter}={','.join(sorted(found[letter]))}" for letter in "COWSB" if found[letter]]
    return " ".join([kind, *(["sdk"] if legacy else []), *parts])


def _written(block: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, attribute in block.get("attributes", {}).items():
        path = prefix + name
        if attribute.get("computed"):
            yield ("O" if attribute.get("optional") else "C"), path
        if attribute.get("write_only"):
            yield "W", path
        yield from _sets(attribute.get("type"), path)
        nested = attribute.get("nested_type")
        if nested:
            if nested["nesting_mode"] == "set":
                yield "S", path
            yield from _written(nested, f"{path}.")
    for name, inner in block.get("block_types", {}).items():
        path = prefix + name
        if not prefix:
            yield "B", path
        if inner["nesting_mode"] == "set":
            yield "S", path
        if path.count(".") < 2 * _DEPTH:
            yield from _written(inner["block"], f"{path}.")


def _sets(kind: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield the sets in a type as Terraform writes it: ``["set", "string"]``."""
    if not isinstance(kind, list):
        return
    if kind[0] == "set":
        yield "S", path
    if kind[0] == "object":
        for name, inner in kind[1].items():
            yield from _sets(inner, f"{path}.{name}")
    else:
        yield from _sets(kind[1], path)


def _computed_blocks(kind: str, block: dict[str, Any], provider: Provider) -> tuple[set[str], bool]:
    """Return the blocks that are unknown in a plan in which nothing is written."""
    found: set[str] = set()
    legacy = False
    each = (one_of_each(block, depth) for depth in range(1, _DEPTH + 1))
    for written in (empty(block), *each):
        written |= _MIN.get(kind, {})
        try:
            planned, legacy = provider.plan(kind, written, proposed(block, written))
        except CannotPlanError as error:
            legacy |= error.legacy
            continue
        found |= set(_unknown_blocks(block, planned, ""))
    return found, legacy


def _unknown_blocks(block: dict[str, Any], planned: Any, prefix: str) -> Iterator[str]:
    if not isinstance(planned, dict):
        return
    for name, inner in block.get("block_types", {}).items():
        value = planned.get(name)
        if isinstance(value, msgspec.msgpack.Ext):
            yield prefix + name
        for item in value if isinstance(value, list) else [value]:
            yield from _unknown_blocks(inner["block"], item, f"{prefix}{name}.")
