"""``tfswap prepare Lpas-20240715``: from a restored table's name to a branch that names it.

Reads the repository, makes the branch, changes one string of the tfvars per table, and writes the
swap and its commands under ``.tfswap/``. Nothing in Terraform's state or in AWS is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from tfswap.commands.lookup import selected_workspace, state_reader, terraform_variables
from tfswap.commands.workbench import Workbench, tell_environment
from tfswap.errors import RepoError, UsageError
from tfswap.files import write_atomically
from tfswap.names import parse_dated
from tfswap.repo import tfvars
from tfswap.repo.discover import discover
from tfswap.report.swap_text import prepared_text
from tfswap.steps.script import command_lines, script
from tfswap.swap import Swap, TableSwap


def prepare(
    bench: Workbench, wanted: Sequence[str], *, dry_run: bool = False, offline: bool = False
) -> int:
    """Prepare a swap to the named tables, or say that it is prepared already.

    Args:
        bench: The command's surroundings.
        wanted: Names as they shall stand in the tfvars: ``Lpas-20240715``, or ``Lpas`` to go back.
        dry_run: Show everything, change nothing.
        offline: Do not fetch from the remote.

    Returns:
        The exit code.
    """
    _check_dates(wanted)
    again = _prepared_before(bench, wanted)
    if again is None:
        _check_tree(bench)
        _check_upstream(bench, offline=offline)
    swap = _remember(bench, again or _discover(bench, wanted))
    tell_environment(bench, swap)
    diff = _diff(bench, swap)
    done = again == swap and not diff and _in_place(bench, swap)
    if not dry_run and not done:
        _carry_out(bench, swap)
    lines = command_lines(swap, bench.remembering(swap).binary)
    bench.console.out(
        prepared_text(swap, diff, lines, width=bench.console.width, dry_run=dry_run, already=done)
    )
    return 0


def _check_dates(wanted: Sequence[str], today: date | None = None) -> None:
    """Refuse a date of restoration that does not exist or is still to come."""
    # A day's grace: the restore may have been named by a clock further east.
    latest = (today or datetime.now(UTC).date()) + timedelta(days=1)
    for name in wanted:
        day = parse_dated(name).date
        if day is not None and day > latest:
            raise UsageError(
                f"{name} is dated {day:%d %B %Y}, which is still to come.",
                hint="Type the name as it stands in AWS Backup's restore job.",
            )


def _prepared_before(bench: Workbench, wanted: Sequence[str]) -> Swap | None:
    """Return the swap prepared here earlier when it is the same one."""
    swap = bench.home.find()
    if swap is None:
        return None
    names = {table.new_value for table in swap.tables} | {table.new_name for table in swap.tables}
    same_tables = len(wanted) == len(swap.tables) and set(wanted) <= names
    chosen = bench.config.environment
    same_environment = chosen is None or chosen.value == swap.environment
    if same_tables and same_environment and _still_applies(bench, swap):
        return swap
    return None


def _still_applies(bench: Workbench, swap: Swap) -> bool:
    """Say whether the tfvars hold the outgoing or the new name at every leaf."""
    for table in swap.tables:
        try:
            now = tfvars.read(bench.git.root / table.leaf.file).leaf(table.leaf.pointer).value
        except RepoError:
            return False
        if now not in (table.leaf.value, table.new_value):
            return False
    return True


def _check_tree(bench: Workbench) -> None:
    """Refuse a work tree whose changes would ride along."""
    changed = bench.git.changed()
    if not changed:
        return
    hint = "Commit or stash them, then prepare again."
    if any(path.endswith(".envrc") for path in changed):
        hint += " For the role leave .envrc as it is and pass --role breakglass."
    if any(path.endswith(".tfvars.json") for path in changed):
        hint += " To drop an edit of the tfvars: git restore FILE."
    raise RepoError(
        "The work tree has changes of its own; they would ride along.", hint=hint, details=changed
    )


def _check_upstream(bench: Workbench, *, offline: bool) -> None:
    """Refuse to start from an old main (runbook, "Ensure you are up to date")."""
    git = bench.git
    if not offline and git.repo.remotes:
        with bench.console.step("fetch from the remote"):
            git.fetch()
    upstream = git.upstream(bench.config.default_branch)
    if upstream is None:
        bench.console.say("no remote branch to compare with")
        return
    behind, ahead = git.distance(upstream)
    if behind:
        commits = "commit" if behind == 1 else "commits"
        raise RepoError(
            f"HEAD is {behind} {commits} behind {upstream}: the plan would undo them.",
            hint=f"git switch {upstream.split('/', 1)[1]} && git pull, then prepare again.",
        )
    if ahead:
        bench.console.warn(f"HEAD has {ahead} commit(s) that {upstream} lacks; the PR holds them.")


def _discover(bench: Workbench, wanted: Sequence[str]) -> Swap:
    swap = discover(
        bench.git.root,
        wanted,
        bench.config,
        selected_workspace=selected_workspace(bench),
        state=state_reader(bench),
        variables=terraform_variables(bench),
    )
    if not bench.git.valid_branch(swap.branch):
        raise UsageError(
            f"{swap.branch!r} cannot be a branch's name.", hint="Choose one with --branch."
        )
    return swap


def _remember(bench: Workbench, swap: Swap) -> Swap:
    """Keep what this command was told of prefix, binary and role for the later ones."""
    config = bench.remembering(swap).config
    return msgspec.structs.replace(
        swap,
        prefix=config.prefix,
        terraform_bin=config.terraform_bin or "",
        role=config.role.value if config.role and config.role_is_explicit else "",
    )


def _diff(bench: Workbench, swap: Swap) -> tuple[str, ...]:
    """Return the lines of the edit still to be made, ``-`` and ``+``, with their place."""
    lines: list[str] = []
    leaves = {(table.leaf.file, table.leaf.pointer): table for table in swap.tables}
    for table in leaves.values():
        before = tfvars.read(bench.git.root / table.leaf.file, table.leaf.file)
        if before.leaf(table.leaf.pointer).value == table.new_value:
            continue
        old = before.data.decode("utf-8-sig").splitlines()
        new = _spliced(before.data, table).decode("utf-8-sig").splitlines()
        changed = [
            number for number, pair in enumerate(zip(old, new, strict=True)) if len(set(pair)) > 1
        ]
        for number in changed:
            lines += [f"{table.leaf.file}:{number + 1}", f"-{old[number]}", f"+{new[number]}"]
    return tuple(lines)


def _spliced(data: bytes, table: TableSwap) -> bytes:
    leaf = table.leaf
    return tfvars.splice(data, leaf.pointer, leaf.value, table.new_value, file=leaf.file)


def _in_place(bench: Workbench, swap: Swap) -> bool:
    return bench.git.branch() == swap.branch and bench.home.script.is_file()


def _carry_out(bench: Workbench, swap: Swap) -> None:
    """Write the swap first, then branch, edit and script: each repeatable after a kill."""
    bench.home.save(swap)
    git = bench.git
    if git.branch() != swap.branch:
        git.switch(swap.branch, create=not git.has_branch(swap.branch))
    for table in swap.tables:
        path = git.root / table.leaf.file
        data = path.read_bytes()
        if tfvars.parse(data, table.leaf.file).leaf(table.leaf.pointer).value != table.new_value:
            write_atomically(path, _spliced(data, table))
    told = bench.remembering(swap)
    text = script(swap, told.binary, told.config.terraform_variables())
    write_atomically(bench.home.script, text.encode(), 0o700)
    bench.journal.note(
        "prepared", branch=swap.branch, environment=swap.environment, renames=swap.renames
    )
