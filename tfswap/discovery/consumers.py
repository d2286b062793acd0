"""Who refers to a table: a breadth-first walk over references, by value.

A reference counts when the value it takes holds the table's identity (``carriers`` says which
attributes do, ``flow`` where they end up). ``depends_on`` is no reference by value. Blocks that
have no instances in this environment (``count = 0``) and branches not taken are left out where
that can be evaluated. Locals and module inputs that lead nowhere are left out, too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tfswap.discovery.identity_attributes import TABLE, computed, published, table_clean
from tfswap.hcl.dataflow import NONE, WHOLE, Dataflow, Paths, prefix, references, strip
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.module_tree import Module
from tfswap.hcl.reference import Reference, flatten
from tfswap.hcl.referrers import Referrer, Referrers, RefKey, ref_key_of
from tfswap.hcl.syntax import Block, Call, Expr, Tuple
from tfswap.hcl.values import Unknown
from tfswap.swap import Consumer

_NOT_BY_VALUE = frozenset(
    {"depends_on", "provider", "providers", "source", "version", "lifecycle", "provisioner"}
)
"""Arguments and blocks through which no value reaches the resource."""
_CARRYING = ("local", "variable")

Node = tuple[Module, RefKey]
Holder = tuple[Node, tuple[str, ...]]


@dataclass(frozen=True)
class Start:
    """What the walk starts from."""

    module: Module
    """Where the table is declared."""
    block: Block
    """The table."""
    named: tuple[Holder, ...] = ()
    """The definitions that hold the table's name, and where in their value it is."""
    is_direct: bool = False
    """Who refers to the table itself is left out: only what uses the name without it is found."""

    @property
    def address(self) -> str:
        """The table's configuration address."""
        return f"{self.module.prefix}{TABLE}.{self.block.labels[1]}"


@dataclass(frozen=True)
class FoundConsumer:
    """A consumer and the unit it was made from (None for a module's input)."""

    consumer: Consumer
    module: Module
    referrer: Referrer | None


def consumers(start: Start, evaluator: Evaluator, referrers: Referrers) -> list[FoundConsumer]:
    """Return the table's consumers, nearest first.

    Args:
        start: The table and its leaf.
        evaluator: Evaluates counts and conditions for the environment.
        referrers: Finds referrers; shared between tables.

    Raises:
        RepoError: A file that matters does not parse.
    """
    return _Walk(start, evaluator, referrers).run()


