"""Every text that a configuration makes and that is searched for: where, by what, under which key.

Variables and locals only carry a text on; it is found where it is made: a string, a template, a
function that makes texts, a file that ``templatefile`` or ``file`` reads, a value of the tfvars.
Blocks are looked at instance by instance, branches that are not taken are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tfswap.discovery.input_variables import HclTfvars, Inputs, strings
from tfswap.discovery.name_search import TextSearch
from tfswap.discovery.partial import PartialEvaluator
from tfswap.discovery.text_makers import MAX, Made, Place, may_make, rounds, search
from tfswap.errors import RepoError
from tfswap.hcl.module_tree import ANY, Module, ModuleTree, index
from tfswap.hcl.scope import Names
from tfswap.hcl.source_file import SourceChunk
from tfswap.hcl.syntax import (
    Block,
    For,
    Lit,
    Name,
)
from tfswap.hcl.values import Unknown

_SKIPPED_BLOCKS = {"terraform", "moved", "removed"}
_SKIPPED = {"source", "version", "providers", "depends_on", "provider", "ignore_changes"}


class Unread(NamedTuple):
    """A part of the configuration that could not be read."""

    reason: str


Found = Made | Unread


def texts(tree: ModuleTree, evaluator: PartialEvaluator, wanted: TextSearch) -> Iterator[Found]:
    """Yield every text with a table's name that a configuration makes.

    Args:
        tree: The configuration.
        evaluator: Knows workspace and variables.
        wanted: What is searched for.
    """
    for module in _modules(evaluator, tree.root):
        folder = module.folder
        chunks = [chunk for source in folder.sources for chunk in source.chunks]
        for chunk in (*chunks, *(source.whole for source in folder.json)):
            if wanted.may_make(chunk.data):
                yield from _in_chunk(chunk, module, evaluator, wanted)


def _modules(evaluator: PartialEvaluator, module: Module) -> Iterator[Module]:
    """Yield the uses of modules there are, and those whose instances are not known once."""
    yield module
    for name, call in module.calls().items():
        keys = evaluator.keys(call.block, module)
        for key in [ANY] if isinstance(keys, Unknown) else keys[:MAX]:
            child = module.child(name, key)
            if child is not None and not _is_foreign(child):
                yield from _modules(evaluator, child)


def _is_foreign(module: Module) -> bool:
    """Say whether a module was downloaded, or calls itself."""
    above, folder = module.parent, module.folder
    while above is not None:
        if above.folder is folder:
            return True
        above = above.parent
    return ".terraform" in folder.name.split("/")


def _in_chunk(
    chunk: SourceChunk, module: Module, evaluator: PartialEvaluator, wanted: TextSearch
) -> Iterator[Found]:
    try:
        for block in chunk.blocks:
            for names, address in _instances(block, module, evaluator, chunk):
                scope = evaluator.scope(module, names)
                place = Place(scope, chunk.name, block.line, address, "")
                yield from _in_block(block, place, wanted)
    except RepoError as error:
        yield Unread(error.message)


def _instances(
    block: Block, module: Module, evaluator: PartialEvaluator, chunk: SourceChunk
) -> Iterator[tuple[Names, str]]:
    """Yield the names in scope and the address of each instance that may differ from the others."""
    if block.type in _SKIPPED_BLOCKS or (block.type == "variable" and not block.labels):
        return
    if block.type == "variable":
        name = block.labels[0]
        given = name in evaluator.variables if module.call is None else name in _given(module)
        if not given:
            yield {}, f"{module.prefix}var.{name}"
        return
    keys = evaluator.keys(block, module)
    known = [ANY] if isinstance(keys, Unknown) else keys[:MAX]
    if b"each." not in chunk.data and b"count." not in chunk.data:
        known = known[:1]
    start = {"resource": (), "locals": ("local",)}.get(block.type, (block.type,))
    for key in known:
        plain = ".".join((*start, *block.labels))
        at = "" if isinstance(key, Unknown) else index(key)
        yield evaluator.names(block, key, module), f"{module.prefix}{plain}{at}"


def _given(module: Module) -> Iterable[str]:
    return module.call.block.attributes if module.call else ()


def _in_block(block: Block, place: Place, wanted: TextSearch) -> Iterator[Made]:
    for attribute in block.attributes.values():
        if attribute.name in _SKIPPED or (block.type == "variable" and attribute.name != "default"):
            continue
        if not may_make(attribute.value, wanted):
            continue
        at = Place(place.scope, place.file, attribute.line, place.address, place.key)
        if block.type == "locals":
            at = Place(at.scope, at.file, at.line, f"{at.address}.{attribute.name}", "")
        else:
            at = at.at(attribute.name)
        yield from search(attribute.value, at, wanted)
    for inner in block.blocks:
        if inner.type == "dynamic" and inner.labels:
            yield from _in_dynamic(inner, place, wanted)
        elif block.type != "variable":
            yield from _in_block(inner, place.at(inner.type), wanted)


def _in_dynamic(block: Block, place: Place, wanted: TextSearch) -> Iterator[Made]:
    label = block.labels[0]
    named = block.get("iterator")
    iterator = named.name if isinstance(named, Name) else label
    for_each = block.get("for_each") or Lit(None)
    yield from search(for_each, place.at(label), wanted)
    for content in block.all("content"):
        for scope in rounds(place.scope, For("key", "value", for_each, None, Lit(""), None, False)):
            names = scope.names
            item = {"key": names.get("key"), "value": names.get("value")}
            inner = place.scope.within(**{iterator: item})
            yield from _in_block(content, place.within(inner).at(label), wanted)


def in_tfvars(inputs: Inputs, environment: str, wanted: TextSearch) -> Iterator[Made]:
    """Yield the wanted values of the tfvars, but for other environments' own."""
    for file in inputs.files:
        if isinstance(file, HclTfvars):
            for variable, value in file.values.items():
                for found in filter(wanted, strings(value)):
                    yield Made(found, file.file, file.lines[variable], f"var.{variable}", variable)
            continue
        for leaf in file.leaves():
            first, *rest = leaf.pointer.split("/")[1:] or [""]
            other = first == "environments" and rest[:1] not in ([environment], ["default"])
            if not other and wanted(leaf.value):
                key = leaf.pointer.strip("/").replace("/", ".")
                yield Made(leaf.value, leaf.file, leaf.line, f"var.{first}", key)
