"""A swap from beginning to end, and how it can go wrong, on the real Terraform and provider."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.terminal import answered
from tfswap.demo import fixture, tables
from tfswap.demo.aws_facts import read_aws
from tfswap.demo.world import World
from tfswap.terraform.command_runner import Result
from tfswap.terraform.state_file import State, parse

OLD, NEW = "production-Lpas", "production-Lpas-20240715"
TABLE = "aws_dynamodb_table.lpas_table"
BUCKET_KEY = "env:/production"
QUESTION = b"Type 'yes' to continue:"


def tfswap(world: World, *arguments: str, **env: str) -> Result:
    done = replace(world, env={**world.env, **env}).tfswap(*arguments)
    assert "Traceback" not in done.text
    assert "bug in tfswap" not in done.text
    return done


def good(world: World, *arguments: str, **env: str) -> str:
    done = tfswap(world, *arguments, **env)
    assert done.code == 0, done.text
    return done.text


def standing(world: World, code: int) -> str:
    """Return what ``status`` says, once its exit code has told the phase."""
    done = tfswap(world, "status", "--exit-code")
    assert done.code == code, done.text
    return done.text


def state_of(world: World) -> State:
    return parse(world.terraform("state", "pull").out)


def files_of(world: World) -> dict[Path, bytes]:
    """Everything in the root module, with what Terraform keeps there."""
    return {path: path.read_bytes() for path in world.root.rglob("*") if path.is_file()}


def state_name(world: World) -> object:
    return state_of(world).instances[TABLE].attributes["name"]


def test_a_run_writes_the_rehearsed_state_once(
    prepared: World, pushed: World, stages: Callable[[str], World]
) -> None:
    """Between the two stages there was one ``run``."""
    before, after = state_of(prepared), state_of(pushed)
    assert "next: tfswap run" in standing(prepared, 12)
    between = stages("pushed").folder
    assert "READY" in (between / "said").read_text().upper()
    assert NEW in (between / "plan.html").read_text()
    assert after.serial == before.serial + 2
    assert after.instances[TABLE].attributes["name"] == NEW
    assert "next: tfswap verify-plan" in standing(pushed, 13)


def test_a_verified_plan_is_to_be_applied(verified: World) -> None:
    assert "next: tfswap apply" in standing(verified, 14)


def test_an_applied_swap_is_finished(swapped: World, stages: Callable[[str], World]) -> None:
    world = swapped
    said = (stages("swapped").folder / "said").read_text()
    assert said.splitlines()[-1].startswith("next: tfswap finish (")
    facts = read_aws(world.client, OLD, NEW)
    assert len(facts) >= 10
    assert [fact for fact in facts if not fact.holds] == []
    assert world.plan() == 0
    assert "APPLIED.\nnext: tfswap finish (" in good(world, "verify-plan")
    assert "next: tfswap finish" in standing(world, 15)
    changed = fixture.git(world.repo, "status", "--porcelain").split()
    assert changed == ["M", "terraform/environment/terraform.tfvars.json"]
    assert not (world.repo / ".tfswap" / "rehearsal").exists()
    text = good(world, "finish", "--yes")
    assert "**Applied.**" in text
    assert "### Checklist of the plan: ready" in text
    assert fixture.git(world.repo, "status", "--porcelain") == ""
    assert "next: get the PR merged" in good(world, "status")
    for path in (world.repo / ".tfswap").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path

    again = tfswap(world, "run", "--yes")
    assert again.code == 0
    assert "nothing to push" in again.text


# A rehearsal that is rejected writes nothing in the tests below; one that is ready on
# terraform_data in tests/faults/test_prompt.py.
@pytest.mark.full
def test_a_rehearsal_writes_nothing_anywhere(prepared: World) -> None:
    before, files = state_of(prepared), files_of(prepared)
    text = good(prepared, "rehearse")
    assert "next: tfswap run" in text
    assert state_of(prepared) == before
    assert files_of(prepared) == files


def test_direct_runs_the_same_commands_on_the_backend(prepared: World, pushed: World) -> None:
    text = good(prepared, "run", "--direct", "--yes")
    assert "the state has no table" in text
    assert state_name(prepared) == NEW
    assert state_of(prepared).instances == state_of(pushed).instances


def test_a_restored_table_that_is_not_there(world: World) -> None:
    good(world, "prepare", "Lpas-20240716")
    before = state_of(world)
    done = tfswap(world, "run", "--yes")
    assert done.code == 2
    assert "restored table does not exist" in done.text
    assert state_of(world) == before


def test_an_image_that_moved_along_is_rejected_and_nothing_is_pushed(prepared: World) -> None:
    before, files = state_of(prepared), files_of(prepared)
    done = tfswap(prepared, "run", "--yes", TF_VAR_container_version="v9.9.9")
    assert done.code == 1
    assert "v9.9.9" in done.text
    assert state_of(prepared) == before
    assert files_of(prepared) == files


# Recorded as fixtures/plans/ride-*; that a run refuses what rides along is the test above.
@pytest.mark.full
def test_a_variable_left_unset_that_closes_the_service_is_rejected(prepared: World) -> None:
    done = tfswap(prepared, "run", "--yes", TF_VAR_public_access_enabled="false")
    assert done.code == 1
    assert "app_loadbalancer_public_access_ingress" in done.text


def test_a_held_lock_shows_who_holds_it(prepared: World) -> None:
    before = state_of(prepared)
    s3 = prepared.client("s3")
    bucket = s3.list_buckets()["Buckets"][0]["Name"]
    [key] = [
        each["Key"]
        for each in s3.list_objects_v2(Bucket=bucket)["Contents"]
        if BUCKET_KEY in each["Key"]
    ]
    lock = {
        "ID": "11-22",
        "Operation": "OperationTypeApply",
        "Who": "sam@desk",
        "Version": "1.11.4",
    }
    s3.put_object(Bucket=bucket, Key=f"{key}.tflock", Body=json.dumps(lock).encode())
    done = tfswap(prepared, "run", "--yes", "--no-baseline")
    assert done.code == 2
    assert "sam@desk" in done.text
    assert "Never force-unlock" in done.text
    s3.delete_object(Bucket=bucket, Key=f"{key}.tflock")
    assert state_of(prepared) == before


def test_a_workspace_that_does_not_exist(world: World) -> None:
    good(world, "prepare", "Lpas-20240715", "--environment", "preproduction")
    done = tfswap(world, "run", "--yes")
    assert done.code == 2
    assert "no workspace 'preproduction'; it has default, production" in done.text
    assert set(world.terraform("workspace", "list").out.decode().split()) >= {"production"}
    assert "preproduction" not in world.terraform("workspace", "list").out.decode()


def test_a_root_module_that_is_not_initialised(prepared: World) -> None:
    import shutil

    shutil.rmtree(prepared.root / ".terraform")
    done = tfswap(prepared, "run", "--yes")
    assert done.code == 2
    assert "is not initialised" in done.text
    assert "terraform init" in done.text


def test_no_terraform_on_the_path(prepared: World) -> None:
    done = tfswap(prepared, "run", "--yes", "--terraform-bin", "terraform-that-is-not-there")
    assert done.code == 2
    assert "is not on the PATH" in done.text


def test_a_prefix_that_is_not_there(prepared: World) -> None:
    done = tfswap(prepared, "run", "--yes", "--prefix", "aws-vault-not-here exec identity --")
    assert done.code == 2
    assert "aws-vault-not-here is not on the PATH" in done.text


def test_no_credentials(prepared: World) -> None:
    world = replace(
        prepared,
        env={
            name: value
            for name, value in prepared.env.items()
            if name not in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        },
    )
    done = tfswap(world, "run", "--yes")
    assert done.code == 2
    assert "No valid AWS credentials" in done.text
    assert "--prefix" in done.text


# Recorded as fixtures/plans/two-tables; the steps for two tables are in tests/steps.
@pytest.mark.full
def test_two_tables_at_once(world: World) -> None:
    world.restore("Lpas", "20240715")
    world.restore("Sessions", "20240715")
    good(world, "prepare", "Lpas-20240715", "Sessions-20240715")
    good(world, "run", "--yes")
    good(world, "verify-plan")


def test_a_plan_of_the_old_configuration_would_replace_the_table(pushed: World) -> None:
    """Between the swap and the merge an un-frozen pipeline is the greatest danger."""
    fixture.git(pushed.repo, "stash")
    pushed.terraform("plan", "-out=old.tfplan")
    shown = pushed.terraform("show", "-json", "old.tfplan").out
    plan = pushed.folder / "plan.json"
    plan.write_bytes(shown)
    done = tfswap(pushed, "verify-plan", str(plan))
    assert done.code == 1
    assert TABLE in done.text


def test_a_plan_given_as_file_pipe_and_json(pushed: World) -> None:
    pushed.terraform("plan", "-out=swap.tfplan")
    saved = pushed.root / "swap.tfplan"
    good(pushed, "verify-plan", str(saved))
    shown = pushed.terraform("show", "-json", "swap.tfplan").out
    (pushed.folder / "plan.json").write_bytes(shown)
    good(pushed, "verify-plan", str(pushed.folder / "plan.json"))
    argv = [sys.executable, "-m", "tfswap", "verify-plan", "-", "--from", OLD, "--to", NEW]
    piped = subprocess.run(
        argv, cwd=pushed.folder, env=dict(pushed.env), input=shown, capture_output=True
    )
    assert piped.returncode == 0, piped.stderr.decode()
    cut = subprocess.run(
        argv, cwd=pushed.folder, env=dict(pushed.env), input=shown[:-9], capture_output=True
    )
    assert cut.returncode == 3
    assert b"next:  " in cut.stderr


def test_apply_refuses_without_a_verified_plan(pushed: World) -> None:
    done = tfswap(pushed, "apply", "--yes")
    assert done.code == 1
    assert "No plan is verified" in done.text


def test_apply_refuses_what_was_not_verified(verified: World) -> None:
    plan = verified.repo / ".tfswap" / "plan"
    data = plan.read_bytes()
    plan.write_bytes(data + b"\0")
    assert "changed since" in tfswap(verified, "apply", "--yes").text
    plan.write_bytes(data)
    verified.terraform("untaint", "aws_osis_pipeline.lpas_stream[0]")
    done = tfswap(verified, "apply", "--yes")
    assert done.code == 1
    assert "state changed" in done.text
    assert state_name(verified) == NEW


def answer_with(
    world: World,
    arguments: list[str],
    wait_for: bytes,
    keys: bytes,
    first: Callable[[], object] = int,
) -> tuple[int, bytes]:
    """Run tfswap in a terminal of its own, wait for a text, do something, press keys."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(world.repo)
        os.execvpe(sys.executable, [sys.executable, "-m", "tfswap", *arguments], dict(world.env))
    return answered(child, terminal, wait_for, keys, first)


