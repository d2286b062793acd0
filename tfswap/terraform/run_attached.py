"""Hand the terminal over to another program and wait for it.

The second door beside ``process``: for what a person talks to (a command of ours with its own
questions, a hook of theirs). Nothing is read, nothing is logged; argv lists only, never a shell.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tfswap.errors import TerraformError


class AttachedResult(NamedTuple):
    """How the program ended."""

    code: int
    """Its exit code; 128 + signal where one ended it."""
    interrupted: bool = False
    """Somebody interrupted us (Ctrl-C, SIGTERM) while it ran, whatever it made of that."""


def run_attached(argv: Sequence[str], cwd: Path, variables: Mapping[str, str]) -> AttachedResult:
    """Run ``argv`` with this terminal, and return how it ended.

    ``variables`` are set on top of this process's own environment.

    A Ctrl-C reaches the child by the terminal; it ends in its own good order, and we wait.

    Raises:
        TerraformError: The program is not there or may not be run.
    """
    try:
        child = subprocess.Popen(list(argv), cwd=cwd, env={**os.environ, **variables})
    except OSError as error:
        raise TerraformError(
            f"{argv[0]} cannot be run: {error.strerror}.",
            hint="Fix its name or its permissions, then run the same command again.",
        ) from error
    interrupted = False
    while True:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            interrupted = True
            continue
        break
    interrupted = interrupted or code in (-signal.SIGINT, 128 + signal.SIGINT)
    return AttachedResult(code if code >= 0 else 128 - code, interrupted)
