"""Two revisions of the user's repository, read from git's objects: the work tree plays no part.

What ``check`` compares: the merge base of a branch, and its HEAD (or what is staged). A shallow
clone, a detached HEAD and GitHub's merge commit of a pull request are the ordinary cases in CI.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tfswap.errors import RepoError
from tfswap.git.client import Git, git_errors
from tfswap.git.file_change import FileChange

_MERGE_REF = re.compile(r"refs/pull/\d+/merge")
_FILES = ("100644", "100755")
"""Modes of regular files; links and submodules are not followed out of the tree."""
_GREP = ("--no-color", "--no-recurse-submodules", "-l", "-z", "-a", "-F")
"""Against what the user's settings may say."""
_MORE = (
    "Fetch the history: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 in GitLab, or by hand: "
    "git fetch --unshallow"
)


class Base(NamedTuple):
    """The commit a branch began at."""

    commit: str
    origin: str
    """What was asked for, in words: ``origin/main (GITHUB_BASE_REF)``."""


@dataclass(frozen=True)
class Revisions:
    """A git repository's history."""

    git: Git

    def base(self, named: str | None, environ: Mapping[str, str], default: str | None) -> Base:
        """Return where the branch checked out began.

        Args:
            named: The ref the user gave; else GitHub's and GitLab's variables and then the default
                branch decide.
            environ: Environment variables.
            default: The default branch's name, where the settings tell it.

        Raises:
            RepoError: There is no such ref, or no common commit, as in a shallow clone.
        """
        wanted, origin = self._wanted(named, environ, default)
        found = next((sha for ref in wanted if (sha := self.commit(ref))), None)
        if found is None and (parent := self._first_parent(environ)):
            return Base(parent, f"the first parent of the pull request's merge commit ({origin})")
        if found is None:
            raise self._no_ref(wanted[0], origin)
        with git_errors("find the merge base"):
            base = self.git.ask("merge-base", found, "HEAD")
        if base is None:
            raise self._no_base(wanted[0])
        return Base(base.strip(), f"{wanted[0]} ({origin})")

    def _wanted(
        self, named: str | None, environ: Mapping[str, str], default: str | None
    ) -> tuple[tuple[str, ...], str]:
        """Return the refs to try, and why these."""
        if named:
            return (named, f"origin/{named}"), "--base"
        for variable in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"):
            if branch := environ.get(variable):
                return (f"origin/{branch}", branch), variable
        upstream = self.git.upstream(default)
        if upstream is not None:
            return (upstream,), "the default branch"
        names = tuple(name for name in (default, "main", "master") if name)
        return names, "the default branch"

    def commit(self, ref: str) -> str | None:
        """Return the commit a ref names, or None."""
        with git_errors(f"look for {ref}"):
            words = ("--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
            found = self.git.ask("rev-parse", *words)
        return found.splitlines()[-1] if found else None

    def _first_parent(self, environ: Mapping[str, str]) -> str | None:
        """GitHub checks out a merge of the branch into its base: its first parent is that base."""
        if _MERGE_REF.fullmatch(environ.get("GITHUB_REF", "")) and self.commit("HEAD^2"):
            return self.commit("HEAD^1")
        return None

    def _no_ref(self, ref: str, origin: str) -> RepoError:
        if self.shallow:
            what = f"{ref} ({origin}) is not in this clone, which is shallow."
            return RepoError(what, hint=_MORE)
        return RepoError(
            f"There is no {ref} ({origin}) in this repository.",
            hint="git fetch origin, or set the branch to compare with: tfswap check --base REF",
        )

    def _no_base(self, ref: str) -> RepoError:
        if self.shallow:
            what = f"This clone is shallow: it lacks the merge base of HEAD and {ref}."
            return RepoError(what, hint=_MORE)
        return RepoError(
            f"HEAD and {ref} have no commit in common.",
            hint="Set the branch to compare with: tfswap check --base REF",
        )

    @property
    def shallow(self) -> bool:
        """Whether history is cut off."""
        words = ("rev-parse", "--is-shallow-repository")
        return self.git.read("read the clone", *words) == "true"

    def staged(self) -> str:
        """Return the tree of what is staged.

        Raises:
            RepoError: A merge is not finished.
        """
        hint = "Finish the merge first (git status)."
        return self.git.read("read the staged changes", "write-tree", hint=hint)

    def changes(self, base: str, head: str) -> tuple[FileChange, ...]:
        """Return the files that differ, renames found by their content."""
        words = ("--no-color", "--no-ext-diff", "--name-status", "-M", "-z", base, head, "--")
        out = self.git.read("compare the revisions", "diff", *words, hint=_MORE)
        return tuple(_changes(iter(out.split("\0"))))

    def files(self, tree: str) -> dict[str, str]:
        """Return the regular files of a revision: path to object id."""
        words = ("ls-tree", "-r", "-z", "--full-tree", tree)
        out = self.git.read("list the files of the revision", *words, hint=_MORE)
        found = {}
        for entry in filter(None, out.split("\0")):
            facts, _, path = entry.partition("\t")
            mode, _, sha = facts.split()
            if mode in _FILES and not {"..", ".", ""} & set(PurePosixPath(path).parts):
                found[path] = sha
        return found

    def read(self, sha: str) -> bytes:
        """Return an object's bytes.

        Raises:
            RepoError: It is not in this clone.
        """
        data = self.git.object(sha)
        if data is None:
            raise RepoError(f"The object {sha} is not in this clone.", hint=_MORE)
        return data

    def write(self, files: Mapping[str, str], folder: Path) -> None:
        """Lay files out in a folder: path to object id."""
        for path, sha in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.read(sha))

    def holding(self, tree: str, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the paths of a revision's files that hold one of the texts, byte by byte."""
        words = [word for text in texts for word in ("-e", text)]
        if not words:
            return ()
        with git_errors("search the revision", hint=_MORE):
            out = self.git.ask("grep", *_GREP, *words, tree, "--") or ""
        return tuple(name.removeprefix(f"{tree}:") for name in out.split("\0") if name.strip())


def _changes(fields: Iterator[str]) -> Iterator[FileChange]:
    """Read ``--name-status -z``: a letter and a path, or two paths after R and C."""
    for status in fields:
        if not status:
            continue
        path = next(fields)
        if status[0] in "RC":
            yield FileChange(path if status[0] == "R" else None, next(fields))
        else:
            yield FileChange(None if status == "A" else path, None if status == "D" else path)
