"""``tfswap restore Lpas-20240715 --change-key``: the restored table gets the configured key.

A backup that DynamoDB manages by itself comes back under a key that AWS owns. ``UpdateTable``
changes that in place in minutes; another restore would take hours.
"""

from __future__ import annotations

from datetime import date

from tfswap.aws.table_facts import describe_table
from tfswap.aws.table_key import has_key, set_key
from tfswap.aws.wait import WaitOptions, continuing_in_aws
from tfswap.context.command_context import CommandContext
from tfswap.context.table_target import TableTarget, key_of
from tfswap.errors import ExitCode, UsageError
from tfswap.journal.events import KeyChangeBegun, KeyChanged


def change_key(
    context: CommandContext,
    target: TableTarget,
    day: date | None,
    wanted: str | None,
    again: str,
    wait_options: WaitOptions,
    *,
    yes: bool,
) -> int:
    """Change the key of a restored table and follow that to its end.

    Args:
        context: The command's surroundings.
        target: The table.
        day: Date of restoration in the restored table's name.
        wanted: ``--key``; the configured one without.
        again: This very command, for the hints.
        wait_options: How to wait.
        yes: Do not ask.

    Returns:
        The exit code.

    Raises:
        UsageError: No date, or the table in service.
        AwsError: The table is not there, the key cannot be used, or AWS refuses.
    """
    if day is None:
        raise UsageError(
            "--change-key needs the name of a restored table, with its date.",
            hint=f"tfswap restore {target.located.base}-YYYYMMDD --change-key",
        )
    name = target.located.dated_name(day)
    if name == target.outgoing:
        raise UsageError(
            f"{name} is the table in service.",
            hint="Change its key in the Terraform configuration.",
        )
    console, dynamodb = context.console, target.aws.client("dynamodb")
    key = key_of(target, wanted)
    if has_key(describe_table(dynamodb, name), key):
        console.out(f"{name} is already encrypted with {key}.")
        return 0
    console.out(f"Change the encryption key of {name} to\n  {key}\n  {target.place}")
    if not console.confirm("Change the key?", yes=yes):
        console.note(f"Nothing was changed. next: {again}")
        return int(ExitCode.INTERRUPTED)
    context.directory.make()
    context.journal.note(KeyChangeBegun(table=name, key=key.arn, account=target.aws.account))
    changing = f"change the key of {name}"
    with continuing_in_aws(f"The change of the key of {name}", again), console.writing(changing):
        set_key(dynamodb, name, key, wait_options)
    context.journal.note(KeyChanged(table=name, key=key.arn, account=target.aws.account))
    console.out(f"{name} is encrypted with {key}.")
    return 0
