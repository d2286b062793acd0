"""The consumers as the plan has them, and how each fares: data for a diagram.

Resources, data sources and outputs within reach of the tables (``verify.context.reachability``),
together with
what else the plan changes because of them: plan JSON leaves locals out, so some are known only by
the values they carry. What has no instance in the plan is passed over on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tfswap.plan.address import strip_keys
from tfswap.plan.changes import Change
from tfswap.verify.completeness.by_value import How
from tfswap.verify.model.report_data import (
    Finding,
    LeafKind,
    LinkRole,
    LinkStanding,
    PlanLink,
    Severity,
)
from tfswap.verify.rules.registry import RuleInput

_BAD = (Severity.ERROR, Severity.UNKNOWN)


def links(case: RuleInput, findings: Iterable[Finding]) -> tuple[PlanLink, ...]:
    """Return the tables, their consumers, and whatever else the findings are about.

    Args:
        case: The plan, and the story of everything that changes.
        findings: All of them; those that weigh make what they name failing.
    """
    return tuple(_Links(case, findings).links())


class _Links:
    def __init__(self, case: RuleInput, findings: Iterable[Finding]) -> None:
        self._case = case
        self._reach = case.context.reach
        bad = [found for found in findings if found.severity in _BAD]
        self._failing = {
            strip_keys(address) for f in bad for address in (f.address, *f.also) if address
        }
        self._changes = self._changed()

    def _changed(self) -> dict[str, list[Change]]:
        """Return what changes, by configuration address."""
        found: dict[str, list[Change]] = {}
        for explanation in self._case.explanations.values():
            found.setdefault(explanation.change.config_address, []).append(explanation.change)
        return found

    def links(self) -> Iterator[PlanLink]:
        for table in sorted(self._reach.tables):
            yield self._link(table, "", LinkRole.TABLE)
        within = [node for node in self._reach.consumers() if self._reach.instances.get(node)]
        for node in within:
            yield self._link(node, self._before(node), LinkRole.CONSUMER)
        known = {*self._reach.tables, *within}
        named = self._named()
        for node in dict.fromkeys((*self._changes, *sorted(named))):
            if node in known:
                continue
            if (parent := self._backwards(node, known | named)) or node in named:
                yield self._link(node, parent or self._only_table(), LinkRole.CONSUMER)
                known.add(node)
        for node in sorted(self._failing - known):
            yield self._link(node, "", LinkRole.OUTSIDER)

    def _link(self, node: str, parent: str, role: LinkRole) -> PlanLink:
        found = self._reach.instances.get(node) or self._changes.get(node) or []
        return PlanLink(node, parent, role, self._standing(node), len(found))

    def _standing(self, node: str) -> LinkStanding:
        if node in self._failing:
            return LinkStanding.FAILING
        return LinkStanding.CHANGED if node in self._changes else LinkStanding.UNCHANGED

    def _before(self, node: str) -> str:
        """Return the next object of the plan on the shortest way back to a table."""
        while (edge := self._reach.via.get(node)) is not None:
            node = edge.source
            if node in self._reach.tables or self._reach.instances.get(node):
                return node
        return ""

    def _named(self) -> set[str]:
        """Return what the swap renames in, or ought to, by configuration address."""
        left = {strip_keys(stale.address) for stale in self._case.stale if stale.how is How.NAMED}
        return left | {
            explanation.change.config_address
            for explanation in self._case.explanations.values()
            if any(leaf.kind is LeafKind.RENAMED for leaf in explanation.leaves)
        }

    def _backwards(self, node: str, ends: set[str]) -> str:
        """Return the nearest of ``ends`` that ``node`` refers to, through inputs and locals."""
        seen, queue = {node}, [node]
        while queue:
            for edge in self._reach.graph.into.get(queue.pop(0), ()):
                if edge.source in ends and edge.source != node:
                    return edge.source
                if edge.source not in seen and _passes_on(edge.source):
                    seen.add(edge.source)
                    queue.append(edge.source)
        return ""

    def _only_table(self) -> str:
        return next(iter(self._reach.tables)) if len(self._reach.tables) == 1 else ""


def _passes_on(node: str) -> bool:
    """Whether a node is a module's input or output or a local, which only hands values on."""
    return any(f".{kind}." in f".{node}" for kind in ("var", "local", "output"))
