"""Where ``finish`` pushes to, and what the pull request goes into: never the default branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tfswap.context.command_context import CommandContext
from tfswap.context.written_names import is_restored_at
from tfswap.errors import RepoError
from tfswap.git.hosting import HostedRepo, parse_remote, without_credentials
from tfswap.git.publish import Publisher, Remote, RemoteStatus, moved
from tfswap.swap import Swap

_NEVER = ("main", "master")


@dataclass(frozen=True)
class PushTarget:
    """A branch on a remote, and the branch it is to be merged into."""

    branch: str
    remote: str
    """Where the branch is pushed; a fork, perhaps."""
    base_remote: str
    """Where the pull request is opened."""
    base: str
    there: RemoteStatus
    hosting: HostedRepo | None
    """The service of ``base_remote``, where it is known."""
    head: str
    """The branch as the service names it: ``owner:branch`` from a fork."""
    url: str
    """URL of ``remote``, without credentials."""


class _Remotes(NamedTuple):
    """Names of remotes."""

    push: str
    base: str


def find_push_target(
    context: CommandContext, publisher: Publisher, swap: Swap, base: str | None
) -> PushTarget:
    """Ask the remotes, and say where everything goes.

    Args:
        context: The repository and the settings.
        publisher: Its git.
        swap: Names the branch.
        base: Branch the pull request is to go into; the default branch when None.

    Raises:
        RepoError: No remote, or out of reach; the branch is a default branch, or moved there.
    """
    remotes = _remotes(context, publisher, swap.branch)
    _check(swap.branch, {*_NEVER, base, context.config.default_branch})
    pushed = publisher.ask(remotes.push, swap.branch)
    merged = pushed if len({*remotes}) == 1 else publisher.ask(remotes.base, swap.branch)
    into = base or context.config.default_branch or merged.default
    _check(swap.branch, {into, pushed.default, merged.default})
    if not into:
        raise RepoError(
            f"{remotes.base} does not report its default branch.", hint="Set it with --base."
        )
    there = publisher.where(pushed.branch)
    if there is RemoteStatus.MOVED:
        raise moved(remotes.push, swap.branch)
    return _target(publisher, swap.branch, remotes, into, there, pushed)


def _target(
    publisher: Publisher,
    branch: str,
    remotes: _Remotes,
    base: str,
    there: RemoteStatus,
    pushed: Remote,
) -> PushTarget:
    urls = publisher.urls(remotes.push, push=True)
    hosting, fork = _hosting(publisher.urls(remotes.base)), _hosting(urls)
    head = branch
    if fork and hosting and fork.owner != hosting.owner:
        head = f"{fork.owner}:{branch}"
    plain = without_credentials(urls[0])
    return PushTarget(branch, remotes.push, remotes.base, base, there, hosting, head, plain)


def _hosting(urls: tuple[str, str]) -> HostedRepo | None:
    return next(filter(None, map(parse_remote, urls)), None)


def _remotes(context: CommandContext, publisher: Publisher, branch: str) -> _Remotes:
    """Return the remotes git itself would push to and merge from."""
    names = context.git.remotes
    if not names:
        raise RepoError(
            "The repository has no remote to push to.",
            hint="git remote add origin URL, then run tfswap finish again.",
        )
    base = "origin" if "origin" in names else names[0]
    settings = (f"branch.{branch}.pushRemote", "remote.pushDefault", f"branch.{branch}.remote")
    chosen = (publisher.setting(name) for name in settings)
    return _Remotes(next((name for name in chosen if name in names), base), base)


def _check(branch: str, never: set[str | None]) -> None:
    if branch in never:
        raise RepoError(
            f"The swap is on {branch}, which is a default or base branch; tfswap never "
            "pushes to one.",
            hint="Move the edit to another branch: tfswap prepare … --branch NAME",
        )


def is_merged(publisher: Publisher, swap: Swap, commit: str) -> bool:
    """Say whether a commit of the base branch names every restored table, however merged."""
    return all(is_restored_at(publisher.git, commit, table) for table in swap.tables)