# On terraform_data, with more answers, in tests/faults/test_prompt.py.
@pytest.mark.full
@pytest.mark.parametrize(
    ("keys", "code"), [(b"\x03", 130), (b"no\n", 130), (b"\n", 130), (b"x\n", 130)]
)
def test_anything_but_yes_at_the_prompt_changes_nothing(
    prepared: World, keys: bytes, code: int
) -> None:
    before = state_of(prepared)
    got, seen = answer_with(prepared, ["run"], QUESTION, keys)
    assert got == code, seen.decode()
    assert b"Traceback" not in seen
    assert state_of(prepared) == before
    assert not (prepared.repo / ".tfswap" / "rehearsal").exists()


def test_a_colleagues_write_before_the_push_is_not_lost(prepared: World) -> None:
    """Compare-and-swap on S3: between rehearsal and push somebody else changes the state."""

    def colleague() -> None:
        prepared.terraform("taint", "aws_ssm_parameter.container_version")

    words = ["run", "--no-baseline"]
    code, seen = answer_with(prepared, words, QUESTION, b"yes\n", first=colleague)
    assert code == 2, seen.decode()
    assert b"written by someone else" in seen
    assert b"tfswap run" in seen
    now = state_of(prepared)
    assert now.instances["aws_ssm_parameter.container_version"].tainted
    assert now.instances[TABLE].attributes["name"] == OLD


