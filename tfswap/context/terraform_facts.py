"""What discovery asks of the outside: the selected workspace, the state, the set variables."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from tfswap.context.command_context import CommandContext
from tfswap.files import read_regular
from tfswap.terraform.scratch import data_directory
from tfswap.terraform.state_file import parse


def selected_workspace(context: CommandContext) -> Callable[[str], str | None]:
    """Return what tells the workspace selected in a root module, or None where none is.

    ``terraform workspace select`` keeps it in ``environment`` of the data directory.
    """

    def read(root_module: str) -> str | None:
        folder = data_directory(context.git.root / root_module, os.environ)
        try:
            return read_regular(folder / "environment").decode().strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    return read


def state_reader(context: CommandContext) -> Callable[[str, str], Mapping[str, Mapping[str, Any]]]:
    """Return what pulls the state of a root module's workspace: address to attributes."""

    def pull(root_module: str, workspace: str) -> Mapping[str, Mapping[str, Any]]:
        terraform = context.terraform_in(root_module, workspace)
        with context.console.step("read from the state what the configuration does not contain"):
            # Reading the state of a workspace that does not exist would make it.
            if workspace not in terraform.workspaces():
                return {}
            return parse(terraform.pull()).attributes()

    return pull


def terraform_variables(context: CommandContext) -> dict[str, str]:
    """Return the input variables set from outside, without their ``TF_VAR_``."""
    chosen = {**os.environ, **context.config.terraform_variables()}
    return {
        name.removeprefix("TF_VAR_"): value
        for name, value in chosen.items()
        if name.startswith("TF_VAR_")
    }
