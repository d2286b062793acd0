"""Whether the table that took over is there, newer, and was restored from the outgoing one."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.aws import provenance
from tfswap.aws.errors import MissingError
from tfswap.aws.provenance import SourceStanding
from tfswap.aws.session import Aws
from tfswap.aws.table_facts import ACTIVE, TableFacts, describe, describe_table
from tfswap.context.command_context import CommandContext
from tfswap.doctor.result import CheckResult, judged
from tfswap.swap import TableSwap


def restored_checks(
    context: CommandContext, aws: Aws, table: TableSwap, old: TableFacts, prepared: bool
) -> Iterator[CheckResult]:
    """Yield whether the restored table is there, is the newer one, and was restored from this one.

    A restore makes a new table, so the outgoing one is older. Where no swap was prepared that alone
    tells it from a table that was restored and waits for its swap: quiet, and named by nobody.
    """
    try:
        new = describe(aws, table.new_name)
    except MissingError:
        yield judged(
            False, f"the restored table {table.new_name} does not exist in AWS", "Delete nothing."
        )
        return
    yield judged(new.status == ACTIVE, f"the restored table {table.new_name} is {new.status}")
    if not prepared and not (old.created and new.created and old.created < new.created):
        text = (
            f"{old.name} is not older than {new.name}: it may be a restored table that is "
            "not swapped yet"
        )
        yield judged(False, text, "Delete nothing. If you are sure, delete it in the console.")
    yield from _source(context, aws, table)


def _source(context: CommandContext, aws: Aws, table: TableSwap) -> Iterator[CheckResult]:
    """Yield what is known of the restored table's source: it holds what is about to be deleted."""
    dynamodb = aws.client("dynamodb")
    old, new = (describe_table(dynamodb, name) for name in (table.old_name, table.new_name))
    accepted = context.journal.progress().tables.accepted
    for found in provenance.examine(
        dynamodb, aws.client("backup"), table.family, old, new, accepted
    ):
        hint = found.hint.replace("tfswap compare", f"tfswap retire {table.old_name}")
        yield judged(_GOOD[found.standing], found.text, hint)


_GOOD = {SourceStanding.RIGHT: True, SourceStanding.WRONG: False, SourceStanding.UNKNOWN: None}
