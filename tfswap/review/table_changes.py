"""Tables before and after a branch, by evaluating both revisions: renamed, moved, or gone.

Wherever a name is written (a literal, a variable's default, HCL or JSON tfvars, a local, a module's
argument), what the table is called before and after is all that counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from tfswap.discovery.input_variables import Inputs, load
from tfswap.discovery.partial import PartialEvaluator, is_partial
from tfswap.discovery.root_module import ENVIRONMENTS, tables
from tfswap.discovery.var_files import var_files
from tfswap.errors import TfswapError
from tfswap.hcl.instances import expand
from tfswap.hcl.module_tree import Module, ModuleTree, index
from tfswap.hcl.project import Project
from tfswap.hcl.reference import Reference, flatten
from tfswap.hcl.syntax import Block, Lit
from tfswap.hcl.values import Unknown
from tfswap.review.facts import FileLine, TableLoss

_GENERAL = ("terraform", "variables", "vars", "common")
"""Tfvars files of these names are told apart by their folders."""
_KEY = r'(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?'
_MODULE = "dynamodb"
"""In the source of a module from elsewhere that makes a table."""


class Environment(NamedTuple):
    """One way to read a root module."""

    name: str
    workspace: str
    tfvars: str | None = None
    """A file that Terraform reads only when it is named."""


class Declared(NamedTuple):
    """A table of the configuration."""

    name: str | Unknown
    """Its physical name; with gaps where parts are not known."""
    file: str
    line: int


class Renamed(NamedTuple):
    """A table whose name differs."""

    environment: Environment
    address: str
    old: Declared
    new: Declared


@dataclass
class TableChanges:
    """What a branch does to one root module's tables."""

    renamed: list[Renamed] = field(default_factory=list)
    losses: list[TableLoss] = field(default_factory=list)
    doubtful: list[FileLine] = field(default_factory=list)


def table_changes(
    base: Project,
    head: Project,
    root: str,
    variables: Mapping[str, str],
    workspace: str | None,
) -> TableChanges:
    """Compare the tables of a root module in two revisions, in every environment.

    Args:
        base: The repository where the branch began.
        head: The repository as the branch has it.
        root: The root module's folder.
        variables: Values of ``TF_VAR_*``, by variable.
        workspace: The workspace the user named; for a root module without environments.
    """
    found = TableChanges()
    before, after = ModuleTree(base, root), ModuleTree(head, root)
    for environment in _environments((before, after), variables, workspace):
        try:
            old = _declared(before, environment, variables)
            new = _declared(after, environment, variables)
        except TfswapError as error:
            what = f"the tables of {root} cannot be compared: {error.message.rstrip('.')}"
            if what not in (place.what for place in found.doubtful):
                found.doubtful.append(FileLine(_file(root, after), 1, what))
            continue
        _compare(environment, old, new, after, found)
    found.losses = list(dict.fromkeys(found.losses))
    return found


def _file(root: str, tree: ModuleTree) -> str:
    sources = tree.root.folder.sources
    return sources[0].name if sources else root


def _environments(
    trees: Iterable[ModuleTree], variables: Mapping[str, str], workspace: str | None
) -> list[Environment]:
    """Return the ways to read a root module: keys of the tfvars, files to be named, or one."""
    keys: dict[str, None] = {}
    files: dict[str, None] = {}
    for tree in trees:
        try:
            values = load(tree.root, None, variables).values().get(ENVIRONMENTS)
        except TfswapError:
            continue
        keys |= dict.fromkeys(values if isinstance(values, dict) else ())
        files |= dict.fromkeys(var_files(tree))
    found = [Environment(key, key) for key in keys if key != "default"]
    for file in files:
        path = PurePosixPath(file)
        stem = path.name.partition(".")[0]
        name = path.parent.name if stem in _GENERAL and path.parent.name else stem
        found.append(Environment(name, workspace or name, file))
    name = workspace or "default"
    return found or [Environment(name, name)]


def _declared(
    tree: ModuleTree, environment: Environment, variables: Mapping[str, str]
) -> dict[str, Declared]:
    """Return the tables by address."""
    file = environment.tfvars
    there = file is None or (tree.project.root / file).is_file()
    inputs: Inputs = load(tree.root, file if there else None, variables)
    evaluator = PartialEvaluator(environment.workspace, inputs.values())
    found: dict[str, Declared] = {}
    for module, placed in tables(tree):
        instances = expand(evaluator, module, placed.block)
        if isinstance(instances, Unknown):
            address = f"{module.prefix}{'.'.join(placed.block.labels)}"
            name = evaluator.attribute(placed.block, "name", module, {})
            found[address] = _table(name, placed.file, placed.block)
            continue
        for one in instances:
            names = evaluator.names(one.block, one.key, one.module)
            name = evaluator.attribute(one.block, "name", one.module, names)
            found[one.address] = _table(name, placed.file, one.block)
    found |= _from_elsewhere(tree.root, evaluator)
    return found


