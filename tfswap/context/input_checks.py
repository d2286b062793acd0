"""What ``prepare`` refuses before it reads anything: names, a dirty tree, an old main."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from tfswap.context.command_context import CommandContext
from tfswap.context.local_undo import own_edits
from tfswap.context.saved_swap import saved
from tfswap.errors import RepoError, UsageError
from tfswap.names import parse_arn, parse_dated


def plain(name: str) -> str:
    """Return the table's name of what was typed or pasted: an ARN's, and without outer spaces."""
    arn = parse_arn(name.strip())
    return arn.name if arn else name.strip()


def check_dates(wanted: Sequence[str], today: date | None = None) -> None:
    """Refuse a date of restoration that does not exist or is still to come."""
    # A day's grace: the restore may have been named by a clock further east.
    latest = (today or datetime.now(UTC).date()) + timedelta(days=1)
    for name in wanted:
        if dashed := re.fullmatch(r"(.+)-(\d{4})[-_.](\d{2})[-_.](\d{2})", name):
            raise UsageError(
                f"{name} has a date with separators; restored tables are named with YYYYMMDD.",
                hint=f"If this is the table: {dashed[1]}-{dashed[2]}{dashed[3]}{dashed[4]}",
            )
        day = parse_dated(name).date
        if day is not None and day > latest:
            raise UsageError(
                f"{name} is dated {day:%d %B %Y}, which is in the future.",
                hint="Use the table name of the AWS Backup restore job.",
            )


def check_work_tree(context: CommandContext) -> None:
    """Refuse a work tree whose changes would ride along."""
    changed = context.git.changed()
    prepared = saved(context) if changed else None
    # The edit of a swap prepared here goes along to the swap that follows it, or back from it.
    if set(changed) <= (own_edits(context, prepared) if prepared else frozenset()):
        return
    hint = "Commit or stash them, then run the command again."
    if any(path.endswith(".envrc") for path in changed):
        hint += " To set the role, do not edit .envrc; use --role breakglass."
    if any(path.endswith(".tfvars.json") for path in changed):
        hint += " To undo an edit of the tfvars: git restore FILE"
    raise RepoError(
        "You have uncommitted changes; these would be included in the swap.",
        hint=hint,
        details=changed,
    )


def check_upstream(context: CommandContext, *, offline: bool) -> None:
    """Refuse to start from an old main (runbook, "Ensure you are up to date")."""
    git = context.git
    if not offline and git.remotes:
        with context.console.step("fetch from the remote"):
            git.fetch()
    upstream = git.upstream(context.config.default_branch)
    if upstream is None:
        context.console.say("no remote branch to compare with")
        return
    behind, ahead = git.distance(upstream)
    if behind:
        commits = "commit" if behind == 1 else "commits"
        raise RepoError(
            f"HEAD is {behind} {commits} behind {upstream}: the plan would undo those changes.",
            hint=f"git switch {upstream.split('/', 1)[1]} && git pull, then prepare again.",
        )
    if ahead:
        context.console.warn(
            f"HEAD has {ahead} commit(s) that are not in {upstream}; the PR will include them."
        )
