"""The ``tfswap`` program: ``--version`` at once, everything else through ``tfswap.cli``."""

from __future__ import annotations

import gc
import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


def main() -> None:
    """Run the command line in ``sys.argv`` and exit with the command's code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Before typer is imported: start-up time is a feature (design.md, "Dependencies").
        from tfswap import __version__

        print(f"tfswap {__version__}")
        return
    for stream in (sys.stdout, sys.stderr):
        # A terminal without our signs (✓) gets a question mark rather than an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # What modules are made of is never garbage: the collector need not look for any meanwhile.
    gc.disable()
    try:
        from tfswap.cli import app
    except KeyboardInterrupt:
        sys.exit(130)
    _keep_only(app, sys.argv[1:2])
    gc.freeze()
    gc.enable()
    app(prog_name="tfswap")


def _keep_only(app: typer.Typer, words: list[str]) -> None:
    """Leave the other commands out where one is named: typer would build the options of each."""
    named = [one for one in app.registered_commands if [_name(one)] == words]
    # With a single command typer takes its name for an argument, but not where there is a callback.
    if named and app.registered_callback is not None:
        app.registered_commands = named


def _name(command: typer.models.CommandInfo) -> str:
    function = getattr(command.callback, "__name__", "")
    return command.name or function.replace("_", "-")


if __name__ == "__main__":
    main()
