"""Options and help of the commands for the whole night."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tfswap.cli.access import Account, Environment, Region, Root, Workspace
from tfswap.cli.aws import Key, RoleArn, Vault
from tfswap.cli.options import Binary, Pair, Prefix, Quiet, Repo, Role, Yes, run_command

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext

Tables = Annotated[
    list[str],
    typer.Argument(help="Restored tables (Lpas-20240715), or base names with --restore."),
]
Restore = Annotated[
    str, typer.Option("--restore", help="Restore this backup first: latest, a time or an ARN.")
]
Date = Annotated[str, typer.Option("--date", help="Date of restoration, YYYYMMDD; else today's.")]


_FURTHER = ("vault", "key", "role_arn", "workspace", "root", "account", "region")
_PREPARING = ("tfvars", "leaf", "address", "pipeline", "release", "branch")
"""Flags that the night hands to those of its phases that know them."""

Tfvars = Annotated[str | None, typer.Option(help="The tfvars file.")]
Leaf = Annotated[list[str] | None, typer.Option(help="JSON pointer of a table's name there.")]
Address = Annotated[list[str] | None, typer.Option(help="Resource address of a table.")]
Pipeline = Annotated[list[str] | None, typer.Option(help="OSIS pipeline to recreate.")]
Release = Annotated[list[str] | None, typer.Option(help="Further address to forget and keep.")]
Branch = Annotated[str | None, typer.Option(help="Git branch to make.")]


def _given(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the further flags that were typed, each with its value."""
    pairs: list[tuple[str, str]] = []
    for name in (*_FURTHER, *_PREPARING):
        value = options.get(name) or ()
        values = (value,) if isinstance(value, str) else value
        pairs += [(f"--{name.replace('_', '-')}", each) for each in values]
    return pairs


def swap(
    tables: Tables,
    restore: Restore = "",
    date: Date = "",
    environment: Environment = None,
    pair: Pair = None,
    skip: Annotated[list[str] | None, typer.Option(help="Leave out this phase, all night.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only say the phases.")] = False,
    yes: Yes = False,
    vault: Vault = None,
    key: Key = None,
    role_arn: RoleArn = None,
    workspace: Workspace = None,
    root: Root = None,
    account: Account = None,
    region: Region = None,
    tfvars: Tfvars = None,
    leaf: Leaf = None,
    address: Address = None,
    pipeline: Pipeline = None,
    release: Release = None,
    branch: Branch = None,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Lead through the whole night, phase by phase.

    Asks before each phase, stops at the first that does not end well, and goes on there when it is
    run again, with everything it was told before. Each flag goes to the phases that know it.
    """
    options = dict(locals())

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.swap.command import swap

        return swap(
            context(),
            tables,
            restore=restore,
            date=date,
            given=_given(options),
            skip=skip or (),
            yes=yes,
            dry_run=dry_run,
        )

    _do(work, options)


def _do(
    work: Callable[[Callable[[], CommandContext], Console], int], options: Mapping[str, Any]
) -> None:
    settings = ("environment", "pair", "prefix", "terraform_bin", "role")
    flags = {name: options.get(name) for name in settings}
    run_command(work, repo=options["repo"], quiet=options["quiet"], **flags)


def runbook(
    tables: Tables,
    restore: Restore = "",
    date: Date = "",
    environment: Environment = None,
    vault: Vault = None,
    key: Key = None,
    role_arn: RoleArn = None,
    workspace: Workspace = None,
    root: Root = None,
    account: Account = None,
    region: Region = None,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Write the night as a runbook for those who type.

    Markdown on standard output, every command filled in for this repository, table and environment.
    """
    options = dict(locals())

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.runbook.command import runbook

        return runbook(context(), tables, restore=restore, date=date, given=_given(options))

    _do(work, options)
