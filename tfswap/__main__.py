"""The ``tfswap`` program: ``--version`` at once, everything else through ``tfswap.cli``."""

from __future__ import annotations

import gc
import io
import sys


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
        from tfswap.cli.program import keep_only
    except KeyboardInterrupt:
        sys.exit(130)
    keep_only(app, sys.argv[1:2])
    gc.freeze()
    gc.enable()
    app(prog_name="tfswap")


if __name__ == "__main__":
    main()
