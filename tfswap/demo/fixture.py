"""The fixture: the runbook's repo in small, and a git repo made of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tfswap.errors import TfswapError

ROOT_MODULE = Path("terraform", "environment")
"""The folder Terraform runs in, below the repo's top."""


class FixtureMissing(TfswapError):
    """The repo the demo copies is neither in the package nor in a checkout."""


def find_fixture() -> Path:
    """The fixture's folder: `tfswap/demo/repo` in an installed wheel, else the checkout's.

    Raises FixtureMissing when there is neither.
    """
    package = Path(__file__).resolve().parent
    places = (package / "repo", package.parents[1] / "fixtures" / "lpa" / "repo")
    for place in places:
        if (place / ROOT_MODULE / "terraform.tfvars.json").is_file():
            return place
    raise FixtureMissing(
        "The demo's repo is missing: neither in the package nor in a checkout.",
        hint="Install tfswap again, or run it from a full checkout.",
    )


def make_repo(repo: Path, origin: Path | None = None) -> Path:
    """Copy the fixture to `repo` (which must not exist) as a git repo with one commit on main.

    With `origin`, a bare repo is made there and main follows it. Returns `repo`.
    """
    left_behind = shutil.ignore_patterns(
        ".terraform", ".terraform.lock.hcl", "*.tfplan", "*.tfstate*"
    )
    shutil.copytree(find_fixture(), repo, ignore=left_behind)
    git(repo, "init", "--quiet", "--initial-branch=main")
    git(repo, "config", "user.name", "A Developer")
    git(repo, "config", "user.email", "developer@lpa.example")
    git(repo, "config", "commit.gpgsign", "false")
    commit(repo, "Describe the service")
    if origin is not None:
        add_origin(repo, origin)
    return repo


def commit(repo: Path, message: str) -> None:
    """Commit everything that is not ignored."""
    git(repo, "add", "--all")
    git(repo, "commit", "--quiet", "--message", message)


def add_origin(repo: Path, origin: Path) -> None:
    """Make a bare repo at `origin`, push main to it and follow it."""
    git(repo, "clone", "--quiet", "--bare", str(repo), str(origin))
    # A copied repo already knows the origin it was copied with.
    verb = "set-url" if "origin" in git(repo, "remote").split() else "add"
    git(repo, "remote", verb, "origin", str(origin))
    git(repo, "push", "--quiet", "--set-upstream", "origin", "main")


def git(repo: Path, *arguments: str) -> str:
    """Run git in `repo`, away from the user's and the machine's settings; returns its output."""
    quiet = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=repo,
        env={**kept, **quiet},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise TfswapError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout
