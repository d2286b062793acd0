"""Deletes an outgoing table: backup, replicas, protection, table, alarms, in this order.

Each part looks first whether it is done, so that a killed command goes on where it was. Right
before the first loss everything that may have moved since the case was looked at is asked again.
"""

from __future__ import annotations

from datetime import UTC, datetime

from tfswap.aws.alarms import alarms_on, delete_alarms
from tfswap.aws.deletion import delete_replica, delete_table, set_protection
from tfswap.aws.final_backup import find_final_backup, start_final_backup, wait_for_final_backup
from tfswap.aws.session import Aws
from tfswap.aws.table_facts import ACTIVE, TableFacts
from tfswap.aws.table_usage import window
from tfswap.aws.wait import WaitOptions
from tfswap.commands.retire.safety_checks import SafetyReport, look_at, state_checks, usage_checks
from tfswap.context.command_context import CommandContext
from tfswap.errors import RejectedError
from tfswap.journal import events as e
from tfswap.terraform.client import Terraform


def delete_outgoing(
    context: CommandContext, case: SafetyReport, terraform: Terraform, aws: Aws, quiet_hours: int
) -> None:
    """Delete the table of a good case.

    Raises:
        RejectedError: Something moved since the case was looked at; nothing more was deleted.
        AwsError: AWS refused, or a wait came to an end.
    """
    name = case.table.old_name
    journal, facts = context.journal, case.facts
    if facts is not None:
        journal.note(e.RetireBegun(table=name, arn=facts.arn, id=facts.id, regions=case.regions))
        _back_up(context, case, aws, quiet_hours)
        _check_again(context, case, facts, terraform, aws, quiet_hours)
        if facts.status == ACTIVE:
            _drop_copies(context, case, aws)
            _unprotect(context, case, aws, case.table.region)
        journal.note(e.RetireDelete(table=name, arn=facts.arn))
        with context.console.step(f"delete {name} and wait until it is gone", writes=True):
            delete_table(aws.client("dynamodb"), name, _wait_options(context))
        journal.note(e.RetireDeleted(table=name, arn=facts.arn))
    _drop_alarms(context, case, aws)
    journal.note(e.Retired(table=name))


def _wait_options(context: CommandContext) -> WaitOptions:
    return WaitOptions(say=context.console.say)


def _back_up(context: CommandContext, case: SafetyReport, aws: Aws, quiet_hours: int) -> None:
    """Make sure there is a final backup, whole; one that is being made is waited for."""
    name, dynamodb = case.table.old_name, aws.client("dynamodb")
    now = datetime.now(UTC)
    there = find_final_backup(dynamodb, name, window(now, quiet_hours)[0])
    with context.console.step(f"create a final backup of {name}", writes=True):
        arn = there.arn if there else start_final_backup(dynamodb, name, now)
        context.journal.note(e.RetireBackup(table=name, backup=arn, made=there is None))
        wait_for_final_backup(dynamodb, arn, _wait_options(context))


def _check_again(
    context: CommandContext,
    case: SafetyReport,
    facts: TableFacts,
    terraform: Terraform,
    aws: Aws,
    quiet_hours: int,
) -> None:
    """Ask everything cheap again: minutes may lie between the case and the typed name."""
    with context.console.step("check that nothing changed in the meantime"):
        now, copies = look_at(aws, facts.name)
        checks = [*state_checks(context, case.swap, case.table, terraform, aws.caller.account)]
        if now is not None:
            checks += usage_checks(aws, now, copies, quiet_hours)
    restored = {table.new_name for table in case.swap.tables}
    moved = [check.text for check in checks if not check.is_ok]
    if now is None or (now.arn, now.id, now.created) != (facts.arn, facts.id, facts.created):
        moved.append(f"{facts.name} is now a different table")
    elif {copy.region for copy in copies} - {copy.region for copy in case.copies}:
        moved.append("it has a new replica")
    elif any(one.protected and one.region not in case.protected for one in (now, *copies)):
        moved.append("its deletion protection was enabled")
    if facts.name in restored:
        moved.append(f"{facts.name} is a restored table")
    if moved:
        context.journal.note(e.RetireStopped(table=facts.name, why=tuple(moved)))
        raise RejectedError(
            f"Something changed since the check: {facts.name} was not deleted.",
            hint=f"Check again: tfswap retire {facts.name} --dry-run",
            details=tuple(moved),
        )


def _drop_copies(context: CommandContext, case: SafetyReport, aws: Aws) -> None:
    """Delete the replicas; each may be protected in its own region."""
    name = case.table.old_name
    for copy in case.copies:
        _unprotect(context, case, aws, copy.region)
        context.journal.note(e.RetireReplica(table=name, region=copy.region))
        with context.console.step(
            f"delete the replica in {copy.region} and wait until it is gone", writes=True
        ):
            delete_replica(aws.client("dynamodb"), name, copy.region, _wait_options(context))
        context.journal.note(e.RetireReplicaDeleted(table=name, region=copy.region))


def _unprotect(context: CommandContext, case: SafetyReport, aws: Aws, region: str) -> None:
    """Switch protection off where the person was asked about it, and nowhere else."""
    if region not in case.protected:
        return
    name = case.table.old_name
    context.journal.note(e.RetireUnprotect(table=name, region=region))
    with context.console.step(f"disable deletion protection in {region}", writes=True):
        set_protection(aws.client("dynamodb", region), name, False, _wait_options(context))


def _drop_alarms(context: CommandContext, case: SafetyReport, aws: Aws) -> None:
    """Delete the alarms that watched this table and nothing else (runbook)."""
    name = case.table.old_name
    for region in case.regions:
        cloudwatch = aws.client("cloudwatch", region)
        own = [alarm.name for alarm in alarms_on(cloudwatch, name) if alarm.only]
        if not own:
            continue
        context.journal.note(e.RetireAlarms(table=name, region=region, alarms=tuple(own)))
        with context.console.step(f"delete {len(own)} CloudWatch alarms in {region}", writes=True):
            delete_alarms(cloudwatch, own)
