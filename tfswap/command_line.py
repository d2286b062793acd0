"""What was typed: this command, and the variables that ``TF_CLI_ARGS`` sets for every plan."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping


def to_continue(following: str = "") -> str:
    """Return the hint of an interrupted command: the one that continues, by default itself."""
    again = following or shlex.join(["tfswap", *sys.argv[1:]])
    return f"To continue: {again} (to see what is done: tfswap status)"


def on_command_line(env: Mapping[str, str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the variable files and variables that every plan is given by ``TF_CLI_ARGS``.

    Terraform splits the words as a shell does, and takes one dash or two, and ``=`` or a space.
    """
    files: list[str] = []
    values: dict[str, str] = {}
    for variable in ("TF_CLI_ARGS", "TF_CLI_ARGS_plan"):
        try:
            words = iter(shlex.split(env.get(variable, "")))
        except ValueError:
            continue  # Terraform refuses it, with the reason
        for word in words:
            option, equals, value = word.lstrip("-").partition("=")
            if not word.startswith("-") or option not in ("var", "var-file"):
                continue
            value = value if equals else next(words, "")
            if option == "var-file":
                files.append(value)
            else:
                name, _, text = value.partition("=")
                values[name.strip()] = text
    return tuple(files), values
