"""What a branch changes: read from git's objects, followed through the code, judged by rules."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tfswap.context.command_context import CommandContext
from tfswap.context.terraform_facts import terraform_variables
from tfswap.discovery.discover import discover
from tfswap.discovery.name_sources import dated
from tfswap.edit import files, tfvars
from tfswap.errors import RepoError, TfswapError
from tfswap.git.revisions import Revisions
from tfswap.hcl.module_tree import ModuleTree
from tfswap.hcl.parse_cache import user_cache
from tfswap.hcl.project import Project
from tfswap.review import hardcoded_names, rules
from tfswap.review.branch_tables import BranchTables, made_again
from tfswap.review.emergency_role import breakglass_lines
from tfswap.review.facts import Facts, FileLine, LineMention, Role, StringEdit, TableEdit, TableLoss
from tfswap.review.table_edits import TableEditReader, environment_config
from tfswap.review.tfvars_diff import TfvarsDiff, diff_tfvars, hcl_renames, paired
from tfswap.swap import Swap
from tfswap.verify.model.report_data import Finding

_TERRAFORM = (".tf", ".tf.json", ".tfvars", ".tfvars.json", "terragrunt.hcl")
_JSON, _HCL = ".tfvars.json", ".tfvars"
_LINE = re.compile(r":(\d+):\d+: ")


class Branch(NamedTuple):
    """A branch as the static half sees it."""

    facts: Facts
    findings: tuple[Finding, ...]
    swap: Swap | None
    """The swap, where there is one that could be followed through the code."""

    @property
    def is_swap(self) -> bool | None:
        """Whether a table is renamed; None where that cannot be told."""
        if self.facts.tables:
            return True
        return None if self.facts.doubtful or self.facts.broken else False


def read_branch(context: CommandContext, base: str, head: str) -> Branch:
    """Compare two revisions and judge what changed.

    Args:
        context: The repository and the settings.
        base: The commit the branch began at.
        head: A commit, or the tree of what is staged.

    Raises:
        RepoError: Git's objects cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="tfswap-check-") as folder:
        reading = _Reading(context, Revisions(context.git), base, head, Path(folder))
        facts = reading.facts()
        found = rules.findings(facts)
        if not facts.tables or not rules.names_stand(found):
            return Branch(facts, found, None)
        try:
            return Branch(facts, found, reading.swap(facts.tables))
        except TfswapError as error:
            edit = facts.tables[0].edit
            why = FileLine(edit.file, edit.line, error.message.rstrip("."))
            facts = replace(facts, doubtful=(*facts.doubtful, why))
            return Branch(facts, rules.findings(facts), None)


