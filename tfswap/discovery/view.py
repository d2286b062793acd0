"""The configuration of one root module as it reads in one workspace, with one set of inputs.

Every answer about names is taken from such a view; an edit that is not made yet is a view of the
repository with other bytes in one file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from tfswap.discovery.input_variables import Inputs, load
from tfswap.discovery.name_sources import NameSources, TableInstance
from tfswap.discovery.root_module import tables
from tfswap.edit.files import parse
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.module_tree import ModuleTree
from tfswap.hcl.project import Folder, Project
from tfswap.hcl.scope import State
from tfswap.swap import NameSource


@dataclass(frozen=True)
class Given:
    """What sets variables beside the files Terraform reads by itself."""

    var_files: tuple[str, ...] = ()
    """Tfvars files named by the user, relative to the root module or the repository."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Values of ``TF_VAR_*``, by variable."""
    command_line: Mapping[str, str] = field(default_factory=dict)
    """Values of ``-var`` in ``TF_CLI_ARGS`` and ``TF_CLI_ARGS_plan``, by variable."""


@dataclass(frozen=True)
class View:
    """A root module in a workspace."""

    project: Project
    root: str
    """The root module's folder."""
    workspace: str
    given: Given
    state: State | None = None
    """Attributes by state address, for what the configuration does not tell."""

    @cached_property
    def tree(self) -> ModuleTree:
        """Its module calls."""
        return ModuleTree(self.project, self.root)

    @property
    def folder(self) -> Folder:
        """Its own folder."""
        return self.tree.root.folder

    @cached_property
    def inputs(self) -> Inputs:
        """Its variables, and the files they come from."""
        given = self.given
        return load(self.tree.root, given.var_files, given.variables, given.command_line)

    @cached_property
    def _sources(self) -> NameSources:
        return NameSources(tables(self.tree), self.inputs, self.workspace, self.state)

    @property
    def tables(self) -> list[TableInstance]:
        """The tables there are, with their names."""
        return self._sources.tables

    @property
    def evaluator(self) -> Evaluator:
        """What evaluated the tables' names; knows what it consulted for them."""
        _ = self.tables
        return self._sources.evaluator

    @property
    def names(self) -> dict[str, object]:
        """The tables' names by state address."""
        return {table.address: table.name for table in self.tables}

    def after(self, file: str, data: bytes) -> View:
        """Return the same with other bytes in a file of the repository."""
        return replace(self, project=self.project.changed(file, data))

    def edited(self, source: NameSource, new: str) -> View:
        """Return the same with another text at a name source.

        Raises:
            RepoError: The text cannot be written there.
        """
        data = self.project.contents(source.file) or b""
        edit = parse(data, source.file, self.project.cache).edit(source.pointer, source.value, new)
        return self.after(source.file, edit.apply(data))


def renamed(before: View, after: View) -> Iterator[tuple[TableInstance, object]]:
    """Yield each table whose name is another one, or unknown, after an edit, with that name."""
    names = after.names
    for table in before.tables:
        if isinstance(table.name, str) and names.get(table.address, table.name) != table.name:
            yield table, names[table.address]


def moved(before: View, after: View) -> list[str]:
    """Return the addresses of tables that an edit takes away: their instance keys change."""
    there = set(after.names)
    return [address for address in before.names if address not in there]
