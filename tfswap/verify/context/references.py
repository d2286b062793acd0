"""Follow an expression's references through module inputs and outputs to what they end in.

Plan JSON lists what an expression refers to, not how it uses it, and leaves locals out. So a
reference that ends in a local (without the repository's help), or in ``each.value``, is unresolved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tfswap.plan.address import AddressStep, Key, ModulePath
from tfswap.plan.configuration import Configuration, Expression, references
from tfswap.verify.model.intent import Intent

_FIXED = ("count.", "path.", "terraform.", "each.key")
_DEPTH = 40


@dataclass(frozen=True)
class ReferenceTarget:
    """A resource or data source attribute that a reference ends in."""

    module: ModulePath
    mode: str
    type: str
    name: str
    attribute: str
    """Top-level attribute; empty for the object as a whole."""
    key: Key = None
    """Instance key, where the reference has a constant one."""
    trail: tuple[str, ...] = ()

    def __str__(self) -> str:
        path = "".join(f"module.{step.name}." for step in self.module)
        data = "data." if self.mode == "data" else ""
        attribute = f".{self.attribute}" if self.attribute else ""
        return f"{path}{data}{self.type}.{self.name}{attribute}"


@dataclass(frozen=True)
class Unresolved:
    """A reference that cannot be followed; ``trail`` leads there."""

    trail: tuple[str, ...]


Ending = ReferenceTarget | Unresolved


class References:
    """Resolves references against a plan's configuration."""

    def __init__(self, configuration: Configuration, intent: Intent) -> None:
        self._configuration = configuration
        self._locals = intent.locals

    def endings(
        self, expression: Expression, module: ModulePath, trail: tuple[str, ...] = ()
    ) -> Iterator[Ending]:
        """Yield what the expression's references end in; constants end in nothing."""
        if len(trail) > _DEPTH:
            yield Unresolved(trail)
            return
        for reference in references(expression):
            yield from self._follow(reference, module, (*trail, reference))

    def _follow(
        self, reference: str, module: ModulePath, trail: tuple[str, ...]
    ) -> Iterator[Ending]:
        if reference.startswith(_FIXED):
            return
        kind, _, rest = reference.partition(".")
        if kind == "var":
            yield from self._variable(_first(rest), module, trail)
        elif kind == "module":
            yield from self._output(rest, module, trail)
        elif kind == "local":
            yield from self._local(rest, module, trail)
        elif kind in ("each", "self", ""):
            yield Unresolved(trail)
        else:
            yield _target(reference, module, trail)

    def _variable(self, name: str, module: ModulePath, trail: tuple[str, ...]) -> Iterator[Ending]:
        if not module:
            return  # Inputs of the root module are known when a plan is made.
        call = self._configuration.call(module)
        if call is None:
            yield Unresolved(trail)
            return
        expression = call.get("expressions", {}).get(name)
        if isinstance(expression, dict):
            yield from self.endings(expression, module[:-1], trail)

    def _output(self, rest: str, module: ModulePath, trail: tuple[str, ...]) -> Iterator[Ending]:
        name, key, tail = _step(rest)
        output = _first(tail)
        inner = (*module, AddressStep(name, key))
        expression = self._configuration.output(inner, output) if output else None
        if expression is None:
            yield Unresolved(trail)
            return
        yield from self.endings(expression, inner, trail)

    def _local(self, rest: str, module: ModulePath, trail: tuple[str, ...]) -> Iterator[Ending]:
        path = "".join(f"module.{step.name}." for step in module)
        known = self._locals.get(f"{path}local.{_first(rest)}")
        if known is None:
            yield Unresolved(trail)
            return
        attribute = _first(rest.partition(".")[2])
        for ending in self.endings({"references": list(known)}, module, trail):
            # A local that is one object as a whole: what is taken of the local is taken of that.
            if len(known) == 1 and isinstance(ending, ReferenceTarget) and not ending.attribute:
                ending = replace(ending, attribute=attribute)
            yield ending


def _first(text: str) -> str:
    return text.split(".", 1)[0].split("[", 1)[0]


def _step(rest: str) -> tuple[str, Key, str]:
    """Take ``name[0].output`` apart; the key is None where it is no constant."""
    head, _, tail = rest.partition(".")
    name, bracket, key = head.partition("[")
    if not bracket:
        return name, None, tail
    text = key.rstrip("]")
    return name, int(text) if text.isdigit() else text.strip('"'), tail


def _target(reference: str, module: ModulePath, trail: tuple[str, ...]) -> ReferenceTarget:
    parts = reference.split(".")
    mode = "data" if parts[0] == "data" else "managed"
    if mode == "data":
        parts = parts[1:]
    kind, name, attribute = (*parts, "", "", "")[:3]
    plain, key, _ = _step(name)
    return ReferenceTarget(module, mode, kind, plain, _first(attribute), key, trail)
