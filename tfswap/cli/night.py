"""Options and help of the commands for the whole night."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.options import Binary, Pair, Prefix, Quiet, Repo, Role, Yes, do

if TYPE_CHECKING:
    from tfswap.commands.workbench import Workbench
    from tfswap.console import Console

Tables = Annotated[
    list[str],
    typer.Argument(help="Restored tables (Lpas-20240715), or base names with --restore."),
]
Restore = Annotated[
    str, typer.Option("--restore", help="Restore this backup first: latest, a time or an ARN.")
]
Date = Annotated[str, typer.Option("--date", help="Date of restoration, YYYYMMDD; else today's.")]
Environment = Annotated[
    str | None, typer.Option("--environment", "-e", help="Key under environments.")
]


def swap(
    tables: Tables,
    restore: Restore = "",
    date: Date = "",
    environment: Environment = None,
    pair: Pair = None,
    skip: Annotated[list[str] | None, typer.Option(help="Leave out this phase.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only say the phases.")] = False,
    yes: Yes = False,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Lead through the whole night, phase by phase.

    Asks before each phase, stops at the first that does not end well, and goes on there when it is
    run again.
    """

    def work(bench: Callable[[], Workbench], console: Console) -> int:
        from tfswap.commands.swap import swap

        return swap(
            bench(),
            tables,
            restore=restore,
            date=date,
            skip=skip or (),
            yes=yes,
            dry_run=dry_run,
        )

    do(
        work,
        repo=repo,
        quiet=quiet,
        environment=environment,
        pair=pair,
        prefix=prefix,
        terraform_bin=terraform_bin,
        role=role,
    )


def runbook(
    tables: Tables,
    restore: Restore = "",
    date: Date = "",
    environment: Environment = None,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Write the night as a runbook for those who type.

    Markdown on standard output, every command filled in for this repository, table and environment.
    """

    def work(bench: Callable[[], Workbench], console: Console) -> int:
        from tfswap.commands.runbook import runbook

        return runbook(bench(), tables, restore=restore, date=date)

    do(
        work,
        repo=repo,
        quiet=quiet,
        environment=environment,
        prefix=prefix,
        terraform_bin=terraform_bin,
        role=role,
    )
