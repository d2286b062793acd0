"""``run --protect``: deletion protection on for both tables before the state is written.

Then not even a pipeline that runs with the old configuration can delete either of them: DynamoDB
itself refuses. What was off is noted before it is switched on, so that ``rollback`` can switch it
off again. From the apply on, the restored table's protection is what the configuration says, and
the outgoing one keeps its own until ``retire`` asks about it: nothing is undone behind Terraform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfswap.context.command_context import CommandContext
from tfswap.journal import events as e
from tfswap.journal.tables import ProtectedTable
from tfswap.swap import Swap
from tfswap.terraform.state_file import State

if TYPE_CHECKING:
    from tfswap.aws.session import Aws
    from tfswap.journal.writer import Journal

_ARGUMENT = "deletion_protection_enabled"


def protect(context: CommandContext, swap: Swap, pulled: State) -> None:
    """Switch deletion protection on for the outgoing and the restored tables.

    A restored table that its configuration leaves unprotected is left out: Terraform would plan to
    switch it off again, which is no part of a swap.

    Args:
        context: The command's surroundings.
        swap: The swap.
        pulled: The state before the swap: what the configuration made of the outgoing tables.

    Raises:
        AwsError: AWS refused; what was switched on by then is in the journal.
    """
    from tfswap.context.credentials import aws_of

    aws = aws_of(context, swap)
    for table in swap.tables:
        _switch_on(context, aws, ProtectedTable(table.old_name, table.region))
        held = pulled.instances.get(table.address)
        if held is None or held.attributes.get("name") != table.old_name:
            context.console.say(f"{table.new_name}: its status is changing, so it is not protected")
        elif held.attributes.get(_ARGUMENT) is True:
            _switch_on(context, aws, ProtectedTable(table.new_name, table.region))
        else:
            context.console.warn(
                f"{table.new_name} is not protected: {_ARGUMENT} is off in the "
                f"configuration of {table.address}, and the apply would disable it again."
            )


def what_was_off(journal: Journal) -> list[ProtectedTable]:
    """Return the tables that are protected only because of ``run --protect``, newest first."""
    return list(reversed(journal.progress().tables.protected))


def unprotect_what_was_off(journal: Journal, aws: Aws) -> list[ProtectedTable]:
    """Undo ``protect``: switch off what it found off, and nothing else. Repeatable after a kill.

    Args:
        journal: Told before and after each; it says what was off.
        aws: The door to the swap's account.

    Returns:
        What was switched off; a table that is gone by now is left out.

    Raises:
        AwsError: AWS refused; run again, it goes on from there.
    """
    from tfswap.aws.deletion import set_protection
    from tfswap.aws.errors import MissingError
    from tfswap.aws.wait import WaitOptions

    done = []
    for one in what_was_off(journal):
        journal.note(e.UnprotectBegun(table=one.table, region=one.region))
        try:
            set_protection(aws.client("dynamodb", one.region), one.table, False, WaitOptions())
            done.append(one)
        except MissingError:
            pass
        journal.note(e.Unprotected(table=one.table, region=one.region))
    return done


def _switch_on(context: CommandContext, aws: Aws, one: ProtectedTable) -> None:
    """Switch one on; that it was off is on the disk before."""
    from tfswap.aws.deletion import is_protected, set_protection
    from tfswap.aws.wait import WaitOptions

    dynamodb = aws.client("dynamodb", one.region)
    with context.console.step(f"protect {one.table} from deletion", writes=True):
        if is_protected(dynamodb, one.table):
            return
        context.journal.note(e.ProtectBegun(table=one.table, region=one.region))
        set_protection(dynamodb, one.table, True, WaitOptions(say=context.console.say))
        context.journal.note(e.Protected(table=one.table, region=one.region))
