"""``tfswap compare``: outgoing and restored table side by side, before anything is swapped.

Reads only. Exit code 1 where keys, attribute types or indexes differ: then one table cannot take
the other's place.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

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
from tfswap.config import Config
from tfswap.errors import ExitCode, UsageError
from tfswap.names import parse_dated
from tfswap.repo.discover import discover
from tfswap.report.wrap import wrap
from tfswap.swap import Swap, TableSwap


def compare_tables(
    bench: Workbench,
    wanted: str | None,
    *,
    scan_count: bool,
    yes: bool,
    as_json: bool,
    flags: Sequence[str] = (),
) -> int:
    """Compare the tables of the prepared swap, or the one named.

    Args:
        bench: The command's surroundings.
        wanted: A restored table's name; None takes all of the prepared swap.
        scan_count: Count items exactly, by reading both tables.
        yes: Do not ask before that.
        as_json: Write JSON instead of text.
        flags: What else was typed, for the command that is named next.

    Returns:
        0; 1 where keys, types or indexes differ; 3 while the restored table is still being made.
    """
    swap = _swap(bench, wanted)
    tell_environment(bench, swap)
    done = [_compare(bench, swap, table, scan_count, yes, flags) for table in swap.tables]
    console = bench.console
    if as_json:
        console.out(comparison_json(done))
    else:
        console.out("\n\n".join(comparison_text(one, console.width) for one in done))
    return _tell(bench, swap, done, flags)


def _swap(bench: Workbench, wanted: str | None) -> Swap:
    """Return the prepared swap, cut to the table named, or what the repository says of that one.

    Raises:
        RepoError: No table is named and no swap prepared.
        UsageError: The swap prepared here is in another place than was said.
    """
    if wanted is None:
        whole = bench.home.load()
        _check_place(bench.config, whole)
        return whole
    name, prepared = plain(wanted), bench.home.find()
    if prepared is not None and not _is_of_another(bench.config, prepared):
        for table in prepared.tables:
            if name in (table.new_value, table.new_name):
                _check_place(bench.config, prepared)
                return msgspec.structs.replace(prepared, tables=(table,))
    return discover(
        bench.git.root,
        [name],
        bench.config,
        selected_workspace=selected_workspace(bench),
        state=state_reader(bench),
        variables=terraform_variables(bench),
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
            f"{', '.join(sorted(regions))}; something else was said.",
            hint="Leave --environment, --account and --region out; tfswap status shows the swap.",
        )


def _compare(
    bench: Workbench,
    swap: Swap,
    table: TableSwap,
    scan_count: bool,
    yes: bool,
    flags: Sequence[str],
) -> Comparison:
    aws = aws_of(bench, swap, table.region)
    with bench.console.step(f"look at {table.old_name} and {table.new_name}"):
        outgoing = _described(aws, table.old_name, "outgoing", "tfswap status")
        restored = _described(aws, table.new_name, "restored", _restoring(table, flags))
    counted = _counted(bench, aws, outgoing, restored, yes) if scan_count else None
    return compare(outgoing, restored, _managed(table), counted)


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
    cost_text = (
        f"--scan-count reads both tables whole: about {units:,} read units (4 KB each, read "
        "consistently). They are paid for, count as use in `retire --quiet-hours`, and on a "
        "provisioned table they take from what the service has."
    )
    console.warn("\n  ".join(wrap(cost_text, console.width - len("warning: "))))
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


def _tell(bench: Workbench, swap: Swap, done: list[Comparison], flags: Sequence[str]) -> int:
    """Say what follows, and return the exit code."""
    note = bench.console.note
    bases = {table.new_name: table.base for table in swap.tables}
    for one in done:
        if one.blocks:
            words = ["tfswap", "backups", bases[one.restored.name], *flags]
            note("Keys, types or indexes differ: tfswap run will refuse")
            note(f"{one.restored.name}. A backup has the indexes of its day:")
            note("restore another one, under another date.")
            note(f"next: {shlex.join(words)}")
    if any(one.blocks for one in done):
        return int(ExitCode.REJECTED)
    names = [one.restored.name for one in done]
    prepared = bench.home.find() == swap
    if any(one.waits for one in done):
        named = [] if prepared else [*names, *flags]
        note("The restored table is not ready yet.")
        note(f"next, in a while: {shlex.join(['tfswap', 'compare', *named])}")
        return int(ExitCode.CANNOT_TELL)
    values = [table.new_value for table in swap.tables]
    following = ["status"] if prepared else ["prepare", *values, *flags]
    note("Same keys, types and indexes.")
    note(f"next: {shlex.join(['tfswap', *following])}")
    return int(ExitCode.OK)
