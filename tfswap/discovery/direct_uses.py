"""What else a name source is used for, past the table itself.

What takes the table's name by reference to the table follows it, and is the plan's to judge. What
takes the string itself may be a reference too (a policy, an environment variable: the text names
the table before and after), or it may be named by it: then it would be renamed along.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tfswap.discovery.consumers import Start, consumers
from tfswap.discovery.holders import holders
from tfswap.discovery.identity_attributes import TABLE
from tfswap.discovery.name_sources import NameMatch
from tfswap.discovery.partial import PartialEvaluator
from tfswap.discovery.proof import Proof
from tfswap.discovery.view import View
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.instances import Instance, expand
from tfswap.hcl.module_tree import Module, ModuleTree
from tfswap.hcl.referrers import Referrers
from tfswap.hcl.syntax import Block
from tfswap.hcl.values import Unknown, Value

_META = ("count", "for_each", "depends_on", "provider", "providers", "lifecycle", "provisioner")
_NAMING = ("name", "name_prefix", "bucket", "family", "identifier", "key", "alias")
_LABELS = ("tags", "labels")
_NAMING_ENDS = ("_name", "_identifier", "_prefix")

Path = tuple[str, ...]


def direct_uses(
    view: View, proof: Proof, match: NameMatch, tables: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield what else the string names: the kind of conflict, and a line for it.

    Args:
        view: The configuration as it is.
        proof: The edit.
        match: The table it is for.
        tables: Addresses of tables whose names change; they are not told of here.
    """
    instance = match.table.instance
    named = holders(view, proof.source)
    start = Start(instance.module.general, instance.block, named, is_direct=True)
    blocks: list[tuple[Module, Block, str, int]] = [
        (instance.module.general, instance.block, match.table.file, instance.block.line)
    ]
    for found in consumers(start, view.evaluator, Referrers()):
        if found.referrer is not None and found.consumer.kind in ("resource", "data", "output"):
            place = found.consumer.file, found.consumer.line
            blocks.append((found.module, found.referrer.block, *place))
        elif found.consumer.kind == "module":
            at = f"{found.consumer.file}:{found.consumer.line}"
            what = f"what {found.consumer.address} makes of it, which is not downloaded ({at})"
            yield "fetch", what
    here, there = (
        PartialEvaluator(one.workspace, one.inputs.values(), one.state)
        for one in (view, proof.after)
    )
    for module, block, file, line in blocks:
        if block.type == "output" and module.parent is not None:
            continue
        for what in _of_block((here, there), proof, match, module, block, tables):
            yield "use", f"{what} ({file}:{line})"


def _of_block(
    evaluators: tuple[Evaluator, Evaluator],
    proof: Proof,
    match: NameMatch,
    module: Module,
    block: Block,
    tables: Collection[str],
) -> Iterator[str]:
    here, then = evaluators
    there = _same(proof.after.tree, module)
    placed = there.folder.block(block.type, *block.labels) if there else None
    if there is None or placed is None:
        return
    before, after = _instances(here, module, block), _instances(then, there, placed.block)
    if set(before) != set(after):
        yield f"the address of {min(set(before) - set(after), default=min(after, default=''))}"
        return
    for address, instance in before.items():
        old = dict(_values(here, instance, block, ()))
        new = dict(_values(then, after[address], placed.block, ()))
        for path, value in old.items():
            if path in new and new[path] != value and not (address in tables and path == ("name",)):
                yield from _about(block, address, path, value, new[path], match)


def _about(
    block: Block, address: str, path: Path, old: Value, new: Value, match: NameMatch
) -> Iterator[str]:
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        return
    where = ".".join(path)
    if block.type != "output" and len(path) == 1 and _is_name(block, path[0]):
        yield f"the {where} of {address}"
    elif path[0] in _LABELS and not _renames(old, new, match):
        yield f"the {where} of {address}, which do not name the table"


def _is_name(block: Block, attribute: str) -> bool:
    """Say whether an argument is what the resource itself, or what is looked up, is called."""
    kind = block.labels[0]
    if block.type == "data" and kind == TABLE:
        return False
    stem = attribute.rpartition("_")[0]
    return attribute in _NAMING or (attribute.endswith(_NAMING_ENDS) and kind.endswith(stem))


def _renames(old: Value, new: Value, match: NameMatch) -> bool:
    """Say whether a value differs in the table's physical name only."""
    if isinstance(old, str) and isinstance(new, str):
        return old.replace(match.old_name, match.new_name) == new
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_renames(old[k], new[k], match) for k in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(lambda a, b: _renames(a, b, match), old, new))
    return bool(old == new)


def _instances(evaluator: Evaluator, module: Module, block: Block) -> Mapping[str, Instance]:
    if block.type == "output":
        return {f"output.{block.labels[0]}": Instance(module, block, None)}
    found = expand(evaluator, module, block)
    if isinstance(found, Unknown):
        found = [Instance(module, block, None)]
    mode = "data." if block.type == "data" else ""
    return {f"{mode}{instance.address}": instance for instance in found}


def _values(
    evaluator: Evaluator, instance: Instance, block: Block, path: Path
) -> Iterator[tuple[Path, Any]]:
    names = evaluator.names(instance.block, instance.key, instance.module)
    for name, attribute in block.attributes.items():
        if name not in _META:
            yield (*path, name), evaluator.eval(attribute.value, instance.module, names)
    for index, inner in enumerate(block.blocks):
        if inner.type not in _META:
            yield from _values(evaluator, instance, inner, (*path, inner.type, str(index)))


def _same(tree: ModuleTree, module: Module) -> Module | None:
    """Return the module of another tree that has the same path of calls."""
    if module.parent is None:
        return tree.root
    above = _same(tree, module.parent)
    return above.child(module.name) if above else None
