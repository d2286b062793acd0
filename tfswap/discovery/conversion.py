"""What to write so that a table has a string of its own: the way out of every refusal.

The name stays what it is today in every workspace and for every instance; one line of the tfvars,
keyed by the workspace (or the instance key), says the table's name from then on. Such a change
plans nothing, so it can be merged on any day before the one it is needed on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from tfswap.discovery.input_variables import HclTfvars, is_automatic
from tfswap.discovery.name_sources import TableInstance
from tfswap.discovery.view import View
from tfswap.hcl.module_tree import Module
from tfswap.hcl.project import normal

_ONE_LINE = re.compile(r"\s*name\s*=\s*(?P<value>.*?)\s*(?:#.*|//.*)?$")


class Change(NamedTuple):
    """A line to be written."""

    file: str
    line: int
    """The line it takes the place of; 0 where it is added."""
    text: str

    def lines(self) -> Iterator[str]:
        """Yield it for a person."""
        yield f"  {self.file}:{self.line}:" if self.line else f"  {self.file}, new:"
        yield from (f"    {line}" for line in self.text.splitlines())


def conversion(view: View, table: TableInstance, kinds: Collection[str]) -> tuple[Change, ...]:
    """Return the lines to write, or none where they cannot be told.

    Args:
        view: The configuration.
        table: The table.
        kinds: What stands in the way, as ``safety`` names it.
    """
    instance = table.instance
    attribute = instance.block.attributes.get("name")
    now = _today(view, table, attribute.line) if attribute else ""
    if not now or not isinstance(table.name, str) or ".terraform" in table.file.split("/"):
        return ()
    assert attribute is not None  # noqa: S101 - there is no text without it
    module = instance.module
    label = re.sub(r"[-_]?tables?$", "", instance.block.labels[1]) or instance.block.labels[1]
    name = f"{label}_table_names" if module.parent is None else f"{label}_table_name"
    keys = ["each.key"] if isinstance(instance.key, str) else []
    if module.parent is None:
        by, key = _key(view, keys, str(instance.key), kinds)
        text = f"name = lookup(var.{name}, {by}, {now})"
        tail = _variable(view, name, key, table.name)
        return (Change(table.file, attribute.line, text), *tail)
    if keys or instance.key is not None:
        return ()
    null = f'variable "{name}" {{\n  type    = string\n  default = null\n}}'
    done = [
        Change(table.file, attribute.line, f"name = coalesce(var.{name}, {now})"),
        Change(_beside(module, table.file), 0, null),
    ]
    return (*done, *_through_calls(view, module, name, table.name, kinds))


def _today(view: View, table: TableInstance, line: int) -> str:
    data = view.project.contents(table.file) or b""
    text = data.decode("utf-8-sig", errors="replace").splitlines()
    match = _ONE_LINE.match(text[line - 1]) if 0 < line <= len(text) else None
    value = match["value"] if match else ""
    return value if value.count("(") == value.count(")") and value[-1:] not in "({[" else ""


def _key(view: View, keys: list[str], own: str, kinds: Collection[str]) -> tuple[str, str]:
    """Return the expression that tells this table from others, and what it is for this one."""
    shared = bool({"workspace", "use", "root"} & set(kinds)) or not keys
    parts = ([("terraform.workspace", view.workspace)] if shared else []) + [
        (expression, own) for expression in keys
    ]
    if len(parts) == 1:
        return parts[0]
    expression = "/".join("${" + part + "}" for part, _ in parts)
    return f'"{expression}"', "/".join(value for _, value in parts)


def _variable(view: View, name: str, key: str, value: str) -> Iterator[Change]:
    root = view.tree.root.folder
    beside = root.sources[0].name
    yield Change(beside, 0, f'variable "{name}" {{\n  type    = map(string)\n  default = {{}}\n}}')
    files = [file for file in view.inputs.files if is_automatic(file.file.rpartition("/")[2])]
    if files and not isinstance(files[-1], HclTfvars):
        yield Change(files[-1].file, 0, f'"{name}": {{ {json.dumps(key)}: {json.dumps(value)} }}')
        return
    file = files[-1].file if files else normal(f"{root.name}/terraform.tfvars")
    yield Change(file, 0, f"{name} = {{ {json.dumps(key)} = {json.dumps(value)} }}")


def _through_calls(
    view: View, module: Module, name: str, value: str, kinds: Collection[str]
) -> Iterator[Change]:
    """Yield the arguments that hand the name down to the table's module."""
    while module.parent is not None and module.call is not None:
        call, above = module.call, module.parent
        is_top = above.parent is None
        repeated = module.key is not None
        text = f"{name} = var.{name}"
        if is_top and not repeated and "workspace" not in kinds:
            text = f"{name} = {json.dumps(value)}"
        elif is_top:
            by, key = _key(view, ["each.key"] * isinstance(module.key, str), str(module.key), kinds)
            text = f"{name} = lookup(var.{name}s, {by}, null)"
        yield Change(call.file, 0, f'in module "{module.name}" (line {call.block.line}):  {text}')
        if not is_top:
            null = f'variable "{name}" {{\n  type    = string\n  default = null\n}}'
            yield Change(_beside(above, call.file), 0, null)
        elif "lookup(" in text:
            yield from _variable(view, f"{name}s", key, value)
        module = above


def _beside(module: Module, file: str) -> str:
    names = [source.name for source in module.folder.sources]
    return next((n for n in names if n.endswith("variables.tf")), file)
