"""The edit and what the verified plan rests on besides: what ``finish`` commits, byte for byte."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping

from tfswap.context.command_context import CommandContext
from tfswap.context.configuration_record import (
    check_unchanged,
    configuration_files,
    recorded,
)
from tfswap.context.written_names import require_restored
from tfswap.edit import files
from tfswap.errors import RepoError
from tfswap.git.publish import Publisher
from tfswap.steps import verdict as verdicts
from tfswap.swap import Swap

_FILES = ("100644", "100755")


def edits(publisher: Publisher, swap: Swap) -> dict[str, bytes]:
    """Return the tfvars files whose edit is not committed yet, and what they are to hold then.

    Raises:
        RepoError: A file does not name the restored table, or differs from HEAD in more than that,
            be it staged or not.
    """
    found = {}
    for file in dict.fromkeys(table.leaf.file for table in swap.tables):
        _check_names(publisher, swap, file)
        wanted = _edit(publisher, swap, file)
        if wanted is not None:
            found[file] = wanted
    return found


def verified_changes(
    context: CommandContext, publisher: Publisher, swap: Swap
) -> dict[str, bytes | None]:
    """Return what else is to be committed, named: the verified plan rests on it.

    Raises:
        RejectedError: The configuration is not the verified one any more.
    """
    bound = verdicts.load(context.directory.verdict)
    kept: dict[str, str] = {}
    if bound is not None and bound.swap == verdicts.swap_digest(swap):
        check_unchanged(context, swap, bound.sha256)
        kept = recorded(context, bound.sha256) or {}
    configuration = {*kept, *configuration_files(context.git, swap)}
    more = _further(publisher, swap, configuration)
    if more:
        context.console.warn(
            "The verified plan depends on more uncommitted files; they are committed "
            f"too: {', '.join(more)}. To leave them out, revert them and run tfswap "
            "verify-plan."
        )
    ignored = publisher.ignored(sorted(kept))
    if ignored:
        context.console.warn(
            f"The verified plan depends on files that git ignores: {', '.join(ignored)}. "
            "The pipeline that applies the merged branch needs the same files."
        )
    return more


def _further(
    publisher: Publisher, swap: Swap, configuration: Collection[str]
) -> dict[str, bytes | None]:
    """Return what else of the configuration is not committed, and what it is to hold then.

    The verified plan contains it: left out of the commit, the next pipeline would undo it.

    Args:
        publisher: The work tree's git.
        swap: The swap, whose own edit is left out.
        configuration: The files that the plan rests on, those that are gone included.
    """
    own = {table.leaf.file for table in swap.tables}
    found: dict[str, bytes | None] = {}
    for file in publisher.git.changed():
        if file in configuration and file not in own:
            there = (publisher.git.root / file).is_file()
            entry = publisher.to_be_committed(file) if there else None
            found[file] = publisher.blob(entry.sha) if entry else None
    return found


def check_committed(publisher: Publisher, since: str, wanted: Mapping[str, bytes | None]) -> None:
    """Make sure that the commit holds the edit and nothing else: hooks may change commits.

    Raises:
        RepoError: It does not; nothing was pushed.
    """
    touched = set(publisher.touched(since))
    same = all(publisher.at("HEAD", file) == data for file, data in wanted.items())
    if touched == set(wanted) and same:
        return
    more = sorted(touched - set(wanted)) or sorted(wanted)
    raise RepoError(
        "A git hook added changes to the commit. Nothing was pushed.",
        hint=f"To see the commit: git show. To undo it: git reset --soft {since[:12]}. Then "
        "fix the hook or the file, and run tfswap finish again.",
        details=tuple(more),
    )


def _check_names(publisher: Publisher, swap: Swap, file: str) -> None:
    names = shlex.join(dict.fromkeys(one.new_value for one in swap.tables))
    tables = [table for table in swap.tables if table.leaf.file == file]
    require_restored(publisher.git.root, tables, hint=f"tfswap prepare {names}")


def _edit(publisher: Publisher, swap: Swap, file: str) -> bytes | None:
    """Return what a commit of the file is to hold, or None where HEAD holds it."""
    before = publisher.in_head(file)
    if before is None or before.mode not in _FILES:
        what = "is not in HEAD" if before is None else "is not a regular file in git"
        raise RepoError(f"{file} {what}.", hint="Commit the edit by hand, then run tfswap finish.")
    data = publisher.blob(before.sha)
    # HEAD may name a restored table with a wrong date, which the edit corrects.
    wanted = files.swapped(data, file, files.named_in(data, file, swap.tables))
    now = publisher.to_be_committed(file)
    if now is None or now.mode != before.mode or publisher.blob(now.sha) != wanted:
        raise _more(file, "has")
    # A staged version other than these two would be lost: the commit takes the work tree's.
    if len(staged := publisher.staged(file)) != 1 or staged[0] not in (before, now):
        raise _more(file, "has staged")
    return wanted if now != before else None


def _more(file: str, has: str) -> RepoError:
    return RepoError(
        f"{file} {has} other changes than the table's name; they would be included in the swap.",
        hint=f"To see them: git diff HEAD -- {shlex.quote(file)}. Revert them or commit them "
        "separately, then run tfswap finish again.",
    )
