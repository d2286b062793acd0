"""A swap of two tables, and states at every stage of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tfswap.swap import NameSource, Swap, TableSwap

PIPELINE = "aws_osis_pipeline.lpas_stream[0]"
REPLICA = "aws_dynamodb_table_replica.lpas_table[0]"


def table(base: str, pipelines: tuple[str, ...] = ()) -> TableSwap:
    address = f"aws_dynamodb_table.{base.lower()}_table"
    pointer = f"/environments/production/dynamodb/{base.lower()}_table_name"
    old, new = f"production-{base}", f"production-{base}-20240715"
    leaf = NameSource("terraform/environment/terraform.tfvars.json", pointer, 3, 5, base)
    return TableSwap(address, base, leaf, f"{base}-20240715", old, new, "eu-west-1", (), pipelines)


@pytest.fixture
def swap() -> Swap:
    return Swap(
        environment="production",
        environment_origin="--environment",
        workspace="production",
        root_module="terraform/environment",
        account="123456789012",
        partition="aws",
        branch="restore/production-Lpas-20240715",
        tables=(table("Lpas", (PIPELINE,)), table("Sessions")),
        release=(REPLICA,),
    )


@pytest.fixture
def make_state() -> Callable[..., bytes]:
    """Write a state: address to attributes; a key ``tainted`` marks the instance."""

    def make(resources: dict[str, dict[str, Any]], serial: int = 7) -> bytes:
        written = []
        for address, attributes in resources.items():
            kind, name = address.split(".")
            name, _, index = name.partition("[")
            instance: dict[str, Any] = {
                "schema_version": 1,
                "attributes": {k: v for k, v in attributes.items() if k != "tainted"},
            }
            if index:
                instance["index_key"] = int(index.rstrip("]"))
            if attributes.get("tainted"):
                instance["status"] = "tainted"
            written.append(
                {
                    "mode": "managed",
                    "type": kind,
                    "name": name,
                    "provider": "p",
                    "instances": [instance],
                }
            )
        document = {
            "version": 4,
            "terraform_version": "1.11.4",
            "serial": serial,
            "lineage": "l",
            "outputs": {},
            "resources": written,
        }
        return json.dumps(document, indent=2).encode()

    return make


@pytest.fixture
def before() -> dict[str, dict[str, Any]]:
    """What the state holds before the swap."""
    return {
        "aws_dynamodb_table.lpas_table": {"id": "production-Lpas", "name": "production-Lpas"},
        "aws_dynamodb_table.sessions_table": {
            "id": "production-Sessions",
            "name": "production-Sessions",
        },
        REPLICA: {"id": "r", "global_table_arn": "arn:aws:dynamodb:x:1:table/production-Lpas"},
        PIPELINE: {"id": "p", "pipeline_configuration_body": "arn: table/production-Lpas\n"},
        "aws_iam_role.app": {"id": "app"},
    }