class _Walk:
    def __init__(self, start: Start, evaluator: Evaluator, referrers: Referrers) -> None:
        self.start, self.evaluator, self.referrers = start, evaluator, referrers
        self.marks: dict[Node, Paths] = {}
        self.clean: dict[Node, frozenset[str]] = {}
        self.found: dict[str, FoundConsumer] = {}
        self.queue: deque[tuple[Node, str]] = deque()

    def run(self) -> list[FoundConsumer]:
        start = self.start
        if not start.is_direct:
            table: Node = (start.module, ("resource", *start.block.labels))
            self.clean[table] = table_clean(start.block)
            self.mark(table, WHOLE, start.address)
        for node, path in start.named:
            self.mark(node, frozenset({path}), start.address)
        while self.queue:
            (module, head), address = self.queue.popleft()
            for referrer in self.referrers.referring(module.folder, head):
                if referrer.block is not start.block and self.exists(module, referrer):
                    self.visit(module, referrer, head, address)
        return _without_dead_ends(list(self.found.values()))

    def exists(self, module: Module, referrer: Referrer) -> bool:
        if referrer.kind in ("local", "output"):
            return True
        return self.evaluator.keys(referrer.block, module) != []

    def mark(self, node: Node, paths: Paths, address: str) -> None:
        """Note where a thing holds the identity; go on from it when that is news."""
        known = self.marks.get(node, NONE)
        if paths - known:
            self.marks[node] = known | paths
            self.queue.append((node, address))

    def add(self, consumer: Consumer, module: Module, referrer: Referrer | None) -> None:
        if consumer.address != self.start.address:
            self.found.setdefault(consumer.address, FoundConsumer(consumer, module, referrer))

    def visit(self, module: Module, referrer: Referrer, head: RefKey, parent: str) -> None:
        """Look at what a unit takes from the thing ``head``, and from nothing else."""
        flow = _flow(self, module, head)
        getattr(self, f"visit_{referrer.kind}")(module, referrer, flow, parent)

    def visit_local(self, module: Module, referrer: Referrer, flow: Dataflow, parent: str) -> None:
        assert referrer.attribute is not None  # noqa: S101 - a local has one
        paths = flow.of(referrer.attribute.value, {})
        address = f"{module.prefix}local.{referrer.labels[0]}"
        node = (module, ("local", *referrer.labels))
        listed = tuple(dict.fromkeys(map(str, references(referrer.attribute.value))))
        self.take(module, referrer, node, paths, address, parent, references=listed)

    def visit_output(self, module: Module, referrer: Referrer, flow: Dataflow, parent: str) -> None:
        value = referrer.block.get("value")
        paths = flow.of(value, {}) if value is not None else NONE
        address = f"{module.prefix}output.{referrer.labels[0]}"
        above = module.parent or module
        node = (above, ("module", module.name, referrer.labels[0]))
        self.take(module, referrer, node, paths, address, parent)

    def visit_data(self, module: Module, referrer: Referrer, flow: Dataflow, parent: str) -> None:
        arguments: dict[str, Paths] = {}
        for name, paths in _arguments(referrer.block, flow):  # a nested block may stand there twice
            arguments[name] = arguments.get(name, NONE) | paths
        tainted = {name for name, paths in arguments.items() if paths}
        mode = "data." if referrer.kind == "data" else ""
        address = f"{module.prefix}{mode}{'.'.join(referrer.labels)}"
        if not tainted:
            return
        node = (module, (referrer.kind, *referrer.labels))
        paths = frozenset().union(*(prefix(paths, name) for name, paths in arguments.items()))
        paths |= frozenset((name,) for name in published(referrer.block))
        if computed(referrer.block, tainted):
            clean = frozenset(referrer.block.attributes) - tainted
            self.clean[node] = self.clean.get(node, clean) & clean
            paths |= WHOLE
        self.take(module, referrer, node, paths, address, parent, _ignored(referrer.block, tainted))

    visit_resource = visit_data

    def visit_module(self, module: Module, referrer: Referrer, flow: Dataflow, parent: str) -> None:
        name = referrer.labels[0]
        child = module.child(name)
        for argument, paths in _arguments(referrer.block, flow):
            line = referrer.block.attributes[argument].line if paths else 0
            if not paths:
                continue
            if child is None:
                address = f"{module.prefix}module.{name}"
                self.add(Consumer(address, "module", parent, referrer.file, line), module, referrer)
                self.mark((module, ("module", name, "*")), WHOLE, address)
                continue
            address = f"{child.prefix}var.{argument}"
            self.add(Consumer(address, "variable", parent, referrer.file, line), child, None)
            self.mark((child, ("var", argument)), paths, address)

    def take(
        self,
        module: Module,
        referrer: Referrer,
        node: Node,
        paths: Paths,
        address: str,
        parent: str,
        ignored: tuple[str, ...] = (),
        references: tuple[str, ...] = (),
    ) -> None:
        if paths:
            place = referrer.file, referrer.line
            consumer = Consumer(address, referrer.kind, parent, *place, ignored, references)
            self.add(consumer, module, referrer)
            if not (self.start.is_direct and referrer.kind in ("resource", "data")):
                self.mark(node, paths, address)


def _ignored(block: Block, names: Iterable[str]) -> tuple[str, ...]:
    """Return the arguments among ``names`` of which ``ignore_changes`` keeps a part or all."""
    heads: set[str] = set()
    for lifecycle in block.all("lifecycle"):
        given = lifecycle.get("ignore_changes")
        for item in given.items if isinstance(given, Tuple) else [given]:
            reference = flatten(item) if item is not None else None
            heads.add(reference.root if reference else "")
    kept = [name for name in names if "all" in heads or name in heads]
    return tuple(sorted(kept))


