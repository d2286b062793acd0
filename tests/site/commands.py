"""``python -m tests.site.commands > docs/commands.md``: the command reference, from the help."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer.main

from tfswap.cli import app
from tfswap.cli.program import Group

_INTRO = """# Commands

Each command's help, as `tfswap help COMMAND` shows it. Exit codes: 0 ready, applied or done; 1
rejected; 2 something to fix first; 3 cannot tell, which never counts as a pass; 130 interrupted.

This page is made from the help (`python -m tests.site.commands > docs/commands.md`).
"""


def commands_page() -> str:
    """Return ``docs/commands.md``."""
    return "\n".join([_INTRO, *_sections()])


def _sections() -> Iterator[str]:
    program = typer.main.get_command(app)
    context = program.make_context("tfswap", [], resilient_parsing=True)
    commands: dict[str, Any] = program.commands  # type: ignore[attr-defined]
    for group in Group:
        yield f"## {group.value}\n"
        for name, command in commands.items():
            if not command.hidden and command.rich_help_panel == group.value:
                yield from _section(command, name, context)


def _section(command: Any, name: str, parent: Any) -> Iterator[str]:
    # Its own words end it; the width is that of a page, not of whoever makes it.
    context = command.context_class(command, info_name=name, parent=parent, max_content_width=88)
    context.terminal_width = 88
    level = "#" * context.command_path.count(" ") + "##"
    yield f"{level} {context.command_path}\n"
    yield f"```text\n{command.get_help(context).rstrip()}\n```\n"
    for below, each in getattr(command, "commands", {}).items():
        yield from _section(each, below, context)


if __name__ == "__main__":
    sys.stdout.write(commands_page())
