"""Find the tfvars string a table is named by, and prove it by following the table's name back.

A string is only taken for the name of a table when changing it changes that table's name: the
``name`` expression is evaluated with the string as it is and with another one in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tfswap.discovery.input_variables import Inputs
from tfswap.discovery.root_module import TableBlock
from tfswap.errors import UsageError
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.instances import Instance, expand
from tfswap.hcl.scope import State
from tfswap.hcl.values import Unknown, Value
from tfswap.names import DatedName, parse_dated
from tfswap.swap import NameSource

_PROBE = "-tfswap-probe"


@dataclass(frozen=True)
class TableInstance:
    """One table there is, in one workspace."""

    instance: Instance
    file: str
    name: str | Unknown
    """Its physical name today."""

    @property
    def address(self) -> str:
        """The address in Terraform's state."""
        return self.instance.address

    def __str__(self) -> str:
        known = "name unknown: " if isinstance(self.name, Unknown) else ""
        return f"{self.address}  {known}{self.name}  {self.file}:{self.instance.block.line}"


@dataclass(frozen=True)
class NameMatch:
    """A table, the leaf that names it, and what it would be called."""

    table: TableInstance
    leaf: NameSource
    new_value: str
    old_name: str
    new_name: str

    def __str__(self) -> str:
        return f"{self.leaf.pointer}  {self.leaf.file}:{self.leaf.line}  {self.table.address}"


class NameSources:
    """The tables of one workspace and what they are named by.

    Args:
        blocks: The tables in the configuration.
        inputs: The root module's variables.
        workspace: The Terraform workspace.
        state: Attributes by state address, for what the configuration cannot tell.
    """

    def __init__(
        self, blocks: Sequence[TableBlock], inputs: Inputs, workspace: str, state: State | None
    ) -> None:
        self.blocks, self.inputs, self.workspace, self.state = blocks, inputs, workspace, state
        self.evaluator = self._evaluator()
        self.tables = list(self._tables())

    def _evaluator(self, leaf: NameSource | None = None, value: str = "") -> Evaluator:
        return Evaluator(self.workspace, self.inputs.values(leaf, value), self.state)

    def _tables(self) -> Iterator[TableInstance]:
        for module, placed in self.blocks:
            instances = expand(self.evaluator, module, placed.block)
            if isinstance(instances, Unknown):
                instances = [Instance(module, placed.block, None)]
            for instance in instances:
                yield TableInstance(instance, placed.file, self._name(instance))

    def _name(self, instance: Instance) -> str | Unknown:
        name = name_of(self.evaluator, instance)
        if isinstance(name, str):
            return name
        known = (self.state or {}).get(instance.address, {}).get("name")
        if isinstance(known, str):
            return known
        return name if isinstance(name, Unknown) else Unknown("the name is not a string")

    def candidates(self, under: str, wanted: str) -> list[tuple[NameSource, str]]:
        """Return the leaves whose base name is the wanted one's, with the value each would get."""
        base = parse_dated(wanted).base
        return [(leaf, wanted) for leaf in self._leaves(under) if dated(leaf.value).base == base]

    def _leaves(self, under: str) -> Iterator[NameSource]:
        for file in self.inputs.editable:
            yield from (leaf for leaf in file.leaves(under) if leaf.value)

    def matches(self, candidates: Sequence[tuple[NameSource, str]]) -> list[NameMatch]:
        """Return each table whose name follows from one of the candidates."""
        found: list[NameMatch] = []
        for leaf, new_value in candidates:
            probe = new_value if new_value != leaf.value else leaf.value + _PROBE
            changed = self._evaluator(leaf, probe)
            for table in self.tables:
                match = _match(table, leaf, new_value, name_of(changed, table.instance), probe)
                if match is not None:
                    found.append(match)
        return found


def _match(
    table: TableInstance, leaf: NameSource, new: str, changed: Value, probe: str
) -> NameMatch | None:
    if isinstance(table.name, Unknown) or not isinstance(changed, str) or changed == table.name:
        return None
    name = table.name if probe != new else changed
    return NameMatch(table, leaf, new, table.name, name)


def name_of(evaluator: Evaluator, instance: Instance) -> Value:
    """Return what a table's ``name`` is, as an evaluator tells it."""
    names = evaluator.names(instance.block, instance.key, instance.module)
    return evaluator.attribute(instance.block, "name", instance.module, names)


def dated(value: str) -> DatedName:
    """Take a name that stands in the repository apart; a date that is none stays in the base."""
    try:
        return parse_dated(value)
    except UsageError:
        return DatedName(value, None)
