"""Names that are made a second time: texts that still name the outgoing table after the edit.

``"${local.environment_name}-Carts"`` in a Lambda function's environment is the table's name today,
and no reference tells that it is. The configuration is evaluated as it reads after the edit, in
every environment, and searched for the outgoing name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tfswap.discovery.input_variables import Inputs, load
from tfswap.discovery.name_search import TextSearch, is_certain
from tfswap.discovery.name_sources import NameSources
from tfswap.discovery.partial import PartialEvaluator
from tfswap.discovery.root_module import is_root, tables
from tfswap.discovery.selection import environments
from tfswap.discovery.text_makers import Made
from tfswap.discovery.texts import Unread, in_tfvars, texts
from tfswap.errors import TfswapError
from tfswap.hcl.module_tree import ModuleTree
from tfswap.hcl.project import Project
from tfswap.swap import Swap


class StaleName(NamedTuple):
    """A text that names an outgoing table, and would after the swap."""

    name: str
    """The outgoing table's physical name."""
    file: str
    line: int
    address: str
    """The block it is made for."""
    key: str
    """Where it goes in there."""
    is_certain: bool = True
    """False where the name is a common word that may mean something else."""
    root_module: str = ""
    """The other root module it is in; empty in the swap's own."""


class OtherConsumer(NamedTuple):
    """A place in another root module that takes the table from this one."""

    root_module: str
    file: str
    line: int
    what: str
    """``output carts_name of a remote state``, ``SSM parameter /shop/carts``."""


@dataclass(frozen=True)
class Stale:
    """What a swap leaves on the outgoing table's name."""

    names: tuple[StaleName, ...] = ()
    others: tuple[OtherConsumer, ...] = ()
    unread: tuple[str, ...] = ()
    """What could not be read, so that nothing is known of it."""


@dataclass(frozen=True)
class RootInputs:
    """How a root module is read."""

    tfvars: str | None
    variables: Mapping[str, str]
    """Values of ``TF_VAR_*``, by variable."""


def find_stale(project: Project, swap: Swap, around: RootInputs) -> Stale:
    """Search a repository for names that the swap leaves behind.

    Args:
        project: The repository as it reads after the edit.
        swap: The swap.
        around: How its root module is read.
    """
    search = TextSearch(table.old_name for table in swap.tables)
    own = swap.environment, swap.workspace
    found, unread = in_root(project, swap.root_module, search, own, around)
    others: list[OtherConsumer] = []
    for root in other_roots(project, swap.root_module):
        try:
            tree = ModuleTree(project, root)
            others += _taking(tree, project, swap)
            if _spells(tree, swap):
                more, _ = in_root(project, root, search, own, replace(around, tfvars=None))
                found += [name._replace(root_module=root) for name in more]
        except TfswapError as error:
            unread.append(f"{root}: {error.message}")
    return Stale(tuple(found), tuple(others), tuple(dict.fromkeys(unread)))


def in_root(
    project: Project,
    root: str,
    search: TextSearch,
    own: tuple[str, str],
    around: RootInputs,
) -> tuple[list[StaleName], list[str]]:
    """Search one root module in every environment.

    Args:
        project: The repository.
        root: The root module.
        search: Knows the outgoing tables' names.
        own: The swap's environment and workspace.
        around: How the root module is read.

    Returns:
        The names, and what could not be read.
    """
    tree = ModuleTree(project, root)
    inputs = load(tree.root, around.tfvars, around.variables)
    found: dict[tuple[str, int, str], StaleName] = {}
    unread: list[str] = []
    for environment, workspace in _environments(inputs, *own):
        if workspace != own[1] and _named_so(tree, inputs, workspace, search.names):
            continue  # that environment has a table of this name of its own, in its own account
        evaluator = PartialEvaluator(workspace, inputs.values())
        made = texts(tree, evaluator, search)
        for one in (*made, *in_tfvars(inputs, environment, search)):
            if isinstance(one, Unread):
                unread.append(one.reason)
                continue
            for name in _stale(one, search.names):
                found.setdefault((name.file, name.line, name.name), name)
    return sorted(found.values(), key=lambda name: (name.file, name.line)), unread


def _environments(inputs: Inputs, own: str, workspace: str) -> Iterator[tuple[str, str]]:
    """Yield each environment with its workspace, the swap's own first."""
    yield own, workspace
    for key in environments(inputs):
        if key not in (own, "default"):
            yield key, key


def _named_so(tree: ModuleTree, inputs: Inputs, workspace: str, old: Sequence[str]) -> bool:
    return any(
        table.name in old for table in NameSources(tables(tree), inputs, workspace, None).tables
    )


def _stale(made: Made, old: Sequence[str]) -> Iterator[StaleName]:
    for name in old:
        if not TextSearch([name])(made.text):
            continue
        certain = is_certain(made.text, name, f"{made.address}.{made.key}")
        if certain or made.text == name:
            yield StaleName(name, made.file, made.line, made.address, made.key, certain)


def other_roots(project: Project, own: str) -> list[str]:
    """Return the root modules that are no part of the swap's own."""
    reached = {folder.name for folder in ModuleTree(project, own).reachable()}
    return [f.name for f in project.folders() if f.name not in reached and is_root(f)]


def _spells(tree: ModuleTree, swap: Swap) -> bool:
    """Say whether a root module holds a table's base name at all, in any case of letters."""
    words = {table.base.rsplit("/", 1)[-1].lower().encode() for table in swap.tables}
    data = (source.data.lower() for folder in tree.reachable() for source in folder.sources)
    return any(word in text for text in data for word in words)


def _taking(tree: ModuleTree, project: Project, swap: Swap) -> Iterator[OtherConsumer]:
    """Yield where a root module reads an output or a parameter that carries the table."""
    outputs = [
        consumer.address.removeprefix("output.")
        for table in swap.tables
        for consumer in table.consumers
        if consumer.kind == "output" and consumer.address.startswith("output.")
    ]
    parameters = _parameters(project, swap)
    evaluator = PartialEvaluator(swap.workspace, load(tree.root, None, {}).values())
    for folder in tree.reachable():
        for chunk in folder.sources:
            for output in dict.fromkeys(outputs):
                pattern = rb'\.outputs(?:\.|\[")' + re.escape(output).encode() + rb"(?![\w-])"
                if match := re.search(pattern, chunk.data):
                    line = chunk.data.count(b"\n", 0, match.start()) + 1
                    what = f"output {output} of {swap.root_module}"
                    yield OtherConsumer(tree.root.folder.name, chunk.name, line, what)
    if parameters:
        for placed in tree.root.folder.blocks("data", "aws_ssm_parameter"):
            name = evaluator.attribute(placed.block, "name", tree.root, {})
            if name in parameters:
                what = f"SSM parameter {name}"
                line = placed.block.line
                yield OtherConsumer(tree.root.folder.name, placed.file, line, what)


def _parameters(project: Project, swap: Swap) -> set[object]:
    """Return the names of the SSM parameters that carry a table, as far as they are known."""
    tree = ModuleTree(project, swap.root_module)
    evaluator = PartialEvaluator(swap.workspace, load(tree.root, None, {}).values())
    labels = {
        consumer.address.split(".")[-1]
        for table in swap.tables
        for consumer in table.consumers
        if consumer.address.startswith("aws_ssm_parameter.")
    }
    names = set()
    for placed in tree.root.folder.blocks("resource", "aws_ssm_parameter") if labels else ():
        if placed.block.labels[-1] in labels:
            names.add(evaluator.attribute(placed.block, "name", tree.root, {}))
    return {name for name in names if isinstance(name, str)}
