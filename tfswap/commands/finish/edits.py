"""The tfvars edit and nothing else: what ``finish`` may commit, checked byte for byte."""

from __future__ import annotations

import shlex

from tfswap.edit import files
from tfswap.errors import RepoError
from tfswap.git.publish import Publisher
from tfswap.swap import Swap

_FILES = ("100644", "100755")


def edits(landing: Publisher, swap: Swap) -> dict[str, bytes]:
    """Return the tfvars files whose edit is not committed yet, and what they are to hold then.

    Raises:
        RepoError: A file does not name the restored table, or differs from HEAD in more than that,
            be it staged or not.
    """
    found = {}
    for file in dict.fromkeys(table.leaf.file for table in swap.tables):
        _check_names(landing, swap, file)
        wanted = _edit(landing, swap, file)
        if wanted is not None:
            found[file] = wanted
    return found


def check_committed(landing: Publisher, since: str, wanted: dict[str, bytes]) -> None:
    """Make sure that the commit holds the edit and nothing else: hooks may change commits.

    Raises:
        RepoError: It does not; nothing was pushed.
    """
    touched = set(landing.touched(since))
    same = all(landing.at("HEAD", file) == data for file, data in wanted.items())
    if touched == set(wanted) and same:
        return
    more = sorted(touched - set(wanted)) or sorted(wanted)
    raise RepoError(
        "A hook put more into the commit than the table's name. Nothing was pushed.",
        hint=f"Look: git show. To take the commit back: git reset --soft {since[:12]}; then mend "
        "the hook or the file, and tfswap finish again.",
        details=tuple(more),
    )


def _check_names(landing: Publisher, swap: Swap, file: str) -> None:
    held = files.read(landing.git.root, file)
    for table in swap.tables:
        leaf = held.leaf(table.leaf.pointer) if table.leaf.file == file else None
        if leaf is not None and leaf.value != table.new_value:
            names = shlex.join(dict.fromkeys(one.new_value for one in swap.tables))
            raise RepoError(
                f"{file}:{leaf.line}: {leaf.pointer} is {leaf.value!r}; the swap needs "
                f"{table.new_value!r}.",
                hint=f"tfswap prepare {names}",
            )


def _edit(landing: Publisher, swap: Swap, file: str) -> bytes | None:
    """Return what a commit of the file is to hold, or None where HEAD holds it."""
    before = landing.in_head(file)
    if before is None or before.mode not in _FILES:
        what = "is not in HEAD" if before is None else "is no regular file in git"
        raise RepoError(f"{file} {what}.", hint="Commit the edit by hand, then tfswap finish.")
    wanted = files.swapped(landing.blob(before.sha), file, swap.tables)
    now = landing.to_be_committed(file)
    if now is None or now.mode != before.mode or landing.blob(now.sha) != wanted:
        raise _more(file, "has")
    # A staged version other than these two would be lost: the commit takes the work tree's.
    if len(staged := landing.staged(file)) != 1 or staged[0] not in (before, now):
        raise _more(file, "has staged")
    return wanted if now != before else None


def _more(file: str, has: str) -> RepoError:
    return RepoError(
        f"{file} {has} more changes than the table's name; they would ride along.",
        hint=f"Look: git diff HEAD -- {shlex.quote(file)}. Take them back or commit them apart, "
        "then tfswap finish again.",
    )
