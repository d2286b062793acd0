"""What ``status`` says of things left behind, and of a Terraform that goes on alone."""

from __future__ import annotations

import os
from pathlib import Path

from tests.commands.conftest import Clone
from tfswap.commands.status import leftovers
from tfswap.journal.writer import Journal
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.child_processes import ChildProcesses

NAME = "Lpas-20240715"


def test_a_terraform_whose_tfswap_was_killed_is_waited_for(clone: Clone) -> None:
    assert clone.tfswap("prepare", NAME).code == 0
    children = ChildProcesses(SwapDirectory(clone.repo).children)
    children.begun(os.getpgid(0), "apply")
    told = clone.tfswap("status", "--offline").out
    assert f"✗ terraform apply is at work (process {os.getpgid(0)}" in told
    assert "next: wait for it to end, then tfswap status" in told
    children.ended(os.getpgid(0))
    assert "is at work" not in clone.tfswap("status", "--offline").out


def test_no_line_is_wider_than_the_terminal(clone: Clone) -> None:
    """But for an address, path or command, which is never broken."""
    assert clone.tfswap("prepare", NAME).code == 0
    told = clone.tfswap("status", "--offline", COLUMNS="50").out.splitlines()
    assert "  production-Lpas -> production-Lpas-20240715 at" in told
    assert "    aws_dynamodb_table.lpas_table" in told
    clone.git("switch", "--quiet", "main")
    told = clone.tfswap("status", "--offline", COLUMNS="50").out.splitlines()
    assert "    (checked out: main)" in told
    assert told[-1] == "next: tfswap prepare Lpas-20240715"


def test_once_it_is_merged_nothing_is_to_be_prepared_again(clone: Clone) -> None:
    assert clone.tfswap("prepare", NAME).code == 0
    clone.git("switch", "--quiet", "--create", "merged")
    assert clone.tfswap("status", "--offline").out.endswith(f"next: tfswap prepare {NAME}\n")
    Journal(SwapDirectory(clone.repo).journal).note("finished", branch=f"restore/production-{NAME}")
    told = clone.tfswap("status").out
    assert "✓ finished, and merged has the edit" in told
    assert "next: once it is in production, end the change freeze." in told
    assert "tfswap retire production-Lpas --dry-run" in told


def test_an_unsaved_state_is_named_offline_too(clone: Clone) -> None:
    assert clone.tfswap("prepare", NAME).code == 0
    (clone.repo / "terraform/environment/errored.tfstate").write_text("{}")
    assert "? errored.tfstate is there" in clone.tfswap("status", "--offline").out


def test_leftovers_are_named(tmp_path: Path) -> None:
    directory = SwapDirectory(tmp_path)
    directory.make()
    assert leftovers(directory) == []
    directory.scratch.mkdir()
    directory.applying.write_bytes(b"x")
    (directory.folder / "begun-0123456789abcdef.plan").write_bytes(b"y")
    lines = leftovers(directory)
    assert "rehearsal/" in lines[0]
    assert lines[1].endswith("begun-0123456789abcdef.plan, applying.plan")
