"""Stand-in for an ECS service's capacity provider strategy and rebalancing, dropped by moto 5.2.

Without them Terraform sees them missing, and plans to replace or change the service for
ever. They are remembered and shown; they place no task. See
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.responses import EC2ContainerServiceResponse


def _remembering(call: Callable[..., ActionResult]) -> Callable[..., ActionResult]:
    def called(self: EC2ContainerServiceResponse) -> ActionResult:
        result: Any = call(self)
        service = result.result["service"]
        service.availability_zone_rebalancing = self._get_param(
            "availabilityZoneRebalancing",
            service.__dict__.get("availability_zone_rebalancing", "DISABLED"),
        )
        strategy = self._get_param("capacityProviderStrategy")
        if strategy:
            service.capacity_provider_strategy = strategy
            # A service has either a launch type or a strategy, never both.
            service.launch_type = None
        return result  # type: ignore[no-any-return]

    return called


def install() -> None:
    """Make moto's ECS keep a service's capacity provider strategy and rebalancing."""
    for name in ("create_service", "update_service"):
        setattr(
            EC2ContainerServiceResponse,
            name,
            _remembering(getattr(EC2ContainerServiceResponse, name)),
        )
