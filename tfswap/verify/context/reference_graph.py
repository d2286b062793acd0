"""What refers to what in a plan's configuration, as a graph over configuration addresses.

A node is a resource, data source, module input (``module.a.var.x``), local or output. Plan JSON
says what an expression refers to but not how it uses it, so an edge means "may hold a part of".
Locals are absent from plan JSON; their edges come from the repository, where it was read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tfswap.plan.address import strip_keys
from tfswap.plan.configuration import Configuration, references
from tfswap.plan.values import Path
from tfswap.verify.model.intent import Intent

_NOTHING = {"count", "path", "terraform", "self", ""}


@dataclass(frozen=True)
class Edge:
    """One reference."""

    source: str
    """Node referred to."""
    attribute: str
    """Top-level attribute of it; empty for the object, variable or local as a whole."""
    target: str
    """Node whose expression refers to it."""
    path: Path
    """Argument of the target that holds the expression."""
    from_code: bool = False
    """Reading the repository said so; it follows values into their members, unlike plan JSON."""


class Graph:
    """Edges of one configuration, by source and by target."""

    def __init__(self, configuration: Configuration, intent: Intent) -> None:
        self.nodes: set[str] = set()
        """Resources, data sources and outputs of the root module that the configuration has."""
        self.out: dict[str, list[Edge]] = defaultdict(list)
        self.into: dict[str, list[Edge]] = defaultdict(list)
        for edge in (
            *_Walk(self.nodes).edges(configuration.module(()) or {}),
            *_intended(intent),
        ):
            if edge.source != edge.target:
                self.out[edge.source].append(edge)
                self.into[edge.target].append(edge)


def _intended(intent: Intent) -> Iterator[Edge]:
    for table in intent.tables:
        for consumer in table.consumers:
            yield Edge(strip_keys(consumer.parent), "", consumer.address, (), from_code=True)
    for address, listed in intent.locals.items():
        prefix = address[: address.rindex("local.")]
        for source, attribute in _sources(listed, prefix, (), {}):
            yield Edge(source, attribute, address, ())


class _Walk:
    def __init__(self, nodes: set[str]) -> None:
        self._nodes = nodes

    def edges(self, module: dict[str, Any], prefix: str = "") -> Iterator[Edge]:
        calls = _dict(module.get("module_calls"))
        outputs = {name: _outputs(call) for name, call in calls.items()}
        for block in _list(module.get("resources")):
            yield from self._block(_dict(block), prefix, outputs)
        for name, output in _dict(module.get("outputs")).items():
            if not prefix:
                self._nodes.add(f"output.{name}")
            expression = _dict(_dict(output).get("expression"))
            for source, attribute in _sources(references(expression), prefix, (), outputs):
                yield Edge(source, attribute, f"{prefix}output.{name}", ())
        for name, call in calls.items():
            yield from self._call(name, _dict(call), prefix, outputs)

    def _block(
        self, block: dict[str, Any], prefix: str, outputs: dict[str, list[str]]
    ) -> Iterator[Edge]:
        target = prefix + str(block.get("address", ""))
        self._nodes.add(target)
        each = references(_dict(block.get("for_each_expression")))
        for path, listed in _expressions(block.get("expressions"), ()):
            for source, attribute in _sources(listed, prefix, each, outputs):
                yield Edge(source, attribute, target, path)

    def _call(
        self, name: str, call: dict[str, Any], prefix: str, outputs: dict[str, list[str]]
    ) -> Iterator[Edge]:
        inner = f"{prefix}module.{name}."
        each = references(_dict(call.get("for_each_expression")))
        for variable, expression in _dict(call.get("expressions")).items():
            for path, listed in _expressions(expression, ()):
                for source, attribute in _sources(listed, prefix, each, outputs):
                    yield Edge(source, attribute, f"{inner}var.{variable}", path)
        yield from self.edges(_dict(call.get("module")), inner)


def _expressions(node: Any, path: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield every argument with references, nested blocks included."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _expressions(item, (*path, index))
    elif isinstance(node, dict):
        if isinstance(node.get("references"), list):
            yield path, references(node)
        elif "constant_value" not in node:
            for key, item in node.items():
                yield from _expressions(item, (*path, key))


def _sources(
    listed: Iterable[str], prefix: str, each: Iterable[str], outputs: dict[str, list[str]]
) -> Iterator[tuple[str, str]]:
    """Yield (node, attribute) for each reference made in the module at ``prefix``."""
    for reference in listed:
        kind, _, rest = strip_keys(reference).partition(".")
        if kind == "each":
            yield from _sources((r for r in each if not r.startswith("each.")), prefix, (), outputs)
        elif kind in ("var", "local"):
            yield f"{prefix}{kind}.{rest.partition('.')[0]}", ""
        elif kind == "module":
            name, _, output = rest.partition(".")
            wanted = [output.partition(".")[0]] if output else outputs.get(name, [])
            yield from ((f"{prefix}module.{name}.output.{one}", "") for one in wanted)
        elif kind not in _NOTHING:
            yield _attribute(kind, rest, prefix)


def _attribute(kind: str, rest: str, prefix: str) -> tuple[str, str]:
    mode = ""
    if kind in ("data", "ephemeral"):
        mode, (kind, _, rest) = f"{kind}.", rest.partition(".")
    name, _, tail = rest.partition(".")
    return f"{prefix}{mode}{kind}.{name}", tail.partition(".")[0].partition("[")[0]


def _outputs(call: Any) -> list[str]:
    return list(_dict(_dict(_dict(call).get("module")).get("outputs")))


def _dict(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}


def _list(node: Any) -> list[Any]:
    return node if isinstance(node, list) else []
