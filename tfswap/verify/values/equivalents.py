"""What the AWS provider takes for the same although it is written otherwise.

The provider hides such a difference in an update, and shows it when the object is replaced anyway.
Its schema does not say any of this; each rule names the provider's function it follows.
"""

from __future__ import annotations

import re
from typing import Any

from tfswap.plan.values import Path
from tfswap.verify.values.equality import as_map

TASK = "aws_ecs_task_definition"
_FUNCTION = re.compile(r"arn:[^:]+:lambda:[^:]*:[^:]*:function:([A-Za-z0-9_-]+)")
_HEALTH = {"interval": 30, "retries": 3, "timeout": 5}


def same_function(kind: str, path: Path, one: str, other: str) -> bool:
    """Return whether a function's ARN and its name are written for one another.

    ``internal/service/lambda/event_source_mapping.go``, ``DiffSuppressFunc`` of ``function_name``:
    the whole ARN without a version, against the bare name.
    """
    if not kind.startswith("aws_lambda_") or path != ("function_name",):
        return False
    for arn, name in ((one, other), (other, one)):
        match = _FUNCTION.fullmatch(arn)
        if match and match[1] == name:
            return True
    return False


def containers(document: Any, network_mode: Any) -> Any:
    """Return container definitions with ECS's own defaults written out.

    ``internal/service/ecs/container_definitions.go``, ``reduce``: containers in the order of their
    names, empty lists left out, ``essential``, ``cpu``, protocol, host port and health check.

    Args:
        document: The decoded definitions.
        network_mode: Of the task: with ``awsvpc`` the host's port is the container's.
    """
    if not isinstance(document, list) or not all(isinstance(item, dict) for item in document):
        return document
    found = [_container(item, network_mode == "awsvpc") for item in document]
    return sorted(found, key=lambda item: str(item.get("name", "")))


def _container(container: dict[str, Any], awsvpc: bool) -> dict[str, Any]:
    whole = {"essential": True, "cpu": 0, **_filled(container)}
    if isinstance(whole.get("healthCheck"), dict):
        whole["healthCheck"] = _HEALTH | whole["healthCheck"]
    ports = whole.get("portMappings")
    if isinstance(ports, list):
        whole["portMappings"] = [_port(item, awsvpc) for item in ports]
    return whole


def _port(mapping: Any, awsvpc: bool) -> Any:
    if not isinstance(mapping, dict):
        return mapping
    whole = {"protocol": "tcp", **_filled(mapping)}
    if whole.get("hostPort", 0) == 0:
        whole["hostPort"] = whole.get("containerPort") if awsvpc else 0
    return whole


def _filled(block: dict[str, Any]) -> dict[str, Any]:
    """Return what a block sets, at any depth: ECS drops and adds empty settings."""
    found = {key: _filled(item) if as_map(item) else item for key, item in block.items()}
    return {key: item for key, item in found.items() if item not in (None, [], {})}
