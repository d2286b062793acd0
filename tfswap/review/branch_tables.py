"""The tables of every root module a branch touches, before and after; and names made again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tfswap.discovery.input_variables import TERRAGRUNT
from tfswap.discovery.name_search import TextSearch
from tfswap.discovery.root_module import is_root, table_folders
from tfswap.discovery.stale_names import RootInputs, in_root, other_roots
from tfswap.discovery.var_files import var_files
from tfswap.edit import files
from tfswap.errors import TfswapError
from tfswap.git.file_change import FileChange
from tfswap.hcl.module_tree import ModuleTree
from tfswap.hcl.project import Project
from tfswap.review.facts import FileLine, LineMention, StringEdit, TableEdit, TableLoss
from tfswap.review.table_changes import Renamed, table_changes
from tfswap.review.table_edits import named

if TYPE_CHECKING:
    from tfswap.config import Config

_SOURCES = (".tf", ".tfvars", ".json", ".yaml", ".yml", TERRAGRUNT)
_MAX = 1_000_000
"""Bytes of a file in which a name is looked for."""


@dataclass
class Compared:
    """What both revisions say of the tables."""

    tables: list[TableEdit] = field(default_factory=list)
    losses: tuple[TableLoss, ...] = ()
    doubtful: list[FileLine] = field(default_factory=list)
    roots: set[str] = field(default_factory=set)
    """The root modules that were evaluated."""


@dataclass(frozen=True)
class BranchTables:
    """Two revisions, laid out, and what differs between them."""

    base: Project
    head: Project
    config: Config
    variables: Mapping[str, str]
    changes: Sequence[FileChange]

    def compare(self, known: Sequence[TableEdit]) -> Compared:
        """Return the renamed tables that are not known yet, and those that are lost."""
        done = Compared()
        losses: list[TableLoss] = []
        have = {(table.root_module, table.environment, table.address) for table in known}
        for root in self._roots():
            workspace = self.config.workspace
            found = table_changes(self.base, self.head, root, self.variables, workspace)
            done.roots.add(root)
            done.doubtful += found.doubtful
            losses += found.losses
            for renamed in found.renamed:
                if (root, renamed.environment.name, renamed.address) not in have:
                    done.tables.append(self._edit(root, renamed))
        done.losses = tuple(losses)
        return done

    def _roots(self) -> Iterator[str]:
        """Yield the root modules with tables before the branch that it may touch."""
        chosen = self.config.root_module
        for folder in self.base.folders():
            if not is_root(folder) or (chosen and folder.name != chosen):
                continue
            trees = ModuleTree(self.base, folder.name), ModuleTree(self.head, folder.name)
            if table_folders(trees[0]) and self._touched(trees):
                yield folder.name

    def _touched(self, trees: Sequence[ModuleTree]) -> bool:
        folders = [folder.name for tree in trees for folder in tree.reachable()]
        changed = [path for change in self.changes for path in change if path]
        given = {file for tree in trees for file in var_files(tree)}
        return not given.isdisjoint(changed) or any(
            folder == "." or path.startswith(f"{folder}/") for folder in folders for path in changed
        )

    def _edit(self, root: str, renamed: Renamed) -> TableEdit:
        environment, old, new = renamed.environment, str(renamed.old.name), str(renamed.new.name)
        edit = self._string(old, new)
        if edit is None:
            edit = StringEdit(renamed.new.file, "", renamed.new.line, old, new)
        where = environment.name, environment.workspace, renamed.address
        return TableEdit(edit, root, *where, old, new)

    def _string(self, old: str, new: str) -> StringEdit | None:
        """Return the changed string that a new name follows from, where one is enough."""
        for change in self.changes:
            if change.old is None or change.new is None or not change.new.endswith(_SOURCES):
                continue
            try:
                before = _strings(self.base, change.old)
                after = _strings(self.head, change.new)
            except TfswapError:
                continue
            for pointer, (line, value) in after.items():
                was = before.get(pointer, (0, ""))[1]
                if was and was != value and was in old and old.replace(was, value) == new:
                    return StringEdit(change.new, pointer, line, was, value)
        return None


def _strings(project: Project, file: str) -> dict[str, tuple[int, str]]:
    path = project.root / file
    if not path.is_file() or path.stat().st_size > _MAX:
        return {}
    leaves = files.parse(path.read_bytes(), file).leaves()
    return {leaf.pointer: (leaf.line, leaf.value) for leaf in leaves}


def made_again(
    project: Project, tables: Sequence[TableEdit], config: Config, variables: Mapping[str, str]
) -> tuple[list[LineMention], set[str]]:
    """Return where the code still makes an outgoing name, and the files that were evaluated."""
    found: dict[tuple[str, int, str], LineMention] = {}
    evaluated: set[str] = set()
    for root, environment, workspace in dict.fromkeys(table[1:4] for table in tables):
        own = [table for table in tables if table[1:3] == (root, environment)]
        search = TextSearch(table.old_name for table in own)
        chosen = next((t.edit.file for t in own if t.edit.file.endswith(".tfvars.json")), None)
        tfvars = (named(chosen) if chosen else None) or config.tfvars
        for folder in (root, *other_roots(project, root)):
            around = RootInputs(tfvars if folder == root else None, variables)
            try:
                names, unread = in_root(project, folder, search, (environment, workspace), around)
            except TfswapError:
                continue  # its files are searched as text
            if not unread:
                tree = ModuleTree(project, folder)
                folders = tree.reachable()
                evaluated |= {source.name for f in folders for source in (*f.sources, *f.json)}
            for name in names:
                what = f"{name.address} {name.key}".strip()
                at = name.file, name.line, name.name
                found.setdefault(at, LineMention(*at, False, what, name.is_certain))
    return list(found.values()), evaluated
