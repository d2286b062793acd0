"""The stops that cost a second or two: asked beside a command's other work, before it writes.

What cannot be asked is no stop: Terraform may come by its credentials in another way than boto3.
Only where a restored table came from must be known, or somebody must have vouched for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tfswap.doctor import source, state_lock
from tfswap.doctor.context import DoctorContext
from tfswap.doctor.provider_location import provider_location
from tfswap.doctor.result import CheckResult, Level, stop, warning
from tfswap.errors import ExitCode, TfswapError
from tfswap.swap import TableSwap

if TYPE_CHECKING:
    from tfswap.aws.session import Aws


def quick_checks(context: DoctorContext) -> list[CheckResult]:
    """Return what is wrong with account and restored tables, and what could not be asked."""
    try:
        return [line for line in _look(context) if line.level is not Level.OK]
    except TfswapError as error:
        return not_checked(context, error.message)
    except Exception as error:
        return not_checked(context, f"{type(error).__name__}: {error}")


def not_checked(context: DoctorContext, why: str) -> list[CheckResult]:
    """Return what is said where AWS could not be asked."""
    return [_not_checked(why), *_unconfirmed(context)]


def _unconfirmed(context: DoctorContext) -> Iterator[CheckResult]:
    """Yield a stop for each restored table that nobody vouched for."""
    for table in context.swap.tables if context.swap else ():
        if not context.accepted(table.new_name, ""):
            yield stop(
                f"the source of {table.new_name} is unknown: AWS was not asked",
                "Give tfswap access to AWS (--role, --prefix). Or, when two people have "
                "confirmed its content: tfswap run --accept-source",
                ExitCode.CANNOT_TELL,
            )


def _not_checked(why: str) -> CheckResult:
    return warning(f"account and restored table were not checked in AWS: {why.removesuffix('.')}")


def _look(context: DoctorContext) -> Iterator[CheckResult]:
    here = provider_location(context)
    if here.doubt:
        yield from not_checked(context, f"the provider's role is unknown ({here.doubt})")
        return
    caller = context.aws(here.region, here.role, here.assume).caller
    if here.account and caller.account != here.account:
        yield stop(
            f"the account is {caller.account}; the environment is in {here.account}",
            "Sign in to that account, or set the role to assume there: --role breakglass",
        )
        return
    for table in context.swap.tables if context.swap else ():
        aws = context.aws(table.region, here.role, here.assume)
        yield from _table(context, aws, table)
    for line in state_lock.check_lock(context):
        if line.level is Level.STOP:
            # It may be free by the time it is needed; Terraform refuses if it is not.
            yield warning(line.text, line.hint)


def _table(context: DoctorContext, aws: Aws, table: TableSwap) -> Iterator[CheckResult]:
    from tfswap.aws.errors import MissingError
    from tfswap.aws.table_facts import ACTIVE, describe_table
    from tfswap.aws.table_schema import differences, schema_in_api

    client = aws.client("dynamodb")
    try:
        restored = describe_table(client, table.new_name)
    except MissingError:
        yield stop(
            f"the restored table does not exist: no {table.new_name} in {table.region}",
            "Wait for the restore job, or check name, date and region.",
        )
        return
    if restored["TableStatus"] != ACTIVE:
        yield stop(
            f"{table.new_name} is {restored['TableStatus']}, not {ACTIVE}",
            "Wait until its restore is complete, then run the same command again.",
        )
    try:
        outgoing = describe_table(client, table.old_name)
    except MissingError:
        yield _not_checked(f"{table.old_name} does not exist any more, so it cannot be compared")
        yield from source.lines(context, aws, table, None, restored)
        return
    yield from source.lines(context, aws, table, outgoing, restored)
    for difference in differences(schema_in_api(outgoing), schema_in_api(restored)):
        yield stop(
            f"{table.new_name} differs from {table.old_name}: {difference}",
            "Restore it again with all indexes; keys cannot be changed later.",
        )
