"""One root module's Terraform: run a command there, or raise what went wrong.

Ties the argv builders, the process door and the diagnosis together for one folder and one
workspace. The workspace goes along as ``TF_WORKSPACE``: the user's own selection is not touched.
"""

from __future__ import annotations

import json
import re
import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tfswap.errors import StateLockedError, TerraformError, TfswapError
from tfswap.terraform import arguments
from tfswap.terraform.arguments import Binary, Words
from tfswap.terraform.command_runner import CommandRunner, Result
from tfswap.terraform.diagnostics import failure, keeps_lock, plain
from tfswap.terraform.file_set import refuse_special_files
from tfswap.terraform.json_output import json_document
from tfswap.terraform.state_lock import still_running

OLDEST = (1, 5)
"""Older Terraforms write plans without what the verifier needs (``errored``, ``checks``)."""
_VERSION = "terraform_version"
"""OpenTofu's answer has it under the same name."""

PATIENCE = 10.0
"""Seconds to wait for a Terraform that a killed tfswap left at work."""


@dataclass(frozen=True)
class Terraform:
    """Terraform in one folder."""

    binary: Binary
    runner: CommandRunner
    root: Path
    """The folder commands run in."""
    workspace: str | None = None
    """Set for every command where given; None leaves the folder's own selection."""
    extra_env: Mapping[str, str] = field(default_factory=dict)
    init_root: Path | None = None
    """The folder a person would initialise, where that is another one: a scratch copy's origin."""
    explain: Callable[[TfswapError], TfswapError] | None = None
    """Gets every error before it is raised, and may return one that says more."""
    warn: Callable[[str], None] | None = None
    """Told of what went well and yet left something behind."""

    def run(
        self,
        words: Words,
        doing: str,
        *,
        secret: bool = False,
        accept: tuple[int, ...] = (0,),
        on_line: Callable[[str], None] | None = None,
        into: Path | None = None,
    ) -> Result:
        """Run one command.

        Args:
            words: From ``terraform.arguments``.
            doing: What it is for, for the error: "import the restored table".
            secret: Its standard output is kept out of the log.
            accept: Exit codes that are no failure.
            on_line: Called with each line of standard output.
            into: A file for its output instead of the log, as ``CommandRunner.run`` has it.

        Raises:
            StateLockedError: Somebody holds the state's lock, or a Terraform that an earlier
                tfswap started here is still at work.
            TerraformError, AwsError: Any other exit code, told apart by ``diagnose.failure``; or a
                file that Terraform would wait for without end.
        """
        if words != arguments.version():
            refuse_special_files(self.root)
        locks = arguments.locks(words)
        if locks:
            self.wait_for_others()
        env = dict(self.extra_env)
        if words[0] != "apply":
            # Terraform and its providers hold large schemas for seconds: a lazier collector saves
            # time at every start (measured: 8 % of run + verify-plan). An apply takes no chances
            # with memory.
            env["GOGC"] = self.runner.env.get("GOGC", "400")
        if self.workspace is not None:
            env["TF_WORKSPACE"] = self.workspace
        argv = self.binary.argv(words)
        result = self.runner.run(
            argv, self.root, secret=secret, env=env, on_line=on_line, locks=locks, into=into
        )
        if result.code not in accept:
            unlock = self.line(arguments.force_unlock())
            error = failure(result, doing, self.init_line, unlock, self.runner.children)
            raise self.explain(error) if self.explain else error
        if locks and self.warn and keeps_lock(result):
            self.warn(
                f"terraform {locks} succeeded, but could not release its lock on the "
                "state. If the next command finds the state locked by you, unlock it: "
                f"{self.line(arguments.force_unlock())} <ID>"
            )
        return result

    def wait_for_others(self) -> None:
        """Give a Terraform whose tfswap was killed the time to end; it holds the lock.

        Raises:
            StateLockedError: It goes on.
        """
        children = self.runner.children
        deadline = time.monotonic() + PATIENCE
        while children is not None and (other := children.is_running()) is not None:
            if time.monotonic() > deadline:
                raise StateLockedError(
                    f"terraform {other.command} of an earlier tfswap is still running "
                    f"(process {other.pid}, since {other.since:%H:%M} UTC).",
                    hint=still_running(other),
                )
            time.sleep(0.2)

    def line(self, words: Words) -> str:
        """Return the shell line by which a person runs ``words`` here, in this workspace."""
        workspace = f"TF_WORKSPACE={shlex.quote(self.workspace)} " if self.workspace else ""
        return (
            f"cd {shlex.quote(str(self.root))} && {workspace}{shlex.join(self.binary.argv(words))}"
        )

    @property
    def init_line(self) -> str:
        """The shell line by which a person initialises this folder."""
        folder = shlex.quote(str(self.init_root or self.root))
        return f"cd {folder} && {shlex.join(self.binary.argv(arguments.init()))}"

    def pull(self) -> bytes:
        """Return the state of the workspace as Terraform's JSON."""
        doing = "pull the state"
        out = self.run(arguments.state_pull(), doing, secret=True).out
        return json_document(out, ("version", "serial", "lineage"), doing)

    def show(self, plan_file: str) -> bytes:
        """Return a saved plan as JSON."""
        doing = "read the saved plan"
        out = self.run(arguments.show_json(plan_file), doing, secret=True).out
        return json_document(out, ("format_version",), doing)

    def workspaces(self) -> tuple[str, ...]:
        """Return the names of the workspaces the backend has.

        A backend that knows none (http, as GitLab's) has the one that is always there (Terraform
        source, internal/backend, ``ErrWorkspacesNotSupported``).
        """
        # Without TF_WORKSPACE: Terraform would refuse to list where that one does not exist.
        bare = Terraform(self.binary, self.runner, self.root, None, self.extra_env)
        try:
            text = plain(bare.run(arguments.workspace_list(), "list the workspaces").out.decode())
        except TerraformError as error:
            if any("workspaces not supported" in line for line in error.details):
                return ("default",)
            raise
        return tuple(re.findall(r"^[* ] (\S+)$", text, re.MULTILINE))

    def check_version(self) -> str:
        """Return the version of the binary.

        Raises:
            TerraformError: It is not there, does not answer, or is too old.
        """
        doing = "print its version"
        out = self.run(arguments.version(), doing).out
        try:
            version = str(json.loads(json_document(out, (_VERSION,), doing))[_VERSION])
            numbers = tuple(int(part) for part in version.split("-")[0].split(".")[:2])
        except (TerraformError, ValueError, KeyError) as error:
            raise TerraformError(
                f"{self.binary.name} does not print its version.",
                hint="Check that it is a Terraform binary: terraform version",
            ) from error
        if numbers < OLDEST:
            raise TerraformError(
                f"{self.binary.name} is version {version}; tfswap needs {OLDEST[0]}.{OLDEST[1]} "
                "or newer.",
                hint="Switch to a newer Terraform, or set one with --terraform-bin.",
            )
        return version
