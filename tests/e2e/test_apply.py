"""Applies that end midway, for real: what is told, and the one way on to ``applied``."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import rotation
from tests.e2e.refusing import Call, refusing
from tfswap.demo.aws_facts import read_aws
from tfswap.demo.world import World
from tfswap.terraform.command_runner import Result

OLD, NEW = "production-Lpas", "production-Lpas-20240715"
BACKUP = "aws_backup_selection.main[0]"


def tfswap(world: World, *arguments: str) -> Result:
    done = world.tfswap(*arguments)
    assert "Traceback" not in done.text
    assert "bug in tfswap" not in done.text
    return done


def good(world: World, *arguments: str) -> str:
    done = tfswap(world, *arguments)
    assert done.code == 0, done.text
    return done.text


def assert_applied(world: World, text: str) -> None:
    assert "APPLIED. A new plan has no changes left." in text
    for line in ("✓ Deletion protection", "✓ Point-in-time recovery", "✓ Stream"):
        assert line in text
    assert [fact for fact in read_aws(world.client, OLD, NEW) if not fact.holds] == []
    directory = world.repo / ".tfswap"
    assert not [*directory.glob("*applying*"), *directory.glob("begun-*")]
    assert "next: tfswap finish" in good(world, "status")


def assert_ready(text: str) -> None:
    assert "READY" in text
    assert "Verified as the remaining changes of an apply started by" in " ".join(text.split())


def refused(call: Call) -> bool:
    """Halves of three replacements: a deletion without creation twice, once the other way round."""
    return (
        (call.method == "PUT" and "/selections" in call.path)
        or "createPipeline" in call.path
        or call.target.endswith("UpdateService")
    )


def test_what_an_apply_left_half_done_is_verified_and_applied(verified: World) -> None:
    world = verified
    with refusing(world, refused) as runner:
        done = tfswap(runner, "apply", "--yes")
    assert done.code == 2, done.text
    assert "The apply stopped" in done.text
    assert re.search(
        r"failed +aws_backup_selection\.main\[0\] +\(deleted, not yet created\)", done.text
    )
    assert "next:  Fix the errors Terraform reported, then: tfswap verify-plan" in done.text
    assert "AccessDenied" in done.text
    kept = world.repo / ".tfswap" / "applying.plan"
    assert kept.stat().st_mode & 0o777 == 0o600
    again = tfswap(world, "apply", "--yes")
    assert again.code == 1
    assert "started at" in again.text
    status = good(world, "status")
    assert "did not succeed" in status
    assert "next: tfswap verify-plan" in status

    # A second failure: the first plan still knows what was there. (Several failed applies are in
    # tests/commands/test_unfinished_applies.py, too.)
    if rotation.run().full:
        with refusing(world, lambda call: "createPipeline" in call.path) as runner:
            assert_ready(good(runner, "verify-plan"))
            assert tfswap(runner, "apply", "--yes").code == 2
        assert len(list((world.repo / ".tfswap").glob("begun-*.plan"))) == 1
    assert_ready(good(world, "verify-plan"))
    assert "next: tfswap apply" in good(world, "status")
    assert_applied(world, good(world, "apply", "--yes"))


def begin(world: World) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-m", "tfswap", "apply", "--yes"]
    return subprocess.Popen(
        argv, cwd=world.repo, env=dict(world.env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def said(world: World, text: str) -> bool:
    log: Path = world.repo / ".tfswap" / "apply.log"
    return log.is_file() and text in log.read_text()


def child_of(world: World) -> int:
    shown = (world.repo / ".tfswap" / "children.jsonl").read_text().splitlines()
    [found] = re.findall(r'"pid": (\d+), "begun": "apply"', shown[-1])
    return int(found)


@pytest.mark.one_of("kills in an apply")
def test_a_killed_terraform_leaves_a_lock_that_is_told_as_ones_own(verified: World) -> None:
    world = verified
    running = begin(world)
    wait_for(lambda: said(world, '"type":"apply_complete"'))
    os.killpg(child_of(world), signal.SIGKILL)
    out, _ = running.communicate(timeout=120)
    assert running.returncode == 2, out.decode()
    assert b"cut off" in out

    locked = tfswap(world, "verify-plan")
    assert locked.code == 2
    assert "lock " in locked.text
    assert "S3" not in locked.text
    assert "left by your terraform apply" in " ".join(locked.text.split())
    command = re.search(
        r"cd \S+ && (TF_WORKSPACE=production) terraform (force-unlock) (\S+)", locked.text
    )
    assert command is not None, locked.text
    world.terraform("force-unlock", "-force", command[3])
    assert "READY" in good(world, "verify-plan")
    assert_applied(world, good(world, "apply", "--yes"))


@pytest.mark.one_of("kills in an apply")
def test_a_killed_tfswap_lets_terraform_end_in_good_order(verified: World) -> None:
    world = verified
    running = begin(world)
    wait_for(lambda: said(world, '"type":"apply_complete"'))
    running.kill()
    running.communicate(timeout=60)
    status = good(world, "status")
    assert "terraform apply is still running" in status
    assert "next: wait until it ends" in status
    wait_for(lambda: said(world, "Apply complete!"))
    wait_for(lambda: "is still running" not in good(world, "status"))
    assert "next: tfswap verify-plan" in good(world, "status")
    assert "APPLIED" in good(world, "verify-plan")
    assert not (world.repo / ".tfswap" / "applying.plan").exists()
    assert [fact for fact in read_aws(world.client, OLD, NEW) if not fact.holds] == []
