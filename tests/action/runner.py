"""A small stand-in for GitHub's runner: runs the bash steps of the composite action as it would.

Expressions are those the action uses: a context's value, `==`, `!=` and `&&`. `uses:` steps are
noted, not run. Anything else fails, so that an action that grows beyond it is noticed.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).parents[2]
ACTION = yaml.safe_load((TOP / "action.yml").read_text())
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH")


@dataclass
class Run:
    """What a run of the action left behind."""

    failed: int = 0
    """Exit code of the step that failed."""
    ran: list[str] = field(default_factory=list)
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""


class Runner:
    """One job: a workspace, a temporary folder, and the `github` context."""

    def __init__(self, workspace: Path, temp: Path, path: str, github: Mapping[str, str]) -> None:
        self.workspace, self.temp, self.path, self.github = workspace, temp, path, dict(github)
        temp.mkdir(parents=True, exist_ok=True)

    def run(self, inputs: Mapping[str, str], **environment: str) -> Run:
        """Run every step until one fails, as a composite action does."""
        unknown = inputs.keys() - ACTION["inputs"].keys()
        assert not unknown, unknown
        self._inputs = {
            name: inputs.get(name, self._text(str(shown.get("default", ""))))
            for name, shown in ACTION["inputs"].items()
        }
        self._steps: dict[str, dict[str, str]] = {}
        done = Run()
        summary = self.temp / "summary.md"
        summary.write_text("")
        for step in ACTION["runs"]["steps"]:
            if not self._true(step.get("if", "")):
                continue
            done.ran.append(step["name"])
            if "run" in step:
                code, log = self._step(step, summary, environment)
                done.log += log
                if code:
                    done.failed = code
                    break
        done.summary = summary.read_text()
        done.outputs = {
            name: self._text(shown["value"]) for name, shown in ACTION["outputs"].items()
        }
        return done

    def _step(
        self, step: Mapping[str, Any], summary: Path, environment: Mapping[str, str]
    ) -> tuple[int, str]:
        assert step["shell"] == "bash"
        script, output = self.temp / "step.sh", self.temp / "output"
        script.write_text(step["run"])
        output.write_text("")
        env = {name: os.environ[name] for name in _KEPT if name in os.environ}
        env |= {name: self._text(str(value)) for name, value in step.get("env", {}).items()}
        env |= {
            "PATH": self.path,
            "GITHUB_ACTION_PATH": str(TOP),
            "GITHUB_ACTIONS": "true",
            "CI": "true",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_REPOSITORY": "example/infrastructure",
            "RUNNER_TEMP": str(self.temp),
            **environment,
        }
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace / self._text(step.get("working-directory", ".")),
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        if "id" in step:
            pairs = (line.split("=", 1) for line in output.read_text().splitlines())
            self._steps[step["id"]] = dict(pairs)  # type: ignore[arg-type]
        return ended.returncode, ended.stdout + ended.stderr

    def _text(self, text: str) -> str:
        return _EXPRESSION.sub(lambda match: self._value(match[1]), text)

    def _value(self, name: str) -> str:
        if literal := re.fullmatch(r"'([^']*)'", name):
            return literal[1]
        context, _, rest = name.partition(".")
        if context == "inputs":
            return self._inputs[rest]
        if context == "github":
            return self.github.get(rest, "")
        if match := re.fullmatch(r"steps\.([\w-]+)\.outputs\.([\w-]+)", name):
            return self._steps.get(match[1], {}).get(match[2], "")
        raise AssertionError(f"the stand-in does not know {name}")

    def _true(self, condition: str) -> bool:
        return all(map(self._compare, condition.split("&&"))) if condition else True

    def _compare(self, comparison: str) -> bool:
        left, operator, right = re.split(r"\s*(==|!=)\s*", comparison.strip())
        return (self._value(left) == self._value(right)) == (operator == "==")
