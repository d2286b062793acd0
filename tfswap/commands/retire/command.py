"""``tfswap retire``: delete an outgoing table, once nothing speaks against it any more.

The runbook's last chapter, "Delete the old table". Everything before the typed name only reads;
what is done afterwards can be cut off anywhere, and the same command goes on from there.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from tfswap.aws.formatting import at, size
from tfswap.aws.unknown_facts import UnknownFact
from tfswap.aws.wait import continuing_in_aws
from tfswap.commands.retire.delete import delete_outgoing
from tfswap.commands.retire.named_swap import swap_named
from tfswap.commands.retire.safety_checks import SafetyReport, examine_table
from tfswap.console import Console
from tfswap.context.command_context import CommandContext, say_environment
from tfswap.context.credentials import aws_of
from tfswap.context.input_checks import plain
from tfswap.context.next_steps import is_finished
from tfswap.context.source_acceptance import accept
from tfswap.context.table_target import prepared_swap
from tfswap.context.written_names import require_restored
from tfswap.errors import ExitCode, UsageError
from tfswap.report.wrap import wrap, wrap_next
from tfswap.swap import Swap, TableSwap

QUIET_HOURS = 24
"""How long nobody may have used the table, unless ``--quiet-hours`` says otherwise."""
_SIGNS = {ExitCode.CANNOT_TELL: "?", ExitCode.REJECTED: "✗"}


def retire(
    context: CommandContext,
    wanted: str | None,
    *,
    quiet_hours: int = QUIET_HOURS,
    final_backup: bool = False,
    confirm: str = "",
    yes: bool = False,
    dry_run: bool = False,
    accept_source: bool = False,
) -> int:
    """Delete an outgoing table, its replicas and its alarms.

    Args:
        context: The command's surroundings.
        wanted: The outgoing table's name; None where the prepared swap has but one.
        quiet_hours: How long nobody may have used it.
        final_backup: Make a last backup where there is none.
        confirm: The table's full name, typed beforehand.
        yes: Do not ask whether deletion protection may go; the name is to be typed all the same.
        dry_run: Say everything, do nothing.
        accept_source: Vouch for a restored table whose source AWS does not tell.

    Returns:
        0; 1 where something speaks against it; 3 where something could not be told.
    """
    prepared = _prepared(context, wanted)
    swap = prepared or swap_named(context, wanted)
    table = _choose(swap, wanted)
    _check_typed(confirm, table)
    context.directory.lock()
    say_environment(context, swap)
    _check_tfvars(context, swap)
    terraform = context.terraform(swap)
    terraform.check_version()
    aws = aws_of(context, swap, table.region)
    if accept_source:
        accept(context, {table.new_name: ""})
    case = examine_table(
        context,
        swap,
        table,
        terraform,
        aws,
        quiet_hours=quiet_hours,
        final_backup=final_backup,
        prepared=prepared is not None,
    )
    console = context.console
    again = _again(context, table.old_name, quiet_hours, final_backup)
    console.out("\n".join(_report_lines(case, aws.caller.account, console.width)))
    if not case.good:
        _note_next(console, "Nothing was deleted.", f"fix the failed checks above, then {again}")
        unknown = all(check.ends is not ExitCode.REJECTED for check in case.checks)
        return int(ExitCode.CANNOT_TELL if unknown else ExitCode.REJECTED)
    if case.facts is None and not case.own_alarms:
        console.note("There is nothing left to do.")
        return 0
    if dry_run:
        _note_next(console, "Nothing was changed (--dry-run).", again)
        return 0
    if not _agreed(context, case, confirm, yes):
        _note_next(console, "Nothing was changed.", again)
        return int(ExitCode.INTERRUPTED)
    with continuing_in_aws("What was started", again):
        delete_outgoing(context, case, terraform, aws, quiet_hours)
    console.out(f"{table.old_name} is deleted. {table.new_name} was not changed.")
    console.note("The restore procedure is complete.")
    return 0


def _prepared(context: CommandContext, wanted: str | None) -> Swap | None:
    """Return the prepared swap; None where it is finished, and the table wanted none of its own."""
    swap = prepared_swap(context)
    if swap is None or not wanted:
        return swap
    own = {name for table in swap.tables for name in (table.old_name, table.new_name)}
    return None if plain(wanted) not in own and is_finished(context, swap) else swap


def _note_next(console: Console, so_far: str, following: str) -> None:
    """Say what became of it and what is next: on one line where there is room."""
    whole = f"{so_far} next: {following}"
    lines = [so_far, *wrap_next(following, console.width)]
    console.note(whole if len(whole) <= console.width else "\n".join(lines))


def _again(context: CommandContext, name: str, quiet_hours: int, final_backup: bool) -> str:
    """Return this very command, to be typed again."""
    words = ["tfswap", "retire", name, *(["--final-backup"] if final_backup else [])]
    if quiet_hours != QUIET_HOURS:
        words += ["--quiet-hours", str(quiet_hours)]
    config = context.config
    for flag, setting in (("--environment", config.environment), ("--role", config.role)):
        if setting is not None and setting.origin == flag:
            words += [flag, setting.value]
    return shlex.join(words)


def _choose(swap: Swap, wanted: str | None) -> TableSwap:
    """Return the outgoing table meant.

    Raises:
        UsageError: None of the swap's outgoing tables, or one of several without saying which.
    """
    restored = {table.new_name for table in swap.tables}
    for table in swap.tables:
        if table.old_name in restored:
            raise UsageError(
                f"{table.old_name} is also a restored table of this swap.",
                hint="Nothing was deleted. Prepare the swap again.",
            )
    names = [table.old_name for table in swap.tables]
    name = plain(wanted) if wanted else names[0]
    if len(names) > 1 and not wanted:
        raise UsageError(
            f"This swap has {len(names)} outgoing tables; retire them one at a time.",
            hint=f"tfswap retire {names[0]}",
            details=tuple(names),
        )
    for table in swap.tables:
        if name == table.old_name:
            return table
    what = "the restored table" if name in restored else "not an outgoing table of this swap"
    raise UsageError(
        f"{name} is {what}; tfswap only deletes outgoing tables.",
        hint=_instead(name, names, name in restored),
    )


def _instead(name: str, names: Sequence[str], restored: bool) -> str:
    """Return what to do about a name that is none of this swap's outgoing tables.

    That of an earlier swap can go once tfvars and state name the same restored table again.
    """
    meant = next((old for old in names if old.endswith(f"-{name}")), None)
    if restored or meant:
        return f"tfswap retire {shlex.quote(meant or names[0])} --dry-run"
    return (
        f"The outgoing tables of this swap: {', '.join(names)}. To retire a table of an "
        "earlier swap, finish this swap first (tfswap status), then: tfswap retire "
        f"{shlex.quote(name)} --dry-run"
    )


def _check_typed(confirm: str, table: TableSwap) -> None:
    if confirm and confirm != table.old_name:
        raise UsageError(
            f"--confirm is {confirm!r}; the table is {table.old_name!r}.",
            hint="Use the exact physical name of the table.",
        )


def _check_tfvars(context: CommandContext, swap: Swap) -> None:
    """Make sure the work tree is one from which the restored tables are in service."""
    hint = "Check out the swap's branch, or an up-to-date main with the merged swap."
    require_restored(context.git.root, swap.tables, hint)


def _report_lines(case: SafetyReport, account: str, width: int) -> Iterator[str]:
    """Yield the case, and what would be done, as a person reads it."""
    yield f"Delete {case.table.old_name} (account {account}, {case.table.region})"
    yield ""
    for check in case.checks:
        sign = "✓" if check.is_ok else _SIGNS[check.ends]
        yield from wrap(check.text, width, f"{sign} ", "  ")
        if check.hint:
            yield from wrap(check.hint, width, "    ")
    yield ""
    yield "Actions, in this order:" if case.facts or case.own_alarms else "Nothing to do."
    for number, action in enumerate(_actions(case), 1):
        yield from wrap(action, width, f"  {number}. ", "     ")
    for region, alarm in case.alarms:
        if not alarm.only:
            why = _OF_SCALING if alarm.of_scaling else "it also watches other resources"
            yield from wrap(f"not deleted: the alarm {alarm.name} ({region}); {why}", width, "  ")
    targets = case.facts.targets if case.facts else ()
    if isinstance(targets, UnknownFact):
        yield from wrap(f"autoscaling is unknown: {targets.why}", width, "? ", "  ")
    elif targets:
        yield from wrap("not deleted: its autoscaling targets; deregister them", width, "  ")


_OF_SCALING = "it belongs to a scaling policy: deregister the autoscaling target"


def _actions(case: SafetyReport) -> Iterator[str]:
    facts = case.facts
    if facts is not None:
        yield (
            f"keep the backup {case.backup.name} of {at(case.backup.created)}"
            if case.backup
            else "create an on-demand DynamoDB backup (it does not expire) and wait for it"
        )
        for copy in case.copies:
            off = "disable its deletion protection and " if copy.protected else ""
            yield f"{off}delete the replica in {copy.region}"
        if facts.protected:
            yield "disable its deletion protection (asks separately)"
        yield f"delete {facts.arn} ({facts.items:,} items, {size(facts.bytes)})"
    if case.own_alarms:
        names = ", ".join(alarm.name for _, alarm in case.own_alarms)
        yield f"delete its CloudWatch alarms: {names}"


def _agreed(context: CommandContext, case: SafetyReport, confirm: str, yes: bool) -> bool:
    """Ask for the protection and for the name; the name is never answered by ``--yes``."""
    console, name = context.console, case.table.old_name
    if case.protected:
        where = ", ".join(case.protected)
        question = f"Deletion protection of {name} is on ({where}). Disable it?"
        if not console.confirm(question, yes=yes, whole_word=True):
            return False
    if confirm:
        return True
    hint = f"Add --confirm {name} to answer it in advance."
    if console.confirm_word(f"Type the table's full name ({name}) to delete it: ", name, hint=hint):
        return True
    console.warn("That is not the table's name.")
    return False
