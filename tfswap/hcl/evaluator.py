"""Evaluate expressions as Terraform would, as far as the repository tells.

What it does not tell (a resource's computed attribute, a data source, a variable without value)
is ``Unknown`` with the reason; it is never guessed. Given Terraform's state, resources and data
sources are looked up there. Terraform documentation: "Expressions".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tfswap.hcl import operators
from tfswap.hcl.expressions import Evaluation
from tfswap.hcl.module_tree import Key, Module
from tfswap.hcl.project import PlacedBlock
from tfswap.hcl.scope import Names, State
from tfswap.hcl.syntax import Block, Expr, Lit
from tfswap.hcl.values import SetValue, Unknown, Value, failure, unknown_in

_MAX_INSTANCES = 10_000


class Evaluator:
    """Evaluates expressions in modules.

    Args:
        workspace: What ``terraform.workspace`` is.
        variables: The root module's variables by name, converted to their types.
        state: Attributes by state address, asked for what the configuration cannot tell.
    """

    def __init__(
        self, workspace: str, variables: Mapping[str, Value], state: State | None = None
    ) -> None:
        self.workspace, self.variables, self.state = workspace, variables, state
        self._known: dict[tuple[Module, str, str], Value] = {}
        self._each: dict[tuple[Module, int], tuple[Expr, Value]] = {}
        # With each value its expression, so that no other takes its id.
        self.files: set[str] = set()
        """Files of the repository that ``file()`` read."""

    @property
    def consulted(self) -> Iterable[tuple[Module, str, str]]:
        """What was evaluated so far: the module, the kind of thing, and its name.

        The kind is ``local``, ``var``, ``output``, ``resource`` or ``data``.
        """
        return self._known.keys()

    @property
    def known_values(self) -> Iterable[Value]:
        """The values of what was evaluated so far."""
        return self._known.values()

    def eval(self, expr: Expr, module: Module, names: Names | None = None) -> Value:
        """Return the expression's value in ``module``."""
        try:
            return self.scope(module, names or {}).eval(expr)
        except RecursionError:
            return Unknown("the expression is nested too deep")

    def scope(self, module: Module, names: Names) -> Evaluation:
        """Return what evaluates expressions in ``module`` with these names in scope."""
        return Evaluation(self, module, names)

    def attribute(self, block: Block, name: str, module: Module, names: Names | None) -> Value:
        """Return the value of a block's attribute; unknown when the block does not set it."""
        expr = block.get(name)
        if expr is None:
            return Unknown(f"{name} is not set")
        return self.eval(expr, module, names)

    def local(self, module: Module, name: str) -> Value:
        """Return ``local.<name>``."""
        found = module.folder.local(name)
        if found is None:
            return failure(f"local.{name} is not defined in {module.folder.name}")
        return self._once(module, "local", name, lambda: self.eval(found[0].value, module))

    def variable(self, module: Module, name: str) -> Value:
        """Return ``var.<name>``: the caller's argument, or the root module's value."""
        return self._once(module, "var", name, lambda: self._variable(module, name))

    def output(self, module: Module, name: str) -> Value:
        """Return a module's output."""
        placed = module.folder.block("output", name)
        expr = placed.block.get("value") if placed else None
        if expr is None:
            return failure(f"{module.folder.name} has no output {name}")
        return self._once(module, "output", name, lambda: self.eval(expr, module))

    def call_names(self, module: Module) -> Names:
        """Return ``each`` and ``count`` as the call that makes ``module`` sees them."""
        if module.call is None or module.parent is None:
            return {}
        return self.names(module.call.block, module.key, module.parent)

    def names(self, block: Block, key: Key | Unknown, module: Module) -> Names:
        """Return ``each`` and ``count`` as instance ``key`` of ``block`` sees them."""
        if "count" in block.attributes:
            return {"count": {"index": key}}
        for_each = block.get("for_each")
        if for_each is None:
            return {}
        members = self._members(for_each, module)
        value: Value = Unknown("each.value depends on the instance")
        if isinstance(members, SetValue):
            value = key
        elif isinstance(members, dict) and key in members:
            value = members[key]
        return {"each": {"key": key, "value": value}}

    def keys(self, block: Block, module: Module) -> list[Key] | Unknown:
        """Return the instance keys of a block: ``[None]`` without ``count`` and ``for_each``."""
        if (count := block.get("count")) is not None:
            number = self.eval(count, module, self.call_names(module))
            if isinstance(number, Unknown):
                return number
            whole = isinstance(number, int) and not isinstance(number, bool)
            if not whole or not 0 <= number <= _MAX_INSTANCES:
                return failure("count is not a number of instances")
            return list(range(number))
        if (for_each := block.get("for_each")) is None:
            return [None]
        members = self._members(for_each, module)
        if isinstance(members, dict):
            return sorted(members)
        if isinstance(members, Unknown):
            return members
        if isinstance(members, list) and (unknown := unknown_in(members)) is not None:
            return unknown
        if isinstance(members, list) and all(isinstance(member, str) for member in members):
            return list(members)
        return failure("for_each is not a map or set of strings")

    def _members(self, for_each: Expr, module: Module) -> Value:
        """Evaluate a ``for_each`` once for all its instances."""
        at = module, id(for_each)
        if at not in self._each:
            self._each[at] = for_each, self.eval(for_each, module, self.call_names(module))
        return self._each[at][1]

    def _variable(self, module: Module, name: str) -> Value:
        declared = module.folder.block("variable", name)
        if module.call is not None and module.parent is not None:
            if (given := module.call.block.get(name)) is not None:
                value = self.eval(given, module.parent, self.call_names(module))
                if value is not None or _is_nullable(declared):
                    return operators.declared(value, declared)
        elif name in self.variables and (
            self.variables[name] is not None or _is_nullable(declared)
        ):
            return operators.declared(self.variables[name], declared)
        if declared is None:
            return failure(f"variable {name} is not declared in {module.folder.name}")
        default = declared.block.get("default")
        if default is None:
            return Unknown(no_value(name), declared.file, declared.block.line)
        return operators.declared(self.eval(default, module), declared)

    def resource(self, module: Module, placed: PlacedBlock) -> None:
        """Note that a resource's or data source's own arguments were asked for."""
        at = (module, placed.block.type, ".".join(placed.block.labels))
        self._known.setdefault(at, None)

    def _once(self, module: Module, kind: str, name: str, make: Callable[[], Value]) -> Value:
        """Evaluate each thing once; what refers to itself is unknown."""
        at = (module, kind, name)
        if at not in self._known:
            self._known[at] = failure(f"{kind}.{name} refers to itself")
            self._known[at] = make()
        return self._known[at]


def _is_nullable(variable: PlacedBlock | None) -> bool:
    """Say whether null is a value of a variable; else it stands for the default."""
    given = variable.block.get("nullable") if variable else None
    return not (isinstance(given, Lit) and given.value is False)


def no_value(variable: str) -> str:
    """Return the reason why a variable that nothing sets is unknown."""
    return f"variable {variable} has no value"
