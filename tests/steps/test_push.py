"""What is read back after a push; a writer that ignores the lock is told of."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from tfswap.errors import StateMovedError, TerraformError
from tfswap.journal.writer import Journal
from tfswap.steps.push import push
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import content, parse, with_serial

TABLE, ROLE = "aws_dynamodb_table.lpas_table", "aws_iam_role.app"
Make = Callable[..., bytes]


@dataclass
class Remote:
    """A backend as Terraform writes it, and somebody who writes right afterwards."""

    held: bytes = b""
    then: Callable[[bytes], bytes] = field(default=lambda data: data)
    workspace: str = "production"

    def run(self, words: tuple[str, ...], doing: str) -> None:
        data = Path(words[-1]).read_bytes()
        self.held = self.then(with_serial(data, parse(data).serial + 1))

    def pull(self) -> bytes:
        if not self.held:
            raise TerraformError("No network.", hint="Look at the network.")
        return self.held


@pytest.fixture
def pushing(tmp_path: Path, make_state: Make) -> Callable[[Remote], int]:
    def pushed(remote: Remote) -> int:
        directory = SwapDirectory(tmp_path)
        directory.make()
        pulled = parse(make_state({TABLE: {"name": "old"}, ROLE: {"id": "app"}}, serial=7))
        wanted = make_state({TABLE: {"name": "new"}, ROLE: {"id": "app"}}, serial=4)
        terraform = cast(Terraform, remote)
        return push(terraform, directory, Journal(directory.journal), pulled, wanted)

    return pushed


def test_what_was_pushed_is_there(pushing: Callable[[Remote], int]) -> None:
    assert pushing(Remote()) == 9


def test_a_later_write_under_the_lock_keeps_ours(
    pushing: Callable[[Remote], int], make_state: Make
) -> None:
    theirs = make_state({TABLE: {"name": "new"}, ROLE: {"id": "else"}}, serial=10)
    assert pushing(Remote(then=lambda _: theirs)) == 9


@pytest.mark.parametrize(
    ("resources", "serial", "lineage"),
    [
        pytest.param({TABLE: {"name": "old"}, ROLE: {"id": "else"}}, 8, "l", id="older"),
        pytest.param({TABLE: {"name": "new"}, ROLE: {"id": "else"}}, 9, "l", id="same serial"),
        pytest.param({TABLE: {"name": "old"}, ROLE: {"id": "app"}}, 12, "l", id="higher"),
        pytest.param({ROLE: {"id": "app"}}, 10, "l", id="table lost"),
        pytest.param({TABLE: {"name": "new"}, ROLE: {"id": "app"}}, 9, "m", id="lineage"),
    ],
)
def test_a_writer_that_ignored_the_lock_is_told_of(
    pushing: Callable[[Remote], int],
    make_state: Make,
    resources: dict[str, Any],
    serial: int,
    lineage: str,
) -> None:
    document = {**json.loads(make_state(resources, serial=serial)), "lineage": lineage}
    theirs = json.dumps(document, indent=2).encode()
    with pytest.raises(StateMovedError, match="someone else wrote it at the same time") as caught:
        pushing(Remote(then=lambda _: theirs))
    assert "tfswap status" in caught.value.hint


def test_outputs_belong_to_what_is_compared(pushing: Callable[[Remote], int]) -> None:
    def other(data: bytes) -> bytes:
        return json.dumps({**json.loads(data), "outputs": {"a": {"value": 1}}}, indent=2).encode()

    with pytest.raises(StateMovedError):
        pushing(Remote(then=other))


def test_a_push_that_cannot_be_read_back_is_no_success(
    pushing: Callable[[Remote], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(TerraformError, match="could not be read back: No network") as caught:
        pushing(Remote(then=lambda _: b""))
    assert caught.value.hint.endswith("Then run: tfswap status")


def test_the_order_of_sets_is_no_difference(make_state: Make) -> None:
    document = json.loads(make_state({TABLE: {"name": "a"}, ROLE: {"id": "b"}}))
    instance = document["resources"][0]["instances"][0]
    instance["sensitive_attributes"] = ["a", "b"]
    one = json.dumps(document).encode()
    instance["sensitive_attributes"] = ["b", "a"]
    document["resources"].reverse()
    assert content(json.dumps(document).encode()) == content(one)
