"""``run``, and ``run`` with ``verify-plan``, against the runbook's own commands in a shell script.

Both on a fresh copy of the same applied world, in turn: init, workspace select, state rm, import,
taint, plan by the script; the rehearsal, the baseline plan, the push, the plan and two verdicts by
tfswap. ``python -m tests.bench.swap [ROUNDS]``. CPU is that of all processes a command started.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tfswap.demo.world import World, build

ROUNDS = 3
WALL_LIMIT, CPU_LIMIT, BOTH_LIMIT = 1.5, 2.2, 1.4

_RUNBOOK = """\
set -e
terraform init >/dev/null
terraform workspace select production >/dev/null
terraform state rm aws_dynamodb_table.lpas_table >/dev/null
terraform import aws_dynamodb_table.lpas_table production-Lpas-20240715 >/dev/null
terraform taint 'aws_osis_pipeline.lpas_stream[0]' >/dev/null
terraform plan -out=swap.tfplan >/dev/null
"""


class Took(NamedTuple):
    """Seconds of one command."""

    wall: float
    cpu: float


def took(argv: list[str], cwd: Path, world: World) -> Took:
    """Run a command in the world and return what it took."""
    start = time.perf_counter()
    child = subprocess.Popen(argv, cwd=cwd, env=dict(world.env), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, f"{argv} ended with {child.returncode}"
    return Took(time.perf_counter() - start, used.ru_utime + used.ru_stime)


def prepared(base: World, folder: Path) -> World:
    """Return a copy of the world where the swap is prepared."""
    world = base.fork(folder)
    world.restore("Lpas", "20240715")
    argv = [sys.executable, "-m", "tfswap", "prepare", "Lpas-20240715", "--quiet"]
    subprocess.run(argv, cwd=world.repo, env=dict(world.env), check=True, capture_output=True)
    return world


def one_round(base: World, folder: Path) -> tuple[Took, Took, Took]:
    """Return what the runbook's script, ``run`` and ``verify-plan`` take."""
    by_hand = prepared(base, folder / "by_hand")
    hand = took(["sh", "-c", _RUNBOOK], by_hand.root, by_hand)
    by_hand.close()
    world = prepared(base, folder / "tfswap")
    program = [sys.executable, "-m", "tfswap"]
    run = took([*program, "run", "--yes", "--quiet"], world.repo, world)
    verify = took([*program, "verify-plan", "--quiet"], world.repo, world)
    world.close()
    return hand, run, verify


def main(args: list[str] | None = None) -> None:
    """Print the ratios."""
    count = int(args[0]) if args else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        base = build(Path(folder) / "base")
        try:
            rounds = [one_round(base, Path(folder) / str(number)) for number in range(count)]
        finally:
            base.close()
    _line("run, wall", [run.wall / hand.wall for hand, run, _ in rounds], WALL_LIMIT)
    _line("run, CPU", [run.cpu / hand.cpu for hand, run, _ in rounds], CPU_LIMIT)
    both = [(run.wall + verify.wall) / hand.wall for hand, run, verify in rounds]
    _line("run + verify-plan", both, BOTH_LIMIT)
    for label, values in zip(
        ("runbook", "run", "verify-plan"), zip(*rounds, strict=True), strict=True
    ):
        wall, cpu = (statistics.median(each) for each in zip(*values, strict=True))
        print(f"  {label:<12} {wall:6.2f} s, {cpu:6.2f} s of CPU in this run")


def _line(label: str, ratios: list[float], limit: float) -> None:
    print(
        f"{label:<18} {statistics.median(ratios):5.2f} x the runbook's commands "
        f"(target <= {limit}; {min(ratios):.2f} to {max(ratios):.2f})"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
