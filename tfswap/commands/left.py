"""What is left to do for a swap that is applied: commit, push, pull request, the outgoing table."""

from __future__ import annotations

import shlex

from tfswap.commands.workbench import Workbench
from tfswap.report.history import Entry, of_this_swap
from tfswap.swap import Swap


def left_to_do(bench: Workbench, swap: Swap) -> str:
    """Return the next command, and what comes after it; ``status`` and ``apply`` say the same.

    Read from git, and from the journal what ``finish`` and ``retire`` noted there.
    """
    leaves = {table.leaf.file for table in swap.tables}
    if leaves & set(bench.git.changed()) or not bench.git.pushed(swap.branch):
        return "tfswap finish (commits the tfvars edit, pushes the branch, opens the PR)"
    return f"{_pull_request(bench, swap)}; {left_once_merged(bench, swap)}"


def is_finished(bench: Workbench, swap: Swap) -> bool:
    """Whether ``finish`` noted that it pushed this swap, applied as it was."""
    return any(entry.get("event") == "finished" for entry in _entries(bench, swap))


def left_once_merged(bench: Workbench, swap: Swap) -> str:
    """Return what is left when the edit is merged: the freeze and the outgoing tables."""
    landed = f"once it is in {swap.environment}, end the change freeze"
    retired = {e.get("table") for e in _entries(bench, swap) if e.get("event") == "retired"}
    left = [table.old_name for table in swap.tables if table.old_name not in retired]
    if not left:
        return f"{landed}. The outgoing table is retired already."
    return f"{landed}. A day or more later: tfswap retire {shlex.quote(left[0])} --dry-run"


def _pull_request(bench: Workbench, swap: Swap) -> str:
    """Return what to do with the pull request, which ``finish`` told the journal of."""
    for entry in reversed(_entries(bench, swap)):
        url = str(entry.get("url", ""))
        if entry.get("branch") == swap.branch and url.startswith("https://"):
            return f"have {url} merged"
    return "have the PR merged (tfswap finish shows how to open it)"


def _entries(bench: Workbench, swap: Swap) -> list[Entry]:
    return of_this_swap(tuple(bench.journal.entries()), swap.branch)
