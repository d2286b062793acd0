"""The ``tfswap`` program: ``--version`` at once, everything else through ``tfswap.cli``."""

from __future__ import annotations

import sys

from tfswap.startup import load_program, standard_streams


def main() -> None:
    """Run the command line in ``sys.argv`` and exit with the command's code."""
    words = sys.argv[1:]
    with standard_streams():
        if words in (["--version"], ["-V"]):
            from tfswap import __version__

            print(f"tfswap {__version__}")
            return
        load_program(words)(prog_name="tfswap")


if __name__ == "__main__":
    main()
