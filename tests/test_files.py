"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tfswap.errors import RepoError
from tfswap.files import spare, write_atomically
from tfswap.swap_directory import SwapDirectory


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
    with pytest.raises(RepoError, match=r"No space left on device\. It is as it was"):
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
    with pytest.raises(RepoError, match="not a folder of tfswap's own"):
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
    import subprocess
    import sys

    code = (
        "import pathlib, sys; from tfswap.swap_directory import SwapDirectory; "
        "SwapDirectory(pathlib.Path(sys.argv[1])).hold()"
    )
    argv = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(argv, check=False).returncode == 0
    SwapDirectory(tmp_path).hold()
    second = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert "at work in this repository (" in second.stderr
    assert f"process {os.getpid()} since" in second.stderr


def test_what_a_killed_write_left_is_gone_after_the_next(tmp_path: Path) -> None:
    path = tmp_path / "f"
    spare(path).write_bytes(b"half")
    write_atomically(path, b"whole")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"whole"]


def test_a_link_put_where_it_writes_first_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "else").write_bytes(b"mine")
    spare(tmp_path / "f").symlink_to(tmp_path / "else")
    write_atomically(tmp_path / "f", b"new")
    assert (tmp_path / "else").read_bytes() == b"mine"
    assert not (tmp_path / "f").is_symlink()


def test_one_command_may_go_over_into_another(tmp_path: Path) -> None:
    SwapDirectory(tmp_path).hold()
    SwapDirectory(tmp_path).hold()
