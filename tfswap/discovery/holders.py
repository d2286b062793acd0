"""The definition a name source stands in: where a walk over references starts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from tfswap.discovery.consumers import Holder
from tfswap.discovery.input_variables import TERRAGRUNT
from tfswap.discovery.view import View
from tfswap.edit.tfvars import split
from tfswap.hcl.module_tree import Module
from tfswap.swap import NameSource

_TFVARS = (".tfvars", ".tfvars.json")
_CODE = (".tf", ".tf.json")


def holders(view: View, source: NameSource) -> tuple[Holder, ...]:
    """Return the definitions whose value holds what is written at a name source."""
    tokens = split(source.pointer)
    counted = next((i for i, token in enumerate(tokens) if token[:1] == "#"), len(tokens))
    tokens = tokens[:counted]
    root = view.tree.root
    if source.file.endswith(_TFVARS):
        return (((root, ("var", tokens[0])), tokens[1:]),)
    if source.file.endswith(TERRAGRUNT):
        return (((root, ("var", tokens[1])), tokens[2:]),) if tokens[0] == "inputs" else ()
    if not source.file.endswith(_CODE):
        return tuple(_reading(view, source.file))
    folder = PurePosixPath(source.file).parent.as_posix()
    uses = view.tree.using({folder})
    return tuple(holder for module in uses for holder in _in_code(module, tokens))


def _in_code(module: Module, tokens: tuple[str, ...]) -> Iterator[Holder]:
    kind, *rest = tokens
    if kind == "locals":
        yield (module, ("local", rest[0])), tuple(rest[1:])
    elif kind == "variable":
        # In its type it is the default of an optional member, wherever that is.
        yield (module, ("var", rest[0])), tuple(rest[2:]) if rest[1] == "default" else ()
    elif kind == "output" and module.parent is not None:
        yield (module.parent, ("module", module.name, rest[0])), tuple(rest[2:])
    elif kind == "module" and len(rest) > 1 and (child := module.child(rest[0])) is not None:
        yield (child, ("var", rest[1])), tuple(rest[2:])


def _reading(view: View, file: str) -> Iterator[Holder]:
    """Yield the locals and inputs that may decode a file: their blocks have its name."""
    name = PurePosixPath(file).name.encode()
    for module, kind, label in list(view.evaluator.consulted):
        words = {"local": ("locals", label), "var": ("variable", label)}.get(kind)
        chunks = module.folder.setting(label) if kind == "local" else ()
        if words and any(name in chunk.data for chunk in chunks):
            yield (module.general, (kind, label)), ()
