"""Writing to standard error, where progress, prompts and errors go."""

from __future__ import annotations

import re
import sys
from contextlib import suppress

_COMMAND = re.compile(r"^(\s*)::", re.MULTILINE)


def without_commands(text: str) -> str:
    """Return a text no line of which a CI runner takes for a command.

    File names and messages come from whoever wrote the branch. GitHub's runner takes ``::`` at a
    line's beginning for one, and ``##[`` anywhere (actions/runner, ActionCommand).
    """
    return _COMMAND.sub(r"\1: :", text).replace("##[", "## [")


def write(text: str) -> None:
    """Write to standard error; nobody listening any more must not stop the work."""
    with suppress(OSError, ValueError):
        sys.stderr.write(without_commands(text))
        sys.stderr.flush()
