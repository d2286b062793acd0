"""What ``finish`` does with git: commit just the edit, and push one branch, never with force.

Every command is git's own, so that hooks, signing, filters and credentials work as they do by hand.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from tfswap.errors import RepoError
from tfswap.git.client import Git, GitResult
from tfswap.git.hosting import without_credentials

_AGAIN = "then run tfswap finish again."
_TAIL = 20
_UNSEEN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Colours and other controls in what hooks print."""


class TreeEntry(NamedTuple):
    """A file as git keeps it."""

    mode: str
    sha: str


class RemoteStatus(Enum):
    """Where a branch is on the remote, seen from HEAD."""

    NOWHERE = "nowhere"
    SAME = "same"
    BEHIND = "behind"
    MOVED = "moved"


class Remote(NamedTuple):
    """What a remote says of itself."""

    default: str
    """Its default branch; empty where it has none."""
    branch: str
    """The commit the asked-for branch is at; empty where it is not there."""


@dataclass(frozen=True)
class Publisher:
    """The work tree's git, for commands that write."""

    git: Git
    env: Mapping[str, str] | None = None
    """Variables for git beside those there are."""

    def in_head(self, file: str) -> TreeEntry | None:
        """Return a file as HEAD has it."""
        out = self._read("ls-tree", "-z", "HEAD", "--", file).split("\0")[0]
        if not out:
            return None
        mode, _, sha = out.partition("\t")[0].split(" ")
        return TreeEntry(mode, sha)

    def staged(self, file: str) -> tuple[TreeEntry, ...]:
        """Return a file as it is staged; several in the middle of a merge."""
        return _entries(self._read("ls-files", "--stage", "-z", "--", file))

    def to_be_committed(self, file: str) -> TreeEntry | None:
        """Return the file of the work tree as a commit would hold it, line ends and filters done.

        An index of its own is used: what the user staged stays as it is.
        """
        with tempfile.TemporaryDirectory(prefix="tfswap-index-") as folder:
            own = replace(self, env={"GIT_INDEX_FILE": str(Path(folder) / "index")})
            own._read("read-tree", "HEAD")
            own._run(f"read {file}", "add", "--", file)
            found = own.staged(file)
        return found[0] if found else None

    def blob(self, sha: str) -> bytes:
        """Return a blob's bytes."""
        data = self.git.blob(sha)
        if data is None:
            raise RepoError(f"git could not read the object {sha}.", hint="Run: git fsck")
        return data

    def at(self, commit: str, file: str) -> bytes | None:
        """Return a file's bytes at a commit, or None where it is not there."""
        out = self._read("ls-tree", "-z", commit, "--", file).split("\0")[0]
        return self.blob(out.partition("\t")[0].split(" ")[2]) if out else None

    def head(self) -> str:
        """Return HEAD's commit."""
        return self.git.commit()

    def touched(self, since: str) -> tuple[str, ...]:
        """Return the files that differ between a commit and HEAD."""
        out = self._read("diff", "--name-only", "--no-renames", "-z", since, "HEAD")
        return tuple(filter(None, out.split("\0")))

    def since_base(self, base: str) -> tuple[str, ...]:
        """Return the files HEAD changes since it left a base branch's commit."""
        done = self._attempt("merge-base", base, "HEAD")
        return self.touched(done.out.strip()) if done.code == 0 else ()

    def since_branch(self, base: str) -> tuple[str, ...]:
        """Return the files that a base branch's commit changes since HEAD left it."""
        done = self._attempt("merge-base", base, "HEAD")
        if done.code != 0:
            return ()
        words = ("diff", "--name-only", "--no-renames", "-z", done.out.strip(), base)
        return tuple(filter(None, self._read(*words).split("\0")))

    def ignored(self, files: Sequence[str]) -> tuple[str, ...]:
        """Return those of the files that git ignores and does not track."""
        if not files:
            return ()
        words = ("--others", "--ignored", "--exclude-standard", "-z", "--")
        return tuple(filter(None, self._read("ls-files", *words, *files).split("\0")))

    def commit(self, files: Sequence[str], message: str) -> None:
        """Commit these files as they are in the work tree, and nothing else that is staged.

        New ones among them are added first, and those that are gone are removed.

        Raises:
            RepoError: No name to commit as, no signature, or a hook that refuses.
        """
        if new := [file for file in files if not self.staged(file) and not self.in_head(file)]:
            self._run("add the new files", "add", "--", *new)
        done = self._attempt("commit", "--quiet", f"--message={message}", "--", *files)
        if done.code:
            raise _not_committed(_lines(done))

    def ask(self, remote: str, branch: str) -> Remote:
        """Ask a remote for its default branch, and where ``branch`` is there.

        Raises:
            RepoError: It cannot be reached.
        """
        hint = f"Fix the network or your access to {remote}, {_AGAIN}"
        words = ("ls-remote", "--symref", remote, "HEAD", f"refs/heads/{branch}")
        out = self._run(f"ask {remote} for its branches", *words, hint=hint)
        default = at = ""
        for line in out.splitlines():
            value, _, name = line.partition("\t")
            if name == "HEAD" and value.startswith("ref: refs/heads/"):
                default = value.removeprefix("ref: refs/heads/")
            elif name == f"refs/heads/{branch}":
                at = value
        return Remote(default, at)

    def fetch(self, remote: str, branch: str) -> str:
        """Fetch one branch, and return its commit.

        Raises:
            RepoError: The remote cannot be reached, or has no such branch.
        """
        words = ("fetch", "--quiet", remote, f"refs/heads/{branch}")
        self._run(f"fetch {branch} from {remote}", *words, hint="Set another with --base.")
        return self._read("rev-parse", "FETCH_HEAD").strip()

    def where(self, commit: str) -> RemoteStatus:
        """Say how a remote branch's commit stands to HEAD; one not known here has moved on."""
        if not commit:
            return RemoteStatus.NOWHERE
        if commit == self.head():
            return RemoteStatus.SAME
        return RemoteStatus.BEHIND if self.contains("HEAD", commit) else RemoteStatus.MOVED

    def contains(self, branch: str, commit: str) -> bool:
        """Say whether a commit is in a branch's history."""
        return self.git.is_ancestor(commit, branch)

    def push(self, remote: str, branch: str) -> None:
        """Push HEAD to the branch of the same name, without force, tags or anything configured.

        Raises:
            RepoError: It moved meanwhile, a hook or the remote refuses, or it is out of reach.
        """
        words = ("--quiet", "--set-upstream", "--no-follow-tags", "--recurse-submodules=no")
        refs = f"refs/heads/{branch}:refs/heads/{branch}"
        done = self._attempt("push", *words, remote, refs)
        if done.code:
            raise _not_pushed(remote, branch, _lines(done))

    def setting(self, name: str) -> str:
        """Return a git setting, or an empty text."""
        return (self.git.ask("config", "--get", name) or "").strip()

    def urls(self, remote: str, *, push: bool = False) -> tuple[str, str]:
        """Return a remote's URL as git uses it and as it is written; both may hold credentials.

        They differ where ``url.<base>.insteadOf`` rewrites one.
        """
        words = ("--push",) if push else ()
        used = self._read("remote", "get-url", *words, remote).strip()
        written = self.setting(f"remote.{remote}.pushurl") if push else ""
        return used, written or self.setting(f"remote.{remote}.url")

    def _read(self, *words: str) -> str:
        return self._run("read the repository", *words)

    def _run(self, doing: str, *words: str, hint: str = "Check git status.") -> str:
        done = self._attempt(*words)
        if done.code:
            raise RepoError(f"git could not {doing}.", hint=hint, details=_lines(done))
        return done.out

    def _attempt(self, *words: str) -> GitResult:
        return self.git.attempt("--literal-pathspecs", *words, env=self.env)


