"""The OpenSearch Ingestion pipelines among a table's consumers.

A pipeline keeps reading the stream it was created with, so the runbook has each one recreated
("Tell terraform to recreate the opensearch ingestion pipeline").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tfswap.discovery.consumers import FoundConsumer
from tfswap.discovery.identity_attributes import PIPELINE
from tfswap.errors import AmbiguousError
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.instances import expand
from tfswap.hcl.scope import State
from tfswap.hcl.values import Unknown


def pipelines(
    found: Sequence[FoundConsumer], evaluator: Evaluator, state: Callable[[], State | None]
) -> tuple[str, ...]:
    """Return the state addresses of every pipeline among the consumers.

    Raises:
        AmbiguousError: Neither the code nor the state tells a pipeline's instances.
    """
    addresses: list[str] = []
    for item in found:
        if (
            item.referrer is None
            or item.referrer.kind != "resource"
            or item.referrer.labels[0] != PIPELINE
        ):
            continue
        instances = expand(evaluator, item.module, item.referrer.block)
        if isinstance(instances, Unknown) and evaluator.state is None:
            informed = Evaluator(evaluator.workspace, evaluator.variables, state())
            instances = expand(informed, item.module, item.referrer.block)
        if isinstance(instances, Unknown):
            raise AmbiguousError(
                f"{item.referrer.file}:{item.referrer.line}: the instances of "
                f"{item.consumer.address} are unknown.",
                hint=f"Set each one, e.g. --pipeline '{item.consumer.address}[0]'.",
                details=(str(instances),),
            )
        addresses.extend(instance.address for instance in instances)
    return tuple(dict.fromkeys(addresses))
