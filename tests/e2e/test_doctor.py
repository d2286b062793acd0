"""Doctor and the preflight in the world: real backend, real provider, the stand-in AWS."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from tests.e2e.test_swap import BUCKET_KEY, NEW, TABLE, good, tfswap
from tfswap.demo import fixture
from tfswap.demo.seed import STATE_BUCKET
from tfswap.demo.world import World
from tfswap.terraform.state_file import State, parse


def state_of(world: World, **env: str) -> State:
    """The real state, pulled as a person would."""
    return parse(replace(world, env={**world.env, **env}).terraform("state", "pull").out)


def listed(world: World, *arguments: str, code: int = 0, **env: str) -> dict[str, list[str]]:
    """Run doctor; return the lines of each level."""
    done = tfswap(world, "doctor", "--format", "json", *arguments, **env)
    assert done.code == code, done.text
    document = json.loads(done.out)
    assert document["exit_code"] == code
    found: dict[str, list[str]] = {"ok": [], "warning": [], "stop": []}
    for line in document["lines"]:
        found[line["level"]].append(f"{line['check']}: {line['text']}")
    return found


def test_doctor_before_and_after_prepare(world: World) -> None:
    before = state_of(world)
    found = listed(world)
    assert not found["warning"]
    assert any("the account is 123456789012" in line for line in found["ok"])
    good(world, "prepare", "Lpas-20240715")
    missing = listed(world, code=2)["stop"]
    assert missing == ["restored table: there is no table production-Lpas-20240715 in eu-west-1"]

    world.restore("Lpas", "20240715")
    lock = f"{BUCKET_KEY}/lpa-environment/terraform.tfstate.tflock"
    info = {"ID": "1-2-3", "Who": "sam@desk", "Operation": "OperationTypeApply"}
    bucket = world.client("s3")
    bucket.put_object(Bucket=STATE_BUCKET, Key=lock, Body=json.dumps(info).encode())
    held = tfswap(world, "doctor", TF_VAR_container_version="")
    assert held.code == 2
    shown = " ".join(held.text.split())
    assert "the state is locked by sam@desk" in shown
    assert "next: fix the blockers above" in shown
    bucket.delete_object(Bucket=STATE_BUCKET, Key=lock)

    found = listed(world)
    assert not found["stop"]
    assert not found["warning"]
    assert "lock: the state is not locked" in found["ok"]
    offline = listed(world, "--offline", AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert len(offline["warning"]) == 1
    assert state_of(world) == before


def test_the_preflight_stops_before_anything_is_rehearsed(world: World) -> None:
    good(world, "prepare", "Lpas-20240715")
    client = world.client("dynamodb")
    client.create_table(
        TableName="production-Lpas-20240715",
        KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    before = state_of(world)
    for words in (("run", "--yes"), ("run", "--direct", "--yes")):
        done = tfswap(world, *words)
        assert done.code == 2, done.text
        assert "differs from production-Lpas" in done.text
        assert "import" not in done.text
    assert state_of(world) == before


# On a local backend in tests/terraform/test_wrappers.py.
@pytest.mark.full
def test_a_wrapper_a_prefix_and_a_data_directory_of_ones_own(world: World) -> None:
    """All at once, on the real backend: as in a GitHub job behind a credentials helper."""
    wrapper = world.folder / "terraform-wrapper"
    wrapper.write_text(
        '#!/bin/bash\nset -o pipefail\necho "[command]terraform $*"\n'
        'terraform "$@" | tee /dev/stderr; code=$?\n'
        'echo "::debug::Terraform exited with code $code."\nexit $code\n'
    )
    wrapper.chmod(0o755)
    (world.root / ".terraform").rename(world.root / ".data")
    with (world.repo / ".git/info/exclude").open("a") as exclude:
        exclude.write(".data/\n")
    world.restore("Lpas", "20240715")
    before = state_of(world, TF_DATA_DIR=".data")
    env = {"TFSWAP_TERRAFORM_BIN": str(wrapper), "TF_DATA_DIR": ".data"}
    good(world, "prepare", "Lpas-20240715", "--prefix", "env FROM=prefix", **env)
    good(world, "doctor", **env)
    good(world, "run", "--yes", **env)
    after = state_of(world, TF_DATA_DIR=".data")
    assert after.serial == before.serial + 2
    assert after.instances[TABLE].attributes["name"] == NEW
    assert not (world.root / ".terraform").exists()


def test_a_provider_that_is_not_the_locked_one_is_not_run(world: World) -> None:
    world.restore("Lpas", "20240715")
    lock = world.root / ".terraform.lock.hcl"
    lock.write_text(re.sub(r'"h1:.', '"h1:A', re.sub(r'\n    "zh:.*"', "", lock.read_text())))
    fixture.commit(world.repo, "Lock another provider")
    good(world, "prepare", "Lpas-20240715", "--offline")
    done = tfswap(world, "rehearse")
    assert done.code == 2, done.text
    assert "checksum" in done.text
    assert "import" not in done.text
