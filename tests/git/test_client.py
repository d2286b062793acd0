"""The user's git repository, with the real git."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tfswap.errors import RepoError
from tfswap.git.client import git_errors
from tfswap.git.open_repo import open_repo


@pytest.fixture
def git_in(tmp_path: Path) -> Callable[..., str]:
    """Run git in a folder, with an identity of its own."""
    import subprocess

    def run(folder: Path, *words: str) -> str:
        identity = ("-c", "user.name=A", "-c", "user.email=a@lpa.example")
        done = subprocess.run(
            ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
        )
        return done.stdout

    return run


@pytest.fixture
def repo(tmp_path: Path, git_in: Callable[..., str]) -> Path:
    """One commit on ``trunk``, with a name that needs quoting."""
    top = tmp_path / "a repo's folder"
    top.mkdir()
    git_in(top, "init", "--quiet", "--initial-branch=trunk")
    (top / 'odd "näme".tf').write_text("x")
    (top / ".gitignore").write_text("*.zip\n")
    git_in(top, "add", "--all")
    git_in(top, "commit", "--quiet", "-m", "Begin")
    return top


def with_remote(repo: Path, git_in: Callable[..., str], branch: str = "trunk") -> Path:
    bare = repo.parent / "remote.git"
    git_in(repo, "clone", "--quiet", "--bare", str(repo), str(bare))
    git_in(repo, "remote", "add", "origin", str(bare))
    git_in(repo, "fetch", "--quiet", "origin")
    return bare


def test_the_top_is_found_from_below(repo: Path) -> None:
    (repo / "deep" / "er").mkdir(parents=True)
    assert open_repo(repo / "deep" / "er").root == repo


def test_a_work_tree_beside_the_repository(repo: Path, git_in: Callable[..., str]) -> None:
    other = repo.parent / "worktree"
    git_in(repo, "worktree", "add", "--quiet", str(other), "-b", "side")
    assert (open_repo(other).root, open_repo(other).branch()) == (other, "side")


def test_changes_and_files_with_odd_names(repo: Path) -> None:
    git = open_repo(repo)
    assert git.changed() == ()
    (repo / "new file").touch()
    (repo / "built.zip").touch()
    (repo / 'odd "näme".tf').write_text("y")
    assert set(git.changed()) == {"new file", 'odd "näme".tf'}
    assert set(git.files()) == {".gitignore", "new file", 'odd "näme".tf'}


def test_branches_are_made_and_found_again(repo: Path) -> None:
    git = open_repo(repo)
    assert git.branch() == "trunk"
    git.switch("restore/production-Lpas-20240715", create=True)
    assert git.branch() == "restore/production-Lpas-20240715"
    assert git.has_branch("trunk")
    git.switch("trunk", create=False)
    assert git.branch() == "trunk"
    with pytest.raises(RepoError, match="switch to the branch"):
        git.switch("trunk", create=True)


def test_a_detached_head_has_no_branch(repo: Path, git_in: Callable[..., str]) -> None:
    git_in(repo, "checkout", "--quiet", "--detach")
    assert open_repo(repo).branch() is None


@pytest.mark.parametrize(
    ("name", "good"),
    [("restore/p-Lpas-1", True), ("a..b", False), ("x.lock", False), ("-a", False)],
)
def test_branch_names_are_checked_by_git(repo: Path, name: str, good: bool) -> None:
    assert open_repo(repo).valid_branch(name) is good


def test_without_a_remote_there_is_no_upstream(repo: Path) -> None:
    assert open_repo(repo).upstream(None) is None


def test_the_remotes_own_default_branch_is_compared_with(
    repo: Path, git_in: Callable[..., str]
) -> None:
    with_remote(repo, git_in)
    git = open_repo(repo)
    assert git.upstream(None) is None
    assert git.upstream("trunk") == "origin/trunk"
    git_in(repo, "remote", "set-head", "origin", "--auto")
    assert git.upstream(None) == "origin/trunk"


def test_behind_and_ahead_are_counted(repo: Path, git_in: Callable[..., str]) -> None:
    bare = with_remote(repo, git_in)
    other = repo.parent / "other"
    git_in(repo.parent, "clone", "--quiet", str(bare), str(other))
    git_in(other, "commit", "--quiet", "--allow-empty", "-m", "Theirs")
    git_in(other, "push", "--quiet")
    for message in ("Ours", "Ours too"):
        git_in(repo, "commit", "--quiet", "--allow-empty", "-m", message)
    git = open_repo(repo)
    assert git.distance("origin/trunk") == (0, 2)
    git.fetch()
    assert git.distance("origin/trunk") == (1, 2)


def test_a_remote_out_of_reach_is_told(repo: Path, git_in: Callable[..., str]) -> None:
    git_in(repo, "remote", "add", "origin", str(repo.parent / "none.git"))
    with pytest.raises(RepoError, match="fetch from the remote") as caught:
        open_repo(repo).fetch()
    assert "--offline" in caught.value.hint


def bare(folder: Path, git_in: Callable[..., str]) -> None:
    git_in(folder, "init", "--quiet", "--bare")


def empty(folder: Path, git_in: Callable[..., str]) -> None:
    git_in(folder, "init", "--quiet")


def plain(folder: Path, git_in: Callable[..., str]) -> None:
    pass


@pytest.mark.parametrize(
    ("make", "phrase"),
    [(bare, "is a bare"), (empty, "has no commit"), (plain, "is not in a git repository")],
)
def test_what_is_no_work_tree_is_refused(
    tmp_path: Path, git_in: Callable[..., str], make: Callable[..., None], phrase: str
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    make(folder, git_in)
    with pytest.raises(RepoError, match=phrase):
        open_repo(folder)


def test_a_full_disk_is_told_as_one() -> None:
    from git import GitCommandError

    full = b"fatal: Unable to create '.git/index.lock': No space left on device"
    with pytest.raises(RepoError) as caught, git_errors("switch", hint="tfswap … --branch NAME"):
        raise GitCommandError(["git"], 128, full)
    assert caught.value.hint.startswith("The disk is full.")
    assert "--branch" not in caught.value.hint
