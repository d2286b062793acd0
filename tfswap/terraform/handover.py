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

from tfswap.errors import TerraformError


def hand_over(argv: Sequence[str], cwd: Path, variables: Mapping[str, str]) -> int:
    """Run ``argv`` with this terminal, and return its exit code (128 + signal where one ended it).

    ``variables`` are set on top of this process's own environment.

    A Ctrl-C reaches the child by the terminal; it ends in its own good order, and we wait.

    Raises:
        TerraformError: The program is not there or may not be run.
        KeyboardInterrupt: After the child has ended, when it was interrupted and did not say so.
    """
    try:
        child = subprocess.Popen(list(argv), cwd=cwd, env={**os.environ, **variables})
    except OSError as error:
        raise TerraformError(
            f"{argv[0]} cannot be run: {error.strerror}.",
            hint="Mend its name or its permissions, then run the same command again.",
        ) from error
    while True:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            continue
        break
    if code == -signal.SIGINT:
        raise KeyboardInterrupt
    return code if code >= 0 else 128 - code
