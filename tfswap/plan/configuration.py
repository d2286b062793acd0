"""The configuration inside plan JSON: expressions and what they refer to.

``configuration`` lists, for each argument, its constant or its references ("JSON Output Format",
expression representation). Two things it leaves out, and readers here must not assume otherwise:
the definitions of locals, and the content of ``dynamic`` blocks.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tfswap.plan.address import ModulePath
from tfswap.plan.values import Path

Expression = dict[str, Any]


class Configuration:
    """Lookups in the ``configuration`` tree."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self._tree = tree

    @property
    def tree(self) -> dict[str, Any]:
        """All of it, as it is written."""
        return self._tree

    def module(self, path: ModulePath) -> dict[str, Any] | None:
        """Return a module's configuration; None when there is no such module."""
        node = _dict(self._tree.get("root_module"))
        for step in path:
            node = _dict(_dict(_dict(node.get("module_calls")).get(step.name)).get("module"))
        return node or None

    def call(self, path: ModulePath) -> Expression | None:
        """Return the call that makes the module at ``path``; None for the root module."""
        if not path:
            return None
        parent = self.module(path[:-1]) or {}
        return _dict(_dict(parent.get("module_calls")).get(path[-1].name)) or None

    def resource(self, path: ModulePath, mode: str, kind: str, name: str) -> Expression | None:
        """Return a resource's or data source's block."""
        module = self.module(path) or {}
        for block in _list(module.get("resources")):
            node = _dict(block)
            if (node.get("mode"), node.get("type"), node.get("name")) == (mode, kind, name):
                return node
        return None

    def output(self, path: ModulePath, name: str) -> Expression | None:
        """Return an output's expression."""
        module = self.module(path) or {}
        return _dict(_dict(_dict(module.get("outputs")).get(name)).get("expression")) or None

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the root module's outputs."""
        return tuple(_dict(_dict(self._tree.get("root_module")).get("outputs")))

    def is_sensitive_variable(self, name: str) -> bool:
        """Whether an input of the root module is declared sensitive, or not declared at all."""
        declared = _dict(_dict(self._tree.get("root_module")).get("variables"))
        return name not in declared or _dict(declared[name]).get("sensitive") is True

    @cached_property
    def provider_keys(self) -> dict[tuple[str, str, str], str]:
        """Provider configuration of each resource: (module path, type, name) -> its key."""
        found: dict[tuple[str, str, str], str] = {}
        queue: list[tuple[str, dict[str, Any]]] = [("", _dict(self._tree.get("root_module")))]
        while queue:
            prefix, node = queue.pop()
            for block in map(_dict, _list(node.get("resources"))):
                place = (prefix, str(block.get("type")), str(block.get("name")))
                found[place] = str(block.get("provider_config_key", ""))
            for name, call in _dict(node.get("module_calls")).items():
                queue.append((f"{prefix}/{name}", _dict(_dict(call).get("module"))))
        return found


def expression_at(block: Expression, path: Path) -> Expression | None:
    """Return the expression that sets the attribute at ``path``; None when none is written.

    An expression above ``path`` counts: ``environment = var.x`` sets ``environment.A`` too.
    """
    node: Any = block.get("expressions")
    for part in path:
        if _is_expression(node):
            return _dict(node)
        if isinstance(node, dict) and isinstance(part, str):
            node = node.get(part)
        elif isinstance(node, list) and isinstance(part, int):
            node = node[part] if part < len(node) else None
        elif not (isinstance(node, dict) and isinstance(part, int)):
            return None
    return _dict(node) if _is_expression(node) else None


def references(expression: Expression) -> tuple[str, ...]:
    """Return an expression's references, only the longest of each.

    Terraform lists ``aws_x.y.arn`` and then ``aws_x.y`` as well.
    """
    listed = [ref for ref in _list(expression.get("references")) if isinstance(ref, str)]
    return tuple(
        ref
        for ref in dict.fromkeys(listed)
        if not any(other != ref and other.startswith((f"{ref}.", f"{ref}[")) for other in listed)
    )


def _is_expression(node: Any) -> bool:
    return isinstance(node, dict) and ("references" in node or "constant_value" in node)


def _dict(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}


def _list(node: Any) -> list[Any]:
    return node if isinstance(node, list) else []
