"""``run`` and ``verify-plan`` against the runbook's own commands in a shell script.

Both on a fresh copy of the same applied world, in turn: init, workspace select, state rm, import,
taint, plan by the script; the rehearsal, the push, the plan and two verdicts by tfswap.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tfswap.demo.world import World, build

ROUNDS = 3
LIMIT = 1.4

_RUNBOOK = """\
set -e
terraform init >/dev/null
terraform workspace select production >/dev/null
terraform state rm aws_dynamodb_table.lpas_table >/dev/null
terraform import aws_dynamodb_table.lpas_table production-Lpas-20240715 >/dev/null
terraform taint 'aws_osis_pipeline.lpas_stream[0]' >/dev/null
terraform plan -out=swap.tfplan >/dev/null
"""


def seconds(argv: list[str], cwd: Path, world: World) -> float:
    """Run a command in the world and return the wall time."""
    start = time.perf_counter()
    subprocess.run(argv, cwd=cwd, env=dict(world.env), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def prepared(base: World, folder: Path) -> World:
    """Return a copy of the world where the swap is prepared."""
    world = base.fork(folder)
    world.restore("Lpas", "20240715")
    argv = [sys.executable, "-m", "tfswap", "prepare", "Lpas-20240715", "--quiet"]
    subprocess.run(argv, cwd=world.repo, env=dict(world.env), check=True, capture_output=True)
    return world


def one_round(base: World, folder: Path) -> tuple[float, float, float]:
    """Return seconds of the runbook's script, of ``run`` and of ``verify-plan``."""
    by_hand = prepared(base, folder / "by_hand")
    hand = seconds(["sh", "-c", _RUNBOOK], by_hand.root, by_hand)
    by_hand.close()
    world = prepared(base, folder / "tfswap")
    program = [sys.executable, "-m", "tfswap"]
    run = seconds([*program, "run", "--yes", "--quiet"], world.repo, world)
    verify = seconds([*program, "verify-plan", "--quiet"], world.repo, world)
    world.close()
    return hand, run, verify


def main() -> None:
    """Print the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        base = build(Path(folder) / "base")
        try:
            rounds = [one_round(base, Path(folder) / str(number)) for number in range(ROUNDS)]
        finally:
            base.close()
    ratios = [(run + verify) / hand for hand, run, verify in rounds]
    print(
        f"run + verify-plan  {statistics.median(ratios):5.2f} x the runbook's commands "
        f"(target <= {LIMIT}; {min(ratios):.2f} to {max(ratios):.2f})"
    )
    for label, values in zip(
        ("runbook", "run", "verify-plan"), zip(*rounds, strict=True), strict=True
    ):
        print(f"  {label:<12} {statistics.median(values):6.2f} s in this run")


if __name__ == "__main__":
    main()
