"""A competing writer at random moments: no update is ever lost, every refusal is retried cleanly.

The competitor is the real terraform, which marks and unmarks a bystander under the state's lock,
as a colleague or a pipeline would. We pull, change the table, and push; in every round both
changes must be in the state at the end.
"""

from __future__ import annotations

import json
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import rotation
from tests.faults import stage as stages
from tests.faults.stage import ROOT, TABLE, Stage
from tfswap.demo import server
from tfswap.demo.demo_env import child_env, client_factory
from tfswap.errors import StateLockedError, StateMovedError
from tfswap.journal.writer import Journal
from tfswap.steps.push import push
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.arguments import Binary
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import CommandRunner, terraform_environment
from tfswap.terraform.state_file import State, parse

LOCAL_ROUNDS, S3_ROUNDS = 200 if rotation.run().full else 40, 24

S3_BACKEND = """\
  backend "s3" {
    bucket                      = "states"
    key                         = "terraform.tfstate"
    region                      = "eu-west-1"
    use_lockfile                = true
    use_path_style              = true
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
    skip_region_validation      = true
  }
}
"""


class Race:
    """Two writers on one state."""

    def __init__(
        self, terraform: Terraform, directory: SwapDirectory, seed: int, spread: float
    ) -> None:
        self.terraform, self.directory, self.spread = terraform, directory, spread
        self.random = random.Random(seed)
        self.counts: Counter[str] = Counter()
        directory.make()

    def rounds(self, number: int) -> Counter[str]:
        for index in range(number):
            self._round(f"round-{index}", f"terraform_data.bystander[{index % 4}]")
        return self.counts

    def _round(self, mark: str, bystander: str) -> None:
        data = self.terraform.pull()
        tainted = parse(data).instances[bystander].tainted
        delay, pause = (self.random.uniform(0, self.spread) for _ in range(2))
        rival = threading.Thread(target=self._compete, args=(bystander, tainted, delay))
        rival.start()
        time.sleep(pause)
        landed = self._push(data, mark)
        rival.join()
        if not landed:
            self._check(None, bystander, tainted)
            assert self._push(self.terraform.pull(), mark), "a retry after a refusal was refused"
            self.counts["retried"] += 1
        self._check(mark, bystander, tainted)

    def _push(self, data: bytes, mark: str) -> bool:
        document = json.loads(data)
        for resource in document["resources"]:
            if resource["name"] == "table":
                resource["instances"][0]["attributes"]["id"] = mark
        wanted = json.dumps(document, indent=2).encode()
        try:
            push(
                self.terraform, self.directory, Journal(self.directory.journal), parse(data), wanted
            )
        except StateMovedError:
            self.counts["refused: moved"] += 1
            return False
        except StateLockedError:
            self.counts["refused: locked"] += 1
            return False
        self.counts["landed"] += 1
        return True

    def _compete(self, bystander: str, tainted: bool, delay: float) -> None:
        """Write as somebody else does; a lock that we hold makes them try again."""
        time.sleep(delay)
        words = ["terraform", "untaint" if tainted else "taint", bystander]
        env = {**self.terraform.runner.env, "TF_WORKSPACE": str(self.terraform.workspace)}
        for _ in range(50):
            done = subprocess.run(words, cwd=self.terraform.root, env=env, capture_output=True)
            if done.returncode == 0:
                self.counts["competing writes"] += 1
                return
            assert b"lock" in done.stderr, done.stderr

    def _check(self, mark: str | None, bystander: str, tainted: bool) -> None:
        now: State = parse(self.terraform.pull())
        if now.instances[bystander].tainted == tainted:
            self.counts["lost: theirs"] += 1
        if mark and now.instances[TABLE].attributes["id"] != mark:
            self.counts["lost: ours"] += 1


def shown(counts: Counter[str], rounds: int) -> None:
    """Hold the counts to what must be."""
    print(dict(counts))
    refused = counts["refused: moved"] + counts["refused: locked"]
    assert counts["lost: theirs"] == counts["lost: ours"] == 0, counts
    assert counts["competing writes"] == rounds
    assert counts["retried"] == refused
    assert counts["landed"] == rounds
    assert counts["refused: moved"] >= rounds / 10, "the race was none: too few met"
    assert counts["landed"] > counts["retried"], "no round went through at once"


def test_no_update_is_lost_on_a_local_backend(prepared_stage: Stage, tmp_path: Path) -> None:
    stage = prepared_stage.fork(tmp_path / "stage")
    runner = CommandRunner(terraform_environment({}))
    terraform = Terraform(Binary(), runner, stage.repo / ROOT, "production")
    shown(
        Race(terraform, stage.directory, rotation.run().seed, 0.08).rounds(LOCAL_ROUNDS),
        LOCAL_ROUNDS,
    )


@pytest.fixture
def s3_stage(terraform_binary: str, tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """The small world with its state in S3 on moto, with a lock file."""
    running = server.start(tmp_path / "standin.log")
    try:
        s3 = client_factory(running.endpoint)("s3")
        s3.create_bucket(
            Bucket="states", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        root = tmp_path / "repo" / ROOT
        root.mkdir(parents=True)
        variable = stages.MAIN.index('variable "table_name"')
        (root / "main.tf").write_text("terraform {\n" + S3_BACKEND + stages.MAIN[variable:])
        (root / "terraform.tfvars.json").write_text('{"table_name": "Lpas"}\n')
        env = child_env(running.endpoint)
        for words in (["init"], ["workspace", "new", "production"], ["apply", "-auto-approve"]):
            subprocess.run(
                ["terraform", *words], cwd=root, env=env, check=True, stdout=subprocess.DEVNULL
            )
        yield root, env
    finally:
        running.stop()


# Local on every run, and on S3 a colleague's write in e2e/test_swap.py.
@pytest.mark.full
def test_no_update_is_lost_on_s3_with_a_lock_file(
    s3_stage: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    root, env = s3_stage
    terraform = Terraform(
        Binary(), CommandRunner(terraform_environment({}, env)), root, "production"
    )
    shown(Race(terraform, SwapDirectory(tmp_path / "repo"), 5, 0.9).rounds(S3_ROUNDS), S3_ROUNDS)
