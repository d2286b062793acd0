"""What else would change with a name source: nothing may, but the one table and what refers to it.

design.md, decision 15: an edit that would rename more than the one table, an instance key, another
environment, an account or anything else is refused, with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NamedTuple

from tfswap.discovery.direct_uses import direct_uses
from tfswap.discovery.name_sources import NameMatch
from tfswap.discovery.other_runs import (
    ANY,
    OtherRun,
    OtherRuns,
    in_workspaces,
    tells_runs_apart,
    with_var_files,
    with_variables,
)
from tfswap.discovery.proof import Proof
from tfswap.discovery.table_location import table_location
from tfswap.discovery.view import View, moved, renamed
from tfswap.edit.tfvars import split
from tfswap.hcl.project import Project
from tfswap.hcl.values import Unknown
from tfswap.swap import NameSource

_MAX_CALLS = 1000
"""A module that calls itself ends here."""


class Conflict(NamedTuple):
    """Something else that the edit would change."""

    kind: str
    """``workspace``, ``variable``, ``inputs``, ``backend``, ``key``, ``root``, ``use``, ``fetch``,
    ``link`` or ``account``."""
    text: str

    def __str__(self) -> str:
        return self.text


def conflicts(
    view: View, proof: Proof, matches: Sequence[NameMatch], around: OtherRuns, own: str
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
    yield from (Conflict("use", text) for text in proof.misnamed)
    yield from _linked(view, proof.source)
    yield from _in_other_runs(view, proof, around, own)
    yield from _in_roots(view, proof, around)
    yield from _elsewhere(view, proof, matches)
    yield from direct_uses_of(view, proof, matches)
    yield from _calls(view, proof.after)


def direct_uses_of(view: View, proof: Proof, matches: Sequence[NameMatch]) -> Iterator[Conflict]:
    """Yield what uses the string itself for more than to refer to the table."""
    for match in matches[:1]:
        tables = {m.table.address for m in proof.matches}
        yield from (Conflict(*use) for use in direct_uses(view, proof, match, tables))


def _changed(before: View, after: View) -> Iterator[str]:
    for table, name in renamed(before, after):
        yield f"{table.address} ({table.name} would become {name})"
    yield from moved(before, after)


def _in_other_runs(view: View, proof: Proof, around: OtherRuns, own: str) -> Iterator[Conflict]:
    """Yield what would change in another environment, once for each way to tell them apart."""
    is_own = bool(own) and proof.source.pointer.startswith(f"{own}/")
    yield from _first(in_workspaces(view, proof.after, around.workspaces, is_own))
    yield from _first(with_variables(view, proof.after))
    if proof.source.file in view.inputs.var_files:
        return
    yield from _first(with_var_files(view, proof.after, around.var_files))
    if len(around.backends) > 1 and not tells_runs_apart(view):
        names = ", ".join(around.backends)
        yield Conflict("backend", f"the table in each of the states of {names}")


def _first(runs: Iterable[OtherRun]) -> Iterator[Conflict]:
    """Yield the conflicts in the runs; values that the code may tell apart only up to the first."""
    seen = False
    for run in runs:
        if seen and run.is_guess:
            return
        for text in _changed(run.before, run.after):
            seen = True
            yield Conflict(run.kind, f"{text.replace(ANY, '…')} {run.where}")


def _in_roots(view: View, proof: Proof, around: OtherRuns) -> Iterator[Conflict]:
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
    if file.name.endswith((".tf", ".tfvars", ".hcl", ".tf.json", ".tfvars.json")):
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


def _calls(view: View, after: View) -> Iterator[Conflict]:
    """Yield the module calls that would have other instances: all in them would move."""
    todo = [(view.tree.root, after.tree.root)]
    while todo:
        here, there = todo.pop()
        for name, call in here.calls().items():
            pair = here.child(name), there.child(name)
            if pair[0] is not None and pair[1] is not None and len(todo) < _MAX_CALLS:
                todo.append((pair[0], pair[1]))
            changed = there.folder.block("module", name)
            if not {"for_each", "count"} & set(call.block.attributes) or changed is None:
                continue
            now = view.evaluator.keys(call.block, here)
            then = after.evaluator.keys(changed.block, there)
            if not isinstance(now, Unknown) and now != then:
                where = f"{call.file}:{call.block.line}"
                yield Conflict("use", f"the instances of {here.prefix}module.{name} ({where})")


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
