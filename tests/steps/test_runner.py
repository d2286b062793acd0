"""The runner, with a stand-in binary that does to a state file what Terraform would, or worse.

The real Terraform runs these very steps in tests/e2e; here are the ways it never behaves.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journal_events import entries, event
from tfswap.console import Console
from tfswap.errors import TerraformError
from tfswap.journal.writer import Journal
from tfswap.steps.runner import TerraformPair, run_steps
from tfswap.swap import Swap
from tfswap.terraform.arguments import Binary
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import CommandRunner

Resources = dict[str, dict[str, Any]]

BINARY = """\
#!{python}
import json, os, pathlib, sys
path = pathlib.Path("state.json")
state = json.loads(path.read_text())
def at(resource):
    key = resource["instances"][0].get("index_key")
    return resource["type"] + "." + resource["name"] + ("" if key is None else "[%s]" % key)
words, mode = sys.argv[1:], os.environ["MODE"]
pathlib.Path("calls").open("a").write(" ".join(words) + "\\n")
if mode == "fails" and words[0] == "import":
    print("Error: Cannot import non-existent remote object", file=sys.stderr)
    sys.exit(1)
if mode != "lies":
    if words[:2] == ["state", "rm"]:
        state["resources"] = [r for r in state["resources"] if at(r) != words[2]]
    elif words[0] == "import":
        kind, name = words[1].split(".")
        instance = {{"schema_version": 1, "attributes": {{"id": words[2], "name": words[2]}}}}
        state["resources"].append({{"mode": "managed", "type": kind, "name": name,
                                   "provider": "p", "instances": [instance]}})
    elif words[0] == "taint":
        for r in state["resources"]:
            if at(r) == words[1]:
                r["instances"][0]["status"] = "tainted"
if mode == "meddles" and words[0] == "taint":
    for r in state["resources"]:
        if r["name"] == "app":
            r["instances"][0]["attributes"]["id"] = "changed"
state["serial"] += 1
path.write_text(json.dumps(state))
"""


@pytest.fixture
def work(
    tmp_path: Path, swap: Swap, before: Resources, make_state: Callable[..., bytes]
) -> Callable[[str], Any]:
    (tmp_path / "state.json").write_bytes(make_state(before))
    binary = tmp_path / "terraform"
    binary.write_text(BINARY.format(python=sys.executable))
    binary.chmod(0o755)

    def run(mode: str) -> Any:
        terraform = Terraform(Binary(str(binary)), CommandRunner({"MODE": mode}), tmp_path)
        read = (tmp_path / "state.json").read_bytes
        journal = Journal(tmp_path / "journal.jsonl")
        return run_steps(
            swap, TerraformPair(terraform, terraform), read, journal, Console(quiet=True)
        )

    return run


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines() if (folder / "calls").exists() else []


def test_every_step_is_run_once_and_journalled_before_and_after(
    work: Callable[[str], Any], tmp_path: Path
) -> None:
    work("honest")
    assert len(calls(tmp_path)) == 6
    events = [entry["event"] for entry in entries(tmp_path / "journal.jsonl")]
    assert events == ["step", "step-done"] * 6


def test_a_second_run_finds_nothing_to_do(work: Callable[[str], Any], tmp_path: Path) -> None:
    first = work("honest")
    assert work("honest").instances.keys() == first.instances.keys()
    assert len(calls(tmp_path)) == 6


def test_after_a_failed_import_the_next_run_goes_on_from_there(
    work: Callable[[str], Any], tmp_path: Path
) -> None:
    with pytest.raises(Exception, match="restored table does not exist"):
        work("fails")
    assert len(calls(tmp_path)) == 2
    work("honest")
    assert calls(tmp_path)[2].startswith("import aws_dynamodb_table.lpas_table")


def test_a_success_that_the_state_does_not_show_is_no_success(
    work: Callable[[str], Any],
) -> None:
    with pytest.raises(TerraformError, match="the state did not change: remove"):
        work("lies")


def test_nothing_rides_along_into_the_state(work: Callable[[str], Any]) -> None:
    with pytest.raises(TerraformError, match=r"more than the swap: aws_iam_role\.app") as caught:
        work("meddles")
    assert "Nothing was pushed" in caught.value.hint


def test_the_journal_survives_a_line_cut_off_by_a_kill(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.note(event("step", argv=["a"]))
    with (tmp_path / "j").open("a") as file:
        file.write('{"v": 1, "event": "st')
    assert [entry["event"] for entry in entries(journal.path)] == ["step"]
    entry = json.loads((tmp_path / "j").read_text().splitlines()[0])
    assert entry["v"] == 1
    assert "@" in entry["who"]
    assert entry["at"].endswith("+00:00")
    assert (tmp_path / "j").stat().st_mode & 0o777 == 0o600


def test_after_a_cut_off_line_the_next_entry_is_still_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    (tmp_path / "j").write_text('{"v": 1, "event": "st')
    journal.note(event("step"))
    assert [entry["event"] for entry in entries(journal.path)] == ["step"]
