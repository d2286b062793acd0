"""Where the restored tables came from, and whether they hold anything (``aws.provenance``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tfswap.doctor.context import DoctorContext
from tfswap.doctor.provider_location import working_aws
from tfswap.doctor.result import CheckResult, ok, stop
from tfswap.errors import ExitCode
from tfswap.swap import TableSwap

if TYPE_CHECKING:
    from tfswap.aws.provenance import SourceFinding
    from tfswap.aws.session import Aws


def look(context: DoctorContext) -> Iterator[CheckResult]:
    """Ask AWS what made each restored table."""
    from tfswap.aws.errors import MissingError
    from tfswap.aws.table_facts import describe_table

    for table in context.swap.tables if context.swap else ():
        aws = working_aws(context, table.region)
        dynamodb = aws.client("dynamodb")
        try:
            restored = describe_table(dynamodb, table.new_name)
        except MissingError:
            # Told by the check of the restored table.
            continue
        try:
            outgoing = describe_table(dynamodb, table.old_name)
        except MissingError:
            outgoing = None
        yield from lines(context, aws, table, outgoing, restored)


def lines(
    context: DoctorContext,
    aws: Aws,
    table: TableSwap,
    outgoing: Mapping[str, Any] | None,
    restored: Mapping[str, Any],
) -> Iterator[CheckResult]:
    """Yield what is said of one restored table that AWS has described."""
    from tfswap.aws.provenance import examine

    clients = (aws.client("dynamodb"), aws.client("backup"))
    for finding in examine(*clients, table.family, outgoing, restored, context.accepted):
        yield _line(finding)


def _line(finding: SourceFinding) -> CheckResult:
    from tfswap.aws.provenance import SourceStanding

    match finding.standing:
        case SourceStanding.RIGHT:
            return ok(finding.text)
        case SourceStanding.WRONG:
            return stop(finding.text, finding.hint, ExitCode.REJECTED)
        case SourceStanding.UNKNOWN:
            return stop(finding.text, finding.hint, ExitCode.CANNOT_TELL)
