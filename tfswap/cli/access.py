"""Options that say where and how: environment, account, region, credentials (the AWS half)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

Environment = Annotated[
    str | None, typer.Option("--environment", "-e", help="Key under environments.")
]
Workspace = Annotated[str | None, typer.Option(help="Terraform workspace.")]
Root = Annotated[str | None, typer.Option(help="Root module, from the repo's top.")]
Account = Annotated[str | None, typer.Option(help="AWS account id.")]
Region = Annotated[str | None, typer.Option(help="AWS region.")]

_WHERE = ("environment", "workspace", "root", "account", "region")
_HOW = ("prefix", "terraform_bin", "role")


def settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a command's options those that settle where and how, as ``Config`` names them.

    Raises:
        KeyError: The command lacks one of them; its sisters have it.
    """
    chosen = {name: given[name] for name in (*_WHERE, *_HOW)}
    return {"root_module" if name == "root" else name: value for name, value in chosen.items()}


def typed(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words that say the same options again; an empty one was meant, too."""
    told = [(name, given[name]) for name in (*_WHERE, *_HOW)]
    pairs = [(f"--{name.replace('_', '-')}", value) for name, value in told if value is not None]
    return tuple(word for pair in pairs for word in pair)
