"""A table that the code has and this environment has not: ``count`` or ``for_each`` leaves none.

Terraform documentation, "count" and "for_each": with 0, or an empty map or set, no
instance is made.
Whether the block would make the wanted table is told by its name as far as that is known, and by
the other environments' tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tfswap.discovery.candidates import could_be, is_like
from tfswap.discovery.name_sources import dated, name_of
from tfswap.discovery.other_runs import ANY, choices
from tfswap.discovery.partial import GAP, PartialEvaluator
from tfswap.discovery.refusals import NotCreatedError
from tfswap.discovery.root_module import ENVIRONMENTS, TableBlock, tables
from tfswap.discovery.view import View
from tfswap.edit.hcl_file import HclFile
from tfswap.hcl.instances import Instance, expand, module_instances
from tfswap.hcl.module_tree import ANY as ANY_KEY
from tfswap.hcl.project import PlacedBlock
from tfswap.hcl.values import Unknown

_REPEATED = ("count", "for_each")
_MOST_NAMED = 8


def not_created(view: View, name: str, environment: str) -> NotCreatedError | None:
    """Return the refusal where the wanted table is one that this environment does not create.

    Args:
        view: The configuration; none of its tables is the wanted one.
        name: The name typed.
        environment: The environment it was looked for in.
    """
    base = dated(name).base
    for table in tables(view.tree):
        absent = _Absent(view, table, base)
        if not absent.may_be_meant():
            continue
        created = absent.created_in()
        if absent.is_known or created:
            return _refusal(absent, environment, created)
    return None


@dataclass(frozen=True)
class _Absent:
    """A table's block, of which the wanted instance is not there."""

    view: View
    table: TableBlock
    base: str

    @property
    def address(self) -> str:
        module, placed = self.table
        return f"{module.prefix}{'.'.join(placed.block.labels)}"

    def repeated(self) -> list[PlacedBlock]:
        """Return what decides about instances: calls from the root down, then the table itself."""
        module, placed = self.table
        found = [placed]
        while module.call is not None and module.parent is not None:
            found.insert(0, module.call)
            module = module.parent
        return [p for p in found if any(name in p.block.attributes for name in _REPEATED)]

    @property
    def is_empty(self) -> bool:
        module, placed = self.table
        return expand(self.view.evaluator, module, placed.block) == []

    @property
    def text(self) -> str:
        """The table's name, with gaps for what is not known of it."""
        module, placed = self.table
        view = self.view
        partial = PartialEvaluator(view.workspace, view.inputs.values(), view.state)
        names = partial.names(placed.block, ANY_KEY, module)
        text = partial.attribute(placed.block, "name", module, names)
        return text if isinstance(text, str) else GAP

    @property
    def is_known(self) -> bool:
        """Whether the block's own name says that it is the wanted one."""
        return self.is_empty and could_be(self.text, self.base)

    def may_be_meant(self) -> bool:
        if not self.repeated():
            return False
        # Names made of an instance key alone are told by other environments' instances only.
        return self.is_known or not self.text.strip(GAP + "-_.")

    def created_in(self) -> list[str]:
        """Return the workspaces that have the table; ``ANY`` where all unknown ones do."""
        known = self.view.inputs.values().get(ENVIRONMENTS)
        names = list(known) if isinstance(known, dict) else []
        found = [name for name in names if self._is_created(name)]
        if self._is_created(ANY):
            return [*found, ANY]
        guesses = dict.fromkeys((*choices(self.view, self.view.workspace), *self._compared()))
        return found + [n for n in guesses if n not in names and self._is_created(n)]

    def _is_created(self, workspace: str) -> bool:
        there = replace(self.view, workspace=workspace, state=None)
        return workspace != self.view.workspace and any(
            isinstance(text := name_of(there.evaluator, one), str) and is_like(text, self.base)
            for one in _instances(there, self.address)
        )

    def _compared(self) -> Iterator[str]:
        """Yield the words of what decides about instances."""
        for placed in self.repeated():
            data = self.view.project.contents(placed.file) or b""
            file = HclFile(placed.file, data, self.view.project.cache)
            for attribute in _REPEATED if placed.file.endswith(".tf") else ():
                prefix = (placed.block.type, *placed.block.labels, attribute)
                yield from (word.value for word in file.below(*prefix))

    def cause(self) -> tuple[PlacedBlock, str]:
        """Return the block that leaves no such instance, and its argument's name."""
        module, _ = self.table
        above = [module]
        while (parent := above[0].parent) is not None:
            above.insert(0, parent)
        for one in above:
            if one.call is not None and module_instances(self.view.evaluator, one) == []:
                placed = one.call
                break
        else:
            placed = self.repeated()[-1]
        return placed, next(name for name in _REPEATED if name in placed.block.attributes)


def _instances(view: View, address: str) -> list[Instance]:
    for module, placed in tables(view.tree):
        if f"{module.prefix}{'.'.join(placed.block.labels)}" == address:
            found = expand(view.evaluator, module, placed.block)
            return [] if isinstance(found, Unknown) else found
    return []


def _refusal(absent: _Absent, environment: str, created: list[str]) -> NotCreatedError:
    placed, argument = absent.cause()
    line = placed.block.attributes[argument].line
    owner = "its" if placed is absent.table[1] else f"module.{placed.block.labels[0]}'s"
    what = "has no such key"
    if absent.is_empty:
        what = "is 0" if argument == "count" else "is empty"
    hint = (
        f"Choose an environment that creates it with --environment, or set what its {argument} is "
        "made of with --tfvars."
    )
    return NotCreatedError(
        f"{placed.file}:{line}: {absent.address} is not created in environment {environment}: "
        f"{owner} {argument} {what}.",
        hint=_elsewhere(created) or hint,
    )


def _elsewhere(created: list[str]) -> str:
    """Say which environments create the table; nothing where none is known."""
    named = [name for name in created if name != ANY]
    if len(created) == 1 and named:
        return f"It is created in {named[0]}. Choose it with --environment {named[0]}."
    shown = named[:_MOST_NAMED] + ["…"] * (len(named) > _MOST_NAMED)
    shown += ["any other workspace"] * (ANY in created)
    return f"It is created in {', '.join(shown)}. Choose one with --environment." * bool(shown)
