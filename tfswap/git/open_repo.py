"""Find the git repository that a folder is in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tfswap.errors import RepoError
from tfswap.git.client import Git

if TYPE_CHECKING:
    from git import Repo


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