def _from_elsewhere(root: Module, evaluator: PartialEvaluator) -> dict[str, Declared]:
    """Return the tables that modules from a registry make: named by their argument ``name``."""
    found = {}
    for label, call in root.calls().items():
        source = call.block.get("source")
        is_other = isinstance(source, Lit) and _MODULE in str(source.value)
        if not is_other or root.child(label) is not None or call.block.get("name") is None:
            continue
        keys = evaluator.keys(call.block, root)
        for key in [None] if isinstance(keys, Unknown) else keys:
            names = evaluator.names(call.block, key, root)
            name = evaluator.attribute(call.block, "name", root, names)
            found[f"module.{label}{index(key)}"] = _table(name, call.file, call.block)
    return found


def _table(name: object, file: str, block: Block) -> Declared:
    attribute = block.attributes.get("name")
    line = attribute.line if attribute else block.line
    known = name if isinstance(name, str | Unknown) else Unknown("the name is not a string")
    return Declared(known, file, line)


def _compare(
    environment: Environment,
    before: Mapping[str, Declared],
    after: Mapping[str, Declared],
    tree: ModuleTree,
    found: TableChanges,
) -> None:
    moves = list(_moves(tree))
    for address, old in before.items():
        new = after.get(_moved(address, moves)) or _implied(address, before, after)
        if new is None:
            found.losses.append(_loss(address, old, before, after, tree))
        elif isinstance(old.name, str) and isinstance(new.name, str):
            if old.name == new.name:
                continue
            if is_partial(old.name) or is_partial(new.name):
                found.doubtful.append(_unclear(address, new, "its name changes, and a part of it"))
            else:
                found.renamed.append(Renamed(environment, address, old, new))
        elif isinstance(old.name, str) != isinstance(new.name, str):
            found.doubtful.append(_unclear(address, new, "its name"))


def _unclear(address: str, table: Declared, what: str) -> FileLine:
    return FileLine(table.file, table.line, f"{address}: {what} cannot be determined from the code")


def _loss(
    address: str,
    old: Declared,
    before: Mapping[str, Declared],
    after: Mapping[str, Declared],
    tree: ModuleTree,
) -> TableLoss:
    """Say what becomes of a table whose address is gone."""
    name = old.name if isinstance(old.name, str) and not is_partial(old.name) else ""
    for other, new in after.items():
        if name and new.name == name and other not in before:
            what = f"moves to {other} without a moved block, so an apply would destroy it"
            return TableLoss(new.file, new.line, address, name, what)
    for prefix, start, kept in _removed(tree):
        if kept and _is_within(_in_module(address, prefix)[1], start):
            what = "is removed from Terraform; the removed block keeps it in AWS"
            return TableLoss(old.file, old.line, address, name, what, is_destroyed=False)
    what = "is removed from the configuration, so an apply would destroy it"
    return TableLoss(old.file, old.line, address, name, what)


def _moves(tree: ModuleTree) -> Iterator[tuple[str, str, str]]:
    for prefix, block in _blocks(tree, "moved"):
        start, end = (_address(block, name) for name in ("from", "to"))
        if start and end:
            yield prefix, start, end


def _removed(tree: ModuleTree) -> Iterator[tuple[str, str, bool]]:
    for prefix, block in _blocks(tree, "removed"):
        destroys = [inner.get("destroy") for inner in block.all("lifecycle")]
        kept = any(isinstance(value, Lit) and value.value is False for value in destroys)
        yield prefix, _address(block, "from"), kept


def _blocks(tree: ModuleTree, kind: str) -> Iterator[tuple[str, Block]]:
    """Yield such blocks, and what the addresses in them are relative to."""
    for module in tree.using({folder.name for folder in tree.reachable()}):
        yield from ((module.prefix, placed.block) for placed in module.folder.blocks(kind))


def _address(block: Block, name: str) -> str:
    expr = block.get(name)
    reference = flatten(expr) if expr is not None else None
    return _written(reference) if reference else ""


def _written(reference: Reference) -> str:
    steps = []
    for step in reference.steps:
        if step.name is not None:
            steps.append(f".{step.name}")
        else:
            number = isinstance(step.key, Lit) and isinstance(step.key.value, int)
            literal = step.literal or ""
            steps.append(index(int(literal) if number else literal))
    return reference.root + "".join(steps)


def _moved(address: str, moves: Sequence[tuple[str, str, str]]) -> str:
    for _ in moves:
        for prefix, start, end in moves:
            module, rest = _in_module(address, prefix)
            if _is_within(rest, start):
                address = module + end + rest[len(start) :]
                break
        else:
            break
    return address


def _implied(
    address: str, before: Mapping[str, Declared], after: Mapping[str, Declared]
) -> Declared | None:
    """Return where Terraform moves a table by itself when a ``count`` comes or goes.

    Terraform documentation, "Refactoring": the object without a key and the one at ``[0]`` are one.
    """
    plain = address.replace("[0]", "")
    alike = [a for a in after if a not in before and a.replace("[0]", "") == plain]
    return after[alike[0]] if len(alike) == 1 else None


def _in_module(address: str, prefix: str) -> tuple[str, str]:
    """Take off an address the path of one of the module's instances; else nothing is left of it."""
    names = re.findall(r"module\.([\w-]+)", prefix)
    path = "".join(rf"module\.{re.escape(name)}{_KEY}\." for name in names)
    match = re.match(path, address)
    return (match.group(), address[match.end() :]) if match else ("", "")


def _is_within(address: str, start: str) -> bool:
    return bool(start) and address.startswith(start) and address[len(start) :][:1] in ("", ".", "[")