@dataclass
class _Reading:
    """Two revisions, and the newer one's Terraform files laid out in a folder."""

    context: CommandContext
    revisions: Revisions
    base: str
    head: str
    folder: Path
    broken: list[FileLine] = field(default_factory=list)
    doubtful: list[FileLine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before = self.revisions.files(self.base)
        self.after = self.revisions.files(self.head)
        self.changes = self.revisions.changes(self.base, self.head)

        self.old = self.folder / "base"
        self.folder /= "head"
        self._write_files(self.folder, self.after)

    def _write_files(self, folder: Path, tree: Mapping[str, str]) -> None:
        """Lay a revision's Terraform files out, and the files that its code may read."""
        code = {path: sha for path, sha in tree.items() if path.endswith(_TERRAFORM)}
        folder.mkdir()
        if not code or not self._touches(code):
            return
        self.revisions.write(code, folder)
        sources = [path for path in code if path.endswith((".tf", ".tf.json"))]
        text = b"".join((folder / path).read_bytes() for path in sources)
        read = {
            path: sha
            for path, sha in tree.items()
            if path not in code and PurePosixPath(path).name.encode() in text
        }
        self.revisions.write(read, folder)

    def _touches(self, code: Mapping[str, str]) -> bool:
        """Say whether the branch changes what Terraform may read at all."""
        folders = {PurePosixPath(path).parts[0] for path in code}
        changed = (path for change in self.changes for path in change if path)
        return any(
            path.endswith(_TERRAFORM) or PurePosixPath(path).parts[0] in folders for path in changed
        )

    def facts(self) -> Facts:
        tables, others = self._tfvars()
        tables, losses = self._evaluated(tables)
        return Facts(
            losses=losses,
            today=today(),
            tables=tables,
            others=others,
            broken=tuple(self.broken),
            doubtful=tuple(self.doubtful),
            ours=tuple(path for path in self.after if ".tfswap" in PurePosixPath(path).parts),
            roles=tuple(self._roles()),
            mentions=tuple(self._mentions(tables)),
            code=tuple(self._code(tables)),
        )

    def _tfvars(self) -> tuple[tuple[TableEdit, ...], tuple[FileLine, ...]]:
        """Return the edits that name tables, and what else changes in those tables' tfvars."""
        pairs = paired(self.changes)
        json_pairs = [pair for pair in pairs if pair[1].endswith(_JSON)]
        if not json_pairs:
            return (), ()
        reader = self._reader()
        tables: list[TableEdit] = []
        others: list[tuple[str | None, FileLine]] = []
        for old, new in json_pairs:
            difference = self._difference(old, new)
            if difference is None:
                continue
            edits, places = difference
            root = reader.root_of(new)
            others += [(root, place) for place in places]
            try:
                done = reader.sort(edits) if edits else None
            except TfswapError as error:
                self.doubtful += _swap_like_edits(edits, error)
                continue
            if done is not None:
                tables += done.tables
                self.doubtful += done.doubtful
                others += [(root, FileLine(e.file, e.line, e.pointer)) for e in done.others]
        roots = {table.root_module for table in tables}
        return tuple(tables), tuple(place for root, place in others if root in roots)

    def _evaluated(
        self, known: tuple[TableEdit, ...]
    ) -> tuple[tuple[TableEdit, ...], tuple[TableLoss, ...]]:
        """Compare what both revisions call their tables, wherever the names are written."""
        self._write_files(self.old, self.before)
        compared = BranchTables(
            Project(self.old, user_cache()),
            Project(self.folder, user_cache()),
            self.context.config,
            terraform_variables(self.context),
            self.changes,
        )
        done = compared.compare(known)
        seen = {place.file for place in self.doubtful}
        if not self.broken:  # what cannot be read is said already
            self.doubtful += [place for place in done.doubtful if place.file not in seen]
        for old, new in paired(self.changes):
            unread = new.endswith(_HCL) and self._reader().root_of(new) not in done.roots
            if unread and old in self.before and new in self.after:
                before = self._bytes(self.before, old)
                self.doubtful += hcl_renames(before, self._bytes(self.after, new), new)
        return (*known, *done.tables), done.losses

    def _reader(self) -> TableEditReader:
        variables = terraform_variables(self.context)
        return TableEditReader(Project(self.folder, user_cache()), self.context.config, variables)

    def _difference(self, old: str | None, new: str) -> TfvarsDiff | None:
        """Compare one file's versions; a new one has nothing to be compared with."""
        try:
            head = tfvars.parse(self._bytes(self.after, new), new)
        except RepoError as error:
            self.broken.append(FileLine(new, _line(error.message), error.message))
            return None
        if old is None:
            return None
        try:
            base = tfvars.parse(self._bytes(self.before, old), old)
        except RepoError:
            why = "its version at the merge base cannot be read, so its changes are unknown"
            self.doubtful.append(FileLine(new, 1, f"{new}: {why}"))
            return None
        return diff_tfvars(base, head)

    def _bytes(self, tree: Mapping[str, str], path: str) -> bytes:
        if path not in tree:
            raise RepoError(
                f"{path} is not a regular file.", hint="Commit the tfvars file itself, not a link."
            )
        return self.revisions.read(tree[path])

    def _roles(self) -> Iterator[Role]:
        variable = self.context.config.role_variable
        for path, sha in self.after.items():
            if PurePosixPath(path).name != ".envrc":
                continue
            known = set[str]()
            if path in self.before:
                old = self.revisions.read(self.before[path])
                known = {text for _, text in breakglass_lines(old, variable)}
            for number, text in breakglass_lines(self.revisions.read(sha), variable):
                yield Role(path, number, text not in known)

    def _mentions(self, tables: Sequence[TableEdit]) -> Iterator[LineMention]:
        names = dict.fromkeys(table.old_name for table in tables)
        found, evaluated = made_again(
            Project(self.folder, user_cache()),
            tables,
            self.context.config,
            terraform_variables(self.context),
        )
        yield from found
        there = {(mention.file, mention.line) for mention in found}
        paths = filter(hardcoded_names.searched, self.revisions.holding(self.head, names))
        contents = {path: self._bytes(self.after, path) for path in paths if path in self.after}
        leaves = {table.edit.file for table in tables}
        for mention in hardcoded_names.find(contents, tables, leaves, evaluated):
            if (mention.file, mention.line) not in there:
                yield mention

    def _code(self, tables: Sequence[TableEdit]) -> Iterator[str]:
        """Yield what else changes in the swap's root module and the modules it calls."""
        own = {table.edit.file for table in tables}
        project = Project(self.folder, user_cache())
        folders = {
            folder.name
            for root in {table.root_module for table in tables}
            for folder in ModuleTree(project, root).reachable()
        }
        for change in self.changes if tables else ():
            path = change.new or change.old or ""
            if path not in own and hardcoded_names.searched(path) and _is_under(path, folders):
                yield path

    def swap(self, tables: Sequence[TableEdit]) -> Swap:
        """Return the swap as ``prepare`` would find it: the branch with the names put back."""
        for file in {table.edit.file for table in tables}:
            data = self._bytes(self.after, file)
            for edit in {table.edit for table in tables if table.edit.file == file}:
                data = files.splice(data, file, edit.pointer, edit.new, edit.old)
            (self.folder / file).write_bytes(data)
        edits = dict.fromkeys(table.edit for table in tables)
        config = replace(
            environment_config(self.context.config, tables[0]),
            pointers=tuple(edit.pointer for edit in edits),
            addresses=tuple(table.address for table in tables),
        )
        wanted = [edit.new for edit in edits]
        return discover(self.folder, wanted, config, variables=terraform_variables(self.context))


def today() -> date:
    """Return the day in UTC."""
    return datetime.now(UTC).date()


def _swap_like_edits(edits: Sequence[StringEdit], error: TfswapError) -> Iterator[FileLine]:
    """Yield the edits that look like a swap where the code could not be read."""
    for edit in edits:
        if dated(edit.old).base == dated(edit.new).base:
            yield FileLine(edit.file, edit.line, f"{edit.pointer}: {error.message.rstrip('.')}")


def _is_under(path: str, folders: set[str]) -> bool:
    return any(parent.as_posix() in folders for parent in PurePosixPath(path).parents)


def _line(message: str) -> int:
    match = _LINE.search(message)
    return int(match[1]) if match else 1
