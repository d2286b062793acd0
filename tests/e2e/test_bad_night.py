"""The worst of a bad night on the AWS fixture, one after another in one swap.

The harness in ``tests/faults`` strikes at every seam on ``terraform_data``; here are a dozen of its
faults with the real provider and the state in S3 (on moto), where a killed Terraform may leave its
lock behind.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

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
    pytest.param(("terraform", IMPORT, "orphan"), -9, id="killed in mid-import"),
    pytest.param(("terraform", IMPORT, "child@1.5"), 2, id="terraform killed in mid-import"),
    pytest.param(("terraform", TAINT, "after"), -9, id="killed between two steps"),
    pytest.param(("terraform", PLAN, "int@2"), 130, id="Ctrl-C while planning"),
    pytest.param(("terraform", PLAN, "int-twice@2"), 130, id="Ctrl-C twice while planning"),
    pytest.param(("terraform", PLAN, "hup@1"), 130, id="terminal closed while planning"),
    pytest.param(("note", PUSH_NOTED, "half"), -9, id="killed as the journal tells of the push"),
    pytest.param(("terraform", PUSH, "before"), -9, id="killed before the push"),
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


@pytest.fixture(scope="module")
def night(base_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """One swap for all of them: what one fault leaves behind, the next one meets."""
    world = base_world.fork(tmp_path_factory.mktemp("night") / "world")
    world.restore("Lpas", "20240715")
    good(world, "prepare", "Lpas-20240715", "--pair", "Ana, Sam")
    return world


@pytest.mark.parametrize(("fault", "code"), REHEARSING)
def test_before_the_push_nothing_is_changed(
    night: World, fault: tuple[str, int, str], code: int
) -> None:
    before = state_of(night)
    done = struck(night, fault, "run", "--yes")
    assert done.code == code, done.text
    assert state_of(night) == before
    changed = fixture.git(night.repo, "status", "--porcelain").split()
    assert changed == ["M", "terraform/environment/terraform.tfvars.json"]
    if code == 130:
        assert not (night.repo / ".tfswap" / "rehearsal").exists()
    assert "next: tfswap run" in good(night, "status")


def test_the_push_goes_on_or_is_done_again(night: World) -> None:
    """Terraform killed under the push, tfswap killed while it goes on, and after it ended."""
    begun = state_of(night)
    struck(night, ("terraform", PUSH, "child@0.15"), "run", "--yes")
    if unlocked(night):
        assert state_name(night) == OLD
    good(night, "run", "--yes")
    assert (state_name(night), state_of(night).serial) == (NEW, begun.serial + 2)

    assert struck(night, ("terraform", 2, "before"), "rollback", "--yes").code == -9
    assert struck(night, ("note", 2, "before"), "rollback", "--yes").code == -9
    good(night, "rollback", "--yes")
    assert state_of(night).instances == begun.instances
    assert fixture.git(night.repo, "status", "--porcelain") == ""

    good(night, "prepare", "Lpas-20240715")
    assert struck(night, ("note", PUSHED_NOTED, "before"), "run", "--yes").code == -9
    assert state_name(night) == NEW
    assert "nothing to push" in good(night, "run", "--yes")
    told = good(night, "log")
    assert "its end was never noted" in " ".join(told.split())
    assert "pair: Ana, Sam" in told


def test_after_an_apply_was_begun_rollback_prepares_the_swap_back(night: World) -> None:
    good(night, "verify-plan")
    assert struck(night, ("note", 1, "after"), "apply", "--yes").code == -9
    told = good(night, "rollback", "--yes")
    assert "An apply was begun" in told
    assert fixture.git(night.repo, "status", "--porcelain") == ""
    assert fixture.git(night.repo, "branch", "--show-current").strip() == f"restore/{OLD}"
    good(night, "run", "--yes")
    assert state_of(night).instances[TABLE].attributes["name"] == OLD
