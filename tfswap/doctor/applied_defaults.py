"""What was applied last, held against the defaults of variables that are not set.

Only what can be told soundly is said: an output or an attribute of a resource whose expression is
the variable and nothing else, through module inputs too, so that a plan must give it the variable's
value. Facts: a forgotten ``TF_VAR_container_version`` moves every image to ``latest``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tfswap.doctor.context import DoctorContext
from tfswap.errors import TfswapError
from tfswap.hcl.instances import without_keys
from tfswap.hcl.module_tree import Module
from tfswap.hcl.reference import flatten
from tfswap.hcl.syntax import Block, Expr
from tfswap.hcl.values import Unknown, Value

_SCALAR = (str, int, float, bool)


class _Use(NamedTuple):
    """An attribute that is exactly the variable."""

    address: str
    """Configuration address of the resource."""
    attribute: str


def contradictions(context: DoctorContext, names: Sequence[str]) -> dict[str, str]:
    """Return, for each variable whose default the state contradicts, what a plan would change.

    Args:
        context: The surroundings; where the state cannot be read, nothing is said.
        names: Variables of the root module that are not set.
    """
    try:
        state, outputs = context.state(), context.outputs()
    except (TfswapError, ValueError):
        return {}
    applied: dict[str, list[dict[str, Value]]] = {}
    for address, instance in state.instances.items():
        applied.setdefault(without_keys(address), []).append(dict(instance.attributes))
    found = {}
    for name in names:
        default = context.evaluator().variable(context.tree().root, name)
        if isinstance(default, _SCALAR):
            changed = [*_resources(context, name, default, applied)]
            changed += _outputs(context, name, default, outputs)
            if changed:
                found[name] = changed[0]
    return found


def _resources(
    context: DoctorContext, name: str, default: Value, applied: Mapping[str, list[dict[str, Value]]]
) -> Iterator[str]:
    for use in _uses(context.tree().root, name):
        held = (a.get(use.attribute) for a in applied.get(use.address, ()))
        if any(_differs(value, default) for value in held):
            yield f"{use.address}.{use.attribute}"


def _outputs(
    context: DoctorContext, name: str, default: Value, outputs: Mapping[str, Value]
) -> Iterator[str]:
    for chunk in context.tree().root.folder.referring("var", name):
        for block in chunk.blocks:
            value = block.get("value")
            exact = block.type == "output" and value is not None and _is_variable(value, name)
            if exact and _differs(outputs.get(block.labels[0]), default):
                yield f"output {block.labels[0]}"


def _differs(held: Value, default: Value) -> bool:
    """Say whether an applied value is another one than the default, as text."""
    if isinstance(held, dict) and held.keys() == {"value", "type"}:
        # How a state keeps an attribute of no fixed type, e.g. ``terraform_data.input``.
        held = held["value"]
    if held is None or not isinstance(held, _SCALAR) or isinstance(default, Unknown):
        return False
    # The provider's schema may make a string of a number or bool.
    return _word(held) != _word(default)


def _word(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _uses(module: Module, name: str, depth: int = 0) -> Iterator[_Use]:
    """Yield the attributes that are exactly ``var.<name>`` of a module, in modules below too."""
    if depth > 10:
        return
    for chunk in module.folder.referring("var", name):
        for block in chunk.blocks:
            if block.type == "resource" and len(block.labels) == 2 and not _ignores(block):
                address = module.prefix + ".".join(block.labels)
                for attribute in _exactly(block, name):
                    yield _Use(address, attribute)
            if block.type == "module" and len(block.labels) == 1:
                child = module.child(block.labels[0])
                for argument in _exactly(block, name) if child else ():
                    if child and child.folder.block("variable", argument):
                        yield from _uses(child, argument, depth + 1)


def _ignores(block: Block) -> bool:
    """Say whether the resource keeps what it has whatever the configuration says."""
    return any(inner.get("ignore_changes") is not None for inner in block.all("lifecycle"))


def _exactly(block: Block, name: str) -> Iterator[str]:
    for attribute in block.attributes.values():
        if _is_variable(attribute.value, name):
            yield attribute.name


def _is_variable(expr: Expr, name: str) -> bool:
    reference = flatten(expr)
    if reference is None or reference.root != "var" or len(reference.steps) != 1:
        return False
    return reference.steps[0].name == name
