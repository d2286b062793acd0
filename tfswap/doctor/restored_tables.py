"""The restored tables: there, whole, made like the outgoing ones, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tfswap.doctor.context import DoctorContext
from tfswap.doctor.provider_location import described
from tfswap.doctor.result import CheckResult, ok, stop, warning
from tfswap.names import parse_arn
from tfswap.swap import TableSwap

if TYPE_CHECKING:
    from tfswap.aws.table_facts import TableFacts

_RESTORE = "Wait for the restore job, or check name, date and region."


def check_restored(context: DoctorContext) -> Iterator[CheckResult]:
    """Describe each restored table and hold it against the outgoing one."""
    for table in context.swap.tables if context.swap else ():
        yield from _one(context, table)


def _one(context: DoctorContext, table: TableSwap) -> Iterator[CheckResult]:
    from tfswap.aws.errors import MissingError
    from tfswap.aws.table_facts import ACTIVE

    try:
        restored = described(context, table.region, table.new_name)
    except MissingError:
        yield stop(f"there is no table {table.new_name} in {table.region}", _RESTORE)
        return
    if restored.status != ACTIVE:
        yield stop(f"{table.new_name} is {restored.status}, not {ACTIVE}", _RESTORE)
        return
    yield ok(f"{table.new_name} is {ACTIVE}")
    for index, status in restored.index_status:
        if status != ACTIVE:
            yield warning(
                f"its index {index} is {status}: queries on it fail until it is ACTIVE",
                "Wait until it is ACTIVE.",
            )
    yield from _schema(context, table, restored)


def _schema(
    context: DoctorContext, table: TableSwap, restored: TableFacts
) -> Iterator[CheckResult]:
    """Compare with the outgoing table as AWS has it, and as the state has it."""
    from tfswap.aws.errors import MissingError
    from tfswap.aws.table_facts import schema_differences
    from tfswap.aws.table_schema import schema_in_state

    sides = {}
    try:
        sides["in AWS"] = described(context, table.region, table.old_name).schema
    except MissingError:
        yield warning(f"the outgoing table {table.old_name} does not exist any more")
    held = context.state().instances.get(table.address)
    if held is not None and held.attributes.get("name") == table.old_name:
        sides["in the state"] = schema_in_state(held.attributes)
    different = False
    for where, outgoing in sides.items():
        for difference in schema_differences(outgoing, restored):
            different = True
            yield stop(
                f"{table.new_name} differs from {table.old_name} {where}: {difference}",
                "Restore it again with all indexes; keys cannot be changed later.",
            )
    if not sides:
        yield warning(f"{table.new_name} was not compared: the outgoing table is unknown")
    elif not different:
        yield ok(f"same keys, attribute types and indexes as {table.old_name}")


def managed(context: DoctorContext) -> Iterator[CheckResult]:
    """Look for the restored tables at other addresses of the state."""
    for table in context.swap.tables if context.swap else ():
        holders = [
            address
            for address, instance in context.state().instances.items()
            if "aws_dynamodb_table." in address and _name(instance.attributes) == table.new_name
        ]
        others = [address for address in holders if address != table.address]
        for address in others:
            yield stop(
                f"{table.new_name} is already managed at {address}",
                "Find out why: one table must not have two addresses (terraform state "
                f"show '{address}').",
            )
        if table.address in holders:
            yield ok(f"{table.address} already has {table.new_name}")
        elif not others:
            yield ok(f"{table.new_name} is not in the state yet")


def _name(attributes: object) -> str:
    if not isinstance(attributes, dict):
        return ""
    arn = parse_arn(str(attributes.get("id") or "")) or parse_arn(str(attributes.get("arn") or ""))
    return str(attributes.get("name") or (arn.name if arn else ""))


def arn_ids(context: DoctorContext) -> Iterator[CheckResult]:
    """Look for tables that were imported by ARN.

    hashicorp/terraform-provider-aws#39635: the ARN stays as the resource's id.
    """
    odd = [
        address
        for address, instance in context.state().instances.items()
        if "aws_dynamodb_table." in address
        and str(instance.attributes.get("id") or "").startswith("arn:")
    ]
    for address in odd:
        name = _name(context.state().instances[address].attributes)
        yield warning(
            f"the id of {address} is an ARN: it was imported by ARN (provider issue 39635)",
            f"After the swap: terraform state rm '{address}', then terraform import "
            f"'{address}' {name}",
        )
    if not odd:
        yield ok("no table's id is an ARN")


def as_text(value: object) -> str:
    """Return attributes as one text, to look for names in."""
    return json.dumps(value, ensure_ascii=False)
