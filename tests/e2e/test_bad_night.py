"""The worst of a bad night on the AWS fixture.

The harness in ``tests/faults`` strikes at every seam on ``terraform_data``; here are a dozen of its
faults with the real provider and the state in S3 (on moto), where a killed Terraform may leave its
lock behind.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import rotation
from tests.e2e.test_swap import NEW, OLD, TABLE, good, state_name, state_of
from tfswap.demo import fixture
from tfswap.demo.world import World
from tfswap.terraform.command_runner import CommandRunner, Result

PROJECT = Path(__file__).parents[2]
IMPORT, TAINT, PLAN, PUSH = 5, 6, 7, 9
"""Terraform's numbers in a run: version, pull and init, and rm come before; show in between."""
PUSH_NOTED, PUSHED_NOTED = 8, 9
"""The journal's numbers in a run: two a step, then ``rehearsed``."""

REHEARSING = [
    (("terraform", IMPORT, "orphan"), -9),  # killed in mid-import
    (("terraform", IMPORT, "child@1.5"), 2),  # terraform killed in mid-import
    (("terraform", TAINT, "after"), -9),  # killed between two steps
    (("terraform", PLAN, "int@2"), 130),  # Ctrl-C while planning
    (("terraform", PLAN, "int-twice@2"), 130),  # Ctrl-C twice while planning
    (("terraform", PLAN, "hup@1"), 130),  # terminal closed while planning
    (("note", PUSH_NOTED, "half"), -9),  # killed as the journal tells of the push
    (("terraform", PUSH, "before"), -9),  # killed before the push
]


def struck(world: World, fault: tuple[str, int, str], *command: str) -> Result:
    """Play a command with a fault in it."""
    seam, number, moment = fault
    argv = [sys.executable, "-m", "tests.faults", seam, str(number), moment, *command]
    done = CommandRunner({**world.env, "PYTHONPATH": str(PROJECT)}).run(argv, world.repo)
    assert "Traceback" not in done.text
    assert "bug in tfswap" not in done.text
    return done


def unlocked(world: World) -> bool:
    """Take away the lock a killed Terraform left in S3, as a person would who made sure of it."""
    s3 = world.client("s3")
    bucket = s3.list_buckets()["Buckets"][0]["Name"]
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    locks = [each["Key"] for each in listed if each["Key"].endswith(".tflock")]
    for key in locks:
        s3.delete_object(Bucket=bucket, Key=key)
    return bool(locks)


@pytest.mark.one_of("kills in a run")
def test_before_the_push_nothing_is_changed(prepared: World) -> None:
    """One after another in one swap: what one fault leaves behind, the next one meets."""
    before = state_of(prepared)
    for fault, code in rotation.part(REHEARSING, 3):
        # Without the baseline plan, whose commands would take their numbers from the rehearsal's.
        done = struck(prepared, fault, "run", "--yes", "--no-baseline")
        assert done.code == code, f"{fault}: {done.text}"
        assert state_of(prepared) == before, fault
        changed = fixture.git(prepared.repo, "status", "--porcelain").split()
        assert changed == ["M", "terraform/environment/terraform.tfvars.json"], fault
        if code == 130:
            assert not (prepared.repo / ".tfswap" / "rehearsal").exists(), fault
        assert "next: tfswap run" in good(prepared, "status"), fault


@pytest.mark.one_of("kills in a run")
def test_a_push_whose_terraform_is_killed_goes_on_or_is_done_again(prepared: World) -> None:
    begun = state_of(prepared)
    run = ("run", "--yes", "--no-baseline")
    struck(prepared, ("terraform", PUSH, "child@0.15"), *run)
    if unlocked(prepared):
        assert state_name(prepared) == OLD
    good(prepared, *run)
    assert (state_name(prepared), state_of(prepared).serial) == (NEW, begun.serial + 2)


def test_a_killed_rollback_is_done_again(pushed: World, stages: Callable[[str], World]) -> None:
    assert struck(pushed, ("terraform", 2, "before"), "rollback", "--yes").code == -9
    assert struck(pushed, ("note", 2, "before"), "rollback", "--yes").code == -9
    good(pushed, "rollback", "--yes")
    assert state_of(pushed).instances == state_of(stages("prepared")).instances
    assert fixture.git(pushed.repo, "status", "--porcelain") == ""


# On terraform_data in tests/faults/test_kills.py.
@pytest.mark.full
def test_killed_after_the_push_there_is_nothing_to_push_again(prepared: World) -> None:
    assert struck(prepared, ("note", PUSHED_NOTED, "before"), "run", "--yes").code == -9
    assert state_name(prepared) == NEW
    assert "nothing to push" in good(prepared, "run", "--yes")
    shown = good(prepared, "log")
    assert "its end was not recorded" in " ".join(shown.split())
    assert "pair: Ana, Sam" in shown


def test_after_an_apply_was_begun_rollback_prepares_the_swap_back(verified: World) -> None:
    assert struck(verified, ("note", 1, "after"), "apply", "--yes").code == -9
    shown = good(verified, "rollback", "--yes")
    assert "An apply was started" in shown
    assert fixture.git(verified.repo, "status", "--porcelain") == ""
    assert fixture.git(verified.repo, "branch", "--show-current").strip() == f"restore/{OLD}"
    if not rotation.run().full:
        return  # The swap back is recorded as fixtures/plans/swap-back.
    good(verified, "run", "--yes", "--no-baseline")
    assert state_of(verified).instances[TABLE].attributes["name"] == OLD
