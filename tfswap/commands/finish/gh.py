"""Open a pull request with GitHub's own command line, where it is there and signed in.

``gh`` decides with which account (cli.github.com, "gh auth status"); tfswap reads no token. Without
it, or where it fails, the page to open is told instead.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tfswap.errors import TfswapError
from tfswap.git.hosting import HostedRepo, HostKind, without_credentials
from tfswap.terraform.command_runner import CommandRunner, Result


class PullRequest(NamedTuple):
    """A pull request."""

    url: str
    body: str


class GhFailed(TfswapError):
    """``gh`` did not do what it was asked to."""


@dataclass(frozen=True)
class Gh:
    """``gh``, for one repository."""

    hosting: HostedRepo
    folder: Path

    @staticmethod
    def find(hosting: HostedRepo | None, folder: Path) -> Gh | None:
        """Return it where it is installed, signed in, and the remote is GitHub's."""
        if hosting is None or hosting.kind is not HostKind.GITHUB or shutil.which("gh") is None:
            return None
        gh = Gh(hosting, folder)
        return gh if gh._run("auth", "status", "--hostname", hosting.host).code == 0 else None

    def opened(self, base: str, head: str) -> PullRequest | None:
        """Return the open pull request from ``head`` into ``base``, or None.

        Args:
            base: The branch it goes into.
            head: The branch it comes from; ``owner:branch`` where that is in a fork.
        """
        owner, _, branch = head.rpartition(":")
        fields = "url,body,headRepositoryOwner"
        words = ("pr", "list", "--base", base, "--head", branch, "--state", "open")
        done = self._good("list pull requests", *words, "--json", fields, *self._repo)
        try:
            found = [one for one in json.loads(done.out) if _from(one, owner)]
            return PullRequest(str(found[0]["url"]), str(found[0]["body"])) if found else None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise GhFailed("The output of gh pr list cannot be read.") from error

    def create(self, base: str, head: str, title: str, body: Path, *, draft: bool) -> str:
        """Open a pull request and return its URL; the body is in a file."""
        words = ["pr", "create", "--base", base, "--head", head, "--title", title]
        words += ["--body-file", str(body), *(["--draft"] if draft else []), *self._repo]
        lines = self._good("open the pull request", *words).out.decode().split()
        return lines[-1] if lines else ""

    def describe(self, url: str, body: Path) -> None:
        """Give a pull request another body."""
        self._good("edit the pull request", "pr", "edit", url, "--body-file", str(body))

    @property
    def _repo(self) -> tuple[str, str]:
        return "--repo", f"{self.hosting.host}/{self.hosting.path}"

    def _good(self, doing: str, *words: str) -> Result:
        done = self._run(*words)
        if done.code:
            tail = tuple(without_credentials(line) for line in done.tail())
            raise GhFailed(f"gh could not {doing}.", details=tail)
        return done

    def _run(self, *words: str) -> Result:
        # It must neither ask nor look for a newer version of itself (gh help environment).
        env = {"GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "NO_COLOR": "1"}
        return CommandRunner({**os.environ, **env}).run(("gh", *words), self.folder)


def _from(one: dict[str, dict[str, str]], owner: str) -> bool:
    return not owner or one["headRepositoryOwner"]["login"] == owner
