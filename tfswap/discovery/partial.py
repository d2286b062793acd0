"""Evaluate texts of which some parts are not known: what is known of them still names tables.

``"arn:aws:dynamodb:eu-west-1:${data.aws_caller_identity.me.account_id}:table/${local.env}-Carts"``
is unknown as a whole, and yet it names a table. Here an unknown part of a text is ``GAP``. A text
with a gap is only ever searched: what compares or measures it is unknown, as it always was.
Files are read as ``file`` and ``templatefile`` do, inside the repository only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.expressions import Evaluation
from tfswap.hcl.functions import FUNCTIONS, SHALLOW
from tfswap.hcl.module_tree import Module
from tfswap.hcl.project import normal
from tfswap.hcl.scope import Names, State
from tfswap.hcl.syntax import BinaryOp, Call, Expr, Join, Template
from tfswap.hcl.template_file import parse_template
from tfswap.hcl.values import EvalError, SetValue, Unknown, Value, text, unknown_in

GAP = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for a part of a text that is not known."""

_ALSO: dict[str, Callable[..., Any]] = {
    "yamlencode": FUNCTIONS["jsonencode"],  # JSON is YAML, and only names are looked for
    "base64encode": text,
    "textencodebase64": lambda value, _: text(value),
    "urlencode": text,
    "indent": lambda _, value: text(value),
    "formatlist": FUNCTIONS["formatlist"],
}
"""Functions whose result is searched as their argument would be."""

MAKERS = frozenset(
    {
        "chomp", "format", "jsonencode", "join", "lower", "replace", "substr", "title", "trim",
        "trimprefix", "trimspace", "trimsuffix", "upper", *_ALSO,
    }
)  # fmt: skip
"""Functions that make texts."""
FILES = ("file", "templatefile")


class PartialEvaluator(Evaluator):
    """An ``Evaluator`` that keeps what is known of a text.

    Args:
        workspace: As ``Evaluator`` takes it; so are the others.
    """

    def __init__(
        self, workspace: str, variables: Mapping[str, Value], state: State | None = None
    ) -> None:
        super().__init__(workspace, variables, state)
        self.files: set[str] = set()
        """The files that were read."""
        self._templates: dict[str, Expr | Unknown] = {}

    def scope(self, module: Module, names: Names) -> PartialEvaluation:
        """Return what evaluates expressions in ``module`` with these names in scope."""
        return PartialEvaluation(self, module, names)

    def template(self, module: Module, path: Value) -> tuple[str, Expr | Unknown]:
        """Return the name of a template in the repository, and what it says."""
        name, data = self.read(module, path)
        if data is None:
            return name, Unknown(f"{name or 'a file'} cannot be read")
        if name not in self._templates:
            self._templates[name] = parse_template(data, name, module.tree.project.cache)
        return name, self._templates[name]

    def read(self, module: Module, path: Value) -> tuple[str, str | None]:
        """Return the name and the text of a file that the configuration reads."""
        if not isinstance(path, str) or GAP in path or path.startswith("/"):
            return "", None
        tree = module.tree
        name = normal(f"{tree.root.folder.name}/{path}")
        data = tree.project.contents(name)
        if data is None:
            return name, None
        self.files.add(name)
        return name, data.decode("utf-8-sig", errors="replace")


class PartialEvaluation(Evaluation):
    """Evaluates expressions as far as they are known."""

    owner: PartialEvaluator

    def _template(self, expr: Template) -> Value:
        return "".join(shown(self.eval(part)) for part in expr.parts)

    def _joined(self, expr: Join) -> Value:
        scopes = self.scopes(expr)
        if isinstance(scopes, Unknown):
            return GAP
        return "".join(shown(scope.eval(expr.body)) for scope in scopes)

    def _usable(self, function: str, args: list[Value]) -> list[Value] | Unknown:
        if function in MAKERS:
            return [_gapped(arg) for arg in args]
        usable = super()._usable(function, args)
        if function in SHALLOW or isinstance(usable, Unknown) or not is_partial(usable):
            return usable
        return Unknown(f"{function}() of a partly known text")

    def _apply(self, expr: Call, args: list[Value]) -> Value:
        if expr.function == "file":
            name, data = self.owner.read(self.module, args[0] if args else None)
            return data if data is not None else Unknown(f"{name} cannot be read")
        if expr.function in _ALSO:
            try:
                return _ALSO[expr.function](*args)
            except (EvalError, TypeError, ValueError) as error:
                return Unknown(str(error), "", expr.line)
        return super()._apply(expr, args)

    def _call(self, expr: Call) -> Value:
        if expr.function != "templatefile" or len(expr.args) != 2:
            return super()._call(expr)
        return self.rendered(expr, lambda _: False)

    def rendered(self, call: Call, hidden: Callable[[str], object]) -> Value:
        """Return what ``templatefile`` makes.

        Args:
            call: The call.
            hidden: Says which of the texts handed to it are left out.
        """
        _, template = self.owner.template(self.module, self.eval(call.args[0]))
        scope = self.inside(call, hidden)
        return template if isinstance(template, Unknown) else scope.eval(template)

    def inside(self, call: Call, hidden: Callable[[str], object]) -> Evaluation:
        """Return the scope of a template: it sees what it is handed, nothing else."""
        given = self.eval(call.args[1])
        known = given if isinstance(given, dict) else {}
        names = {k: GAP if isinstance(v, str) and hidden(v) else v for k, v in known.items()}
        return type(self)(self.owner, self.module, names)

    def _binary(self, expr: BinaryOp) -> Value:
        if is_partial([self.eval(expr.left), self.eval(expr.right)]):
            return Unknown("a comparison with a partly known text")
        return super()._binary(expr)


def shown(value: Value) -> str:
    """Return a template's part as text, with a gap where it is not known."""
    try:
        return GAP if isinstance(value, Unknown) else text(value)
    except EvalError:
        return GAP


def is_partial(value: Value) -> bool:
    """Say whether a text with a gap is in ``value``, however deep."""
    if isinstance(value, str):
        return GAP in value
    if isinstance(value, dict):
        return any(map(is_partial, value.values()))
    return isinstance(value, list) and any(map(is_partial, value))


def _gapped(value: Value) -> Value:
    """Return ``value`` with gaps for what is not known in it."""
    if unknown_in(value) is None:
        return value
    if isinstance(value, Unknown):
        return GAP
    if isinstance(value, dict):
        return {key: _gapped(item) for key, item in value.items()}
    items = [_gapped(item) for item in value]
    return SetValue(items) if isinstance(value, SetValue) else items
