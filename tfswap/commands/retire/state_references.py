"""Who in a Terraform state still names a table: resources, data sources and outputs, by value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tfswap.names import mentions
from tfswap.plan.name_search import PlanSearch
from tfswap.plan.values import leaves
from tfswap.terraform.state_file import StateInstance, parse
from tfswap.verify.values.embedded_documents import open_base64, readings

_ROLE = re.compile(r"(?:^|\.)aws_iam_role\.[\w-]+(?:\[[^\]]*\])?$")


def state_references(data: bytes, name: str) -> list[str]:
    """Return the addresses of what names the table, at name boundaries; empty when nothing does.

    Texts are read as they are, as JSON, percent-encoded and in base64. Only addresses are told,
    never values.

    Args:
        data: The state as it was pulled.
        name: Physical name; an ARN holds it too.

    Raises:
        TerraformError: The state cannot be read.
    """
    search = PlanSearch([name])
    instances = parse(data).instances
    found = [
        address
        for address, instance in instances.items()
        if _holds(search, name, _judged(address, instance, instances))
    ]
    document = json.loads(data)
    for address, value in _others(document):
        if _holds(search, name, value):
            found.append(address)
    return sorted(set(found))


def _judged(
    address: str, instance: StateInstance, instances: Mapping[str, StateInstance]
) -> Mapping[str, Any]:
    """Return an instance without what only mirrors others of the same state.

    The provider reads a role's policies into ``aws_iam_role.inline_policy`` although
    ``aws_iam_role_policy`` owns them, and the state keeps the old reading when only the policy was
    applied. The owners are judged by themselves.
    """
    policies = instance.attributes.get("inline_policy")
    if not policies or not _ROLE.search(address):
        return instance.raw
    role = instance.attributes.get("name")
    owned = {
        other.attributes.get("name")
        for place, other in instances.items()
        if "aws_iam_role_policy." in place and other.attributes.get("role") == role
    }
    left = [policy for policy in policies if policy.get("name") not in owned]
    return {**instance.raw, "attributes": {**instance.attributes, "inline_policy": left}}


def _others(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what is no managed resource: data sources and outputs of the root module."""
    for resource in document["resources"]:
        if resource["mode"] != "managed":
            kind = f"data.{resource['type']}.{resource['name']}"
            yield ".".join(filter(None, (resource.get("module"), kind))), resource["instances"]
    for name, output in (document.get("outputs") or {}).items():
        yield f"output.{name}", output


def _holds(search: PlanSearch, name: str, value: Any) -> bool:
    if not search.may_hold(json.dumps(value).encode()):
        return False
    texts = (leaf.value for leaf in leaves(value) if isinstance(leaf.value, str))
    return any(mentions(read, name) for text in texts for read in _read(text))


def _read(text: str) -> Iterator[str]:
    yield from readings(text)
    plain = open_base64(text)
    if plain is not None and plain != text:
        yield from _read(plain)
