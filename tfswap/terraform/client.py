"""One root module's Terraform: run a command there, or raise what went wrong.

Ties the argv builders, the process door and the diagnosis together for one folder and one
workspace. The workspace goes along as ``TF_WORKSPACE``: the user's own selection is not touched.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tfswap.errors import TerraformError, TfswapError
from tfswap.terraform import commands
from tfswap.terraform.answer import document
from tfswap.terraform.commands import Binary, Words
from tfswap.terraform.diagnose import failure, plain
from tfswap.terraform.process import Door, Result

OLDEST = (1, 5)
"""Older Terraforms write plans without what the verifier needs (``errored``, ``checks``)."""
_VERSION = "terraform_version"
"""OpenTofu's answer has it under the same name."""


@dataclass(frozen=True)
class Terraform:
    """Terraform in one folder."""

    binary: Binary
    door: Door
    root: Path
    """The folder commands run in."""
    workspace: str | None = None
    """Set for every command where given; None leaves the folder's own selection."""
    extra_env: Mapping[str, str] = field(default_factory=dict)
    init_root: Path | None = None
    """The folder a person would initialise, where that is another one: a scratch copy's origin."""
    explain: Callable[[TfswapError], TfswapError] | None = None
    """Gets every error before it is raised, and may return one that says more."""

    def run(
        self,
        words: Words,
        doing: str,
        *,
        secret: bool = False,
        accept: tuple[int, ...] = (0,),
        on_line: Callable[[str], None] | None = None,
    ) -> Result:
        """Run one command.

        Args:
            words: From ``terraform.commands``.
            doing: What it is for, for the error: "import the restored table".
            secret: Its standard output is kept out of the log.
            accept: Exit codes that are no failure.
            on_line: Called with each line of standard output.

        Raises:
            TerraformError, AwsError: Any other exit code, told apart by ``diagnose.failure``.
        """
        env = dict(self.extra_env)
        if words[0] != "apply":
            # Terraform and its providers hold large schemas for seconds: a lazier collector saves
            # time at every start (measured: 8 % of run + verify-plan). An apply takes no chances
            # with memory.
            env["GOGC"] = self.door.env.get("GOGC", "400")
        if self.workspace is not None:
            env["TF_WORKSPACE"] = self.workspace
        argv = self.binary.argv(words)
        result = self.door.run(argv, self.root, secret=secret, env=env, on_line=on_line)
        if result.code not in accept:
            error = failure(result, doing, self.init_line)
            raise self.explain(error) if self.explain else error
        return result

    @property
    def init_line(self) -> str:
        """The shell line by which a person initialises this folder."""
        folder = shlex.quote(str(self.init_root or self.root))
        return f"cd {folder} && {shlex.join(self.binary.argv(commands.init()))}"

    def pull(self) -> bytes:
        """Return the state of the workspace as Terraform's JSON."""
        doing = "pull the state"
        out = self.run(commands.state_pull(), doing, secret=True).out
        return document(out, ("version", "serial", "lineage"), doing)

    def show(self, plan_file: str) -> bytes:
        """Return a saved plan as JSON."""
        doing = "read the saved plan"
        out = self.run(commands.show_json(plan_file), doing, secret=True).out
        return document(out, ("format_version",), doing)

    def workspaces(self) -> tuple[str, ...]:
        """Return the names of the workspaces the backend has."""
        # Without TF_WORKSPACE: Terraform would refuse to list where that one does not exist.
        bare = Terraform(self.binary, self.door, self.root, None, self.extra_env)
        text = plain(bare.run(commands.workspace_list(), "list the workspaces").out.decode())
        return tuple(re.findall(r"^[* ] (\S+)$", text, re.MULTILINE))

    def check_version(self) -> str:
        """Return the version of the binary.

        Raises:
            TerraformError: It is not there, does not answer, or is too old.
        """
        doing = "say its version"
        out = self.run(commands.version(), doing).out
        try:
            version = str(json.loads(document(out, (_VERSION,), doing))[_VERSION])
            numbers = tuple(int(part) for part in version.split("-")[0].split(".")[:2])
        except (TerraformError, ValueError, KeyError) as error:
            raise TerraformError(
                f"{self.binary.name} does not say its version.",
                hint="Check that it is a Terraform: terraform version",
            ) from error
        if numbers < OLDEST:
            raise TerraformError(
                f"{self.binary.name} is version {version}; tfswap needs {OLDEST[0]}.{OLDEST[1]} "
                "or newer.",
                hint="Switch to a newer Terraform, or name one with --terraform-bin.",
            )
        return version
