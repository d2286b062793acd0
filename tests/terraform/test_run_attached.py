"""Handing the terminal over: how a program ended, and what was pressed meanwhile."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tfswap.errors import TerraformError
from tfswap.terraform.run_attached import AttachedResult, run_attached


def run(code: str, folder: Path) -> AttachedResult:
    return run_attached([sys.executable, "-c", code], folder, {"SAID": "yes"})


def test_the_exit_code_and_the_variables_are_handed_through(tmp_path: Path) -> None:
    code = "import os; raise SystemExit(7 if os.environ['SAID'] == 'yes' else 0)"
    assert run(code, tmp_path) == AttachedResult(7)
    assert run("", tmp_path) == AttachedResult(0)


def test_a_signal_is_128_and_its_number(tmp_path: Path) -> None:
    assert run("import os; os.kill(os.getpid(), 15)", tmp_path) == AttachedResult(143)
    assert run("import os; os.kill(os.getpid(), 9)", tmp_path) == AttachedResult(137)


def test_an_interrupted_program_is_told_from_one_that_failed(tmp_path: Path) -> None:
    ignore = "import os, signal; signal.signal(2, signal.SIG_DFL); os.kill(os.getpid(), 2)"
    assert run(ignore, tmp_path) == AttachedResult(130, interrupted=True)


def test_an_interrupt_of_ours_is_kept_while_the_program_ends_well(tmp_path: Path) -> None:
    code = f"import os, time; os.kill({os.getpid()}, 2); time.sleep(0.2)"
    assert run(code, tmp_path) == AttachedResult(0, interrupted=True)


@pytest.mark.parametrize("argv", [["./not-there"], ["/etc/passwd"]])
def test_what_cannot_be_run_is_said(argv: list[str], tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match="cannot be run"):
        run_attached(argv, tmp_path, {})
