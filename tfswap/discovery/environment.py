"""Which environment is meant, and which Terraform workspace that is.

design.md, "Commands": the first that is set of ``--environment``, ``TFSWAP_ENVIRONMENT``,
``tfswap.toml``, ``TF_WORKSPACE``, the selected workspace when the tfvars know it by name and it is
not ``default``, else ``production`` when the tfvars have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfswap.errors import RepoError

if TYPE_CHECKING:
    from tfswap.config import Config


@dataclass(frozen=True)
class EnvironmentChoice:
    """The environment, why this one, and the workspaces it may be known by, likeliest first."""

    environment: str
    origin: str
    workspaces: tuple[str, ...]


def choose_environment(
    config: Config, selected_workspace: str | None, known: Sequence[str]
) -> EnvironmentChoice:
    """Choose the environment.

    Args:
        config: What the user said.
        selected_workspace: What Terraform has selected in the root module, if that is known.
        known: The keys under ``environments`` in the tfvars; empty where there is no such thing:
            there the environment is the workspace.

    Raises:
        RepoError: Nothing is set and there is no ``production``.
    """
    if config.environment is not None:
        return _choice(config, selected_workspace, *config.environment)
    if config.tf_workspace is not None:
        return _choice(config, selected_workspace, *config.tf_workspace)
    if selected_workspace is not None and selected_workspace != "default":
        if selected_workspace in known:
            return _choice(config, selected_workspace, selected_workspace, "the selected workspace")
        if not known:
            return _choice(config, None, selected_workspace, "the selected workspace")
    if "production" in known:
        origin = "the default: it is in the tfvars, and nothing else was chosen"
        return _choice(config, None, "production", origin)
    if not known:
        origin = "the only workspace known"
        return _choice(config, None, selected_workspace or "default", origin)
    raise RepoError(
        "The environment is ambiguous.",
        hint=f"Choose one with --environment{listed(known)}.",
    )


def listed(known: Sequence[str]) -> str:
    """Return ``: a, b, c``, or nothing."""
    return f": {', '.join(known)}" if known else ""


def _choice(
    config: Config, selected: str | None, environment: str, origin: str
) -> EnvironmentChoice:
    if config.workspace is not None:
        return EnvironmentChoice(environment, origin, (config.workspace,))
    values = (config.tf_workspace.value if config.tf_workspace else None, environment, selected)
    return EnvironmentChoice(
        environment, origin, tuple(dict.fromkeys(name for name in values if name))
    )