def moved(remote: str, branch: str, details: tuple[str, ...] = ()) -> RepoError:
    """Return the refusal to push over commits that are not in HEAD."""
    return RepoError(
        f"{branch} on {remote} has commits that yours does not have; tfswap never force-pushes.",
        hint=f"To see them: git fetch {remote} {branch} && git log HEAD..FETCH_HEAD. To keep "
        f"them: git pull --rebase {remote} {branch}, {_AGAIN}",
        details=details,
    )


def _not_committed(lines: tuple[str, ...]) -> RepoError:
    text = "\n".join(lines)
    if any(part in text for part in ("tell me who you are", "empty ident", "auto-detect email")):
        return RepoError(
            "git has no name and email for the commit.",
            hint="git config user.name 'Your Name' && git config user.email you@example.org, "
            f"{_AGAIN}",
        )
    if "sign" in text and ("gpg" in text or "ssh" in text or "failed to write commit" in text):
        return RepoError(
            "git could not sign the commit.",
            hint=f"Unlock or connect your signing key, {_AGAIN}",
            details=lines,
        )
    return RepoError(
        "git could not commit the edit. A hook may have rejected it.",
        hint=f"Fix the error above, {_AGAIN}",
        details=lines,
    )


def _not_pushed(remote: str, branch: str, lines: tuple[str, ...]) -> RepoError:
    text = "\n".join(lines)
    if any(part in text for part in ("fetch first", "non-fast-forward", "stale info")):
        return moved(remote, branch, lines)
    return RepoError(
        f"git could not push {branch} to {remote}. The commit is kept.",
        hint=f"Fix the error above (a hook, your access, a rule of the remote), {_AGAIN}",
        details=lines,
    )


def _lines(done: GitResult) -> tuple[str, ...]:
    """Return the last lines of what git and its hooks said, harmless and without credentials."""
    lines = [line for line in f"{done.out}\n{done.err}".splitlines() if line.strip()]
    return tuple(_UNSEEN.sub("", without_credentials(line.rstrip())) for line in lines[-_TAIL:])


def _entries(out: str) -> tuple[TreeEntry, ...]:
    found = (line.partition("\t")[0].split(" ") for line in out.split("\0") if line)
    return tuple(TreeEntry(mode, sha) for mode, sha, _ in found)
