"""Evaluate expressions as Terraform would, as far as the repository tells.

What it does not tell (a resource's computed attribute, a data source, a variable without value)
is ``Unknown`` with the reason; it is never guessed. Given Terraform's state, resources and data
sources are looked up there. Terraform documentation: "Expressions".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tfswap.repo import operators
from tfswap.repo.functions import FUNCTIONS, SHALLOW
from tfswap.repo.modules import Key, Module
from tfswap.repo.reference import Reference, flatten
from tfswap.repo.resolve import resolve
from tfswap.repo.syntax import (
    Attr,
    Binary,
    Block,
    Call,
    Expr,
    For,
    If,
    Index,
    Item,
    Join,
    Lit,
    Name,
    Object,
    Splat,
    Template,
    Tuple,
    Unary,
)
from tfswap.repo.values import (
    EvalError,
    SetValue,
    Unknown,
    Value,
    boolean,
    failure,
    text,
    unknown_in,
)

Names = Mapping[str, Value]
"""Names in scope besides the module's own: ``each``, ``count``, loop variables."""
State = Mapping[str, Mapping[str, Any]]
"""State address to attributes."""

_ITEM = "*"
"""The splat's item among the names; no identifier can clash with it."""


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

    def eval(self, expr: Expr, module: Module, names: Names | None = None) -> Value:
        """Return the expression's value in ``module``."""
        try:
            return _Evaluation(self, module, names or {}).eval(expr)
        except RecursionError:
            return Unknown("the expression is nested too deep")

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
        members = self.eval(for_each, module, self.call_names(module))
        value: Value = Unknown("each.value depends on the instance")
        if isinstance(members, SetValue):
            value = key
        elif isinstance(members, dict) and key in members:
            value = members[key]
        return {"each": {"key": key, "value": value}}

    def keys(self, block: Block, module: Module) -> list[Key] | Unknown:
        """Return the instance keys of a block: ``[None]`` without ``count`` and ``for_each``."""
        names = self.call_names(module)
        if (count := block.get("count")) is not None:
            number = self.eval(count, module, names)
            if isinstance(number, Unknown):
                return number
            whole = isinstance(number, int) and not isinstance(number, bool)
            return list(range(number)) if whole else failure("count is no number")
        if (for_each := block.get("for_each")) is None:
            return [None]
        members = self.eval(for_each, module, names)
        if isinstance(members, dict):
            return sorted(members)
        if isinstance(members, list):
            return unknown_in(members) or list(members)
        return members if isinstance(members, Unknown) else failure("for_each is no map or set")

    def _variable(self, module: Module, name: str) -> Value:
        declared = module.folder.block("variable", name)
        if module.call is not None and module.parent is not None:
            if (given := module.call.block.get(name)) is not None:
                names = self.call_names(module)
                return operators.declared(self.eval(given, module.parent, names), declared)
        elif name in self.variables:
            return operators.declared(self.variables[name], declared)
        if declared is None:
            return failure(f"variable {name} is not declared in {module.folder.name}")
        default = declared.block.get("default")
        if default is None:
            what = f"variable {name} has no value"
            return Unknown(what, declared.file, declared.block.line)
        return operators.declared(self.eval(default, module), declared)

    def _once(self, module: Module, kind: str, name: str, make: Callable[[], Value]) -> Value:
        """Evaluate each thing once; what refers to itself is unknown."""
        at = (module, kind, name)
        if at not in self._known:
            self._known[at] = failure(f"{kind}.{name} refers to itself")
            self._known[at] = make()
        return self._known[at]


