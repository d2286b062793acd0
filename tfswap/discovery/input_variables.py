"""The root module's variables: from which files, and which value wins.

Terraform documentation, "Input Variables", order of precedence: environment, ``terraform.tfvars``,
``terraform.tfvars.json``, ``*.auto.tfvars`` and ``*.auto.tfvars.json`` in lexical order, then what
the command line names.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tfswap.edit import tfvars
from tfswap.edit.tfvars import Tfvars
from tfswap.errors import RepoError
from tfswap.hcl import parser
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.module_tree import Module
from tfswap.hcl.project import Folder, Project, normal
from tfswap.hcl.source_file import bare_attributes
from tfswap.hcl.syntax import Name
from tfswap.hcl.values import Unknown, Value, unknown_in
from tfswap.swap import NameSource

if TYPE_CHECKING:
    from tfswap.config import Config

TERRAGRUNT = "terragrunt.hcl"


@dataclass(frozen=True)
class HclTfvars:
    """A tfvars file in HCL, or what Terragrunt's ``inputs`` set."""

    file: str
    data: bytes
    values: dict[str, Value]
    lines: dict[str, int]


@dataclass(frozen=True)
class Inputs:
    """Everything that gives the root module's variables their values."""

    files: tuple[Tfvars | HclTfvars, ...]
    """Later ones win."""
    environment: Mapping[str, Value]
    """From ``TF_VAR_<name>``."""
    command_line: Mapping[str, Value] = field(default_factory=dict)
    """From ``-var`` in ``TF_CLI_ARGS`` and ``TF_CLI_ARGS_plan``; they win over every file."""
    var_files: tuple[str, ...] = ()
    """Those of ``files`` that Terraform reads only when told, by ``-var-file``."""

    @property
    def last(self) -> Mapping[str, Value]:
        """The variables that the last file sets."""
        return variables_of(self.files[-1])

    @property
    def editable(self) -> tuple[Tfvars, ...]:
        """The JSON files."""
        return tuple(file for file in self.files if isinstance(file, Tfvars))

    def values(self, leaf: NameSource | None = None, value: str = "") -> dict[str, Value]:
        """Return each variable's value; with ``leaf``, as if it held ``value``."""
        merged: dict[str, Value] = dict(self.environment)
        for file in self.files:
            if isinstance(file, HclTfvars):
                merged |= file.values
            elif leaf is not None and file.file == leaf.file:
                merged |= _with(file.value, tfvars.split(leaf.pointer), value)
            else:
                merged |= file.value
        return merged | dict(self.command_line)


def variables_of(file: Tfvars | HclTfvars) -> Mapping[str, Value]:
    """Return the variables that a file sets."""
    return file.values if isinstance(file, HclTfvars) else dict(file.value)


def given_files(project: Project, root: str, config: Config) -> tuple[str, ...]:
    """Return the tfvars files that the shell and the user name, as ``load`` takes them.

    Files outside the repository are Terraform's alone to read.
    """
    folder, top = project.root / root, project.root
    shell = [file for file in config.env_var_files if (folder / file).is_file()]
    inside = [file for file in shell if (folder / file).resolve().is_relative_to(top)]
    return (*inside, *((config.tfvars,) if config.tfvars else ()))


def load(
    root: Module,
    chosen: str | Sequence[str] | None,
    environment: Mapping[str, str],
    command_line: Mapping[str, str] | None = None,
) -> Inputs:
    """Read the root module's tfvars.

    Args:
        root: The root module.
        chosen: Tfvars files named by the user, relative to the root module or the repository. What
            Terraform reads by itself keeps its place; others are read last, as ``-var-file``.
        environment: Values of ``TF_VAR_*``, by variable.
        command_line: Values of ``-var``, by variable.

    Raises:
        RepoError: A file cannot be read, with line and column where it does not parse.
    """
    folder = root.folder
    names = sorted(filter(is_automatic, folder.tfvars), key=_precedence)
    found = [normal(f"{folder.name}/{name}") for name in names]
    given = (chosen,) if isinstance(chosen, str) else chosen or ()
    var_files = [_chosen(folder, one, root.tree.project.root) for one in given]
    var_files = [file for file in dict.fromkeys(var_files) if file not in found]
    terragrunt = _terragrunt(root, environment)
    files = (*terragrunt, *(_read(file, root) for file in (*found, *var_files)))
    outside, on_line = (
        {name: _typed(root, name, text) for name, text in (values or {}).items()}
        for values in (environment, command_line)
    )
    return Inputs(files, outside, on_line, tuple(var_files))


