"""The user's git repository: what ``prepare`` must know of it and the branch it makes.

A thin layer over GitPython, which runs the git on the PATH. Its errors become ours here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tfswap.errors import RepoError

if TYPE_CHECKING:
    from git import Repo


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
    repo: Repo

    def branch(self) -> str | None:
        """Return the branch checked out, or None when HEAD is detached."""
        return None if self.repo.head.is_detached else self.repo.active_branch.name

    def has_branch(self, name: str) -> bool:
        """Say whether a local branch of that name is there."""
        return any(head.name == name for head in self.repo.heads)

    def changed(self) -> tuple[str, ...]:
        """Return the paths that differ from HEAD or are new and not ignored."""
        with git_errors("read the status of the working tree"):
            out: str = self.repo.git.status("--porcelain=v1", "-z", "--no-renames")
        return tuple(entry[3:] for entry in out.split("\0") if entry and not _ours(entry[3:]))

    def files(self) -> tuple[str, ...]:
        """Return the tracked files and the new ones that are not ignored."""
        with git_errors("list the files"):
            out: str = self.repo.git.ls_files("-z", "--cached", "--others", "--exclude-standard")
        return tuple(name for name in out.split("\0") if name and not _ours(name))

    def tracked(self, folder: str) -> tuple[str, ...]:
        """Return what git tracks below a folder at the top, however its name is capitalised."""
        with git_errors("list the files"):
            out: str = self.repo.git.ls_files("-z", "--", f":(top,icase){folder}")
        return tuple(filter(None, out.split("\0")))

    def upstream(self, default_branch: str | None) -> str | None:
        """Return the remote-tracking name of the default branch, e.g. ``origin/main``.

        The remote's own HEAD decides; where it is not known, ``main`` or ``master``. None without
        a remote.
        """
        if not self.repo.remotes:
            return None
        names = [remote.name for remote in self.repo.remotes]
        remote = self.repo.remote("origin" if "origin" in names else names[0])
        refs = {ref.name for ref in remote.refs}
        wanted = [f"{remote.name}/{name}" for name in (default_branch, "main", "master") if name]
        head = f"{remote.name}/HEAD"
        if default_branch is None and head in refs:
            with git_errors("read the remote's default branch"):
                wanted.insert(0, self.repo.git.rev_parse("--abbrev-ref", head))
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
        with git_errors(f"compare HEAD with {commit[:12]}"):
            out: str = self.repo.git.diff("-z", "--name-only", "--no-renames", commit, "HEAD")
        return tuple(name for name in out.split("\0") if name)

    def fetch(self) -> None:
        """Fetch from every remote."""
        with git_errors(
            "fetch from the remote", hint="Fix the network connection, or use --offline."
        ):
            for remote in self.repo.remotes:
                self.repo.git.fetch("--quiet", remote.name)

    def same_commit(self, branch: str) -> bool:
        """Say whether a local branch is where HEAD is."""
        return bool(self.repo.heads[branch].commit == self.repo.head.commit)

    def pushed(self, branch: str) -> bool:
        """Say whether the branch's upstream, as last seen, holds all of it."""
        upstream = self.repo.heads[branch].tracking_branch()
        if upstream is None or not upstream.is_valid():
            return False
        return self.repo.is_ancestor(self.repo.heads[branch].commit, upstream.commit)

    def distance(self, other: str) -> tuple[int, int]:
        """Return how many commits HEAD is behind and ahead of ``other``."""
        with git_errors(f"compare HEAD with {other}"):
            out: str = self.repo.git.rev_list("--left-right", "--count", f"{other}...HEAD")
        behind, ahead = out.split()
        return int(behind), int(ahead)

    def switch(self, name: str, *, create: bool) -> None:
        """Check out a branch, made from HEAD where ``create``."""
        words = ("--create", name) if create else (name,)
        hint = "Check git status, or choose another branch: tfswap prepare … --branch NAME"
        with git_errors(f"switch to the branch {name}", hint=hint):
            self.repo.git.switch("--quiet", *words)

    def commit(self) -> str:
        """Return the commit that is checked out."""
        return str(self.repo.head.commit.hexsha)

    def file_at(self, revision: str, path: str) -> bytes | None:
        """Return a file's bytes in a revision, or None where either is not there."""
        from git import GitError

        try:
            data: bytes = self.repo.git.cat_file(
                "blob", f"{revision}:{path}", stdout_as_string=False, strip_newline_in_stdout=False
            )
        except GitError:
            return None
        return data

    def holds_more(self, branch: str, commit: str) -> bool:
        """Say whether a local branch holds a commit that ``commit`` does not reach."""
        with git_errors(f"compare {branch} with {commit[:12]}"):
            out: str = self.repo.git.rev_list("--count", f"{commit}..refs/heads/{branch}")
        return out.strip() != "0"

    def detach(self, commit: str) -> None:
        """Check out a commit without a branch."""
        with git_errors(f"check out {commit[:12]}"):
            self.repo.git.switch("--quiet", "--detach", commit)

    def remove_branch(self, name: str) -> None:
        """Remove a local branch; the caller has made sure that it holds nothing of its own."""
        with git_errors(f"delete the branch {name}"):
            self.repo.git.branch("--quiet", "-D", name)

    def ask(self, *words: str) -> str | None:
        """Run a git command that only looks.

        Returns:
            What it prints, or None where it says no, which git does with exit code 1.

        Raises:
            GitError: Anything else; the caller says with ``told`` what was being done.
        """
        from git import GitCommandError

        try:
            return str(self.repo.git.execute([self.repo.git.GIT_PYTHON_GIT_EXECUTABLE, *words]))
        except GitCommandError as error:
            if error.status == 1:
                return None
            raise

    def attempt(self, *words: str) -> GitResult:
        """Run a git command, hooks and all; how it ended is the caller's to judge."""
        git = self.repo.git
        code, out, err = git.execute(
            [git.GIT_PYTHON_GIT_EXECUTABLE, *words],
            with_extended_output=True,
            with_exceptions=False,
        )
        return GitResult(int(code), str(out), str(err))

    def object(self, sha: str) -> bytes | None:
        """Return a blob's bytes, or None where it is not in this clone."""
        from git import BadName, BadObject

        try:
            return bytes(self.repo.odb.stream(bytes.fromhex(sha)).read())
        except (BadName, BadObject, ValueError):
            return None

    def valid_branch(self, name: str) -> bool:
        """Say whether git takes ``name`` for a branch."""
        from git import GitCommandError

        try:
            self.repo.git.check_ref_format("--branch", name)
        except GitCommandError:
            return False
        return True


