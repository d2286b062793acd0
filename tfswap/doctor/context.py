"""What the checks look at: repository, settings, Terraform, state and AWS, each read once at most.

A fact that cannot be had raises the same error each time it is asked for; the check list tells it
once, and of every further check that it could not look.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from tfswap.config import Config
from tfswap.discovery.input_variables import Inputs, given_files, load
from tfswap.discovery.root_module import find
from tfswap.errors import TerraformError, TfswapError
from tfswap.files import read_regular
from tfswap.git.client import Git
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.module_tree import ModuleTree
from tfswap.hcl.parse_cache import user_cache
from tfswap.hcl.project import Project
from tfswap.swap import Swap
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.client import Terraform
from tfswap.terraform.scratch import data_directory
from tfswap.terraform.state_file import State, parse

if TYPE_CHECKING:
    from tfswap.aws.session import Aws, Caller


class NotCheckedError(TfswapError):
    """Something could not be looked at for a reason that another line tells."""


P = ParamSpec("P")
T = TypeVar("T")


def fact(
    method: Callable[Concatenate[DoctorContext, P], T],
) -> Callable[Concatenate[DoctorContext, P], T]:
    """Make a method answer once: with its value, or with the very same error each time."""

    def ask(context: DoctorContext, /, *args: P.args, **kwargs: P.kwargs) -> T:
        at = (method.__name__, *args)
        if at not in context.answers:
            try:
                context.answers[at] = method(context, *args, **kwargs), None
            except TfswapError as error:
                context.answers[at] = None, error
        value, trouble = context.answers[at]
        if trouble is not None:
            raise trouble
        return value  # type: ignore[no-any-return]

    return ask


@dataclass(frozen=True)
class DoctorContext:
    """The surroundings of one examination."""

    git: Git
    config: Config
    """With what ``prepare`` was told."""
    directory: SwapDirectory
    swap: Swap | None
    """None before ``prepare``."""
    terraform_in: Callable[[str, str | None], Terraform]
    """Root module and workspace to Terraform there."""
    open_aws: Callable[[str], Aws]
    """A region to the door to AWS there, without any role."""
    offline: bool = False
    """Ask nobody: neither the backend nor AWS."""
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    answers: dict[tuple[Any, ...], tuple[Any, TfswapError | None]] = field(default_factory=dict)
    reported: list[TfswapError] = field(default_factory=list)
    """The errors that a line tells already."""
    accepted: Callable[[str, str], str] = lambda *_: ""
    """Who vouched for a restored table (``aws.provenance.Accepted``)."""

    @fact
    def tree(self) -> ModuleTree:
        """The root module and what it calls."""
        project = Project(self.git.root, user_cache())
        chosen = self.swap.root_module if self.swap else self.config.root_module
        return find(project, chosen, lambda tree: True)

    @property
    def root_module(self) -> str:
        """The folder Terraform runs in, relative to the repository."""
        return self.swap.root_module if self.swap else self.tree().root.folder.name

    @property
    def root(self) -> Path:
        """The folder Terraform runs in."""
        return self.git.root / self.root_module

    @property
    def data_dir(self) -> Path:
        """Terraform's own folder for it."""
        return data_directory(self.root, self.environ)

    @property
    def workspace(self) -> str:
        """The workspace the swap is in, or would be in."""
        if self.swap:
            return self.swap.workspace
        chosen = self.config.workspace or (self.config.tf_workspace or ("",))[0]
        return chosen or self.selected_workspace or "default"

    @property
    def selected_workspace(self) -> str:
        """What ``terraform workspace select`` last chose; empty where nothing tells."""
        try:
            return read_regular(self.data_dir / "environment").decode().strip()
        except (OSError, UnicodeDecodeError):
            return ""

    @property
    def terraform(self) -> Terraform:
        """Terraform in the root module and workspace."""
        return self.terraform_in(self.root_module, self.workspace)

    @fact
    def version(self) -> str:
        """The binary's version."""
        return self.terraform_in(self.root_module, None).check_version()

    @fact
    def workspaces(self) -> tuple[str, ...]:
        """The workspaces the backend has; listing them makes none."""
        self._ask()
        return self.terraform.workspaces()

    @fact
    def pulled(self) -> bytes:
        """The workspace's state; not asked for where there is no workspace: that would make it."""
        if self.workspace not in self.workspaces():
            raise TerraformError(
                f"The state was not read: the backend has no workspace {self.workspace!r}.",
                hint="Choose another with --environment or --workspace.",
            )
        return self.terraform.pull()

    @fact
    def state(self) -> State:
        """The same, parsed."""
        return parse(self.pulled())

    def outputs(self) -> dict[str, Any]:
        """The root module's outputs as they were applied, by name."""
        listed = json.loads(self.pulled() or b"{}").get("outputs") or {}
        return {name: given.get("value") for name, given in listed.items()}

    @cached_property
    def variables(self) -> dict[str, str]:
        """Input variables set from outside as ``TF_VAR_…``, without that."""
        chosen = {**self.environ, **self.config.terraform_variables()}
        return {
            name.removeprefix("TF_VAR_"): value
            for name, value in chosen.items()
            if name.startswith("TF_VAR_")
        }

    @fact
    def inputs(self) -> Inputs:
        """The root module's variables and the files they come from."""
        root, config = self.tree().root, self.config
        if self.swap is not None:
            config = replace(config, env_var_files=(*config.env_var_files, *self.swap.var_files))
        files = given_files(root.tree.project, root.folder.name, config)
        return load(root, files, self.variables, config.env_variables)

    @fact
    def evaluator(self) -> Evaluator:
        """Evaluates the configuration as it reads in the workspace."""
        return Evaluator(self.workspace, self.inputs().values())

    @fact
    def aws(self, region: str, role: str, assume: tuple[tuple[str, str], ...] = ()) -> Aws:
        """The door to AWS in a region, with a role (its whole ARN) or the plain credentials.

        Args:
            region: AWS region.
            role: Empty for the plain credentials.
            assume: What the provider says beside the role's ARN (``ProviderLocation.assume``).
        """
        self._ask()
        if role:
            # The role is assumed with them; without them there is nothing more to be said.
            _ = self.identity(region)
        return replace(self.open_aws(region), role=role, assume=dict(assume))

    @fact
    def identity(self, region: str) -> Caller:
        """Who the plain credentials belong to."""
        return self.aws(region, "").caller

    def _ask(self) -> None:
        if self.offline:
            raise NotCheckedError("Not checked (--offline).")
