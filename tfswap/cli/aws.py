"""Options and help of the commands for pipeline, backups and restore."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tfswap.cli.access import Account, Environment, Region, Root, Workspace, settings, typed
from tfswap.cli.options import Binary, Prefix, Quiet, Repo, Role, Yes, run_command

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext


class Style(StrEnum):
    """How a listing is shown."""

    TEXT = "text"
    JSON = "json"


Vault = Annotated[str | None, typer.Option(help="Backup vault, instead of the one found.")]
Key = Annotated[
    str | None, typer.Option(help="KMS key, alias/… or ARN, instead of the configured one.")
]
RoleArn = Annotated[
    str | None, typer.Option(help="Role AWS Backup restores with, instead of its default.")
]
Table = Annotated[str, typer.Argument(help="The table: Lpas, or its physical name.")]
Name = Annotated[str | None, typer.Argument(help="The pipeline, instead of the one found.")]
Timeout = Annotated[float, typer.Option(help="Minutes to wait.", min=0.1)]

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
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Say what the pipeline does now."""
    given = locals()

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.pipeline import status

        return status(context(), name)

    run_command(work, repo=repo, quiet=quiet, **settings(given))


def _set_state(verb: str, given: Mapping[str, Any]) -> None:
    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.pipeline import GOALS, move

        return move(
            context(),
            given["name"],
            GOALS[verb],
            yes=given["yes"],
            timeout=given["timeout"] * 60,
            flags=typed(given),
        )

    run_command(work, repo=given["repo"], quiet=given["quiet"], **settings(given))


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
    _set_state("stop", locals())


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
    _set_state("start", locals())


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
    given = locals()

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.backups import backups

        as_json = form is Style.JSON
        return backups(
            context(),
            table,
            vault=vault,
            as_json=as_json,
            everything=everything,
            flags=typed(given),
        )

    run_command(work, repo=repo, quiet=quiet, **settings(given))


def restore(
    table: Table,
    at: Annotated[
        str, typer.Option(help="latest, a time (the newest not after it), or a point's id or ARN.")
    ] = "latest",
    date: Annotated[
        str | None, typer.Option(help="Date in the new name, YYYYMMDD; today's (UTC) without.")
    ] = None,
    vault: Vault = None,
    key: Key = None,
    role_arn: RoleArn = None,
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
    given = locals()

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.restore.command import restore
        from tfswap.commands.restore.target import RestoreRequest

        wish = RestoreRequest(at, date, vault, key, role_arn, typed(given))
        seconds = None if timeout is None else timeout * 60
        return restore(context(), table, wish, yes=yes, dry_run=dry_run, timeout=seconds)

    run_command(work, repo=repo, quiet=quiet, **settings(given))
