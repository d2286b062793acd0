"""The program around the commands: groups of the help, examples, ``help`` and ``version``."""

from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any

import typer
from typer.core import TyperGroup


class Group(Enum):
    """A heading of the help."""

    GUIDED = "The whole restore, guided"
    TABLES = "Pipeline, backups and tables in AWS"
    SWAP = "The swap, step by step"
    LOOK = "Inspect (read-only)"
    CI = "In CI"
    DEMO = "Demo"


class GroupedHelp(TyperGroup):
    """Lists the commands under their headings, in the order of ``Group``."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a section for each heading."""
        # Typer registers groups last; `pipeline` is the first step of the runbook.
        names = sorted(self.commands, key=lambda name: not hasattr(self.commands[name], "commands"))
        shown = {name: self.get_command(ctx, name) for name in names}
        width = max(len(name) for name in shown)
        for group in Group:
            rows = [
                (name.ljust(width), command.get_short_help_str(formatter.width))
                for name, command in shown.items()
                if command is not None and not command.hidden and _heading(command) == group.value
            ]
            if rows:
                with formatter.section(group.value):
                    formatter.write_dl(rows)


def _heading(command: Any) -> str:
    return getattr(command, "rich_help_panel", None) or ""


def add(app: typer.Typer, group: Group, command: Callable[..., None], *examples: str) -> None:
    """Add a command to the program.

    Args:
        app: The program.
        group: The heading it is listed under.
        command: Its name, with hyphens, is the command's.
        examples: Commands without the program's name, for the end of its help.
    """
    lines = [f"  tfswap {example}" for example in examples]
    app.command(
        command.__name__.replace("_", "-"),
        rich_help_panel=group.value,
        epilog="\n".join(("\b", f"Example{'s' * (len(lines) > 1)}:", *lines)),
    )(command)


def add_meta_commands(app: typer.Typer) -> None:
    """Add what people type by habit: ``tfswap help COMMAND`` and ``tfswap version``."""

    @app.command("help", hidden=True)
    def show_help(
        ctx: typer.Context, command: Annotated[list[str] | None, typer.Argument()] = None
    ) -> None:
        """Show the help of a command."""
        assert ctx.parent is not None  # noqa: S101
        ctx.parent.command.main([*(command or ()), "--help"], prog_name="tfswap")

    @app.command("version", hidden=True)
    def show_version() -> None:
        """Show the version."""
        say_version(True)


def say_version(wanted: bool) -> None:
    """Print the version and exit, where it was asked for."""
    if wanted:
        from tfswap import __version__

        typer.echo(f"tfswap {__version__}")
        raise typer.Exit


def keep_only(app: typer.Typer, words: list[str]) -> None:
    """Leave the other commands out where one is named: Typer would build the options of each."""
    named: list[Any] = [one for one in app.registered_commands if [one.name] == words]
    # With a single command Typer takes its name for an argument, but not where there is a callback.
    if named and app.registered_callback is not None and words != ["help"]:
        app.registered_commands = named
