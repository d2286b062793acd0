"""What every command needs at hand: the repository, its settings, tfswap's folder, the console."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tfswap.config import Config, Overrides, load
from tfswap.console import Console
from tfswap.context.reviewed_programs import reviewed_programs
from tfswap.files import FOLDER
from tfswap.git.client import Git
from tfswap.git.open_repo import open_repo
from tfswap.journal.writer import Journal
from tfswap.swap import Swap
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.arguments import Binary
from tfswap.terraform.child_processes import ChildProcesses
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import CommandRunner, terraform_environment


@dataclass(frozen=True)
class CommandContext:
    """One command's surroundings."""

    git: Git
    config: Config
    directory: SwapDirectory
    console: Console
    own_folder: bool = True
    """Whether ``.tfswap/`` is used at all; a branch that is judged may bring its own."""

    @property
    def journal(self) -> Journal:
        """The swap's journal."""
        return Journal(self.directory.journal, pair=self.config.pair or "")

    def terraform(self, swap: Swap) -> Terraform:
        """Return Terraform in the real root module, in the swap's workspace."""
        return self.remembering(swap).terraform_in(swap.root_module, swap.workspace)

    def remembering(self, swap: Swap) -> CommandContext:
        """Return the context with what ``prepare`` was told where nothing else is set now."""
        config = self.config.or_else(swap.prefix, swap.terraform_bin, swap.role)
        return replace(self, config=config)

    @property
    def binary(self) -> Binary:
        """Which terraform, and what stands before it."""
        return Binary(self.config.terraform_bin or "terraform", self.config.prefix or ())

    def terraform_in(self, root_module: str, workspace: str | None) -> Terraform:
        """Return Terraform in a root module of the repository."""
        env = terraform_environment(self.config.terraform_variables())
        there = self.own_folder and self.directory.folder.is_dir()
        log = self.directory.log if there else None
        children = ChildProcesses(self.directory.children) if there else None
        progress = self._show_waiting if self.console.live else None
        runner = CommandRunner(env, log, children, progress)
        root = self.git.root / root_module
        return Terraform(self.binary, runner, root, workspace, warn=self.console.warn)

    def _show_waiting(self, text: str) -> None:
        self.console.waiting_for = text


def open_context(
    repo: Path, overrides: Overrides, console: Console, *, own_folder: bool = True
) -> CommandContext:
    """Find the repository around ``repo`` and read its settings.

    Args:
        repo: A folder in it.
        overrides: What was typed.
        console: Where things are said.
        own_folder: Whether the command uses ``.tfswap/``, which must then be tfswap's own.

    Raises:
        RepoError: No git work tree there; or its ``.tfswap/`` is not tfswap's own.
        ConfigError: ``tfswap.toml`` cannot be used.
    """
    git = open_repo(repo)
    directory = SwapDirectory(git.root)
    if own_folder:
        directory.refuse_foreign()
        if directory.folder.is_dir():
            directory.refuse_tracked(git.tracked(FOLDER))
    config = load(git.root, overrides)
    if own_folder:
        config = reviewed_programs(config, git, console)
    whole = {"terraform_bin": _whole(config.terraform_bin, git.root)}
    if config.prefix:
        first, *rest = config.prefix
        whole["prefix"] = (_whole(first, git.root), *rest)
    return CommandContext(git, replace(config, **whole), directory, console, own_folder)


def _whole(program: str | None, root: Path) -> Any:
    """Return a program's whole path where it is given by a relative one, as ``./bin/terraform``.

    Commands run in other folders than this. It starts from here, or from the repository's top.
    """
    if program is None or "/" not in program or Path(program).is_absolute():
        return program
    places = (Path.cwd() / program, root / program)
    return str(next((path for path in places if path.is_file()), program))


def say_environment(context: CommandContext, swap: Swap) -> None:
    """Say which environment was chosen and why, and what of the shell's settings plays a part."""
    context.console.say(f"environment {swap.environment} (from {swap.environment_origin})")
    if swap.workspace != swap.environment:
        context.console.say(f"workspace {swap.workspace}")
    config = context.remembering(swap).config
    if config.role is not None:
        context.console.say(f"role {config.role.value} (from {config.role.origin})")
    if config.prefix:
        context.console.say(f"prefix {shlex.join(config.prefix)}")
    chosen = os.environ.get("TF_WORKSPACE")
    if chosen and chosen != swap.workspace:
        context.console.warn(
            f"TF_WORKSPACE is {chosen}; the swap was prepared for {swap.workspace}, "
            "which is used instead."
        )
    for name in sorted(os.environ):
        if name.startswith("TF_CLI_ARGS"):
            context.console.say(f"{name} is set and used: {_words(os.environ[name])}")


def swap_line(swap: Swap) -> str:
    """Return the swap in one line, for questions: who asks must name what is at stake."""
    pairs = ", ".join(f"{table.old_name} -> {table.new_name}" for table in swap.tables)
    return f"{pairs}, workspace {swap.workspace}"


def _words(arguments: str) -> str:
    """Return the arguments without the values of those that may carry a secret."""
    try:
        words = shlex.split(arguments)
    except ValueError:
        return "(not shown: unbalanced quotes)"
    shown, hide = [], False
    for word in words:
        name, _, value = word.partition("=")
        secret = name.lstrip("-") in ("var", "backend-config")
        shown.append("…" if hide else f"{name}=…" if secret and value else word)
        hide = secret and not value
    return " ".join(shown)
