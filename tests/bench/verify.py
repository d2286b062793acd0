"""``tfswap verify-plan`` on big plans, against ``orjson.loads`` of the same file in bare Python.

``python -m tests.bench.verify [MEGABYTES...]``: without arguments 1, 10, 100 and 500. Both sides
are whole processes: ours starts Python, reads, verifies and prints; the other starts Python, reads
the file and loads it, with the collector off, and leaves without clearing up. They take turns;
each figure is CPU time, the median of the ratios of the pairs. The copies have names and tags of
their own, as those of real configurations. Memory is what the process has in anonymous
pages at its peak: the greatest ``Anonymous`` of ``/proc/PID/smaps_rollup``, sampled while it runs,
which leaves out the pages of the mapped file and of shared libraries. Targets: 0.8 for 100 MB
in which little changes, 1.0 where everything does, 60 MB; and a 1.7 MB plan in 0.3 s more than a
Python that does nothing. Where everything changes it is
measured twice: with instances alike but for their keys, and with values that are each one's own.

With checkov on the PATH (or named by ``CHECKOV``) the 10 MB plan is given to it as well.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.bench.bigplan import NEW, OLD, write

SIZES = (1, 10, 100, 500)
ROUNDS = {1: 9, 10: 7, 100: 5, 500: 3}
IDLE_LIMIT, BUSY_LIMIT, MEMORY_LIMIT, CHECKOV_LIMIT = 0.8, 1.0, 60.0, 100.0
SMALL, SMALL_LIMIT = 1_700_000, 0.3
_SAMPLE = 0.005

_ORJSON = """
import gc, os, sys
gc.disable()
import orjson
with open(sys.argv[1], "rb") as file:
    plan = orjson.loads(file.read())
os._exit(0)
"""


class Figures(NamedTuple):
    """Medians over the pairs."""

    seconds: float
    ratio: float
    memory: float
    """Megabytes, the greatest of all rounds."""


@cache
def _environment() -> dict[str, str]:
    """Return the environment of both sides: with compiled bytecode, as an installation has it."""
    folder = tempfile.mkdtemp(prefix="tfswap-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    own = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**own, "PYTHONPYCACHEPREFIX": folder}


def verify_argv(plan: Path) -> list[str]:
    """Return the command that verifies a plan."""
    words = ["-m", "tfswap", "verify-plan", str(plan), "--from", OLD, "--to", NEW]
    return [sys.executable, *words]


def orjson_argv(plan: Path) -> list[str]:
    """Return the command that only loads it."""
    return [sys.executable, "-c", _ORJSON, str(plan)]


def seconds(argv: list[str], expect: int = 0) -> float:
    """Run a command and return the CPU time of the whole process."""
    child = subprocess.Popen(
        argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment()
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == expect, f"{argv} ended with {child.returncode}"
    return used.ru_utime + used.ru_stime


def anonymous(argv: list[str]) -> float:
    """Run a command and return the megabytes it has in anonymous pages at its peak."""
    child = subprocess.Popen(
        argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment()
    )
    rollup = Path(f"/proc/{child.pid}/smaps_rollup")
    most = 0
    while child.poll() is None:
        try:
            lines = rollup.read_text().splitlines()
        except (OSError, ValueError):
            break
        most = max([most, *(int(x.split()[1]) for x in lines if x.startswith("Anonymous:"))])
        time.sleep(_SAMPLE)
    child.wait()
    return most / 1024


def measure(plan: Path, rounds: int) -> Figures:
    """Measure both sides in turn."""
    ours, ratios = [], []
    for _ in range(rounds):
        other = seconds(orjson_argv(plan))
        ours.append(seconds(verify_argv(plan)))
        ratios.append(ours[-1] / other)
    memory = max(anonymous(verify_argv(plan)) for _ in range(2))
    return Figures(statistics.median(ours), statistics.median(ratios), memory)


def line(label: str, figures: Figures, limit: float | None = None) -> str:
    """Return one line of the report."""
    verdict = "" if limit is None else ("ok" if figures.ratio <= limit else "MISSED")
    target = "" if limit is None else f"(at most {limit}) {verdict}"
    memory = f"{figures.memory:5.0f} MB anonymous"
    head = f"{label:<28} {figures.ratio:5.2f} x orjson.loads {figures.seconds:7.2f} s"
    return f"{head} {memory} {target}".rstrip()


def main(args: list[str] | None = None) -> int:
    """Measure and print; 1 when a target is missed."""
    sizes = [int(arg) for arg in args or ()] or list(SIZES)
    seconds([sys.executable, "-m", "tfswap", "--help"])  # Compiles what both sides import.
    missed = False
    idle: dict[int, Figures] = {}
    print(f"start-up alone: {seconds([sys.executable, '-m', 'tfswap', '--help']):.2f} s (--help)")
    missed |= _small()
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            plan = Path(folder) / "plan.json"
            write(plan, size * 10**6, distinct=True)
            idle[size] = measure(plan, ROUNDS.get(size, 3))
            limit = IDLE_LIMIT if size == 100 else None
            print(line(f"{size} MB, 12 changes", idle[size], limit), flush=True)
            missed |= size == 100 and idle[size].ratio > IDLE_LIMIT
            if size == 10:
                _checkov(plan, idle[size])
            if size in (10, 100):
                write(plan, size * 10**6, changing=True)
                busy = measure(plan, 3)
                limit = BUSY_LIMIT if size == 100 else None
                print(line(f"{size} MB, everything changes", busy, limit), flush=True)
                missed |= size == 100 and busy.ratio > BUSY_LIMIT
                write(plan, size * 10**6, changing=True, distinct=True)
                print(line(f"{size} MB, each changes otherwise", measure(plan, 3)), flush=True)
    if 100 in idle:
        over = idle[100].memory > MEMORY_LIMIT
        print(f"memory on 100 MB: at most {MEMORY_LIMIT:.0f} MB, {'MISSED' if over else 'ok'}")
        missed |= over
    for small, large in itertools.pairwise(sizes):
        growth = idle[large].seconds / idle[small].seconds / (large / small)
        print(f"from {small} to {large} MB: time grows {growth:.2f} x as fast as the plan")
    return int(missed)


def _small() -> bool:
    """Measure a plan of the runbook's size; whether the target is missed."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        write(plan, SMALL, distinct=True)
        bare = [sys.executable, "-c", "pass"]
        more = [seconds(verify_argv(plan)) - seconds(bare) for _ in range(9)]
    found = statistics.median(more)
    shown = "ok" if found <= SMALL_LIMIT else "MISSED"
    print(f"1.7 MB: {found:.2f} s more than python -c pass (at most {SMALL_LIMIT}) {shown}")
    return found > SMALL_LIMIT


def _checkov(plan: Path, ours: Figures) -> None:
    program = os.environ.get("CHECKOV") or shutil.which("checkov")
    if program is None:
        print("checkov: not measured, it is not on the PATH", file=sys.stderr)
        return
    argv = [program, "-f", str(plan), "--framework", "terraform_plan", "--quiet", "--soft-fail"]
    ratio = seconds(argv) / ours.seconds
    print(f"checkov on the same 10 MB takes {ratio:.0f} x as long (at least {CHECKOV_LIMIT:.0f})")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
