"""Options that several commands share, and how a command is run with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tfswap.report import Format

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext

Repo = Annotated[Path, typer.Option("--repo", help="A folder in the infrastructure repository.")]
Prefix = Annotated[
    str | None,
    typer.Option("--prefix", help="Words before terraform, e.g. 'aws-vault exec identity --'."),
]
Binary = Annotated[str | None, typer.Option("--terraform-bin", help="The terraform to run.")]
Role = Annotated[
    str | None, typer.Option("--role", help="TF_VAR_default_role for every command: breakglass.")
]
Pair = Annotated[
    str | None, typer.Option("--pair", help="Who is at it, for the journal: 'Ana, Sam'.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Leave the progress out.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Form = Annotated[Format, typer.Option("--format", "-f", help="How the report is shown.")]


def run_command(
    work: Callable[[Callable[[], CommandContext], Console], int],
    *,
    repo: Path = Path(),
    quiet: bool = False,
    **flags: Any,
) -> None:
    """Run a command's story and exit with its code."""
    from tfswap.console import Console
    from tfswap.error_handler import handle_errors

    console = Console(quiet=quiet)

    def context() -> CommandContext:
        from tfswap.context.command_context import open_context

        return open_context(repo, flags, console)

    raise typer.Exit(handle_errors(console, lambda: work(context, console)))


def say_version(wanted: bool) -> None:
    """Print the version and end, where it was asked for."""
    if wanted:
        from tfswap import __version__

        typer.echo(f"tfswap {__version__}")
        raise typer.Exit
