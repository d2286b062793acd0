"""Options and help of the commands that hold the two tables against each other."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.access import Account, Environment, Region, Root, Workspace, settings, typed
from tfswap.cli.options import Binary, Prefix, Quiet, Repo, Role, Yes, run_command

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext


class Style(StrEnum):
    """How a comparison is shown."""

    TEXT = "text"
    JSON = "json"


def compare(
    table: Annotated[
        str | None, typer.Argument(help="Restored table; else those of the prepared swap.")
    ] = None,
    scan_count: Annotated[
        bool, typer.Option("--scan-count", help="Count items exactly; reads both tables whole.")
    ] = False,
    yes: Yes = False,
    form: Annotated[Style, typer.Option("--format", "-f", help="How it is shown.")] = Style.TEXT,
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
    """Hold the restored table against the outgoing.

    Keys, types, indexes, settings and what hangs on the tables; says what the plan will put back
    and what nobody will. Exit code 1 where keys, types or indexes differ.
    """
    given = locals()

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.compare import command

        return command.compare_tables(
            context(),
            table,
            scan_count=scan_count,
            yes=yes,
            as_json=form is Style.JSON,
            flags=typed(given),
        )

    run_command(work, repo=repo, quiet=quiet, **settings(given))


def retire(
    table: Annotated[
        str | None, typer.Argument(help="Outgoing table's full name; the prepared swap's without.")
    ] = None,
    quiet_hours: Annotated[
        int, typer.Option(help="Hours nobody may have used it.", min=1, max=24 * 60)
    ] = 24,
    final_backup: Annotated[
        bool, typer.Option("--final-backup", help="Make a last on-demand backup first.")
    ] = False,
    confirm: Annotated[
        str, typer.Option(help="The table's full name, instead of typing it.", metavar="NAME")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask about its protection; the name stays.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Only say what it would run_command.")
    ] = (False),
    environment: Environment = None,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Delete the outgoing table, replicas, alarms.

    Only when the swap is applied, nothing in the state names it, nobody used it, and a final
    backup exists. Asks for the table's full name; run it again after a kill and it goes on.
    """

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.retire.command import retire

        return retire(
            context(),
            table,
            quiet_hours=quiet_hours,
            final_backup=final_backup,
            confirm=confirm,
            yes=yes,
            dry_run=dry_run,
        )

    run_command(
        work,
        repo=repo,
        quiet=quiet,
        environment=environment,
        prefix=prefix,
        terraform_bin=terraform_bin,
        role=role,
    )