def strings(value: Value) -> Iterator[str]:
    """Yield every string in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def is_automatic(name: str) -> bool:
    """Say whether Terraform reads a tfvars file of this name by itself."""
    plain = name.removesuffix(".json")
    return plain == "terraform.tfvars" or plain.endswith(".auto.tfvars")


def _precedence(name: str) -> tuple[bool, str]:
    return ".auto." in name, name


def _chosen(folder: Folder, chosen: str, repo: Path) -> str:
    for path in (folder.path / chosen, repo / chosen):
        if path.is_file():
            whole = Path(os.path.normpath(path))
            if whole.is_relative_to(repo) and path.resolve().is_relative_to(repo):
                return whole.relative_to(repo).as_posix()
            raise _outside(chosen, path)
    hint = f"Set it with --tfvars, relative to {folder.name} or to the repository."
    raise RepoError(f"There is no tfvars file {chosen}.", hint=hint)


def _outside(file: str, path: Path) -> RepoError:
    """Return the refusal of a tfvars file that is, or leads, out of the repository."""
    plain, real = Path(os.path.normpath(path)), path.resolve()
    if plain == real:
        return RepoError(
            f"{file} is outside the repository.",
            hint="Set a tfvars file of the repository with --tfvars.",
        )
    return RepoError(
        f"{file} is a link to {real}, outside the repository; tfswap does not follow it.",
        hint="Replace the link by the file itself, then run the same command again.",
    )


def _terragrunt(root: Module, environment: Collection[str]) -> tuple[HclTfvars, ...]:
    """Return what Terragrunt sets beside the root module's code: ``inputs`` of its own file.

    Terragrunt hands them on as ``TF_VAR_*``, where those are not set already (Terragrunt
    documentation, "Inputs").
    """
    file = normal(f"{root.folder.name}/{TERRAGRUNT}")
    data = root.tree.project.contents(file)
    if data is None:
        return ()
    try:
        attributes = bare_attributes(data, file, root.tree.project.cache)
    except RepoError:
        return ()  # Terragrunt's own functions and blocks need not be known here
    inputs = attributes.get("inputs")
    given: Value = Evaluator("", {}).eval(inputs.value, root) if inputs else {}
    known = given if isinstance(given, dict) else {}
    values = {
        name: value
        for name, value in known.items()
        if name not in environment and unknown_in(value) is None
    }
    line = inputs.line if inputs else 1
    return (HclTfvars(file, data, values, dict.fromkeys(values, line)),)


def _read(file: str, root: Module) -> Tfvars | HclTfvars:
    project = root.tree.project
    data = project.contents(file)
    if data is None:
        path = project.root / file
        if path.is_file() and not path.resolve().is_relative_to(project.root):
            raise _outside(file, path)
        return tfvars.read(path, file)  # which says why it cannot be read
    if file.endswith(".json"):
        return tfvars.parse(data, file)
    attributes = bare_attributes(data, file, project.cache)
    evaluator = Evaluator("", {})
    values = {key: evaluator.eval(given.value, root) for key, given in attributes.items()}
    return HclTfvars(file, data, values, {key: given.line for key, given in attributes.items()})


def _typed(root: Module, name: str, text: str) -> Value:
    """Read a ``TF_VAR_`` value: an expression, unless the variable is a primitive."""
    placed = root.folder.block("variable", name)
    constraint = placed.block.get("type") if placed else None
    if constraint is None or (isinstance(constraint, Name) and constraint.name != "any"):
        return text
    try:
        return Evaluator("", {}).eval(parser.parse_expression(text, f"TF_VAR_{name}"), root)
    except RepoError as error:
        return Unknown(error.message)


def _with(value: Value, path: tuple[str, ...], new: str) -> Value:
    """Return a copy of ``value`` that differs at ``path`` only."""
    if not path:
        return new
    if isinstance(value, dict):
        return {**value, path[0]: _with(value[path[0]], path[1:], new)}
    return [_with(v, path[1:], new) if str(i) == path[0] else v for i, v in enumerate(value)]
