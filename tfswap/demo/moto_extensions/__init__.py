"""What moto lacks and the fixture needs, one module per AWS service.

Each module is a stand-in: just enough of the API for Terraform's AWS provider to create,
read, change and delete the thing, and for a second plan to be empty. None of it is a
model of AWS beyond that. `install_extensions` patches the moto that is loaded in this process.
"""

from __future__ import annotations


def install_extensions() -> None:
    """Add every stand-in to the moto loaded in this process. Returns nothing."""
    from tfswap.demo.moto_extensions import (
        awslambda,
        backup,
        dynamodb,
        ecs,
        point_in_time,
        recovery,
        restores,
    )

    for gap in (awslambda, backup, dynamodb, ecs, point_in_time, recovery, restores):
        gap.install()
