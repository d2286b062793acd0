"""Odd surroundings: closed and full streams, somebody else's clone, paths that are not UTF-8."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import rotation

from .conftest import Clone

NAME = "Lpas-20240715"
CLOSED = ("", ">&-", "2>&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-", "2>/dev/full")


def shell(words: str, cwd: Path | bytes, **env: str) -> subprocess.CompletedProcess[str]:
    line = f"{sys.executable} -m tfswap {words}"
    argv = ["bash", "-c", line]
    done = subprocess.run(
        argv, cwd=cwd, env={**os.environ, **env}, capture_output=True, errors="replace"
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "bug in tfswap" not in done.stderr
    return done


@pytest.mark.parametrize("closed", rotation.part(CLOSED, 3))
def test_closed_streams_change_nothing_but_what_is_seen(clone: Clone, closed: str) -> None:
    before = (clone.repo / ".git" / "config").read_bytes()
    assert shell(f"prepare {NAME} {closed}", clone.repo).returncode == 0
    assert shell(f"status --offline {closed}", clone.repo).returncode == 0
    assert shell(f"rollback --yes {closed}", clone.repo).returncode == 0
    assert shell(f"--version {closed}", clone.repo).returncode == 0
    assert clone.git("status", "--porcelain") == ""
    assert (clone.repo / ".git" / "config").read_bytes() == before


@pytest.mark.parametrize("words", ["--version", "--help", "rules", "doctor"])
def test_a_full_disk_behind_standard_output_is_said(clone: Clone, words: str) -> None:
    done = shell(f"{words} >/dev/full", clone.repo)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_somebody_elses_clone_is_passed_on_with_gits_remedy(clone: Clone) -> None:
    for path in (clone.repo, *clone.repo.rglob("*")):
        os.chown(path, 12345, 12345, follow_symlinks=False)
    done = clone.tfswap("status")
    assert done.code == 2
    assert "dubious ownership" in done.err
    assert f"git config --global --add safe.directory {clone.repo}" in done.err


def test_a_path_that_is_not_utf8_is_no_bug(clone: Clone) -> None:
    odd = os.fsencode(clone.repo.parent) + b"/odd\xff"
    try:
        shutil.move(os.fsencode(clone.repo), odd)
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    for words in (f"prepare {NAME}", "status", "run --yes", "doctor", "rollback --yes"):
        assert shell(words, odd).returncode in (0, 2, 3), words


EVERY = (
    *(f"prepare {NAME}", "run --yes", "rollback --yes", "status", "log", "doctor"),
    *("finish --yes", "verify-plan", "apply --yes"),
)


def test_a_committed_folder_of_tfswaps_stops_every_command(clone: Clone) -> None:
    """What stands there may be anybody's, and names programs that are run."""
    assert clone.typed("prepare", NAME).code == 0
    swap = clone.repo / ".tfswap" / "swap.json"
    evil = clone.repo.parent / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {clone.repo.parent}/was-run\n")
    evil.chmod(0o755)
    swap.write_text(swap.read_text().replace('"prefix":[]', f'"prefix":["{evil}"]'))
    clone.git("add", "--force", ".tfswap/swap.json")
    for words in EVERY:
        done = clone.typed(*words.split())
        assert done.code == 2, words
        assert "is committed in this repository" in done.err
        assert "git rm -r --cached .tfswap" in done.err
    assert not (clone.repo.parent / "was-run").exists()
    clone.git("rm", "--quiet", "-r", "--cached", ".tfswap")
    shutil.move(clone.repo / ".tfswap", clone.repo.parent / "away")
    assert clone.typed("prepare", NAME).code == 0


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_linked_folder_of_tfswaps_is_written_to_by_no_command(clone: Clone, kind: str) -> None:
    outside = clone.repo.parent / "outside"
    outside.mkdir()
    own = clone.repo / ".tfswap"
    if kind == "folder":
        own.symlink_to(outside)
    else:
        own.mkdir()
        (own / "journal.jsonl").symlink_to(outside / "new")
    for words in EVERY:
        done = clone.typed(*words.split())
        assert done.code == 2, words
        assert str(own) in done.err.replace("\n", "")
    assert not list(outside.iterdir())


def test_a_report_is_not_written_through_a_link_of_the_branch(clone: Clone) -> None:
    outside = clone.repo.parent / "outside"
    outside.write_text("mine")
    (clone.repo / "report.sarif").symlink_to(outside)
    done = clone.typed("check", "--base", "HEAD", "--write", "sarif=report.sarif")
    assert done.code == 2
    assert f"reached by a link to {outside}" in " ".join(done.err.split())
    assert outside.read_text() == "mine"


SETTINGS = """\
terraform_bin = "./evil"
prefix = "./evil --"
[hooks]
maintenance_on = "./evil"
"""


def test_no_command_runs_a_program_that_only_a_branch_names(clone: Clone) -> None:
    """Whoever opens a pull request wrote its ``tfswap.toml``; main's was reviewed."""
    evil = clone.repo / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {clone.repo.parent}/was-run\nexit 1\n")
    evil.chmod(0o755)
    clone.git("switch", "--quiet", "--create", "theirs")
    # It may also say which branch is the default one.
    (clone.repo / "tfswap.toml").write_text(f'default_branch = "theirs"\n{SETTINGS}')
    clone.commit()
    clone.git("push", "--quiet", "origin", "theirs")
    for words in ("doctor", "status", f"prepare {NAME}", "run --yes"):
        done = clone.typed(*words.split())
        said = " ".join(done.err.split())
        assert "Ignored from tfswap.toml: prefix, terraform_bin, hooks. origin/main" in said, words
    assert not (clone.repo.parent / "was-run").exists()
    clone.git("push", "--quiet", "origin", "theirs:main")
    done = clone.typed("doctor")
    assert "Ignored from tfswap.toml" not in done.err
    assert (clone.repo.parent / "was-run").exists()
