"""Kill a restore as it is typed, once AWS took it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from tests.commands.lab import Lab


def kill_once_started(lab: Lab, *arguments: str) -> None:
    """Run ``tfswap restore Lpas --yes`` in a process of its own and kill it in mid-wait."""
    argv = [sys.executable, "-m", "tfswap", "restore", "Lpas", *arguments, "--yes"]
    process = subprocess.Popen(
        argv,
        cwd=lab.clone.repo,
        env={**os.environ, **lab.env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not any(entry["event"] == "restore-started" for entry in lab.journal()):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
