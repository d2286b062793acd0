"""Which changed strings of the tfvars name a table, by following the table's name as prepare does.

``prepare`` proves a leaf by evaluating the table's ``name`` with another string in its place
(``discovery.name_sources``); here the other string is the one that stood there before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from tfswap.discovery.input_variables import Inputs, load
from tfswap.discovery.name_sources import NameMatch, NameSources, dated
from tfswap.discovery.root_module import tables
from tfswap.errors import TfswapError
from tfswap.hcl.module_tree import ModuleTree
from tfswap.hcl.project import Project
from tfswap.hcl.values import Unknown
from tfswap.review.facts import FileLine, StringEdit, TableEdit

if TYPE_CHECKING:
    from tfswap.config import Config

_AUTOMATIC = ("terraform.tfvars.json", ".auto.tfvars.json")
"""What Terraform reads unasked ("Input Variables", order of precedence)."""


class SortedEdits(NamedTuple):
    """Edits by what they are."""

    tables: tuple[TableEdit, ...]
    others: tuple[StringEdit, ...]
    doubtful: tuple[FileLine, ...]


@dataclass(frozen=True)
class TableEditReader:
    """The repository as the branch has it, and what the user set."""

    project: Project
    config: Config
    variables: Mapping[str, str]
    """Values of ``TF_VAR_*``, by variable."""

    def root_of(self, file: str) -> str | None:
        """Return the root module a tfvars file belongs to: the nearest folder above with code."""
        chosen = self.config.root_module
        for folder in PurePosixPath(file).parents:
            if chosen is not None and folder == PurePosixPath(chosen):
                return folder.as_posix()
            code = self.project.folder(folder.as_posix())
            if chosen is None and (code.sources or code.json):
                return folder.as_posix()
        return None

    def sort(self, edits: Sequence[StringEdit]) -> SortedEdits:
        """Tell the edits of one file that name a table from the rest.

        Raises:
            RepoError: The code cannot be read at all.
        """
        root = self.root_of(edits[0].file) if edits else None
        if root is None:
            return SortedEdits((), tuple(edits), ())
        tree = ModuleTree(self.project, root)
        inputs = load(tree.root, named(edits[0].file) or self.config.tfvars, self.variables)
        found: list[TableEdit] = []
        others: list[StringEdit] = []
        doubtful: list[FileLine] = []
        by_environment: dict[str, list[StringEdit]] = {}
        for edit in edits:
            by_environment.setdefault(edit.environment, []).append(edit)
        for environment, group in by_environment.items():
            one = _Environment(self, tree, inputs, environment, group)
            found += one.found()
            others += one.others()
            doubtful += one.doubtful()
        return SortedEdits(tuple(found), tuple(others), tuple(doubtful))


class _Environment:
    """The edits of one environment, in the first workspace in which one of them names a table."""

    def __init__(
        self,
        reader: TableEditReader,
        tree: ModuleTree,
        inputs: Inputs,
        key: str,
        edits: list[StringEdit],
    ) -> None:
        self.root, self.edits = tree.root.folder.name, edits
        self.matches: dict[str, list[NameMatch]] = {}
        self.name = key or _named_by_file(reader.config, edits[0].file)
        self.workspace, self.trouble = self.name, ""
        for workspace in _workspaces(reader.config, self.name):
            try:
                leafs = NameSources(tables(tree), inputs, workspace, None)
                self._match(inputs, leafs)
            except TfswapError as error:
                self.trouble = self.trouble or error.message
                continue
            if self.matches:
                self.workspace = workspace
                return
            if unknown := [t for t in leafs.tables if isinstance(t.name, Unknown)]:
                self.trouble = (
                    f"the name of {unknown[0].address} cannot be determined from the code"
                )

    def _match(self, inputs: Inputs, leafs: NameSources) -> None:
        for edit in self.edits:
            leaf = next(
                leaf
                for file in inputs.editable
                if file.file == edit.file
                for leaf in file.leaves(edit.pointer)
            )
            if found := leafs.matches([(leaf, edit.old)]):
                self.matches[edit.pointer] = found

    def found(self) -> Iterator[TableEdit]:
        """Yield the edits that name a table; the match reads backwards: now, then before."""
        for edit in self.edits:
            for match in self.matches.get(edit.pointer, ()):
                names = match.new_name, match.old_name
                address = match.table.address
                yield TableEdit(edit, self.root, self.name, self.workspace, address, *names)

    def others(self) -> Iterator[StringEdit]:
        """Yield the edits that name none."""
        return (edit for edit in self.edits if edit.pointer not in self.matches)

    def doubtful(self) -> Iterator[FileLine]:
        """Yield those that look like a swap although no table could be followed to its name."""
        for edit in self.others():
            if self.trouble and dated(edit.old).base == dated(edit.new).base:
                yield FileLine(edit.file, edit.line, f"{edit.pointer}: {self.trouble.rstrip('.')}")


def environment_config(config: Config, table: TableEdit) -> Config:
    """Return the settings for discovering the swap that a changed file names."""
    from tfswap.config import Setting

    return replace(
        config,
        environment=Setting(table.environment, "the changed tfvars"),
        workspace=table.workspace,
        tf_workspace=None,
        root_module=table.root_module,
        tfvars=named(table.edit.file) or config.tfvars,
    )


def _workspaces(config: Config, environment: str) -> tuple[str, ...]:
    """Return the workspaces to try: the changed file says what is meant, not ``TF_WORKSPACE``."""
    chosen = config.environment
    names = (
        config.workspace if chosen is None or chosen.value == environment else None,
        environment,
    )
    return tuple(dict.fromkeys(filter(None, names)))


def named(file: str) -> str | None:
    """Return a tfvars file that Terraform only reads when it is named, as ``--tfvars`` takes it."""
    return None if file.endswith(_AUTOMATIC) else file


def _named_by_file(config: Config, file: str) -> str:
    """Return the environment of a file without ``environments``: ``production.tfvars.json``."""
    if config.environment is not None:
        return config.environment.value
    stem = PurePosixPath(file).name.partition(".")[0]
    return stem if named(file) else "default"
