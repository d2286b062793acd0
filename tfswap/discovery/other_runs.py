"""Other runs of the same configuration: workspaces, variables set outside, tfvars files, backends.

What an edit changes in one of them it would change for another environment. Not all of them can be
known, so a value that nobody has stands for any other; and where the code itself tells values apart
(keys of maps, strings that it compares), each of those is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from tfswap.discovery.candidates import sources
from tfswap.discovery.input_variables import variables_of
from tfswap.discovery.view import View
from tfswap.hcl.values import Value

ANY = "tfswap-probe"
"""A workspace, or a variable's value, that nobody has: what it shares with others, all share."""
_CHOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")
_MAX = 40


class OtherRun(NamedTuple):
    """A run that is not the swap's own."""

    kind: str
    """``workspace``, ``variable`` or ``inputs``: what it differs in."""
    where: str
    """``in workspace dev``, ``with -var-file=env/dev.tfvars``."""
    before: View
    after: View
    is_guess: bool = False
    """Nothing says that there is such a run, but that the code tells the value apart."""


class OtherRuns(NamedTuple):
    """Where else the edited file may count."""

    workspaces: Sequence[str]
    """Those known beside the swap's own."""
    var_files: Sequence[str]
    """Tfvars files of other runs of the root module."""
    roots: Sequence[str]
    """Other folders Terraform may run in."""
    backends: Sequence[str] = ()
    """Backend configurations of the root module, where there are several."""


def by_workspace(view: View) -> bool:
    """Say whether the configuration may read otherwise in another workspace."""
    if view.workspace != "default":
        return True
    return _mentions_workspace(view)


def _mentions_workspace(view: View) -> bool:
    folders = view.tree.reachable()
    texts = (source.data for f in folders for source in (*f.sources, *f.json))
    return any(b"terraform.workspace" in text for text in texts)


def tells_runs_apart(view: View) -> bool:
    """Say whether each table has another name for every workspace, or value of a variable.

    Then an environment is that, whatever else its runs are given.
    """
    others = [replace(view, workspace=ANY, state=None)]
    others += [_with(view, name, ANY) for name in outside_variables(view)]
    return any(
        all(other.names.get(address) != name for address, name in view.names.items())
        for other in others
    )


def outside_variables(view: View) -> dict[str, str]:
    """Return the variables that play a part in tables' names and are set by no file."""
    inputs = view.inputs
    in_files = {name for file in inputs.files for name in variables_of(file)}
    given = {k: v for k, v in inputs.environment.items() if k not in in_files}
    given |= inputs.command_line
    root = view.tree.root
    used = {
        name for module, kind, name in view.evaluator.consulted if (module, kind) == (root, "var")
    }
    return {name: value for name, value in given.items() if name in used and isinstance(value, str)}


def in_workspaces(
    before: View, after: View, known: Sequence[str], is_own: bool
) -> Iterator[OtherRun]:
    """Yield the run in each workspace that there may be.

    Args:
        before: The configuration as it is.
        after: The same with the edit.
        known: The workspaces that are known.
        is_own: The edited string is one of the swap's own environment, so that no others are tried.
    """
    names = list(known)
    if not is_own and by_workspace(before):
        names.append(ANY)
        names += choices(before, before.workspace) if _mentions_workspace(before) else []
    for name in dict.fromkeys(names):
        here, there = (replace(view, workspace=name, state=None) for view in (before, after))
        where = "in every other workspace" if name == ANY else f"in workspace {name}"
        yield OtherRun("workspace", where, here, there, name not in (ANY, *known))


def with_variables(before: View, after: View) -> Iterator[OtherRun]:
    """Yield the runs in which a variable that is set outside has another value."""
    for name, value in outside_variables(before).items():
        for other in (ANY, *choices(before, value)):
            here, there = (_with(view, name, other) for view in (before, after))
            where = f"with any other value of {name}" if other == ANY else f"with {name}={other}"
            yield OtherRun("variable", where, here, there, other != ANY)


def _with(view: View, name: str, value: str) -> View:
    given = view.given
    variables = {**given.variables, name: value}
    line = {**given.command_line, name: value} if name in given.command_line else given.command_line
    return replace(view, given=replace(given, variables=variables, command_line=line), state=None)


def with_var_files(before: View, after: View, others: Sequence[str]) -> Iterator[OtherRun]:
    """Yield the runs with other tfvars files, and the one with none."""
    var_files = before.given.var_files
    may_be_own = tells_runs_apart(before) if others or var_files else False
    for files in (*((file,) for file in others), *((),) * bool(var_files)):
        here, there = (
            replace(view, given=replace(view.given, var_files=files), state=None)
            for view in (before, after)
        )
        # With no file the tables may be the very same ones.
        if here.names != before.names or (files and not may_be_own):
            where = f"with -var-file={files[0]}" if files else f"without -var-file={var_files[-1]}"
            yield OtherRun("inputs", where, here, there)


def choices(view: View, own: str) -> list[str]:
    """Return the values by which the code may tell runs apart: keys of maps, strings."""
    found: dict[str, None] = {}
    for value in view.evaluator.known_values:
        found |= dict.fromkeys(_keys(value, 4))
    found |= dict.fromkeys(_file_names(view, own))
    found |= dict.fromkeys(s.value for s in sources(view) if s.file.endswith((".tf", ".tf.json")))
    kept = (c for c in found if _CHOICE.fullmatch(c) and _plain(c) != _plain(own))
    return list(islice(kept, _MAX))


def _file_names(view: View, own: str) -> Iterator[str]:
    """Yield what other files are called where one that was read is called by the value."""
    read = view.evaluator.files
    for file in read:
        path = view.project.root / file
        before, found, after = path.name.partition(own)
        for other in sorted(path.parent.iterdir()) if found else ():
            is_read = other.relative_to(view.project.root).as_posix() in read
            if other.name.startswith(before) and other.name.endswith(after) and not is_read:
                yield other.name[len(before) : len(other.name) - len(after)]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _keys(value: Value, depth: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    if depth and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _keys(inner, depth - 1)
