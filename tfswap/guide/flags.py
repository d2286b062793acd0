"""A guided run's commands: which flags each phase is handed, and how a line is shown."""

from __future__ import annotations

import shlex

from tfswap.guide.model import GuidedRun, Words

_WHERE = ("--workspace", "--root", "--account", "--region")
KNOWN = {
    "pipeline": _WHERE,
    "restore": (*_WHERE, "--vault", "--vault-account", "--vault-region", "--key", "--role-arn"),
    "prepare": (
        *(*_WHERE, "--tfvars", "--leaf", "--address", "--pipeline", "--release", "--branch"),
    ),
}
"""Command to those of the guided run's further flags that it takes (``tfswap/cli``)."""


def environment_flags(guided_run: GuidedRun) -> Words:
    """Return the words that choose the environment."""
    return ("--environment", guided_run.environment)


def access_flags(guided_run: GuidedRun) -> Words:
    """Return how Terraform and AWS are reached; ``prepare`` remembers it for those after it."""
    said = (
        ("--role", guided_run.role),
        ("--prefix", guided_run.prefix),
        ("--terraform-bin", guided_run.terraform_bin),
    )
    return tuple(word for pair in said if pair[1] for word in pair)


def passed_flags(guided_run: GuidedRun, command: str) -> Words:
    """Return of the further flags those that this command knows, with their values."""
    return tuple(word for pair in guided_run.given if pair[0] in KNOWN[command] for word in pair)


def shown(line: Words, width: int, indent: str = "") -> str:
    """Return a command as it is typed, over several lines where it is longer than ``width``.

    It breaks before a flag only, and the lines end as a shell wants them, so that what is copied
    is the whole command.

    Args:
        line: The command's words.
        width: Columns there are for it.
        indent: Put before every line but the first.
    """
    rows: list[str] = []
    for part in _parts(line):
        # Two columns are kept for the end of the line.
        if rows and len(rows[-1]) + len(part) + 1 <= width - 2:
            rows[-1] += f" {part}"
        else:
            rows.append(part if not rows else f"{indent}{part}")
    return " \\\n".join(rows)


def _parts(line: Words) -> list[str]:
    """Return the words quoted, each flag together with its value."""
    parts: list[list[str]] = []
    for word in line:
        if not parts or word.startswith("--"):
            parts.append([])
        parts[-1].append(word)
    return [shlex.join(part) for part in parts]
