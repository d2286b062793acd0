"""Options and help of the commands that look back: ``rollback`` and ``log``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.options import Binary, Pair, Prefix, Quiet, Repo, Role, Yes, run_command
from tfswap.report.history import HistoryFormat

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext


def rollback(
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Change nothing.")] = False,
    pair: Pair = None,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Undo what has been done, and no more.

    Shows first what it will do. Before the push that is branch and tfvars; after it the backed-up
    state goes back too, unless somebody wrote it since; after an apply it prepares the swap back.
    """

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.rollback import rollback

        return rollback(context(), yes=yes, dry_run=dry_run)

    run_command(
        work,
        repo=repo,
        quiet=quiet,
        pair=pair,
        prefix=prefix,
        terraform_bin=terraform_bin,
        role=role,
    )


def log(
    form: Annotated[
        HistoryFormat, typer.Option("--format", "-f", help="How it is told.")
    ] = HistoryFormat.TEXT,
    everything: Annotated[
        bool, typer.Option("--all", "-a", help="Earlier swaps and each small step too.")
    ] = False,
    repo: Repo = Path(),
) -> None:
    """Tell who did what and when in this swap.

    From the journal in .tfswap/; times are UTC. Markdown is for the incident record.
    """

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.log import log

        return log(context(), form=form, everything=everything)

    run_command(work, repo=repo)
