"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

from tfswap.errors import RepoError
from tfswap.files import private_append, read_regular, write_atomically
from tfswap.swap_directory import SwapDirectory, release_locks


def test_a_new_file_is_private_and_an_old_ones_mode_stays(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_atomically(path, b"1")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"1", 0o600)
    path.chmod(0o644)
    write_atomically(path, b"2")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"2", 0o644)
    write_atomically(path, b"3", 0o600)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.parametrize("call", ["fsync", "fchmod"])
def test_a_full_disk_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(RepoError, match=r"No space left on device\. It was not changed"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_folder_ignores_itself_and_is_private(tmp_path: Path) -> None:
    directory = SwapDirectory(tmp_path)
    directory.make()
    directory.make()
    assert (directory.folder / ".gitignore").read_text() == "*\n"
    assert directory.folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".tfswap").symlink_to("elsewhere")
    with pytest.raises(RepoError, match="not created by tfswap"):
        SwapDirectory(tmp_path).make()
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', '{"environment": 3}'])
def test_a_damaged_swap_says_to_prepare_again(tmp_path: Path, text: str) -> None:
    directory = SwapDirectory(tmp_path)
    directory.make()
    directory.swap_file.write_text(text)
    with pytest.raises(RepoError, match="not a swap") as caught:
        directory.load()
    assert "tfswap prepare" in caught.value.hint


def test_no_swap_says_how_to_prepare_one(tmp_path: Path) -> None:
    assert SwapDirectory(tmp_path).find() is None
    with pytest.raises(RepoError) as caught:
        SwapDirectory(tmp_path).load()
    assert "tfswap prepare" in caught.value.hint


def test_backups_of_other_content_or_workspaces_do_not_hide_each_other(tmp_path: Path) -> None:
    from tfswap.steps.push import back_up

    directory = SwapDirectory(tmp_path)
    directory.make()
    for workspace, state in (("a", b"1"), ("a", b"2"), ("b", b"1"), ("a", b"1")):
        back_up(directory, workspace, state, 3)
    assert sorted(path.read_bytes() for path in directory.backups("a")) == [b"1", b"2"]
    assert len(directory.backups("b")) == 1


def test_one_command_at_a_time(tmp_path: Path) -> None:
    import sys

    code = (
        "import pathlib, sys; from tfswap.swap_directory import SwapDirectory, release_locks; "
        "SwapDirectory(pathlib.Path(sys.argv[1])).lock()"
    )
    argv = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(argv, check=False).returncode == 0
    SwapDirectory(tmp_path).lock()
    second = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert "running in this repository (" in second.stderr
    assert f"process {os.getpid()} since" in second.stderr


def repository(tmp_path: Path) -> Path:
    """A folder that looks like a work tree, beside a file that is not part of it."""
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "outside").write_bytes(b"mine")
    return tmp_path / "repo"


def test_what_a_killed_write_left_is_gone_with_the_next_command(tmp_path: Path) -> None:
    directory = SwapDirectory(repository(tmp_path))
    directory.make()
    (directory.folder / ".new-1234.tfswap").write_bytes(b"half")
    directory.lock()
    release_locks()
    assert {path.name for path in directory.folder.iterdir()} == {".gitignore", "lock"}


def test_a_new_file_is_made_in_tfswaps_folder_under_a_name_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = repository(tmp_path)
    SwapDirectory(repo).make()
    made = []
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: (made.append(Path(a)), replace(a, b)))
    for _ in range(2):
        write_atomically(repo / "f", b"new")
    assert {path.parent for path in made} == {repo / ".tfswap"}
    assert len({path.name for path in made}) == 2


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("f", "../outside"),
        ("f", ".git/hooks/pre-commit"),
        ("f", ".GIT/config"),
        ("f", ".tfswap/journal.jsonl"),
        ("f", "f"),
        ("folder", ".."),
        ("folder", ".git"),
        (".tfswap", ".."),
        (".tfswap/folder", "../.."),
    ],
)
def test_nothing_is_written_through_a_link_that_leaves(
    tmp_path: Path, link: str, target: str
) -> None:
    repo = repository(tmp_path)
    (repo / link).parent.mkdir(exist_ok=True)
    (repo / link).symlink_to(target)
    path = repo / link if link == "f" else repo / link / "outside"
    with pytest.raises(RepoError, match=r"by a link to|levels of symbolic links"):
        write_atomically(path, b"new")
    assert (tmp_path / "outside").read_bytes() == b"mine"
    assert not [path for path in repo.rglob("*") if path.is_file() and not path.is_symlink()]


