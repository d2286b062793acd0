"""Whether every variable is set where it must be, and what an unset one would do to what runs now.

Terraform documentation, "Input Variables": environment, tfvars files, then the command line.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tfswap.doctor.applied_defaults import contradictions
from tfswap.doctor.context import DoctorContext
from tfswap.doctor.result import CheckResult, ok, stop, warning
from tfswap.edit import tfvars
from tfswap.edit.tfvars import Tfvars
from tfswap.errors import RepoError
from tfswap.hcl import parser
from tfswap.hcl.project import PlacedBlock

_COMMANDS = ("import", "plan")
"""The commands of a swap that read variables."""


class LineVariables(NamedTuple):
    """What ``TF_CLI_ARGS`` sets for one command."""

    names: frozenset[str]
    doubt: str
    """What of it could not be read; empty where all could."""


def check_variables(context: DoctorContext) -> Iterator[CheckResult]:
    """Go through the root module's variables."""
    declared = context.tree().root.folder.variables()
    given = _given(context)
    on_line = {command: arguments(context.environ, command, context.root) for command in _COMMANDS}
    doubts = sorted({one.doubt for one in on_line.values() if one.doubt})
    bare = [name for name, p in declared.items() if p.block.get("default") is None]
    lacking = {
        name: [each for each in _COMMANDS if name not in given | on_line[each].names]
        for name in bare
    }
    yield from (warning(f"{doubt}: its variables are unknown") for doubt in doubts)
    for name, commands in lacking.items():
        if commands:
            yield _not_set(declared[name], name, commands, sure=not doubts)
    if not any(lacking.values()):
        yield ok(f"{len(bare)} variable{'s' * (len(bare) != 1)} without default, all set")
    free = [name for name in declared if name not in bare]
    unset = [name for name in free if name not in given | on_line["plan"].names]
    if not doubts:
        yield from _defaults(context, declared, unset)


def _not_set(placed: PlacedBlock, name: str, commands: list[str], *, sure: bool) -> CheckResult:
    where = f"{placed.file}:{placed.block.line}"
    only = f" for terraform {commands[0]}" if len(commands) < len(_COMMANDS) else ""
    text = f"variable {name} ({where}) has no default and is not set{only}"
    return (stop if sure else warning)(text, f"export TF_VAR_{name}=…")


def _defaults(
    context: DoctorContext, declared: Mapping[str, PlacedBlock], unset: list[str]
) -> Iterator[CheckResult]:
    """Say which defaults hold, and which of them what was applied last contradicts."""
    contradicted = contradictions(context, unset)
    for name, what in contradicted.items():
        yield warning(
            f"variable {name} is not set; the plan would use its default and change {what}",
            f"Set it to the deployed value: export TF_VAR_{name}=…",
        )
    quiet = [name for name in unset if name not in contradicted]
    if quiet:
        yield ok(f"using defaults: {', '.join(quiet)}")


def _given(context: DoctorContext) -> set[str]:
    """Return the variables that the environment, tfswap's settings and tfvars files set."""
    return set(context.inputs().values()) | set(context.variables)


def arguments(environ: Mapping[str, str], command: str, root: Path) -> LineVariables:
    """Return what ``TF_CLI_ARGS`` and ``TF_CLI_ARGS_<command>`` set.

    Args:
        environ: Environment variables.
        command: Terraform's command, e.g. ``plan``.
        root: The root module, from which paths start.
    """
    names: set[str] = set()
    doubts = []
    for variable in ("TF_CLI_ARGS", f"TF_CLI_ARGS_{command}"):
        try:
            words = shlex.split(environ.get(variable, ""))
            names |= set(_named(words, root))
        except (ValueError, OSError, RepoError) as error:
            doubts.append(f"{variable} cannot be read ({error})")
    return LineVariables(frozenset(names), "; ".join(doubts))


def _named(words: list[str], root: Path) -> Iterator[str]:
    rest = iter(words)
    for word in rest:
        option, equals, value = word.lstrip("-").partition("=")
        if not word.startswith("-") or option not in ("var", "var-file"):
            continue
        value = value if equals else next(rest, "")
        if option == "var":
            yield value.partition("=")[0].strip()
        else:
            yield from _in_file(root / value)


def _in_file(path: Path) -> Iterator[str]:
    if path.name.endswith(".json"):
        read: Tfvars = tfvars.read(path, str(path))
        yield from read.value
    else:
        yield from parser.parse_attributes(path.read_bytes().decode("utf-8-sig"), str(path))
