"""Expressions to values: one function per kind of node.

Terraform documentation: "Expressions".
"""

from __future__ import annotations

from tfswap.hcl import operators
from tfswap.hcl.functions import FUNCTIONS, SHALLOW
from tfswap.hcl.lookup import resolve
from tfswap.hcl.module_tree import Module
from tfswap.hcl.project import normal
from tfswap.hcl.reference import Reference, flatten
from tfswap.hcl.scope import Names, Scope
from tfswap.hcl.syntax import (
    Attr,
    BinaryOp,
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
from tfswap.hcl.template_file import parse_template
from tfswap.hcl.values import (
    EvalError,
    SetValue,
    UnclearError,
    Unknown,
    Value,
    boolean,
    failure,
    text,
    unknown_in,
)

_ITEM = "*"
"""The splat's item among the names; no identifier can clash with it."""


class Evaluation:
    """Evaluates expressions in one module with some names in scope."""

    def __init__(self, owner: Scope, module: Module, names: Names) -> None:
        self.owner, self.module, self.names = owner, module, names

    def eval(self, expr: Expr) -> Value:
        """Return the expression's value."""
        if isinstance(expr, Name | Attr | Index | Splat):
            reference = flatten(expr)
            if reference is not None and reference.root not in self.names:
                return self._reference(reference)
        try:
            value: Value = getattr(self, _EVAL[type(expr)])(expr)
        except EvalError as error:
            return failure(str(error))
        return value

    def within(self, **names: Value) -> Evaluation:
        """Return the same with further names in scope."""
        return type(self)(self.owner, self.module, {**self.names, **names})

    def _reference(self, reference: Reference) -> Value:
        """Resolve ``var.x.y[0]`` and the like; the steps behind the thing's name are taken here."""
        value, rest = resolve(self.owner, self.module, reference)
        for step in rest:
            value = self._step(value, step.name if step.name is not None else step.key)
        return value

    def _step(self, of: Value, key: str | Expr | None) -> Value:
        if isinstance(of, Unknown):
            return of
        at = key if isinstance(key, str) else self.eval(key) if key is not None else None
        return at if isinstance(at, Unknown) else operators.index_value(of, at)

    def _lit(self, expr: Lit) -> Value:
        return expr.value

    def _name(self, expr: Name) -> Value:
        return self.names.get(expr.name, Unknown(f"{expr.name} is unknown", "", expr.line))

    def _item(self, _: Item) -> Value:
        return self.names.get(_ITEM, Unknown("a misplaced splat"))

    def _attr(self, expr: Attr) -> Value:
        return self._step(self.eval(expr.of), expr.name)

    def _index(self, expr: Index) -> Value:
        return self._step(self.eval(expr.of), expr.key)

    def _splat(self, expr: Splat) -> Value:
        of = self.eval(expr.of)
        if isinstance(of, Unknown):
            return of
        items = of if isinstance(of, list) else [] if of is None else [of]
        return [self.within(**{_ITEM: item}).eval(expr.each) for item in items]

    def _template(self, expr: Template) -> Value:
        done = []
        for part in expr.parts:
            value = self.eval(part)
            if isinstance(value, Unknown):
                return value
            done.append(text(value))
        return "".join(done)

    def _joined(self, expr: Join) -> Value:
        lines = self._loop(For(expr.key, expr.value, expr.of, None, expr.body, None, False))
        return lines if isinstance(lines, Unknown) else unknown_in(lines) or "".join(lines)

    def _call(self, expr: Call) -> Value:
        if expr.function in ("try", "can"):
            return self._attempt(expr)
        args = [self.eval(arg) for arg in expr.args]
        if expr.spread and args:
            last = args.pop()
            if not isinstance(last, list):
                return last if isinstance(last, Unknown) else failure("'...' needs a list")
            args.extend(last)
        usable = self._usable(expr.function, args)
        return usable if isinstance(usable, Unknown) else self._apply(expr, usable)

    def _usable(self, function: str, args: list[Value]) -> list[Value] | Unknown:
        """Return the arguments as the function may see them, or why it cannot be called."""
        deep = function not in SHALLOW
        for arg in args:
            unknown = unknown_in(arg) if deep else arg if isinstance(arg, Unknown) else None
            if unknown is not None:
                return unknown
        return args

    def _apply(self, expr: Call, args: list[Value]) -> Value:
        if expr.function == "file" and args:
            return self._file(args[0])
        if expr.function == "fileexists" and args:
            data = self._file(args[0])
            is_unclear = isinstance(data, Unknown) and not data.fails
            return data if is_unclear else isinstance(data, str)
        if expr.function == "templatefile" and len(args) == 2:
            return self._rendered(args[0], args[1])
        function = FUNCTIONS.get(expr.function.removeprefix("core::"))
        if function is None:
            return Unknown(f"tfswap does not evaluate {expr.function}()", "", expr.line)
        try:
            return function(*args)
        except UnclearError as error:
            return Unknown(f"{expr.function}(): {error}", "", expr.line)
        except (EvalError, TypeError, ValueError, ArithmeticError) as error:
            return failure(f"{expr.function}(): {error}", "", expr.line)

    def _file(self, path: Value) -> Value:
        """Read a file of the repository; paths start from the root module, where Terraform runs."""
        tree = self.module.tree
        name = normal(f"{tree.root.folder.name}/{path}")
        data = tree.project.contents(name)
        if data is None:
            outside = name.startswith(("..", "/"))
            what = f"{path} is not a file of this repository"
            return Unknown(what) if outside else failure(what)
        self.owner.files.add(name)
        return data.decode("utf-8-sig", errors="replace")

    def _rendered(self, path: Value, names: Value) -> Value:
        """Return what a template file makes of the names it is handed; it sees no others."""
        data = self._file(path)
        if isinstance(data, Unknown) or not isinstance(names, dict):
            return data if isinstance(data, Unknown) else failure("templatefile() needs a map")
        template = parse_template(str(data), str(path), self.module.tree.project.cache)
        made = type(self)(self.owner, self.module, names)
        return template if isinstance(template, Unknown) else made.eval(template)

    def _attempt(self, call: Call) -> Value:
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

    def _condition(self, expr: If) -> Value:
        test = self.eval(expr.test)
        if isinstance(test, Unknown):
            return test
        return self.eval(expr.then if boolean(test) else expr.other)

    def _binary(self, expr: BinaryOp) -> Value:
        left, right = self.eval(expr.left), self.eval(expr.right)
        return operators.binary(expr.operator, left, right)

    def _unary(self, expr: Unary) -> Value:
        return operators.unary(expr.operator, self.eval(expr.of))

    def _tuple(self, expr: Tuple) -> Value:
        return [self.eval(item) for item in expr.items]

    def _object(self, expr: Object) -> Value:
        made: dict[str, Value] = {}
        for key_expr, value_expr in expr.items:
            key = self.eval(key_expr)
            if isinstance(key, Unknown):
                return key
            made[text(key)] = self.eval(value_expr)
        return made

    def _loop(self, expr: For) -> Value:
        scopes = self.scopes(expr)
        return scopes if isinstance(scopes, Unknown) else self._collect(expr, scopes)

    def scopes(self, expr: For | Join) -> list[Evaluation] | Unknown:
        """Return what each round of a loop sees: its variables beside the names in scope."""
        of = self.eval(expr.of)
        if isinstance(of, Unknown):
            return of
        if not isinstance(of, list | dict):
            return failure("for needs a list or map")
        pairs = sorted(of.items()) if isinstance(of, dict) else list(enumerate(of))
        if isinstance(of, SetValue):
            pairs = [(item, item) for item in of]
        scopes: list[Evaluation] = []
        for key, item in pairs:
            names = {expr.value: item} | ({expr.key: key} if expr.key else {})
            scopes.append(self.within(**names))
        return scopes

    def _collect(self, expr: For, scopes: list[Evaluation]) -> Value:
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


_EVAL: dict[type, str] = {
    Lit: "_lit",
    Name: "_name",
    Item: "_item",
    Attr: "_attr",
    Index: "_index",
    Splat: "_splat",
    Template: "_template",
    Join: "_joined",
    Call: "_call",
    If: "_condition",
    BinaryOp: "_binary",
    Unary: "_unary",
    Tuple: "_tuple",
    Object: "_object",
    For: "_loop",
}
"""Each node's method, looked up by name: a subclass may have its own."""