class _Evaluation:
    """One expression in one module with some names."""

    def __init__(self, owner: Evaluator, module: Module, names: Names) -> None:
        self.owner, self.module, self.names = owner, module, names

    def eval(self, expr: Expr) -> Value:
        if isinstance(expr, Name | Attr | Index | Splat):
            reference = flatten(expr)
            if reference is not None and reference.root not in self.names:
                return self.reference(reference)
        value: Value = _EVAL[type(expr)](self, expr)
        return value

    def within(self, **names: Value) -> _Evaluation:
        return _Evaluation(self.owner, self.module, {**self.names, **names})

    def reference(self, reference: Reference) -> Value:
        """Resolve ``var.x.y[0]`` and the like; the steps behind the thing's name are taken here."""
        value, rest = resolve(self.owner, self.module, reference)
        for step in rest:
            value = self.step(value, step.name if step.name is not None else step.key)
        return value

    def step(self, of: Value, key: str | Expr | None) -> Value:
        if isinstance(of, Unknown):
            return of
        at = key if isinstance(key, str) else self.eval(key) if key is not None else None
        return at if isinstance(at, Unknown) else operators.take(of, at)

    def lit(self, expr: Lit) -> Value:
        return expr.value

    def name(self, expr: Name) -> Value:
        return self.names.get(expr.name, Unknown(f"{expr.name} is not known", "", expr.line))

    def item(self, _: Item) -> Value:
        return self.names.get(_ITEM, Unknown("a splat outside its place"))

    def attr(self, expr: Attr) -> Value:
        return self.step(self.eval(expr.of), expr.name)

    def index(self, expr: Index) -> Value:
        return self.step(self.eval(expr.of), expr.key)

    def splat(self, expr: Splat) -> Value:
        of = self.eval(expr.of)
        if isinstance(of, Unknown):
            return of
        items = of if isinstance(of, list) else [] if of is None else [of]
        return [self.within(**{_ITEM: item}).eval(expr.each) for item in items]

    def template(self, expr: Template) -> Value:
        done = []
        for part in expr.parts:
            value = self.eval(part)
            if isinstance(value, Unknown):
                return value
            try:
                done.append(text(value))
            except EvalError as error:
                return failure(str(error))
        return "".join(done)

    def joined(self, expr: Join) -> Value:
        lines = self.loop(For(expr.key, expr.value, expr.of, None, expr.body, None, False))
        return lines if isinstance(lines, Unknown) else unknown_in(lines) or "".join(lines)

    def call(self, expr: Call) -> Value:
        if expr.function in ("try", "can"):
            return self.attempt(expr)
        args = [self.eval(arg) for arg in expr.args]
        if expr.spread and args:
            last = args.pop()
            if not isinstance(last, list):
                return last if isinstance(last, Unknown) else failure("'...' wants a list")
            args.extend(last)
        deep = expr.function not in SHALLOW
        for arg in args:
            unknown = unknown_in(arg) if deep else arg if isinstance(arg, Unknown) else None
            if unknown is not None:
                return unknown
        return self.apply(expr, args)

    def apply(self, expr: Call, args: list[Value]) -> Value:
        function = FUNCTIONS.get(expr.function.removeprefix("core::"))
        if function is None:
            return Unknown(f"tfswap does not evaluate {expr.function}()", "", expr.line)
        try:
            return function(*args)
        except (EvalError, TypeError, ValueError, ArithmeticError) as error:
            return failure(f"{expr.function}(): {error}", "", expr.line)

    def attempt(self, call: Call) -> Value:
        value: Value = failure("try() has no argument that works", "", call.line)
        for arg in call.args:
            value = self.eval(arg)
            if not (isinstance(value, Unknown) and value.fails):
                break
        if call.function == "try":
            return value
        if isinstance(value, Unknown):
            return False if value.fails else value
        return True

    def condition(self, expr: If) -> Value:
        test = self.eval(expr.test)
        if isinstance(test, Unknown):
            return test
        try:
            return self.eval(expr.then if boolean(test) else expr.other)
        except EvalError as error:
            return failure(str(error))

    def binary(self, expr: Binary) -> Value:
        left, right = self.eval(expr.left), self.eval(expr.right)
        return operators.binary(expr.operator, left, right)

    def unary(self, expr: Unary) -> Value:
        return operators.unary(expr.operator, self.eval(expr.of))

    def tuple(self, expr: Tuple) -> Value:
        return [self.eval(item) for item in expr.items]

    def object(self, expr: Object) -> Value:
        made: dict[str, Value] = {}
        for key_expr, value_expr in expr.items:
            key = self.eval(key_expr)
            if isinstance(key, Unknown):
                return key
            made[text(key)] = self.eval(value_expr)
        return made

    def loop(self, expr: For) -> Value:
        of = self.eval(expr.of)
        if isinstance(of, Unknown):
            return of
        if not isinstance(of, list | dict):
            return failure("for wants a list or map")
        pairs = sorted(of.items()) if isinstance(of, dict) else list(enumerate(of))
        if isinstance(of, SetValue):
            pairs = [(item, item) for item in of]
        scopes = []
        for key, item in pairs:
            names = {expr.value: item} | ({expr.key: key} if expr.key else {})
            scopes.append(self.within(**names))
        return self.collect(expr, scopes)

    def collect(self, expr: For, scopes: list[_Evaluation]) -> Value:
        items: list[Value] = []
        made: dict[str, Value] = {}
        for scope in scopes:
            keep = True if expr.test is None else scope.eval(expr.test)
            key = None if expr.result_key is None else scope.eval(expr.result_key)
            if isinstance(keep, Unknown) or isinstance(key, Unknown):
                return keep if isinstance(keep, Unknown) else key
            if keep in (False, "false"):
                continue
            if expr.result_key is None:
                items.append(scope.eval(expr.result))
            elif expr.grouped:
                made.setdefault(text(key), []).append(scope.eval(expr.result))
            else:
                made[text(key)] = scope.eval(expr.result)
        return items if expr.result_key is None else made


_EVAL: dict[type, Callable[[_Evaluation, Any], Value]] = {
    Lit: _Evaluation.lit,
    Name: _Evaluation.name,
    Item: _Evaluation.item,
    Attr: _Evaluation.attr,
    Index: _Evaluation.index,
    Splat: _Evaluation.splat,
    Template: _Evaluation.template,
    Join: _Evaluation.joined,
    Call: _Evaluation.call,
    If: _Evaluation.condition,
    Binary: _Evaluation.binary,
    Unary: _Evaluation.unary,
    Tuple: _Evaluation.tuple,
    Object: _Evaluation.object,
    For: _Evaluation.loop,
}
