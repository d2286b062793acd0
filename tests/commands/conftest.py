"""The fixture as a git repo, and tfswap as a user types it; no Terraform needed here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.standin import aws, endpoint
from tests.typed import Outcome, typed
from tfswap.demo import fixture

__all__ = ["aws", "endpoint"]

if TYPE_CHECKING:
    from tests.commands.lab import Lab
    from tfswap.demo.server import Server

TFVARS = "terraform/environment/terraform.tfvars.json"


@dataclass(frozen=True)
class Clone:
    """A clone of the fixture."""

    repo: Path

    @property
    def tfvars(self) -> Path:
        return self.repo / TFVARS

    def tfswap(self, *arguments: str, stdin: str = "", **env: str) -> Outcome:
        """Run tfswap as it is typed in the clone, in this process: a tenth of the time."""
        return _no_bug(typed(arguments, self.repo, env, stdin))

    typed = tfswap

    def process(self, *arguments: str, stdin: str = "", **env: str) -> Outcome:
        """Run it in a process of its own, where that is what is tested."""
        done = subprocess.run(
            [sys.executable, "-m", "tfswap", *arguments],
            cwd=self.repo,
            env={**os.environ, **env},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        return _no_bug(Outcome(done.returncode, done.stdout, done.stderr))

    def fork(self, folder: Path) -> Clone:
        """Copy it, with its origin, into a folder; a third of the time it takes to make one."""
        for name in ("repo", "origin.git"):
            shutil.copytree(self.repo.parent / name, folder / name, symlinks=True)
        copy = Clone(folder / "repo")
        copy.git("remote", "set-url", "origin", str(folder / "origin.git"))
        return copy

    def git(self, *arguments: str) -> str:
        return fixture.git(self.repo, *arguments)

    def commit(self, message: str = "Change something") -> None:
        fixture.commit(self.repo, message)

    def edit(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the tfvars' content and commit it."""
        document = json.loads(self.tfvars.read_text())
        change(document)
        self.tfvars.write_text(json.dumps(document, indent=2) + "\n")
        self.commit()

    def everything(self) -> dict[str, bytes]:
        """Every file but git's own, and git's refs and HEAD."""
        files = {
            str(path.relative_to(self.repo)): path.read_bytes()
            for path in self.repo.rglob("*")
            if path.is_file() and ".git" not in path.parts
        }
        files["(refs)"] = self.git("for-each-ref").encode()
        files["(head)"] = (self.repo / ".git" / "HEAD").read_bytes()
        return files


def _no_bug(outcome: Outcome) -> Outcome:
    assert "Traceback" not in outcome.text
    assert "bug in tfswap" not in outcome.err
    return outcome


@pytest.fixture(scope="session")
def cloned(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clean clone that follows a bare origin: fork it, do not change it."""
    folder = tmp_path_factory.mktemp("cloned")
    return Clone(fixture.make_repo(folder / "repo", folder / "origin.git"))


@pytest.fixture
def clone(cloned: Clone, tmp_path: Path) -> Clone:
    """One of your own."""
    return cloned.fork(tmp_path)


@pytest.fixture(scope="session")
def outfitted(standin: Server) -> Iterator[Server]:
    """A stand-in AWS with the fixture's table and pipeline; copy it, do not change it."""
    from tests.commands import lab

    running = lab.start(standin)
    yield running
    running.stop()


@pytest.fixture
def lab(outfitted: Server, clone: Clone, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A clone and a stand-in of its own; commands run in this process see it too."""
    from tests.commands.lab import fork

    made, copied = fork(outfitted, clone)
    for name, value in made.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    yield made
    copied.stop()