# Recorded as fixtures/plans/swap-back; rollback prepares one in test_bad_night.py.
@pytest.mark.full
def test_swapping_back_to_the_first_table(swapped: World) -> None:
    fixture.commit(swapped.repo, "Use the restored table")
    good(swapped, "prepare", "Lpas")
    good(swapped, "run", "--yes")
    good(swapped, "verify-plan")
    assert state_name(swapped) == OLD
    kept = tables.items(swapped.client("dynamodb"), NEW)
    assert kept == tables.items(swapped.client("dynamodb"), OLD)


def with_replica(world: World) -> None:
    path: Path = world.tfvars
    text = path.read_text()
    start = text.index('"production"')
    changed = text[start:].replace(
        '"region_replica_enabled": false', '"region_replica_enabled": true', 1
    )
    assert changed != text[start:]
    path.write_text(text[:start] + changed)
    fixture.commit(world.repo, "Switch the replica on")
    fixture.git(world.repo, "push", "--quiet")
    world.terraform("apply", "-auto-approve")


# Recorded as fixtures/plans/replica and replica-released, which tests/verify and tests/test_cli.py
# judge; the state rm of a release is a step of every run in tests/faults.
@pytest.mark.full
def test_a_replica_is_refused_unless_released(world: World) -> None:
    with_replica(world)
    world.restore("Lpas", "20240715")
    good(world, "prepare", "Lpas-20240715")
    refused = tfswap(world, "run", "--yes")
    assert refused.code == 1
    assert "aws_dynamodb_table_replica.lpas_table[0]" in refused.text
    assert "--release" in refused.text
