"""Options and help of the commands for pipeline, backups and restore."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tfswap.cli.options import Binary, Prefix, Quiet, Repo, Role, Yes, do

if TYPE_CHECKING:
    from tfswap.commands.workbench import Workbench
    from tfswap.console import Console


class Style(StrEnum):
    """How a listing is shown."""

    TEXT = "text"
    JSON = "json"


Environment = Annotated[
    str | None, typer.Option("--environment", "-e", help="Key under environments.")
]
Workspace = Annotated[str | None, typer.Option(help="Terraform workspace.")]
Root = Annotated[str | None, typer.Option(help="Root module, from the repo's top.")]
Account = Annotated[str | None, typer.Option(help="AWS account id.")]
Region = Annotated[str | None, typer.Option(help="AWS region.")]
Vault = Annotated[str | None, typer.Option(help="Backup vault, instead of the one found.")]
Table = Annotated[str, typer.Argument(help="The table: Lpas, or its physical name.")]
Name = Annotated[str | None, typer.Argument(help="The pipeline, instead of the one found.")]
Timeout = Annotated[float, typer.Option(help="Minutes to wait.", min=0.1)]

_WHERE = ("environment", "workspace", "root", "account", "region")
_HOW = ("prefix", "terraform_bin", "role")


def _settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a command's options those that settle where and how, as ``Config`` names them."""
    chosen = {name: given.get(name) for name in (*_WHERE, *_HOW)}
    return {"root_module" if name == "root" else name: value for name, value in chosen.items()}


def _typed(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words that say the same options again."""
    told = [(name, given.get(name)) for name in (*_WHERE, *_HOW)]
    pairs = [(f"--{name.replace('_', '-')}", str(value)) for name, value in told if value]
    return tuple(word for pair in pairs for word in pair)


pipeline = typer.Typer(
    help="Look at, stop or start the OSIS pipeline.", no_args_is_help=True, rich_markup_mode=None
)


@pipeline.command("status")
def pipeline_status(
    name: Name = None,
    environment: Environment = None,
    workspace: Workspace = None,
    root: Root = None,
    account: Account = None,
    region: Region = None,
    prefix: Prefix = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Say what the pipeline does now."""
    settings = _settings(locals())

    def work(bench: Callable[[], Workbench], console: Console) -> int:
        from tfswap.commands.pipeline import status

        return status(bench(), name)

    do(work, repo=repo, quiet=quiet, **settings)


def _move(verb: str, given: Mapping[str, Any]) -> None:
    def work(bench: Callable[[], Workbench], console: Console) -> int:
        from tfswap.commands.pipeline import GOALS, move

        return move(
            bench(),
            given["name"],
            GOALS[verb],
            yes=given["yes"],
            timeout=given["timeout"] * 60,
            flags=_typed(given),
        )

    do(work, repo=given["repo"], quiet=given["quiet"], **_settings(given))


@pipeline.command("stop")
def pipeline_stop(
    name: Name = None,
    yes: Yes = False,
    timeout: Timeout = 30,
    environment: Environment = None,
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
    """Stop it, and wait until it is stopped.

    Does nothing where it is stopped already.
    """
    _move("stop", locals())


@pipeline.command("start")
def pipeline_start(
    name: Name = None,
    yes: Yes = False,
    timeout: Timeout = 30,
    environment: Environment = None,
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
    """Start it, and wait until it is active.

    Does nothing where it is active already.
    """
    _move("start", locals())


def backups(
    table: Table,
    vault: Vault = None,
    form: Annotated[Style, typer.Option("--format", "-f", help="How it is shown.")] = Style.TEXT,
    everything: Annotated[bool, typer.Option("--all", help="Show all of them.")] = False,
    environment: Environment = None,
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
    """List a table's recovery points.

    Those that can be restored from come first, the newest on top.
    """
    settings, flags = _settings(locals()), _typed(locals())

    def work(bench: Callable[[], Workbench], console: Console) -> int:
        from tfswap.commands.backups import backups

        as_json = form is Style.JSON
        return backups(
            bench(), table, vault=vault, as_json=as_json, everything=everything, flags=flags
        )

    do(work, repo=repo, quiet=quiet, **settings)


def restore(
    table: Table,
    at: Annotated[
        str, typer.Option(help="latest, a time (the newest not after it), or a point's id or ARN.")
    ] = "latest",
    date: Annotated[
        str | None, typer.Option(help="Date in the new name, YYYYMMDD; today's (UTC) without.")
    ] = None,
    vault: Vault = None,
    key: Annotated[
        str | None, typer.Option(help="KMS key, alias/… or ARN, instead of the configured one.")
    ] = None,
    role_arn: Annotated[
        str | None, typer.Option(help="Role AWS Backup restores with, instead of its default.")
    ] = None,
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Start nothing.")] = False,
    timeout: Annotated[
        float | None, typer.Option(help="Minutes to wait; for ever without.", min=0.1)
    ] = None,
    environment: Environment = None,
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
    """Restore a table from AWS Backup.

    The new table gets the old one's name with the date, and the configured key. Interrupted, run it
    again: it finds its job and follows it.
    """
    settings, flags = _settings(locals()), _typed(locals())

    def work(bench: Callable[[], Workbench], console: Console) -> int:
        from tfswap.commands.restore import restore
        from tfswap.commands.restore_aim import Wish

        wish = Wish(at, date, vault, key, role_arn, flags)
        seconds = None if timeout is None else timeout * 60
        return restore(bench(), table, wish, yes=yes, dry_run=dry_run, timeout=seconds)

    do(work, repo=repo, quiet=quiet, **settings)