def open_repo(start: Path) -> Git:
    """Return the work tree that ``start`` lies in.

    Raises:
        RepoError: ``start`` is in no git work tree, or git is not installed.
    """
    try:
        # GitPython looks for git while it is imported and raises ImportError without one.
        from git import InvalidGitRepositoryError, NoSuchPathError, Repo
    except ImportError as error:
        raise RepoError(
            "git is not on the PATH.", hint="Install git, then run the command again."
        ) from error
    hint = "Change to a clone of the infrastructure repository, or set it with --repo."
    try:
        repo = Repo(start, search_parent_directories=True)
    except (InvalidGitRepositoryError, NoSuchPathError) as error:
        raise RepoError(f"{start} is not in a git repository.", hint=hint) from error
    if repo.working_tree_dir is None:
        raise RepoError(f"{start} is a bare git repository.", hint=hint)
    if not repo.head.is_valid():
        _refuse_dubious(repo)
        raise RepoError(f"{start} has no commit yet.", hint=hint)
    return Git(Path(repo.working_tree_dir), repo)


def _refuse_dubious(repo: Repo) -> None:
    """Pass on that git does not trust the repository's owner, with the line git names for it.

    Raises:
        RepoError: It does not (git-config, ``safe.directory``).
    """
    from git import GitCommandError

    try:
        repo.git.rev_parse("--verify", "HEAD")
    except GitCommandError as error:
        text = str(error.stderr)
        if "dubious ownership" in text:
            line = re.search(
                r"git config --global --add safe\.directory \S.*?(?=['\s]*$)", text, re.M
            )
            raise RepoError(
                f"git refuses {repo.working_tree_dir}: it belongs to another user "
                "(dubious ownership).",
                hint="If you trust it, run: "
                + (
                    line[0]
                    if line
                    else f"git config --global --add safe.directory {repo.working_tree_dir}"
                ),
            ) from error


def _ours(path: str) -> bool:
    """Say whether a path is tfswap's own folder, whose ``.gitignore`` may have been lost."""
    return path.split("/", 1)[0] == ".tfswap"


@contextmanager
def git_errors(
    doing: str, *, hint: str = "Run git status and fix what it reports."
) -> Iterator[None]:
    """Turn GitPython's errors into ours."""
    from git import GitError

    try:
        yield
    except GitError as error:
        lines = str(getattr(error, "stderr", "") or error).strip().splitlines()
        details = tuple(line.strip() for line in lines if line.strip())[-8:]
        raise RepoError(f"git could not {doing}.", hint=hint, details=details) from error
