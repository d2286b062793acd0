"""The user's git repository: what ``prepare`` must know of it and the branch it makes.

The one door to git: a thin layer over GitPython, which runs the git on the PATH. Nothing else
imports GitPython or runs git (tests/test_rooms.py), and its errors become ours here.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tfswap.errors import RepoError

if TYPE_CHECKING:
    from git import Repo


_STATUS = "Run git status and fix what it reports."


class GitResult(NamedTuple):
    """How a git command ended, and what it and its hooks said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Git:
    """One work tree."""

    root: Path
    """Its top folder."""
    _repo: Repo

    @property
    def remotes(self) -> tuple[str, ...]:
        """Names of the remotes."""
        return tuple(remote.name for remote in self._repo.remotes)

    def branch(self) -> str | None:
        """Return the branch checked out, or None when HEAD is detached."""
        return None if self._repo.head.is_detached else self._repo.active_branch.name

    def has_branch(self, name: str) -> bool:
        """Say whether a local branch of that name is there."""
        return any(head.name == name for head in self._repo.heads)

    def changed(self) -> tuple[str, ...]:
        """Return the paths that differ from HEAD or are new and not ignored."""
        words = ("status", "--porcelain=v1", "-z", "--no-renames")
        out = self.read("read the status of the working tree", *words)
        return tuple(entry[3:] for entry in out.split("\0") if entry and not _ours(entry[3:]))

    def files(self) -> tuple[str, ...]:
        """Return the tracked files and the new ones that are not ignored."""
        words = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        out = self.read("list the files", *words)
        return tuple(name for name in out.split("\0") if name and not _ours(name))

    def tracked(self, folder: str) -> tuple[str, ...]:
        """Return what git tracks below a folder at the top, however its name is capitalised."""
        out = self.read("list the files", "ls-files", "-z", "--", f":(top,icase){folder}")
        return tuple(filter(None, out.split("\0")))

    def upstream(self, default_branch: str | None) -> str | None:
        """Return the remote-tracking name of the default branch, e.g. ``origin/main``.

        The remote's own HEAD decides; where it is not known, ``main`` or ``master``. None without
        a remote.
        """
        names = self.remotes
        if not names:
            return None
        remote = self._repo.remote("origin" if "origin" in names else names[0])
        refs = {ref.name for ref in remote.refs}
        wanted = [f"{remote.name}/{name}" for name in (default_branch, "main", "master") if name]
        head = f"{remote.name}/HEAD"
        if default_branch is None and head in refs:
            words = ("rev-parse", "--abbrev-ref", head)
            wanted.insert(0, self.read("read the remote's default branch", *words))
        return next((name for name in wanted if name in refs), None)

    def base(self, default_branch: str | None) -> str | None:
        """Return the commit where HEAD left the default branch; None where that is not known."""
        local = (default_branch, "main", "master")
        other = self.upstream(default_branch) or next(
            filter(self.has_branch, filter(None, local)), ""
        )
        return self.ask("merge-base", other, "HEAD") if other else None

    def feature_branch(self, default_branch: str | None) -> str | None:
        """Return the branch checked out, where that is not the default branch itself."""
        here, upstream = self.branch(), self.upstream(default_branch) or ""
        own = (default_branch, "main", "master", upstream.partition("/")[2])
        return None if here in own else here

    def differing(self, commit: str) -> tuple[str, ...]:
        """Return the paths that differ between a commit and HEAD."""
        words = ("diff", "-z", "--name-only", "--no-renames", commit, "HEAD")
        out = self.read(f"compare HEAD with {commit[:12]}", *words)
        return tuple(name for name in out.split("\0") if name)

    def fetch(self) -> None:
        """Fetch from every remote."""
        for remote in self.remotes:
            hint = "Fix the network connection, or use --offline."
            self.read("fetch from the remote", "fetch", "--quiet", remote, hint=hint)

    def same_commit(self, branch: str) -> bool:
        """Say whether a local branch is where HEAD is."""
        return bool(self._repo.heads[branch].commit == self._repo.head.commit)

    def pushed(self, branch: str) -> bool:
        """Say whether the branch's upstream, as last seen, holds all of it."""
        upstream = self._repo.heads[branch].tracking_branch()
        if upstream is None or not upstream.is_valid():
            return False
        return self._repo.is_ancestor(self._repo.heads[branch].commit, upstream.commit)

    def distance(self, other: str) -> tuple[int, int]:
        """Return how many commits HEAD is behind and ahead of ``other``."""
        words = ("rev-list", "--left-right", "--count", f"{other}...HEAD")
        out = self.read(f"compare HEAD with {other}", *words)
        behind, ahead = out.split()
        return int(behind), int(ahead)

    def switch(self, name: str, *, create: bool) -> None:
        """Check out a branch, made from HEAD where ``create``."""
        words = ("switch", "--quiet", *(("--create", name) if create else (name,)))
        hint = "Check git status, or choose another branch: tfswap prepare … --branch NAME"
        self.read(f"switch to the branch {name}", *words, hint=hint)

    def commit(self) -> str:
        """Return the commit that is checked out."""
        return str(self._repo.head.commit.hexsha)

    def file_at(self, revision: str, path: str) -> bytes | None:
        """Return a file's bytes in a revision, or None where either is not there."""
        return self.blob(f"{revision}:{path}")

    def blob(self, name: str) -> bytes | None:
        """Return a blob's bytes by its id or ``REVISION:PATH``; None where it is not there."""
        from git import GitError

        words = [self._repo.git.GIT_PYTHON_GIT_EXECUTABLE, "cat-file", "blob", name]
        try:
            data: bytes = self._repo.git.execute(
                words, stdout_as_string=False, strip_newline_in_stdout=False
            )
        except GitError:
            return None
        return data

    def has_more_commits(self, branch: str, commit: str) -> bool:
        """Say whether a local branch holds a commit that ``commit`` does not reach."""
        words = ("rev-list", "--count", f"{commit}..refs/heads/{branch}")
        out = self.read(f"compare {branch} with {commit[:12]}", *words)
        return out.strip() != "0"

    def detach(self, commit: str) -> None:
        """Check out a commit without a branch."""
        self.read(f"check out {commit[:12]}", "switch", "--quiet", "--detach", commit)

    def remove_branch(self, name: str) -> None:
        """Remove a local branch; the caller has made sure that it holds nothing of its own."""
        self.read(f"delete the branch {name}", "branch", "--quiet", "-D", name)

    def ask(self, *words: str) -> str | None:
        """Run a git command that only looks.

        Returns:
            What it prints, or None where it says no, which git does with exit code 1.

        Raises:
            GitError: Anything else; ``git_errors`` says what was being done.
        """
        from git import GitCommandError

        try:
            return str(self._repo.git.execute([self._repo.git.GIT_PYTHON_GIT_EXECUTABLE, *words]))
        except GitCommandError as error:
            if error.status == 1:
                return None
            raise

    def read(self, doing: str, *words: str, hint: str = _STATUS) -> str:
        """Run a git command and return what it prints.

        Args:
            doing: What it is for, for the error.
            words: The command.
            hint: What to do where it fails.

        Raises:
            RepoError: It failed.
        """
        with git_errors(doing, hint=hint):
            return str(self._repo.git.execute([self._repo.git.GIT_PYTHON_GIT_EXECUTABLE, *words]))

    def attempt(
        self, *words: str, env: Mapping[str, str] | None = None, wait_options: float | None = None
    ) -> GitResult:
        """Run a git command, hooks and all; how it ended is the caller's to judge.

        Args:
            words: The command.
            env: Variables beside the ones there are.
            wait_options: Seconds after which it is ended.
        """
        git = self._repo.git
        code, out, err = git.execute(
            [git.GIT_PYTHON_GIT_EXECUTABLE, *words],
            env=env,
            kill_after_timeout=wait_options,
            with_extended_output=True,
            with_exceptions=False,
        )
        return GitResult(int(code), str(out), str(err))

    def is_ancestor(self, commit: str, of: str = "HEAD") -> bool:
        """Say whether a commit is in the history of another; one never fetched is in none."""
        return self.attempt("merge-base", "--is-ancestor", commit, of).code == 0

    def object(self, sha: str) -> bytes | None:
        """Return a blob's bytes, or None where it is not in this clone."""
        from git import BadName, BadObject

        try:
            return bytes(self._repo.odb.stream(bytes.fromhex(sha)).read())
        except (BadName, BadObject, ValueError):
            return None

    def valid_branch(self, name: str) -> bool:
        """Say whether git takes ``name`` for a branch."""
        return self.attempt("check-ref-format", "--branch", name).code == 0


def _ours(path: str) -> bool:
    """Say whether a path is tfswap's own folder, whose ``.gitignore`` may have been lost."""
    return path.split("/", 1)[0] == ".tfswap"


@contextmanager
def git_errors(doing: str, *, hint: str = _STATUS) -> Iterator[None]:
    """Turn GitPython's errors into ours."""
    from git import GitError

    try:
        yield
    except GitError as error:
        text = str(getattr(error, "stderr", "") or error)
        details = tuple(line.strip() for line in text.splitlines() if line.strip())[-8:]
        if any(os.strerror(number) in text for number in (errno.ENOSPC, errno.EDQUOT)):
            hint = "The disk is full. Free disk space, then run the same command again."
        raise RepoError(f"git could not {doing}.", hint=hint, details=details) from error