def test_a_link_in_tfswaps_folder_is_replaced_and_not_followed(tmp_path: Path) -> None:
    repo = repository(tmp_path)
    (repo / ".tfswap").mkdir()
    (repo / ".tfswap/plan").symlink_to("../../outside")
    write_atomically(repo / ".tfswap/plan", b"new")
    assert (tmp_path / "outside").read_bytes() == b"mine"
    assert not (repo / ".tfswap/plan").is_symlink()


def test_the_other_name_of_a_hard_link_keeps_its_content(tmp_path: Path) -> None:
    repo = repository(tmp_path)
    os.link(tmp_path / "outside", repo / "f")
    write_atomically(repo / "f", b"new")
    assert (tmp_path / "outside").read_bytes() == b"mine"
    os.link(tmp_path / "outside", repo / "g")
    with pytest.raises(OSError, match="not a regular file"):
        private_append(repo / "g")


def test_a_fifo_is_neither_waited_for_nor_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "f")
    with pytest.raises(RepoError, match="not a regular file"):
        write_atomically(tmp_path / "f", b"new")
    with pytest.raises(OSError, match=r"."):
        private_append(tmp_path / "f")
    assert (tmp_path / "f").is_fifo()


@pytest.mark.parametrize("name", ["journal.jsonl", "swap.json", "rehearsal", "lock"])
@pytest.mark.parametrize("kind", ["link", "hard link", "fifo"])
def test_what_tfswap_did_not_make_in_its_folder_stops_every_command(
    tmp_path: Path, name: str, kind: str
) -> None:
    directory = SwapDirectory(repository(tmp_path))
    directory.make()
    path = directory.folder / name
    make = {"link": path.symlink_to, "hard link": path.hardlink_to, "fifo": os.mkfifo}
    make[kind](path if kind == "fifo" else tmp_path / "outside")  # type: ignore[operator]
    with pytest.raises(RepoError, match=name) as caught:
        directory.refuse_foreign()
    line = re.sub(" /tmp/$", f" {tmp_path}/away", caught.value.hint.rpartition(": ")[2])
    subprocess.run(["bash", "-c", line], check=True)
    directory.refuse_foreign()
    assert (tmp_path / "outside").read_bytes() == b"mine"


def test_one_command_may_go_over_into_another(tmp_path: Path) -> None:
    SwapDirectory(tmp_path).lock()
    SwapDirectory(tmp_path).lock()


def test_a_path_typed_with_dots_leads_out_without_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")
    write_atomically(Path("../plan.html"), b"page")
    assert (tmp_path / "plan.html").read_bytes() == b"page"
    (tmp_path / "repo" / "out").symlink_to(tmp_path)
    with pytest.raises(RepoError, match="reached by a link"):
        write_atomically(Path("x/../out/plan.html"), b"other")


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    assert read_regular(tmp_path / "file") == read_regular(tmp_path / "link") == b"x"
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "to-fifo").symlink_to("fifo")
    (tmp_path / "device").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "socket"))
    for name in ("fifo", "to-fifo", "device", "socket"):
        with pytest.raises(OSError, match="not a regular file"):
            read_regular(tmp_path / name)
    with pytest.raises(IsADirectoryError):
        read_regular(tmp_path)


def test_a_fifo_that_takes_a_files_place_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "fifo")
    seen = (tmp_path / "file").stat()
    monkeypatch.setattr(Path, "stat", lambda *_, **__: seen)
    with pytest.raises(OSError, match="not a regular file"):
        read_regular(tmp_path / "fifo")


def test_a_committed_folder_is_named_as_it_is_committed(tmp_path: Path) -> None:
    """A file system may not tell cases apart; git does."""
    with pytest.raises(RepoError) as caught:
        SwapDirectory(tmp_path).refuse_tracked([".TFSWAP/swap.json"])
    assert "git rm -r --cached .TFSWAP &&" in caught.value.hint
    assert ".tfswap" not in caught.value.hint


def test_backups_come_by_serial_whatever_the_clock_said(tmp_path: Path) -> None:
    directory = SwapDirectory(tmp_path)
    directory.make()
    for serial, at in ((9, 3000), (10, 2000), (11, 1000)):
        path = directory.backup("a", serial, b"x")
        path.touch()
        os.utime(path, (at, at))
    (directory.folder / "state-a-by-hand.tfstate").touch()
    found = [path.name.split("-")[2] for path in directory.backups("a")]
    assert found == ["11", "10", "9", "by"]
