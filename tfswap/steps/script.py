"""The swap's commands as a shell script a person can read, and run by hand.

The very words ``run`` uses (``terraform.arguments``), quoted for a POSIX shell. tfswap itself never
runs the script.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import PurePosixPath

from tfswap.steps.swap_steps import steps_of
from tfswap.swap import Swap
from tfswap.terraform import arguments
from tfswap.terraform.arguments import Binary, Words


def command_lines(swap: Swap, binary: Binary) -> tuple[str, ...]:
    """Return the state commands and the plan, one shell line each."""
    words: list[Words] = [step.words() for step in steps_of(swap)]
    words.append(arguments.plan(var_files=swap.var_files))
    return tuple(shlex.join(binary.argv(line)) for line in words)


def script(swap: Swap, binary: Binary, variables: Mapping[str, str]) -> str:
    """Return the whole script.

    Args:
        swap: What is to be done.
        binary: Prefix and name of terraform.
        variables: ``TF_VAR_*`` to export; never secrets.
    """
    up = "/".join([".."] * len(PurePosixPath(swap.root_module).parts)) or "."
    # A name of its own each time: a second run must not overwrite the first one's backup.
    backup = f'"{up}/.tfswap/before-commands-$(date +%Y%m%d%H%M%S)-$$.tfstate"'

    def line(words: Words) -> str:
        return shlex.join(binary.argv(words))

    return "\n".join(
        [
            "#!/bin/sh",
            f"# {_title(swap)}",
            "# The commands of `tfswap run --direct`, to run by hand. `tfswap run` "
            "rehearses first.",
            "# Between `state rm` and `import` the state has no table: let no pipeline run.",
            "# If it stops midway, do not start it again: tfswap run continues where it stopped.",
            "set -eu",
            "umask 077",
            'cd "$(dirname "$0")/.."    # the top of the repository',
            f"cd {shlex.quote('./' + swap.root_module)}",
            "unset TF_WORKSPACE    # it would override the selection below",
            *(f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items())),
            line(arguments.init()),
            line(arguments.workspace_select(swap.workspace)),
            f"{line(arguments.state_pull())} > {backup}",
            *command_lines(swap, binary),
            "# To check the plan against the runbook's checklist: tfswap verify-plan",
            "",
        ]
    )


def _title(swap: Swap) -> str:
    # A name cannot end the comment: names are checked against DynamoDB's alphabet.
    pairs = ", ".join(f"{table.old_name} -> {table.new_name}" for table in swap.tables)
    return f"tfswap: {pairs} (environment {swap.environment!r})"
