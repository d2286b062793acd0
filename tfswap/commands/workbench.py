"""What every command needs at hand: the repository, its settings, tfswap's folder, the console."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tfswap.config import Config, load
from tfswap.console import Console
from tfswap.home import Home
from tfswap.repo.git import Git, open_repo
from tfswap.steps.journal import Journal
from tfswap.swap import Swap
from tfswap.terraform.children import Children
from tfswap.terraform.client import Terraform
from tfswap.terraform.commands import Binary
from tfswap.terraform.process import Door, terraform_environment


@dataclass(frozen=True)
class Workbench:
    """One command's surroundings."""

    git: Git
    config: Config
    home: Home
    console: Console

    @property
    def journal(self) -> Journal:
        """The swap's journal."""
        journal = Journal(self.home.journal)
        return journal.about(pair=self.config.pair) if self.config.pair else journal

    def terraform(self, swap: Swap) -> Terraform:
        """Return Terraform in the real root module, in the swap's workspace."""
        return self.remembering(swap).terraform_in(swap.root_module, swap.workspace)

    def remembering(self, swap: Swap) -> Workbench:
        """Return the workbench with what ``prepare`` was told where nothing else is set now."""
        config = self.config.or_else(swap.prefix, swap.terraform_bin, swap.role)
        return replace(self, config=config)

    @property
    def binary(self) -> Binary:
        """Which terraform, and what stands before it."""
        return Binary(self.config.terraform_bin or "terraform", self.config.prefix or ())

    def terraform_in(self, root_module: str, workspace: str | None) -> Terraform:
        """Return Terraform in a root module of the repository."""
        env = terraform_environment(self.config.terraform_variables())
        there = self.home.folder.is_dir()
        log = self.home.log if there else None
        children = Children(self.home.children) if there else None
        door = Door(env, log, children)
        root = self.git.root / root_module
        return Terraform(self.binary, door, root, workspace, warn=self.console.warn)


def open_workbench(repo: Path, flags: Mapping[str, Any], console: Console) -> Workbench:
    """Find the repository around ``repo`` and read its settings.

    Raises:
        RepoError: No git work tree there.
        ConfigError: ``tfswap.toml`` cannot be used.
    """
    git = open_repo(repo)
    config = load(git.root, flags)
    whole = {"terraform_bin": _whole(config.terraform_bin, git.root)}
    if config.prefix:
        first, *rest = config.prefix
        whole["prefix"] = (_whole(first, git.root), *rest)
    return Workbench(git, replace(config, **whole), Home(git.root), console)


def _whole(program: str | None, root: Path) -> Any:
    """Return a program's whole path where it is given by a relative one, as ``./bin/terraform``.

    Commands run in other folders than this. It starts from here, or from the repository's top.
    """
    if program is None or "/" not in program or Path(program).is_absolute():
        return program
    places = (Path.cwd() / program, root / program)
    return str(next((path for path in places if path.is_file()), program))


def tell_environment(bench: Workbench, swap: Swap) -> None:
    """Say which environment was chosen and why, and what of the shell's settings plays a part."""
    bench.console.say(f"environment {swap.environment} (from {swap.environment_origin})")
    if swap.workspace != swap.environment:
        bench.console.say(f"workspace {swap.workspace}")
    config = bench.remembering(swap).config
    if config.role is not None:
        bench.console.say(f"role {config.role.value} (from {config.role.origin})")
    if config.prefix:
        bench.console.say(f"prefix {shlex.join(config.prefix)}")
    chosen = os.environ.get("TF_WORKSPACE")
    if chosen and chosen != swap.workspace:
        bench.console.warn(
            f"TF_WORKSPACE is {chosen}; this swap was prepared for {swap.workspace}, which is used."
        )
    for name in sorted(os.environ):
        if name.startswith("TF_CLI_ARGS"):
            bench.console.say(f"{name} is set and honoured: {_words(os.environ[name])}")


def told(swap: Swap) -> str:
    """Return the swap in one line, for questions: who asks must name what is at stake."""
    pairs = ", ".join(f"{table.old_name} -> {table.new_name}" for table in swap.tables)
    return f"{pairs}, workspace {swap.workspace}"


def _words(arguments: str) -> str:
    """Return the arguments without the values of those that may carry a secret."""
    try:
        words = shlex.split(arguments)
    except ValueError:
        return "(not shown: its quotes do not match)"
    shown, hide = [], False
    for word in words:
        name, _, value = word.partition("=")
        secret = name.lstrip("-") in ("var", "backend-config")
        shown.append("…" if hide else f"{name}=…" if secret and value else word)
        hide = secret and not value
    return " ".join(shown)
