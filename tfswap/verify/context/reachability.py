"""Which resources, data sources and outputs the tables' names can reach, and on which way.

A reference through an attribute that neither names a table nor is unknown (``.stream_enabled``)
leads nowhere; what else is on a way from a table is a consumer by reference (design.md, decision
7).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from typing import Any

from tfswap.plan.address import strip_keys
from tfswap.plan.changes import Change
from tfswap.plan.values import child_mark, marked
from tfswap.verify.context.plan_lookup import PlanLookup
from tfswap.verify.context.reference_graph import Edge, Graph

_MIRRORS = {"aws_iam_role": {"inline_policy", "managed_policy_arns"}}
"""Attributes the provider fills from other resources; whoever refers to the object does not read
them."""


class Reachability:
    """Everything within reach of the tables of one plan."""

    def __init__(self, lookup: PlanLookup) -> None:
        self._lookup = lookup
        self.graph = Graph(lookup.plan.configuration, lookup.intent)
        self.tables = {strip_keys(address) for address in lookup.tables}
        self._names = [name for pair in lookup.intent.renames for name in pair]
        self._values: dict[tuple[str, str], bool] = {}
        self.instances: dict[str, list[Change]] = {}
        """Changes of resources that references lead to, by configuration address."""
        self._state: dict[str, list[Any]] = {}
        within = self._walk(lambda edge: True)
        self._collect(within)
        self.via: dict[str, Edge] = self._walk(self.carries)
        """The last step of a shortest way, by node; tables have none."""

    def _walk(self, follow: Any) -> dict[str, Edge]:
        found: dict[str, Edge] = {}
        queue = deque(sorted(self.tables))
        while queue:
            for edge in self.graph.out.get(queue.popleft(), ()):
                fresh = edge.target not in found and edge.target not in self.tables
                if fresh and follow(edge):
                    found[edge.target] = edge
                    queue.append(edge.target)
        return found

    def _collect(self, nodes: Iterable[str]) -> None:
        """Find the instances of all nodes in one pass: a plan may hold very many."""
        wanted = defaultdict(set)
        for node in (*nodes, *self.tables):
            *_, kind, name = ("", *node.split("."))
            wanted[(kind, name)].add(node)
        for kind, name in list(wanted):
            for change in self._lookup.live.instances(kind, name):
                self.instances.setdefault(change.config_address, []).append(change)
        for output in self._lookup.plan.outputs:
            self.instances.setdefault(output.address, []).append(output)
        for resource in self._lookup.plan.state.others:
            place = (resource.type, resource.name)
            if resource.mode == "data" and place in wanted:
                values = self._lookup.state_values(resource)
                self._state.setdefault(strip_keys(resource.address), []).append(values)

    def carries(self, edge: Edge) -> bool:
        """Whether a reference may bring a table's name along."""
        if edge.from_code or not _is_object(edge.source):
            return True
        key = (edge.source, edge.attribute)
        if key not in self._values:
            self._values[key] = self._holds(*key)
        return self._values[key]

    def _holds(self, node: str, attribute: str) -> bool:
        changes = self.instances.get(node, ())
        sides = [side for c in changes for side in (c.before, c.after)] + self._state.get(node, [])
        values = (_part(node, side, attribute) for side in sides)
        if any(next(self._lookup.mentions_of(v, self._names), None) for v in values):
            return True
        unknown = (c.unknown for c in changes if not c.noop)
        return any(marked(child_mark(u, attribute) if attribute else u) for u in unknown)

    def consumers(self) -> Iterator[str]:
        """Yield the resources and outputs of the root module within reach."""
        for node in self.via:
            if _is_object(node) or node.startswith("output."):
                yield node

    def steps(self, node: str) -> list[Edge]:
        """Return every reference of a node that may bring a table's name."""
        reached = self.via.keys() | self.tables
        return [e for e in self.graph.into.get(node, ()) if e.source in reached and self.carries(e)]

    def way(self, node: str) -> tuple[str, ...]:
        """Return a shortest way from a table to the node, both included; empty when there is none.

        Args:
            node: A configuration address.
        """
        if node in self.tables:
            return (node,)
        found = [node] if node in self.via else []
        while found and (edge := self.via.get(found[0])):
            found.insert(0, edge.source)
        return tuple(found)

    def origins(self, edge: Edge) -> Iterator[tuple[Edge, bool]]:
        """Yield the references to objects an edge ends in, and whether it is one of them itself."""
        if _is_object(edge.source):
            yield edge, True
            return
        seen, queue = {edge.source}, [edge.source]
        while queue:
            for step in self.graph.into.get(queue.pop(), ()):
                if _is_object(step.source):
                    yield step, False
                elif step.source not in seen:
                    seen.add(step.source)
                    queue.append(step.source)


def _is_object(node: str) -> bool:
    """Whether a node is a resource or data source rather than a variable, local or output."""
    rest = node
    while rest.startswith("module."):
        rest = rest.split(".", 2)[2]
    return not rest.startswith(("var.", "local.", "output."))


def _part(node: str, side: Any, attribute: str) -> Any:
    if not isinstance(side, dict):
        return side
    if attribute:
        return side.get(attribute)
    kind = node.split(".")[-2] if "." in node else ""
    return {k: v for k, v in side.items() if k not in _MIRRORS.get(kind, ())}
