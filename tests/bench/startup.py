"""Start-up: ``tfswap --version`` and ``--help`` against a bare Python that does nothing."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 25
VERSION_LIMIT = 6.0
TAB_LIMIT = 0.3
FIXTURE = Path(__file__).parents[2] / "fixtures" / "lpa" / "repo"


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
    line = f"tfswap backups --repo {FIXTURE} "
    os.environ |= {"COMP_WORDS": line, "COMP_CWORD": "4", "_TFSWAP_COMPLETE": "complete_bash"}
    used, rounds = resource.getrusage(resource.RUSAGE_CHILDREN), 10
    for _ in range(rounds):
        seconds(program)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    print(f"the Tab key       {spent / rounds:5.2f} s of processor time (target <= {TAB_LIMIT})")


if __name__ == "__main__":
    main()
