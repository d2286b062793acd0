"""``tfswap compare``: outgoing and restored table side by side, before anything is swapped.

Reads only. Exit code 1 where keys, attribute types or indexes differ: then one table cannot take
the other's place.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tfswap.aws.calls import MissingError
from tfswap.aws.differences import Comparison, compare
from tfswap.aws.scancount import cost, count_items
from tfswap.aws.session import Aws
from tfswap.aws.tables import TableFacts, describe
from tfswap.commands.admission import plain
from tfswap.commands.aws_access import aws_of
from tfswap.commands.compare_text import comparison_json, comparison_text
from tfswap.commands.lookup import selected_workspace, state_reader, terraform_variables
from tfswap.commands.workbench import Workbench, tell_environment
from tfswap.errors import ExitCode
from tfswap.repo.discover import discover
from tfswap.swap import Swap, TableSwap


def compare_tables(
    bench: Workbench, wanted: str | None, *, scan_count: bool, yes: bool, as_json: bool
) -> int:
    """Compare the tables of the prepared swap, or the one named.

    Args:
        bench: The command's surroundings.
        wanted: A restored table's name; None takes all of the prepared swap.
        scan_count: Count items exactly, by reading both tables.
        yes: Do not ask before that.
        as_json: Write JSON instead of text.

    Returns:
        0; 1 where keys, types or indexes differ; 3 while the restored table is still being made.
    """
    swap = _swap(bench, wanted)
    tell_environment(bench, swap)
    done = [_compare(bench, swap, table, scan_count, yes) for table in swap.tables]
    console = bench.console
    if as_json:
        console.out(comparison_json(done))
    else:
        console.out("\n\n".join(comparison_text(one, console.width) for one in done))
    return _tell(bench, done, bench.home.find() == swap)


def _swap(bench: Workbench, wanted: str | None) -> Swap:
    """Return the prepared swap, cut to the table named, or what the repository says of that one."""
    if wanted is None:
        return bench.home.load()
    name = plain(wanted)
    prepared = bench.home.find()
    for table in prepared.tables if prepared else ():
        if prepared and name in (table.new_value, table.new_name):
            return msgspec.structs.replace(prepared, tables=(table,))
    return discover(
        bench.git.root,
        [name],
        bench.config,
        selected_workspace=selected_workspace(bench),
        state=state_reader(bench),
        variables=terraform_variables(bench),
    )


def _compare(
    bench: Workbench, swap: Swap, table: TableSwap, scan_count: bool, yes: bool
) -> Comparison:
    aws = aws_of(bench, swap, table.region)
    with bench.console.step(f"look at {table.old_name} and {table.new_name}"):
        outgoing = _described(aws, table.old_name, "outgoing", "tfswap status")
        again = f"tfswap backups {table.base} (it may still be restoring: tfswap restore)"
        restored = _described(aws, table.new_name, "restored", again)
    counted = _counted(bench, aws, outgoing, restored, yes) if scan_count else None
    return compare(outgoing, restored, _managed(table), counted)


def _described(aws: Aws, name: str, side: str, hint: str) -> TableFacts:
    try:
        return describe(aws, name)
    except MissingError as error:
        raise MissingError(
            f"The {side} table {name} is not there (account {aws.caller.account}, {aws.region}).",
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
    bench: Workbench, aws: Aws, outgoing: TableFacts, restored: TableFacts, yes: bool
) -> tuple[int, int] | None:
    """Count both tables, once the cost is known and wanted."""
    console = bench.console
    units = sum(map(cost, (outgoing, restored)))
    console.warn(
        f"--scan-count reads both tables whole: about {units:,} read units (4 KB each, read "
        "consistently). They are paid for, count as use in `retire --quiet-hours`, and on a "
        "provisioned table they take from what the service has."
    )
    if not console.confirm("Count them?", yes=yes):
        return None
    bench.home.make()
    bench.journal.note("scan-count", tables=[outgoing.name, restored.name])
    dynamodb = aws.client("dynamodb")
    return _count(bench, dynamodb, outgoing), _count(bench, dynamodb, restored)


def _count(bench: Workbench, dynamodb: object, facts: TableFacts) -> int:
    with bench.console.step(f"count the items of {facts.name}"):
        return count_items(dynamodb, facts.name, _tenths(bench.console.say, facts))


def _tenths(say: Callable[[str], None], facts: TableFacts) -> Callable[[int], None]:
    """Return what says a count so far, about ten times in all."""
    every = max(facts.items // 10, 100_000)
    due = every

    def tell(total: int) -> None:
        nonlocal due
        if total >= due:
            say(f"{total:,} items of about {facts.items:,}")
            due = total + every

    return tell


def _tell(bench: Workbench, done: list[Comparison], prepared: bool) -> int:
    """Say what follows, and return the exit code."""
    note = bench.console.note
    if any(one.blocks for one in done):
        note("Keys, types or indexes differ: tfswap run would refuse. next: restore again")
        return int(ExitCode.REJECTED)
    if any(one.waits for one in done):
        note("The restored table is not ready. next: wait, then tfswap compare")
        return int(ExitCode.CANNOT_TELL)
    names = " ".join(one.restored.name for one in done)
    following = "tfswap status" if prepared else f"tfswap prepare {names}"
    note(f"Same keys, types and indexes. next: {following}")
    return int(ExitCode.OK)
