"""Shell completion: what the Tab key offers behind an argument or an option."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class Shell(StrEnum):
    """A shell that Typer can complete in."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


Completer = Callable[[typer.Context, str], list[Any]]


def completer(name: str) -> Completer:
    """Return what Typer calls for words: those of ``tfswap.context.completion.NAME`` that fit."""

    def complete(ctx: typer.Context, incomplete: str) -> list[Any]:
        from tfswap.context import completion

        found = completion.offer(getattr(completion, name), Path(ctx.params.get("repo") or "."))
        return sorted(one for one in found if _word(one).startswith(incomplete))

    return complete


def complete_formats(incomplete: str) -> list[str]:
    """Return ``html=`` and the others for ``--write``."""
    from tfswap.report import Format

    return [f"{one.value}=" for one in Format if one.value.startswith(incomplete)]


def _word(offered: Any) -> str:
    return offered if isinstance(offered, str) else str(offered[0])


complete_base_tables = completer("base_names")
complete_restored_tables = completer("restored_tables")
complete_any_tables = completer("any_tables")
complete_outgoing_tables = completer("outgoing_tables")
complete_environments = completer("environments")
complete_rule_ids = completer("rule_ids")


def add_completion_command(app: typer.Typer) -> None:
    """Add ``tfswap completion SHELL``: for packages and for a shell other than the current one."""

    @app.command("completion", hidden=True)
    def show_script(shell: Annotated[Shell, typer.Argument()]) -> None:
        """Show the completion script of a shell, to be sourced by it."""
        from typer.completion import get_completion_script  # type: ignore[attr-defined]

        script = get_completion_script(
            prog_name="tfswap", complete_var="_TFSWAP_COMPLETE", shell=shell.value
        )
        typer.echo(script)
