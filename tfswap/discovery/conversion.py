"""What to write so that a table has a string of its own: the way out of every refusal.

The name stays what it is today in every workspace and for every instance; one line of the tfvars,
keyed by what tells this table from others, says the table's name from then on. Such a change
plans nothing, so it can be merged on any day before the one it is needed on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count
from typing import NamedTuple

from tfswap.discovery.input_variables import HclTfvars, is_automatic
from tfswap.discovery.name_sources import TableInstance
from tfswap.discovery.other_runs import by_workspace, outside_variables
from tfswap.discovery.rewrite import Rewrite, rewrite
from tfswap.discovery.view import View
from tfswap.hcl.module_tree import Key, Module
from tfswap.hcl.project import normal
from tfswap.hcl.values import Unknown, Value

_ARGUMENTS = ("name", "table_name", "dynamodb_table_name")
"""Arguments by which modules that others wrote take a table's name."""
_VARIABLES = ("variables.tf", "variable.tf", "vars.tf")
_OWN_FILE = ("inputs", "backend")
"""Conflicts with runs that differ in their tfvars files or their backend alone."""


class LineEdit(NamedTuple):
    """Lines to be written."""

    file: str
    line: int
    """The first line they take the place of; 0 where they are added."""
    text: str
    last: int = 0
    """The last line they take the place of, where that is another."""

    def lines(self) -> Iterator[str]:
        """Yield it for a person."""
        at = f"{self.line}-{self.last}" if self.last > self.line else str(self.line)
        yield f"  {self.file}:{at}:" if self.line else f"  {self.file}, new:"
        yield from (f"    {line}" for line in self.text.splitlines())


class Conversion(NamedTuple):
    """The way out."""

    changes: tuple[LineEdit, ...] = ()
    var_file: str = ""
    """The tfvars file that the run must be given; empty where Terraform reads it by itself."""


def conversion(view: View, table: TableInstance, kinds: Collection[str]) -> Conversion:
    """Return the lines to write, or none where they cannot be told.

    Args:
        view: The configuration.
        table: The table.
        kinds: What stands in the way, as ``safety`` names it.
    """
    placed = _place(view, table)
    if placed is None or not isinstance(placed.value, str):
        return Conversion()
    label = re.sub(r"[-_]?tables?$", "", placed.label) or placed.label
    writer = _Writer(view, label.replace("-", "_"), frozenset(kinds))
    return Conversion(tuple(writer.changes(placed)), writer.var_file)


@dataclass(frozen=True)
class _Place:
    """An argument that holds the name in code that can be changed."""

    module: Module
    key: Key | Unknown
    label: str
    written: Rewrite
    value: object
    """What the argument is today."""


def _place(view: View, table: TableInstance) -> _Place | None:
    """Return the table's own name, or the argument of the call that fetched modules get it by."""
    instance = table.instance
    module, block, file = instance.module, instance.block, table.file
    key: Key | Unknown = instance.key
    label, name = block.labels[1], "name"
    value: Value = table.name
    while ".terraform" in file.split("/"):
        if module.call is None or module.parent is None:
            return None
        block, file, key, label = module.call.block, module.call.file, module.key, module.name
        module = module.parent
        name = next((n for n in _ARGUMENTS if n in block.attributes), "")
        scope = view.evaluator.names(block, key, module)
        value = view.evaluator.attribute(block, name, module, scope) if name else None
    attribute = block.attributes.get(name)
    written = rewrite(view.project, file, name, attribute.line) if attribute else None
    return _Place(module, key, label, written, value) if written else None


