"""What hangs on the outgoing table and does not come with a restore."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tfswap.doctor.context import DoctorContext
from tfswap.doctor.provider_location import described
from tfswap.doctor.restored_tables import as_text
from tfswap.doctor.result import CheckResult, ok, warning
from tfswap.names import mentions
from tfswap.swap import Swap, TableSwap

if TYPE_CHECKING:
    from tfswap.aws.table_facts import TableFacts

_REPLICA = "aws_dynamodb_table_replica"
_KINDS = {
    _REPLICA: "replica",
    "aws_dynamodb_resource_policy": "resource policy",
    "aws_dynamodb_contributor_insights": "contributor insights",
    "aws_dynamodb_kinesis_streaming_destination": "Kinesis stream",
    "aws_dynamodb_tag": "table tag",
    "aws_dynamodb_table_item": "item",
    "aws_lambda_event_source_mapping": "Lambda on its stream",
    "aws_appautoscaling_target": "autoscaling target",
    "aws_appautoscaling_policy": "autoscaling policy",
    "aws_cloudwatch_metric_alarm": "alarm",
}
"""Resource types of the AWS provider that belong to one table."""
_TYPE = re.compile(rf"(?:^|\.)({'|'.join(_KINDS)})\.")


def in_state(context: DoctorContext) -> Iterator[CheckResult]:
    """List what Terraform manages of it."""
    swap = context.swap
    for table in swap.tables if swap else ():
        found = list(_managed(context, table))
        for address, kind in found:
            yield _line(swap, address, kind)
        if not found:
            yield ok(f"nothing in the state depends only on {table.old_name}")


def _managed(context: DoctorContext, table: TableSwap) -> Iterator[tuple[str, str]]:
    for address, instance in context.state().instances.items():
        match = _TYPE.search(address)
        if match and mentions(as_text(dict(instance.attributes)), table.old_name):
            yield address, match[1]


def _line(swap: Swap | None, address: str, kind: str) -> CheckResult:
    if kind == _REPLICA and swap and address not in swap.release:
        return warning(
            f"{address} is a replica: the plan would delete its data",
            f"To keep the replica: tfswap prepare … --release '{address}'",
        )
    return ok(f"{_KINDS[kind]}: {address}; Terraform moves it to the restored table")


def in_aws(context: DoctorContext) -> Iterator[CheckResult]:
    """List what hangs on it in AWS that Terraform does not manage: nobody moves it."""
    from tfswap.aws.errors import MissingError

    for table in context.swap.tables if context.swap else ():
        try:
            outgoing = described(context, table.region, table.old_name)
        except MissingError:
            continue
        known = [as_text(dict(i.attributes)) for i in context.state().instances.values()]
        loose, unknown = _sorted(outgoing, known)
        for what in loose:
            yield warning(
                f"{what} on {table.old_name} is not managed by Terraform: it stays with "
                "the outgoing table",
                "Create it for the restored table if you still need it.",
            )
        for what in unknown:
            yield warning(f"whether {table.old_name} has {what} is unknown")
        if not loose and not unknown:
            yield ok(f"nothing outside Terraform depends on {table.old_name}")


def _sorted(table: TableFacts, known: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what Terraform does not manage, and what AWS does not tell."""
    from tfswap.aws.unknown_facts import UnknownFact

    loose = [
        f"the replica in {replica.region}"
        for replica in table.replicas
        if not any(_has(text, table.name, replica.region) for text in known)
    ]
    unknown = []
    parts: dict[str, Any] = {
        "alarms": table.alarms,
        "autoscaling": table.targets,
        "a resource policy": table.policy,
    }
    for what, value in parts.items():
        if isinstance(value, UnknownFact):
            unknown.append(what)
        elif value is True:
            if not any('"policy"' in text and _has(text, table.arn) for text in known):
                loose.append("the resource policy")
        elif value:
            loose += [f"{each}" for each in _loose(what, value, known)]
    return loose, unknown


def _loose(what: str, items: Sequence[Any], known: Sequence[str]) -> Iterator[str]:
    for item in items:
        if what == "alarms":
            name = f"the alarm {item.name}"
            mine = any(f'"{item.name}"' in text for text in known)
        else:
            name = f"autoscaling of {item.dimension.rpartition(':')[2]} ({item.resource})"
            mine = any(_has(text, item.resource, item.dimension) for text in known)
        if not mine:
            yield name


def _has(text: str, *words: str) -> bool:
    return all(word in text for word in words)
