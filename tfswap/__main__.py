"""The ``tfswap`` program: ``--version`` at once, everything else through ``tfswap.cli``."""

from __future__ import annotations

import gc
import io
import os
import sys


def main() -> None:
    """Run the command line in ``sys.argv`` and exit with the command's code."""
    _open_closed()
    try:
        _main()
        sys.stdout.flush()
    except OSError as error:
        # Help and version are written past the console, to a disk that may be full.
        sys.stderr.write(f"error: {error.strerror or error}.\n")
        os._exit(2)


def _main() -> None:
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


def _open_closed() -> None:
    """Give standard streams that are closed somewhere to go.

    The next file that is opened would get their number, and what is printed would land in it.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, closefd=False, encoding="utf-8"))  # noqa: SIM115


if __name__ == "__main__":
    main()
