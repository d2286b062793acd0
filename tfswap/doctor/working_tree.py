"""The work tree, its branch, and whether it starts from what is on the remote now."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.doctor.context import DoctorContext
from tfswap.doctor.result import CheckResult, ok, stop, warning
from tfswap.git.client import Git

_TIMEOUT = 20
"""Seconds for the remote to answer."""


def check_working_tree(context: DoctorContext) -> Iterator[CheckResult]:
    """Look at changes and branch."""
    swap, git = context.swap, context.git
    branch = git.branch()
    ours = {table.leaf.file for table in swap.tables} if swap else set()
    changed = [path for path in git.changed() if path not in ours]
    listed = ", ".join(changed[:3]) + ("…" if len(changed) > 3 else "")
    if changed and swap:
        yield warning(
            f"uncommitted changes besides the swap's: {listed}",
            "They would be included in the swap. Commit or stash them.",
        )
    elif changed:
        yield stop(f"uncommitted changes: {listed}", "Commit or stash them.")
    else:
        yield ok("no uncommitted changes")
    if swap and branch != swap.branch:
        yield stop(
            f"the swap was prepared on {swap.branch}; {branch or 'no branch'} is checked out",
            "Run tfswap prepare again: it completes the swap.",
        )
    elif branch is None:
        yield warning("no branch is checked out", "Check out a branch: git switch main")
    else:
        yield ok(f"on {branch}")


def check_remote(context: DoctorContext) -> Iterator[CheckResult]:
    """Ask the remote where its default branch is; nothing is fetched."""
    git = context.git
    upstream = git.upstream(context.config.default_branch)
    if not git.remotes or upstream is None:
        yield warning("there is no remote branch to compare with")
        return
    name, _, branch = upstream.partition("/")
    tip, why = _tip(git, name, branch)
    if not tip:
        yield warning(
            f"the remote {name} cannot be read ({why}); it is unknown whether {branch} "
            "is up to date",
            "Check the network (VPN, proxy) and your access to it.",
        )
    elif git.is_ancestor(tip):
        yield ok(f"HEAD contains the latest {upstream}")
    else:
        line = warning if context.swap else stop
        yield line(
            f"{branch} on {name} has commits that are not in HEAD: the plan would undo them",
            f"Run git fetch, then rebase onto {upstream}."
            if context.swap
            else f"git switch {branch} && git pull",
        )


def _tip(git: Git, remote: str, branch: str) -> tuple[str, str]:
    """Return the commit a branch has on the remote; or nothing, and git's reason."""
    words = ("ls-remote", "--exit-code", remote, f"refs/heads/{branch}")
    code, out, err = git.attempt(*words, env={"GIT_TERMINAL_PROMPT": "0"}, wait_options=_TIMEOUT)
    if code or not out:
        return "", (err.strip().splitlines() or [f"exit {code}"])[-1]
    return out.split()[0], ""