def _flow(walk: _Walk, module: Module, only: RefKey) -> Dataflow:
    def lookup(reference: Reference) -> Paths:
        head = ref_key_of(reference)
        whole = head is not None and head[:2] == only[:2] and "*" in (head[-1], only[-1])
        if head != only and not (only[0] == "module" and whole):
            return NONE
        node = (module, only)
        rest = reference.steps[2 if only[0] == "data" else 1 :]
        if only[0] in ("resource", "data", "module") and rest and rest[0].key is not None:
            rest = rest[1:]  # an instance key: every instance is as good as the other
        if only[0] == "module":
            named = rest[0].name if rest else None
            paths = walk.marks.get(node, NONE)
            return strip(paths, [s.literal for s in rest[1:]]) if named else _under(only, paths)
        if rest and rest[0].literal in walk.clean.get(node, ()):
            return NONE
        return strip(walk.marks.get(node, NONE), [step.literal for step in rest])

    def decide(test: Expr) -> bool | None:
        value = walk.evaluator.eval(test, module, walk.evaluator.call_names(module))
        return None if isinstance(value, Unknown) else value in (True, "true")

    return Dataflow(lookup, decide)


def _under(head: RefKey, paths: Paths) -> Paths:
    return prefix(paths, head[2])


def _arguments(block: Block, flow: Dataflow) -> Iterator[tuple[str, Paths]]:
    """Yield each argument and nested block type with the identity's paths in it."""
    names = _each(block, flow)
    for attribute in block.attributes.values():
        if attribute.name not in _NOT_BY_VALUE:
            yield attribute.name, flow.of(attribute.value, names)
    yield from _blocks(block.blocks, flow, names)
    for lifecycle in block.all("lifecycle"):
        if (triggers := lifecycle.get("replace_triggered_by")) is not None:
            yield "replace_triggered_by", WHOLE if flow.of(triggers, names) else NONE


def _blocks(
    blocks: Sequence[Block], flow: Dataflow, names: Mapping[str, Paths]
) -> Iterator[tuple[str, Paths]]:
    for block in blocks:
        if block.type in _NOT_BY_VALUE:
            continue
        name, scope, content = block.type, names, [block]
        if block.type == "dynamic" and block.labels:
            name = block.labels[0]
            scope = {**names, _iterator(block): _each(block, flow, names).get("each", NONE)}
            content = list(block.all("content"))
        found: set[tuple[str, ...]] = set()
        for inner in content:
            for attribute in inner.attributes.values():
                if block.type != "dynamic" or attribute.name != "for_each":
                    found |= prefix(flow.of(attribute.value, scope), attribute.name)
            for nested, paths in _blocks(inner.blocks, flow, scope):
                found |= prefix(paths, nested)
        yield name, prefix(frozenset(found), "*")


def _iterator(dynamic: Block) -> str:
    given = dynamic.get("iterator")
    return getattr(given, "name", "") or dynamic.labels[0]


def _each(
    block: Block, flow: Dataflow, names: Mapping[str, Paths] | None = None
) -> dict[str, Paths]:
    """Return what ``each`` holds in the block (or a dynamic block's iterator)."""
    for_each = block.get("for_each")
    scope = dict(names or {})
    if for_each is None:
        return scope
    paths = flow.of(for_each, scope)
    values = strip(paths, [None])
    is_set = isinstance(for_each, Call) and for_each.function == "toset"
    keys = values if is_set or () in paths else NONE
    return {**scope, "each": prefix(values, "value") | prefix(keys, "key")}


def _without_dead_ends(found: list[FoundConsumer]) -> list[FoundConsumer]:
    """Drop locals, inputs and child outputs that no resource, data source or output needs."""
    needed: set[str] = set()
    for item in reversed(found):
        consumer = item.consumer
        through = consumer.kind in _CARRYING or (
            consumer.kind == "output" and item.module.parent is not None
        )
        if not through or consumer.address in needed:
            needed.add(consumer.address)
            needed.add(consumer.parent)
    return [item for item in found if item.consumer.address in needed]
