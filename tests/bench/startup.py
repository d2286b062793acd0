"""Start-up: ``tfswap --version`` and ``--help`` against a bare Python that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 25
VERSION_LIMIT = 6.0


def seconds(argv: list[str]) -> float:
    """Run a command and return the wall time of the whole process."""
    start = time.perf_counter()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def ratio(argv: list[str]) -> float:
    """Return the median of the command's time over a bare Python's, pair by pair."""
    bare = [sys.executable, "-c", "pass"]
    return statistics.median(seconds(argv) / seconds(bare) for _ in range(ROUNDS))


def main() -> None:
    """Print the ratios."""
    program = [sys.executable, "-m", "tfswap"]
    seconds([*program, "--help"])
    for option in ("--version", "--help"):
        limit = f"(target <= {VERSION_LIMIT})" if option == "--version" else ""
        print(f"tfswap {option:<10} {ratio([*program, option]):5.2f} x python -c pass {limit}")


if __name__ == "__main__":
    main()