class _Writer:
    def __init__(self, view: View, label: str, kinds: frozenset[str]) -> None:
        self.view, self.label, self.kinds = view, label, kinds
        own = self.kinds & set(_OWN_FILE)
        var_files = view.inputs.var_files
        new = normal(f"{view.folder.name}/{label}-table.tfvars")
        self.var_file = (var_files[-1] if var_files else new) if own else ""

    def changes(self, place: _Place) -> Iterator[LineEdit]:
        """Yield the lines from the table up to the tfvars."""
        here = _keys(place.key)
        if place.module.parent is None:
            yield from self.at_root(place.written, self.axes() + here, place.value, None)
            return
        name = self.name(bool(here))
        if here:
            text = f"lookup(var.{name}, {_joined(here)[0]}, {place.written.today})"
            value: object = {_joined(here)[1]: place.value}
        else:
            text, value = f"coalesce(var.{name}, {place.written.today})", place.value
        yield _replaced(place.written, text)
        yield self.variable(place.module, place.written.file, name, value)
        yield from self.through_calls(place.module, name, value)

    def at_root(
        self,
        written: Rewrite,
        keys: Sequence[tuple[str, str]],
        value: object,
        argument: str | None,
    ) -> Iterator[LineEdit]:
        """Yield the line in the root module that takes the name from the tfvars, and those."""
        keys = keys or [("terraform.workspace", self.view.workspace)]
        expression, key = _joined(keys)
        name = self.name(is_map=True)
        today = written.today if argument is None else _empty(value)
        text = f"lookup(var.{name}, {expression}, {today})"
        yield _replaced(written, text) if argument is None else _argument(written, argument, text)
        value = {key: value}
        yield self.variable(self.view.tree.root, written.file, name, value)
        yield self.setting(name, value)

    def through_calls(self, module: Module, name: str, value: object) -> Iterator[LineEdit]:
        """Yield the arguments that hand the name down to the table's module."""
        while module.parent is not None and module.call is not None:
            call, above, here = module.call, module.parent, _keys(module.key)
            written = Rewrite(call.file, call.block.line, module.name)
            if above.parent is None and (here or self.axes() or self.var_file):
                yield from self.at_root(written, self.axes() + here, value, name)
            elif above.parent is None:
                yield _argument(written, name, _hcl(value))
            else:
                inner, text = name, f"var.{name}"
                if here:
                    expression, key = _joined(here)
                    name = self.name(is_map=True)
                    text = f"lookup(var.{name}, {expression}, {_empty(value)})"
                    value = {key: value}
                yield _argument(written, inner, text)
                yield self.variable(above, call.file, name, value)
            module = above

    def axes(self) -> list[tuple[str, str]]:
        """Return the expressions that tell this run from others, and what they are in it."""
        found = [("terraform.workspace", self.view.workspace)] * by_workspace(self.view)
        outside = outside_variables(self.view) if "variable" in self.kinds else {}
        return found + [(f"var.{name}", value) for name, value in outside.items()]

    def name(self, is_map: bool) -> str:
        """Return a name that no variable has yet."""
        name = f"{self.label}_table_name{'s' * is_map}"
        others = (f"{name}_{number}" for number in count(2))
        return next(one for one in chain((name,), others) if one not in self.taken)

    @cached_property
    def taken(self) -> set[str]:
        return {name for folder in self.view.tree.reachable() for name in folder.variables()}

    def variable(self, module: Module, file: str, name: str, value: object) -> LineEdit:
        names = [source.name for source in module.folder.sources]
        own = file if file.endswith(".tf") else normal(f"{module.folder.name}/variables.tf")
        beside = next((n for n in names if n.endswith(_VARIABLES)), own)
        default = "{}" if isinstance(value, dict) else "null"
        text = f'variable "{name}" {{\n  type    = {_type(value)}\n  default = {default}\n}}'
        return LineEdit(beside, 0, text)

    def setting(self, name: str, value: object) -> LineEdit:
        """Return the line of the tfvars."""
        root = self.view.folder.name
        files = [f for f in self.view.inputs.files if is_automatic(f.file.rpartition("/")[2])]
        if self.var_file:
            files = [f for f in self.view.inputs.files if f.file == self.var_file]
        if files and not isinstance(files[-1], HclTfvars):
            return LineEdit(files[-1].file, 0, f'"{name}": {json.dumps(value)}')
        file = files[-1].file if files else self.var_file or normal(f"{root}/terraform.tfvars")
        return LineEdit(file, 0, f"{name} = {_hcl(value)}")


def _keys(key: Key | Unknown) -> list[tuple[str, str]]:
    """Return what tells an instance from the others, and what it is for this one."""
    if key is None or isinstance(key, Unknown):
        return []
    return [("each.key", key)] if isinstance(key, str) else [("count.index", str(key))]


def _joined(keys: Sequence[tuple[str, str]]) -> tuple[str, str]:
    if len(keys) == 1:
        return keys[0]
    expression = "/".join("${" + part + "}" for part, _ in keys)
    return f'"{expression}"', "/".join(value for _, value in keys)


def _replaced(written: Rewrite, text: str) -> LineEdit:
    return LineEdit(written.file, written.line, written.with_value(text), written.last)


def _argument(written: Rewrite, name: str, text: str) -> LineEdit:
    line = f"{name} = {text}"
    if written.file.endswith(".json"):
        line = f"{json.dumps(name)}: {json.dumps('${' + text + '}')}"
    place = f'in module "{written.today}" (line {written.line})'
    return LineEdit(written.file, 0, f"{place}:  {line}")


def _type(value: object) -> str:
    return f"map({_type(next(iter(value.values())))})" if isinstance(value, dict) else "string"


def _empty(value: object) -> str:
    return "{}" if isinstance(value, dict) else "null"


def _hcl(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_hcl(v)}" for k, v in value.items()) + " }"
    return json.dumps(value)
