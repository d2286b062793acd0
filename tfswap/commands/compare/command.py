"""``tfswap compare``: outgoing and restored table side by side, before anything is swapped.

Reads only. Exit code 1 where keys, attribute types or indexes differ: then one table cannot take
the other's place.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

import msgspec

from tfswap.aws.errors import MissingError
from tfswap.aws.item_count import cost, count_items
from tfswap.aws.provenance import SourceFinding, examine, identity
from tfswap.aws.session import Aws
from tfswap.aws.table_comparison import TableComparison, compare
from tfswap.aws.table_facts import TableFacts, describe, describe_table
from tfswap.commands.compare.text import comparison_json, comparison_text
from tfswap.config import Config
from tfswap.context.command_context import CommandContext, say_environment
from tfswap.context.credentials import aws_of
from tfswap.context.input_checks import plain
from tfswap.context.source_acceptance import accept
from tfswap.context.terraform_facts import selected_workspace, state_reader, terraform_variables
from tfswap.discovery.discover import discover
from tfswap.errors import ExitCode, UsageError
from tfswap.journal.events import ScanCount
from tfswap.names import parse_dated
from tfswap.report.wrap import wrap
from tfswap.swap import Swap, TableSwap


def compare_tables(
    context: CommandContext,
    wanted: str | None,
    *,
    scan_count: bool,
    yes: bool,
    as_json: bool,
    accept_source: bool = False,
    flags: Sequence[str] = (),
) -> int:
    """Compare the tables of the prepared swap, or the one named.

    Args:
        context: The command's surroundings.
        wanted: A restored table's name; None takes all of the prepared swap.
        scan_count: Count items exactly, by reading both tables.
        yes: Do not ask before that.
        as_json: Write JSON instead of text.
        accept_source: Vouch for a restored table whose source AWS does not tell.
        flags: What else was typed, for the command that is named next.

    Returns:
        0; 1 where keys, types or indexes differ, or the restored table is not one of the outgoing;
        3 while it is still being made, or nobody tells where it came from.
    """
    swap = _swap(context, wanted)
    say_environment(context, swap)
    if accept_source:
        accept(context, {table.new_name: _identity(context, swap, table) for table in swap.tables})
    done = [_compare(context, swap, table, scan_count, yes, flags) for table in swap.tables]
    console = context.console
    if as_json:
        console.out(comparison_json(done))
    else:
        console.out("\n\n".join(comparison_text(one, console.width) for one in done))
    return _report_outcome(context, swap, done, flags)


def _swap(context: CommandContext, wanted: str | None) -> Swap:
    """Return the prepared swap, cut to the table named, or what the repository says of that one.

    Raises:
        RepoError: No table is named and no swap prepared.
        UsageError: The swap prepared here is in another place than was said.
    """
    if wanted is None:
        whole = context.directory.load()
        _check_place(context.config, whole)
        return whole
    name, prepared = plain(wanted), context.directory.find()
    if prepared is not None and not _is_of_another(context.config, prepared):
        for table in prepared.tables:
            if name in (table.new_value, table.new_name):
                _check_place(context.config, prepared)
                return msgspec.structs.replace(prepared, tables=(table,))
    return discover(
        context.git.root,
        [name],
        context.config,
        selected_workspace=selected_workspace(context),
        state=state_reader(context),
        variables=terraform_variables(context),
    )


def _is_of_another(config: Config, swap: Swap) -> bool:
    """Say whether a flag asks for another environment than the prepared swap's.

    What the shell or ``tfswap.toml`` sets was there at ``prepare``, which may have overruled it.
    """
    said = config.environment
    return said is not None and said.origin == "--environment" and said.value != swap.environment


def _check_place(config: Config, swap: Swap) -> None:
    """Refuse a prepared swap that is not where it was said to be.

    Raises:
        UsageError: Environment, account or region were said, and are others.
    """
    regions = {table.region for table in swap.tables}
    there = config.account in (None, swap.account) and {config.region} <= {None, *regions}
    if _is_of_another(config, swap) or not there:
        raise UsageError(
            f"The swap prepared here is in {swap.environment}, account {swap.account}, "
            f"{', '.join(sorted(regions))}; the options name another place.",
            hint="Remove --environment, --account and --region. To see the swap: tfswap status",
        )


def _compare(
    context: CommandContext,
    swap: Swap,
    table: TableSwap,
    scan_count: bool,
    yes: bool,
    flags: Sequence[str],
) -> TableComparison:
    aws = aws_of(context, swap, table.region)
    with context.console.step(f"read {table.old_name} and {table.new_name}"):
        outgoing = _described(aws, table.old_name, "outgoing", "tfswap status")
        restored = _described(aws, table.new_name, "restored", _restoring(table, flags))
    counted = _counted(context, aws, outgoing, restored, yes) if scan_count else None
    with context.console.step(f"find the source of {table.new_name}"):
        findings = _source(context, aws, table)
    return compare(outgoing, restored, _managed(table), counted, findings)


def _source(context: CommandContext, aws: Aws, table: TableSwap) -> tuple[SourceFinding, ...]:
    dynamodb = aws.client("dynamodb")
    outgoing, restored = (
        describe_table(dynamodb, name) for name in (table.old_name, table.new_name)
    )
    accepted = context.journal.progress().tables.accepted
    backup = aws.client("backup")
    return examine(dynamodb, backup, table.family, outgoing, restored, accepted)


def _identity(context: CommandContext, swap: Swap, table: TableSwap) -> str:
    client = aws_of(context, swap, table.region).client("dynamodb")
    return identity(describe_table(client, table.new_name))


def _restoring(table: TableSwap, flags: Sequence[str]) -> str:
    """Return how to get at a restored table that is not there."""
    found = shlex.join(["tfswap", "backups", table.base, *flags])
    day = parse_dated(table.new_value).date
    if day is None:
        return found
    follow = shlex.join(["tfswap", "restore", table.base, "--date", f"{day:%Y%m%d}", *flags])
    return f"Restore it, or follow its restore: {follow} (its backups: {found})"


def _described(aws: Aws, name: str, side: str, hint: str) -> TableFacts:
    try:
        return describe(aws, name)
    except MissingError as error:
        raise MissingError(
            f"The {side} table {name} does not exist (account {aws.caller.account}, {aws.region}).",
            hint=hint,
        ) from error


def _managed(table: TableSwap) -> dict[str, str]:
    """Return resource type to address of what refers to the table in Terraform."""
    found: dict[str, str] = {}
    for consumer in table.consumers:
        if consumer.kind == "resource":
            found.setdefault(consumer.address.split(".")[-2], consumer.address)
    return found


def _counted(
    context: CommandContext, aws: Aws, outgoing: TableFacts, restored: TableFacts, yes: bool
) -> tuple[int, int] | None:
    """Count both tables, once the cost is known and wanted."""
    console = context.console
    units = sum(map(cost, (outgoing, restored)))
    cost_text = (
        f"--scan-count reads both tables completely: about {units:,} read units (4 KB "
        "each, consistent reads). They cost money, count as use in `retire "
        "--quiet-hours`, and take capacity from the service on a provisioned table."
    )
    console.warn("\n  ".join(wrap(cost_text, console.width - len("warning: "))))
    if not console.confirm("Count the items?", yes=yes):
        return None
    context.directory.make()
    context.journal.note(ScanCount(tables=(outgoing.name, restored.name)))
    dynamodb = aws.client("dynamodb")
    return _count(context, dynamodb, outgoing), _count(context, dynamodb, restored)


def _count(context: CommandContext, dynamodb: object, facts: TableFacts) -> int:
    with context.console.step(f"count the items of {facts.name}"):
        return count_items(dynamodb, facts.name, _tenths(context.console.say, facts))


def _tenths(say: Callable[[str], None], facts: TableFacts) -> Callable[[int], None]:
    """Return what says a count so far, about ten times in all."""
    every = max(facts.items // 10, 100_000)
    due = every

    def report_progress(total: int) -> None:
        nonlocal due
        if total >= due:
            say(f"{total:,} items of about {facts.items:,}")
            due = total + every

    return report_progress


def _report_outcome(
    context: CommandContext, swap: Swap, done: list[TableComparison], flags: Sequence[str]
) -> int:
    """Say what follows, and return the exit code."""
    note = context.console.note
    bases = {table.new_name: table.base for table in swap.tables}
    for one in done:
        if one.blocks:
            words = ["tfswap", "backups", bases[one.restored.name], *flags]
            note("Keys, types or indexes differ: tfswap run will refuse")
            note(f"{one.restored.name}. A backup has the indexes of its time:")
            note("restore another backup under another date.")
            note(f"next: {shlex.join(words)}")
        elif one.is_wrong:
            words = ["tfswap", "backups", bases[one.restored.name], *flags]
            note(f"{one.restored.name} was not restored from the outgoing table:")
            note("tfswap run will refuse it. Restore a backup of the outgoing table")
            note("under another date.")
            note(f"next: {shlex.join(words)}")
    if any(one.blocks or one.is_wrong for one in done):
        return int(ExitCode.REJECTED)
    names = [one.restored.name for one in done]
    prepared = context.directory.find() == swap
    if any(one.waits for one in done):
        named = [] if prepared else [*names, *flags]
        note("The restored table is not ready yet.")
        note(f"next, when it is ready: {shlex.join(['tfswap', 'compare', *named])}")
        return int(ExitCode.CANNOT_TELL)
    if any(one.is_unknown for one in done):
        named = [] if prepared else [*names, *flags]
        words = ["tfswap", "compare", *named, "--accept-source"]
        note("The source of the restored table is unknown: see ? above.")
        note(
            f"next, when two people have confirmed that it is the right table: {shlex.join(words)}"
        )
        return int(ExitCode.CANNOT_TELL)
    values = [table.new_value for table in swap.tables]
    following = [_step(context)] if prepared else ["prepare", *values, *flags]
    note("Same keys, types and indexes.")
    note(f"next: {shlex.join(['tfswap', *following])}")
    return int(ExitCode.OK)


def _step(context: CommandContext) -> str:
    """Return the next command of the prepared swap, as far as the journal tells."""
    progress = context.journal.progress()
    begun = progress.writes.begun or progress.applies.applied or progress.applies.swapping_back
    return "status" if begun else "run"
