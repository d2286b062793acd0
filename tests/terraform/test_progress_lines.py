"""What is shown of Terraform's output while a step waits: the address and the verb, no value."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tfswap.terraform.command_runner import CommandRunner
from tfswap.terraform.progress_lines import progress_line


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "aws_dynamodb_table.lpas_table: Refreshing state... [id=production-Lpas]",
            "aws_dynamodb_table.lpas_table: refreshing state",
        ),
        (
            'module.eu["a.b/c"].data.aws_x.y[0]: Still reading... [01m10s elapsed]',
            'module.eu["a.b/c"].data.aws_x.y[0]: still reading (01m10s)',
        ),
        ("a.b: Still creating... [10s elapsed]", "a.b: still creating (10s)"),
        ('a.b: Importing from ID "s3cret"...', "a.b: importing"),
        ("a.b: Read complete after 0s [id=s3cret]", "a.b: read complete"),
        ("Initializing provider plugins...", "Initializing provider plugins"),
        ("- Installing hashicorp/aws v5.100.0...", "Installing hashicorp/aws v5.100.0"),
        ("Acquiring state lock. This may take a few moments...", "Acquiring state lock"),
        ('      + password = "a.b: Reading..."', ""),
        ("        a.b: Reading...", ""),
        ('  ~ name = "x" -> "y"', ""),
        ("a.b: s3cret", ""),
        ('a.b["\x1b[31m"]: Reading...', ""),
        ("", ""),
    ],
)
def test_a_line_of_progress(line: str, shown: str) -> None:
    assert progress_line(line) == shown


LINES = ("a.b: Reading...", "value: s3cret", "a.c: Creating...")
TALKS = f"for line in {LINES}: print(line, flush=True)\n"


@pytest.mark.parametrize("locks", ["", "plan"])
def test_a_command_tells_what_it_waits_for(locks: str, tmp_path: Path) -> None:
    """Through a pipe, and from the file of one that outlives us; what it said is kept whole."""
    seen: list[str] = []
    runner = CommandRunner(log=tmp_path / "log", progress=seen.append)
    code = TALKS + "import time; time.sleep(0.3); print('end')"
    done = runner.run([sys.executable, "-c", code], tmp_path, locks=locks)
    assert seen == ["a.b: reading", "a.c: creating"]
    assert done.out.decode().splitlines()[-1] == "end"
    assert done.out.count(b"\n") == 4


def test_secret_output_is_not_watched(tmp_path: Path) -> None:
    seen: list[str] = []
    runner = CommandRunner(progress=seen.append)
    runner.run([sys.executable, "-c", TALKS], tmp_path, secret=True)
    assert seen == []
