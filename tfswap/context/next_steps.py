"""What is left to do for a swap that is applied: commit, push, pull request, the outgoing table."""

from __future__ import annotations

import shlex

from tfswap.context.command_context import CommandContext
from tfswap.swap import Swap


def next_steps(context: CommandContext, swap: Swap) -> str:
    """Return the next command, and what comes after it; ``status`` and ``apply`` say the same.

    Read from git, and from the journal what ``finish`` and ``retire`` noted there.
    """
    leaves = {table.leaf.file for table in swap.tables}
    if leaves & set(context.git.changed()) or not context.git.pushed(swap.branch):
        return "tfswap finish (commits the tfvars edit, pushes the branch, opens the PR)"
    return f"{_pull_request(context, swap)}; {next_steps_once_merged(context, swap)}"


def is_finished(context: CommandContext, swap: Swap) -> bool:
    """Whether ``finish`` noted that it pushed this swap, applied as it was."""
    return context.journal.progress().of_swap(swap.branch).branches.finished


def next_steps_once_merged(context: CommandContext, swap: Swap) -> str:
    """Return what is left when the edit is merged: the freeze and the outgoing tables."""
    landed = f"when it is in {swap.environment}, end the change freeze"
    retired = context.journal.progress().of_swap(swap.branch).tables.retired
    left = [table.old_name for table in swap.tables if table.old_name not in retired]
    if not left:
        return f"{landed}. The outgoing table is already retired."
    return f"{landed}. A day or more later: tfswap retire {shlex.quote(left[0])} --dry-run"


def _pull_request(context: CommandContext, swap: Swap) -> str:
    """Return what to do with the pull request, which ``finish`` told the journal of."""
    branches = context.journal.progress().of_swap(swap.branch).branches
    if url := branches.pull_request(swap.branch):
        return f"get {url} merged"
    return "get the PR merged (tfswap finish shows how to open it)"
