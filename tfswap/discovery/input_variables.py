"""The root module's variables: from which files, and which value wins.

Terraform documentation, "Input Variables", order of precedence: environment, ``terraform.tfvars``,
``terraform.tfvars.json``, ``*.auto.tfvars`` and ``*.auto.tfvars.json`` in lexical order, then what
the command line names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tfswap.edit import tfvars
from tfswap.edit.tfvars import Tfvars
from tfswap.errors import RepoError
from tfswap.hcl import parser
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.module_tree import Module
from tfswap.hcl.project import Folder
from tfswap.hcl.syntax import Name
from tfswap.hcl.values import Unknown, Value
from tfswap.swap import NameSource


@dataclass(frozen=True)
class HclTfvars:
    """An HCL tfvars file; it can be read, not edited."""

    file: str
    values: dict[str, Value]
    lines: dict[str, int]


@dataclass(frozen=True)
class Inputs:
    """Everything that gives the root module's variables their values."""

    files: tuple[Tfvars | HclTfvars, ...]
    """Later ones win."""
    environment: Mapping[str, Value]
    """From ``TF_VAR_<name>``."""

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
        return merged


def load(root: Module, chosen: str | None, environment: Mapping[str, str]) -> Inputs:
    """Read the root module's tfvars.

    Args:
        root: The root module.
        chosen: A tfvars file named by the user, relative to the root module or the repository;
            it is read last, as ``-var-file`` would be.
        environment: Values of ``TF_VAR_*``, by variable.

    Raises:
        RepoError: A file cannot be read, with line and column where it does not parse.
    """
    folder = root.folder
    names = sorted(filter(_automatic, folder.tfvars), key=_precedence)
    paths = [(folder.path / name, f"{folder.name}/{name}".removeprefix("./")) for name in names]
    if chosen is not None:
        named = _chosen(folder, chosen, root.tree.project.root)
        paths = [pair for pair in paths if pair != named] + [named]
    files = tuple(_read(path, name, root) for path, name in paths)
    return Inputs(files, {name: _typed(root, name, text) for name, text in environment.items()})


def strings(value: Value) -> Iterator[str]:
    """Yield every string in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def _automatic(name: str) -> bool:
    plain = name.removesuffix(".json")
    return plain == "terraform.tfvars" or plain.endswith(".auto.tfvars")


def _precedence(name: str) -> tuple[bool, str]:
    return ".auto." in name, name


def _chosen(folder: Folder, chosen: str, repo: Path) -> tuple[Path, str]:
    for path in (folder.path / chosen, repo / chosen):
        if path.is_file():
            try:
                return path, PurePosixPath(path.resolve().relative_to(repo)).as_posix()
            except ValueError:
                raise RepoError(
                    f"{chosen} lies outside the repository.",
                    hint="Name a tfvars file of the repository with --tfvars.",
                ) from None
    hint = f"Name it relative to {folder.name} or to the repository, with --tfvars."
    raise RepoError(f"There is no tfvars file {chosen}.", hint=hint)


def _read(path: Path, name: str, root: Module) -> Tfvars | HclTfvars:
    edited = root.tree.project.edited.get(name)
    if name.endswith(".json"):
        return tfvars.read(path, name) if edited is None else tfvars.parse(edited, name)
    try:
        text = (path.read_bytes() if edited is None else edited).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RepoError(f"{name} cannot be read: {error}.", hint="Save it as UTF-8.") from error
    attributes = parser.parse_attributes(text, name)
    evaluator = Evaluator("", {})
    values = {key: evaluator.eval(given.value, root) for key, given in attributes.items()}
    return HclTfvars(name, values, {key: given.line for key, given in attributes.items()})


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
