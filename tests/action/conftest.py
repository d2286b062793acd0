"""Repositories with a bare remote, checked out as a runner does, and the action on them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.action.runner import Run, Runner
from tests.record.folder import FOLDER
from tfswap.demo import fixture

TFVARS = "terraform/environment/terraform.tfvars.json"
OLD, NEW = '"lpas_table_name":   "Lpas"', '"lpas_table_name":   "Lpas-20240715"'
BRANCH = "restore/production"


@dataclass
class Hub:
    """A bare origin, a developer's clone of it, and what the runner sees."""

    top: Path
    developer: Path

    def git(self, *words: str) -> str:
        return fixture.git(self.developer, *words)

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.developer / path
        data = file.read_bytes()
        assert old.encode() in data
        file.write_bytes(data.replace(old.encode(), new.encode(), 1))

    def push(self, message: str = "Change") -> None:
        fixture.commit(self.developer, message)
        self.git("push", "--quiet", "origin", "HEAD")

    def swap(self) -> None:
        """Make the branch of a good pull request."""
        self.git("switch", "--quiet", "--create", BRANCH)
        self.edit(TFVARS, OLD, NEW)
        self.push("Swap")

    def checkout(self, ref: str, *, depth: int = 0) -> Path:
        """Fetch one ref as actions/checkout does: detached, all of history or a part of it."""
        workspace = self.top / f"workspace-{len(list(self.top.iterdir()))}"
        workspace.mkdir()
        fixture.git(workspace, "init", "--quiet")
        fixture.git(workspace, "remote", "add", "origin", f"file://{self.top / 'origin.git'}")
        words = ["fetch", "--quiet", "--no-tags", "origin"]
        if depth:
            words += [f"--depth={depth}", f"+{ref}:refs/remotes/pull/7/merge"]
        else:
            words += ["+refs/heads/*:refs/remotes/origin/*", f"+{ref}:refs/remotes/pull/7/merge"]
        fixture.git(workspace, *words)
        fixture.git(workspace, "checkout", "--quiet", "--detach", "refs/remotes/pull/7/merge")
        return workspace

    def merge_ref(self) -> str:
        """Make GitHub's merge of the branch into main, which has gone on meanwhile."""
        branch = self.git("branch", "--show-current").strip()
        self.git("switch", "--quiet", "main")
        (self.developer / "MEANWHILE.md").write_text("on main\n")
        self.push("Meanwhile")
        self.git("switch", "--quiet", "--detach")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", branch)
        self.git("push", "--quiet", "origin", "HEAD:refs/pull/7/merge")
        self.git("switch", "--quiet", branch)
        return "refs/pull/7/merge"

    def act(
        self,
        workspace: Path,
        *plans: str,
        github: dict[str, str] | None = None,
        env: dict[str, str] | None = None,
        **inputs: str,
    ) -> Run:
        """Run the action on a pull request."""
        named = "\n".join(str(FOLDER / plan / "plan.json") for plan in plans)
        given = {"source": "installed", "plans": named}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        event = {
            "token": "a-token",
            "event_name": "pull_request",
            "event.pull_request.number": "7",
        }
        runner = Runner(workspace, self.top / "temp", self._path(), event | (github or {}))
        env = {"GITHUB_BASE_REF": "main", "GITHUB_REF": "refs/pull/7/merge"} | (env or {})
        return runner.run(given, COMMENTS=str(self.top / "comments.json"), **env)

    def _path(self) -> str:
        """A PATH with this tfswap and the stand-in for gh in front."""
        tools = self.top / "tools"
        tools.mkdir(exist_ok=True)
        program = tools / "tfswap"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m tfswap "$@"\n')
        program.chmod(0o755)
        shutil.copy(Path(__file__).parent / "gh", tools / "gh")
        return f"{tools}:{os.environ['PATH']}"

    @property
    def comments(self) -> list[dict[str, Any]]:
        path = self.top / "comments.json"
        return json.loads(path.read_text()) if path.exists() else []  # type: ignore[no-any-return]


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path, fixture.make_repo(tmp_path / "developer", tmp_path / "origin.git"))
