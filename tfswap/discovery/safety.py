"""What else would change with a name source: nothing may, but the one table and what refers to it.

design.md, decision 15: an edit that would rename more than the one table, an instance key, another
environment, an account or anything else is refused, with its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NamedTuple

from tfswap.discovery.direct_uses import direct_uses
from tfswap.discovery.name_sources import NameMatch
from tfswap.discovery.proof import Proof
from tfswap.discovery.table_location import table_location
from tfswap.discovery.view import View, moved, renamed
from tfswap.edit.tfvars import split
from tfswap.hcl.project import Project
from tfswap.swap import NameSource

_ANY_WORKSPACE = "tfswap-probe"
"""A workspace that nobody has: what its table names share with others, all workspaces share."""


class Conflict(NamedTuple):
    """Something else that the edit would change."""

    kind: str
    """``workspace``, ``key``, ``root``, ``inputs``, ``use``, ``link`` or ``account``."""
    text: str

    def __str__(self) -> str:
        return self.text


class Surroundings(NamedTuple):
    """Where else the edited file may count."""

    workspaces: Sequence[str]
    """Those known beside the swap's own."""
    var_files: Sequence[str]
    """Tfvars files of other runs of the root module."""
    roots: Sequence[str]
    """Other folders Terraform may run in."""


def conflicts(
    view: View, proof: Proof, matches: Sequence[NameMatch], around: Surroundings, own: str
) -> Iterator[Conflict]:
    """Yield what the edit would change beside the tables it is for.

    Args:
        view: The configuration as it is.
        proof: The edit.
        matches: The tables it is for.
        around: Other places in which the file may count.
        own: Beginning of pointers that only the swap's own environment reads; may be empty.
    """
    for address in proof.moved:
        yield Conflict("key", f"{address} would get another address: its instance key changes")
    yield from _linked(view, proof.source)
    yield from _in_workspaces(view, proof, around, own)
    yield from _with_other_inputs(view, proof, around)
    yield from _in_roots(view, proof, around)
    yield from _elsewhere(view, proof, matches)
    yield from direct_uses_of(view, proof, matches)


def direct_uses_of(view: View, proof: Proof, matches: Sequence[NameMatch]) -> Iterator[Conflict]:
    """Yield what uses the string itself for more than to refer to the table."""
    for match in matches[:1]:
        for text in direct_uses(view, proof, match, {m.table.address for m in proof.matches}):
            yield Conflict("use", text)


def _changed(before: View, after: View) -> Iterator[str]:
    for table, name in renamed(before, after):
        yield f"{table.address} ({table.name} would become {name})"
    yield from moved(before, after)


def _in_workspaces(view: View, proof: Proof, around: Surroundings, own: str) -> Iterator[Conflict]:
    names = list(around.workspaces)
    pointer = proof.source.pointer
    if not (own and pointer.startswith(f"{own}/")) and _has_workspaces(view):
        names.append(_ANY_WORKSPACE)
    for name in names:
        here, there = (replace(one, workspace=name, state=None) for one in (view, proof.after))
        for text in _changed(here, there):
            where = f"workspace {name}" if name != _ANY_WORKSPACE else "every other workspace"
            yield Conflict("workspace", f"{text.replace(_ANY_WORKSPACE, '…')} in {where}")


def _has_workspaces(view: View) -> bool:
    if view.workspace != "default":
        return True
    folders = view.tree.reachable()
    return any(b"terraform.workspace" in source.data for f in folders for source in f.sources)


def _with_other_inputs(view: View, proof: Proof, around: Surroundings) -> Iterator[Conflict]:
    if proof.source.file in view.inputs.told:
        return
    for file in around.var_files:
        given = replace(view.given, var_files=(file,))
        here, there = (replace(one, given=given, state=None) for one in (view, proof.after))
        for text in _changed(here, there):
            yield Conflict("inputs", f"{text} with -var-file={file}")


def _in_roots(view: View, proof: Proof, around: Surroundings) -> Iterator[Conflict]:
    file = PurePosixPath(proof.source.file)
    for root in around.roots:
        here = View(view.project, root, view.workspace, replace(view.given, var_files=()))
        if not _counts_in(here, file):
            continue
        there = replace(here, project=proof.after.project)
        for text in _changed(here, there):
            yield Conflict("root", f"{text} in the root module {root}")


def _counts_in(view: View, file: PurePosixPath) -> bool:
    folders = view.tree.reachable()
    if file.suffix in (".tf", ".tfvars") or file.name.endswith((".tf.json", ".tfvars.json")):
        return file.parent.as_posix() in {folder.name for folder in folders}
    return any(file.name.encode() in source.data for f in folders for source in f.sources)


def _linked(view: View, source: NameSource) -> Iterator[Conflict]:
    """A link in place of the file, or to it, is another file that changes, or that does not."""
    top = view.project.root
    path = top / source.file
    if path.resolve() != path:
        yield Conflict("link", f"{source.file} is reached by a link to {path.resolve()}")
    for name in _links(view.project):
        if name != source.file and (top / name).resolve() == path:
            yield Conflict("link", f"{name} is a link to it")


def _links(project: Project) -> Iterator[str]:
    for folder in project.folders():
        for source in (*folder.sources, *folder.json):
            if source.path.is_symlink():
                yield source.name
        for name in folder.tfvars:
            if (folder.path / name).is_symlink():
                yield f"{folder.name}/{name}"


def _elsewhere(view: View, proof: Proof, matches: Sequence[NameMatch]) -> Iterator[Conflict]:
    """Yield tables that would be looked for in another region or account."""
    after = {table.address: table.instance for table in proof.after.tables}
    for match in matches:
        now = table_location(view.evaluator, match.table.instance)
        then = after.get(match.table.address)
        if then is not None and table_location(proof.after.evaluator, then) != now:
            yield Conflict("account", f"the region or account of {match.table.address}")


def own_pointer(environments: str, environment: str) -> str:
    """Return the beginning of the pointers below which an environment's own values are."""
    return f"/{environments}/{environment.replace('~', '~0').replace('/', '~1')}"


def environment_of(source: NameSource, environments: str) -> str:
    """Return the environment below which a name source stands; empty where there is none."""
    tokens = split(source.pointer)
    return tokens[1] if len(tokens) > 2 and tokens[0] == environments else ""
