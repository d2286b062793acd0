"""Workflows, examples and the hook: read as their runners read them."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.action.conftest import NEW, OLD, TFVARS, Hub
from tests.action.runner import ACTION, TOP

WORKFLOWS = [
    TOP / ".github" / "workflows" / "ci.yml",
    TOP / "docs" / "workflows" / "pull-request.yml",
    TOP / "docs" / "workflows" / "path-to-live.yml",
]
_OWN = ("./", "tfswap/tfswap@")
_TAGGED = ("github/codeql-action/upload-sarif@v3",)
"""GitHub's own, told by tag as its documentation does."""
_STEP = {"name", "id", "if", "uses", "with", "run", "env", "working-directory", "continue-on-error"}
_JOB = {
    *("name", "runs-on", "timeout-minutes", "strategy", "env", "steps", "environment", "defaults"),
}


def load(path: Path) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load(path.read_text())
    return document


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in load(path)["jobs"].values():
        assert not job.keys() - _JOB
        assert job["timeout-minutes"]
        yield from job["steps"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_one(path: Path) -> None:
    document = load(path)
    # YAML 1.1 reads the key `on` as true.
    assert {"name", True, "permissions", "concurrency", "jobs"} == document.keys()
    assert document["permissions"]["contents"] == "read"
    for step in steps(path):
        assert not step.keys() - _STEP
        assert ("uses" in step) != ("run" in step)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_ours_gets_inputs_it_has(path: Path) -> None:
    for step in steps(path):
        uses = step.get("uses", "")
        if uses.startswith(_OWN):
            assert not step.get("with", {}).keys() - ACTION["inputs"].keys()
        elif uses and uses not in _TAGGED:
            assert re.search(r"@[0-9a-f]{40}$", uses), uses
        if uses.startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        if uses.startswith("hashicorp/setup-terraform@"):
            assert step["with"]["terraform_wrapper"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_foreign_is_put_into_a_script(path: Path) -> None:
    for step in steps(path):
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_outputs_that_are_read_are_there(path: Path) -> None:
    for name in re.findall(r"steps\.check\.outputs\.([\w-]+)", path.read_text()):
        assert name in ACTION["outputs"]


def test_the_fixture_is_edited_as_the_workflow_says(hub: Hub) -> None:
    """The `sed` of our own CI turns the very line."""
    (script,) = (s["run"] for s in steps(WORKFLOWS[0]) if "sed -i" in s.get("run", ""))
    pattern = re.search(r"sed -i '([^']+)'", script)
    assert pattern is not None
    subprocess.run(["sed", "-i", pattern[1], TFVARS], cwd=hub.developer, check=True)
    hub.edit(TFVARS, NEW, OLD)
    assert hub.git("status", "--porcelain") == ""


def test_gitlab() -> None:
    document = load(TOP / "docs" / "workflows" / "gitlab.yml")
    jobs = {k: v for k, v in document.items() if k not in ("stages", "variables")}
    assert [job["stage"] for job in jobs.values()] == document["stages"]
    assert document["variables"]["GIT_DEPTH"] == 0
    for job in jobs.values():
        assert all(need in jobs for need in job.get("needs", ()))
        assert all(isinstance(line, str) for line in job["script"])
    assert "check" in jobs["apply"]["needs"]


def test_the_hook_refuses_what_is_staged(hub: Hub) -> None:
    (hook,) = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())
    assert {"id", "name", "entry", "language"} <= hook.keys()
    words = shlex.split(hook["entry"])
    env = {"PATH": hub._path(), "HOME": str(hub.top)}

    def run() -> subprocess.CompletedProcess[str]:
        where = {"cwd": hub.developer, "env": env}
        return subprocess.run(words, capture_output=True, text=True, check=False, **where)  # type: ignore[call-overload,no-any-return]

    hub.git("switch", "--quiet", "--create", "restore/production")
    hub.edit(TFVARS, OLD, NEW.replace("20240715", "20240799"))
    assert run().returncode == 0
    hub.git("add", "--all")
    done = run()
    assert done.returncode == 1
    assert "TFS804" in done.stdout
    hub.edit(TFVARS, "20240799", "20240715")
    hub.git("add", "--all")
    assert run().returncode == 0
