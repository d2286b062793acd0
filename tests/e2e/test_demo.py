"""The demo from beginning to end, and kept midway; its commands are proven in the other files."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

# Two minutes for a script whose every command has its own tests on every change.
pytestmark = pytest.mark.full


def demo(*words: str, cwd: Path) -> str:
    argv = [sys.executable, "-m", "tfswap", "demo", *words]
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_the_whole_demo(terraform_binary: str, tmp_path: Path) -> None:
    shown = demo(cwd=tmp_path)
    assert shown.count("READY") == 1, "the report is shown once"
    assert "Consumers of aws_dynamodb_table.lpas_table: 19 in 9 files" in shown
    assert "✗" not in shown
    assert "The restored table is in service. Nothing else changed." in shown
    assert list(tmp_path.iterdir()) == []


def test_a_kept_demo_can_be_played_on(terraform_binary: str, tmp_path: Path) -> None:
    shown = demo("--keep", "play", "--until", "prepared", cwd=tmp_path)
    pid = re.search(r"^To stop the stand-in AWS: kill (\d+)$", shown, re.MULTILINE)
    assert pid is not None
    try:
        line = f". ../env.sh && {sys.executable} -m tfswap status --format json"
        repo = tmp_path / "play" / "repo"
        done = subprocess.run(
            ["sh", "-c", line], cwd=repo, capture_output=True, text=True, check=True
        )
        assert json.loads(done.stdout)["phase"] == "prepared"
    finally:
        os.kill(int(pid[1]), signal.SIGTERM)
