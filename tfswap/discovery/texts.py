"""Every text that a configuration makes and that is searched for: where, by what, under which key.

Variables and locals only carry a text on; it is found where it is made: a string, a template, a
function that makes texts, a file that ``templatefile`` or ``file`` reads, a value of the tfvars.
Blocks are looked at instance by instance, branches that are not taken are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import Struct

from tfswap.discovery.input_variables import HclTfvars, Inputs, strings
from tfswap.discovery.name_search import NameSearch
from tfswap.discovery.partial import (
    FILES,
    MAKERS,
    PartialEvaluation,
    PartialEvaluator,
    contents,
    shown,
)
from tfswap.discovery.template_lines import line_of_text, lines_in_template, lines_of_match
from tfswap.errors import RepoError
from tfswap.hcl.expressions import Evaluation, Names
from tfswap.hcl.module_tree import ANY, Module, ModuleTree, index
from tfswap.hcl.project import SourceChunk
from tfswap.hcl.reference import flatten
from tfswap.hcl.syntax import (
    Attr,
    Block,
    Call,
    Expr,
    For,
    If,
    Index,
    Join,
    Lit,
    Name,
    Object,
    Splat,
    Template,
)
from tfswap.hcl.values import Unknown, Value, boolean, text

_SKIPPED_BLOCKS = {"terraform", "moved", "removed"}
_SKIPPED = {"source", "version", "providers", "depends_on", "provider", "ignore_changes"}
_MOST = 200
"""Instances and rounds of one block or loop that are looked at."""
_JOINING = MAKERS - {"jsonencode", "yamlencode", "base64encode", "textencodebase64", "indent"}
"""What is in the others is found in their arguments."""
_CHANGING = _JOINING - {"format", "formatlist", "join"}
"""What these make of a text that is made in their brackets is all that counts."""


class Made(NamedTuple):
    """A text, and where it is made."""

    text: str
    file: str
    line: int
    address: str
    """The block: ``module.app.aws_lambda_function.receiver``, ``local.name``, a tfvars file."""
    key: str
    """Where it goes in the block: ``environment.variables.TABLE``."""


class Unread(NamedTuple):
    """A part of the configuration that could not be read."""

    reason: str


Found = Made | Unread


@dataclass(frozen=True)
class _Place:
    """Where the search is."""

    scope: Evaluation
    file: str
    line: int
    address: str
    key: str

    def at(self, key: str) -> _Place:
        name = f"{self.key}.{key}" if self.key else key
        return _Place(self.scope, self.file, self.line, self.address, name)

    def within(self, scope: Evaluation, file: str = "") -> _Place:
        return _Place(scope, file or self.file, self.line, self.address, self.key)


def texts(tree: ModuleTree, evaluator: PartialEvaluator, wanted: NameSearch) -> Iterator[Found]:
    """Yield every text with a table's name that a configuration makes.

    Args:
        tree: The configuration.
        evaluator: Knows workspace and variables.
        wanted: What is searched for.
    """
    for module in _modules(evaluator, tree.root):
        for source in module.folder.sources:
            for chunk in source.chunks:
                if wanted.may_make(chunk.data):
                    yield from _in_chunk(chunk, module, evaluator, wanted)


def _modules(evaluator: PartialEvaluator, module: Module) -> Iterator[Module]:
    """Yield the uses of modules there are, and those whose instances are not known once."""
    yield module
    for name, call in module.calls().items():
        keys = evaluator.keys(call.block, module)
        for key in [ANY] if isinstance(keys, Unknown) else keys[:_MOST]:
            child = module.child(name, key)
            if child is not None and not _is_foreign(child):
                yield from _modules(evaluator, child)


def _is_foreign(module: Module) -> bool:
    """Say whether a module was downloaded, or calls itself."""
    above, folder = module.parent, module.folder
    while above is not None:
        if above.folder is folder:
            return True
        above = above.parent
    return ".terraform" in folder.name.split("/")


def _in_chunk(
    chunk: SourceChunk, module: Module, evaluator: PartialEvaluator, wanted: NameSearch
) -> Iterator[Found]:
    try:
        for block in chunk.blocks:
            for names, address in _instances(block, module, evaluator, chunk):
                scope = evaluator.scope(module, names)
                place = _Place(scope, chunk.name, block.line, address, "")
                yield from _in_block(block, place, wanted)
    except RepoError as error:
        yield Unread(error.message)


def _instances(
    block: Block, module: Module, evaluator: PartialEvaluator, chunk: SourceChunk
) -> Iterator[tuple[Names, str]]:
    """Yield the names in scope and the address of each instance that may differ from the others."""
    if block.type in _SKIPPED_BLOCKS or (block.type == "variable" and not block.labels):
        return
    if block.type == "variable":
        name = block.labels[0]
        given = name in evaluator.variables if module.call is None else name in _given(module)
        if not given:
            yield {}, f"{module.prefix}var.{name}"
        return
    keys = evaluator.keys(block, module)
    known = [ANY] if isinstance(keys, Unknown) else keys[:_MOST]
    if b"each." not in chunk.data and b"count." not in chunk.data:
        known = known[:1]
    start = {"resource": (), "locals": ("local",)}.get(block.type, (block.type,))
    for key in known:
        plain = ".".join((*start, *block.labels))
        at = "" if isinstance(key, Unknown) else index(key)
        yield evaluator.names(block, key, module), f"{module.prefix}{plain}{at}"


def _given(module: Module) -> Iterable[str]:
    return module.call.block.attributes if module.call else ()


def _in_block(block: Block, place: _Place, wanted: NameSearch) -> Iterator[Made]:
    for attribute in block.attributes.values():
        if attribute.name in _SKIPPED or (block.type == "variable" and attribute.name != "default"):
            continue
        at = _Place(place.scope, place.file, attribute.line, place.address, place.key)
        if block.type == "locals":
            at = _Place(at.scope, at.file, at.line, f"{at.address}.{attribute.name}", "")
        else:
            at = at.at(attribute.name)
        yield from _search(attribute.value, at, wanted)
    for inner in block.blocks:
        if inner.type == "dynamic" and inner.labels:
            yield from _in_dynamic(inner, place, wanted)
        elif block.type != "variable":
            yield from _in_block(inner, place.at(inner.type), wanted)


def _in_dynamic(block: Block, place: _Place, wanted: NameSearch) -> Iterator[Made]:
    label = block.labels[0]
    named = block.get("iterator")
    iterator = named.name if isinstance(named, Name) else label
    for_each = block.get("for_each") or Lit(None)
    yield from _search(for_each, place.at(label), wanted)
    for content in block.all("content"):
        for scope in _rounds(
            place.scope, For("key", "value", for_each, None, Lit(""), None, False)
        ):
            names = scope.names
            item = {"key": names.get("key"), "value": names.get("value")}
            inner = place.scope.within(**{iterator: item})
            yield from _in_block(content, place.within(inner).at(label), wanted)


def _rounds(scope: Evaluation, loop: For | Join) -> list[Evaluation]:
    """Return the rounds of a loop; one of unknown variables where they are not known."""
    rounds = scope.scopes(loop)
    if not isinstance(rounds, Unknown):
        return rounds[:_MOST]
    names = {loop.value: rounds} | ({loop.key: rounds} if loop.key else {})
    return [scope.within(**names)]


def _search(expr: Expr, place: _Place, wanted: NameSearch) -> Iterator[Made]:
    """Yield the wanted texts an expression makes, each at the smallest part that makes it."""
    found = False
    for part, at in _parts(expr, place):
        for made in _search(part, at, wanted):
            found = True
            yield made
    if isinstance(expr, Call) and expr.function in FILES:
        yield from _read(expr, place, wanted)
    elif isinstance(expr, Template):
        if wanted.may_join(expr):
            yield from _made(expr, place, wanted)
    elif not found and _makes(expr):
        yield from _made(expr, place, wanted)


def _makes(expr: Expr) -> bool:
    return isinstance(expr, Lit) or (isinstance(expr, Call) and expr.function in _JOINING)


def _made(expr: Expr, place: _Place, wanted: NameSearch) -> Iterator[Made]:
    scope = place.scope
    if isinstance(expr, Template):
        values = [scope.eval(part) for part in expr.parts]
        found = "".join(map(shown, values))
        for line in lines_in_template(expr, values, wanted):
            yield _at_line(expr, place, found, wanted, line)
        return
    if isinstance(expr, Call):
        taken = (scope.eval(arg) for arg in expr.args if not isinstance(arg, Lit | Template))
        if any(wanted(one) for value in taken for one in strings(value)):
            return  # it only passes on what is made elsewhere
    for one in dict.fromkeys(filter(wanted, strings(scope.eval(expr)))):
        yield _at_line(expr, place, one, wanted)


def _at_line(expr: Expr, place: _Place, found: str, wanted: NameSearch, line: int = 0) -> Made:
    if not line:
        file = contents(place.scope.module.tree.project, place.file) or b""
        data = file.decode("utf-8-sig", errors="replace")
        line = line_of_text(expr, data, place.line, found, wanted)
    return Made(found, place.file, line, place.address, place.key)


def _read(call: Call, place: _Place, wanted: NameSearch) -> Iterator[Made]:
    """Yield the wanted texts that a file makes; what is handed to it is made elsewhere."""
    scope = place.scope
    if not isinstance(scope, PartialEvaluation) or not call.args:
        return
    name, data = scope.owner.read(scope.module, scope.eval(call.args[0]))
    found = data or ""
    if call.function == "templatefile" and len(call.args) == 2:
        found = shown(scope.rendered(call, wanted))
    if wanted(found):
        for line in lines_of_match(data or "", found, wanted):
            yield Made(found, name, line, place.address, place.key)


def _parts(expr: Expr, place: _Place) -> Iterator[tuple[Expr, _Place]]:
    """Yield the parts of an expression that count, each with the scope it is evaluated in."""
    scope = place.scope
    if isinstance(expr, If):
        yield from ((branch, place) for branch in (expr.test, *_branches(expr, scope)))
    elif isinstance(expr, For | Join):
        yield expr.of, place
        for around in _rounds(scope, expr):
            body = expr.body if isinstance(expr, Join) else expr.result
            yield body, place.within(around)
    elif isinstance(expr, Object):
        for key, value in expr.items:
            name = scope.eval(key)
            yield value, place.at(text(name) if isinstance(name, str | int) else "*")
    elif isinstance(expr, Call):
        yield from _arguments(expr, place)
    elif isinstance(expr, Attr | Index | Splat):
        if flatten(expr) is None:
            yield expr.of, place
    elif isinstance(expr, Template):
        # Beside its neighbours a string may be the beginning of a longer name.
        yield from ((part, place) for part in expr.parts if not isinstance(part, Lit))
    else:
        yield from ((part, place) for part in _fields(expr))


def _branches(expr: If, scope: Evaluation) -> tuple[Expr, ...]:
    test: Value = scope.eval(expr.test)
    if isinstance(test, Unknown):
        return expr.then, expr.other
    return (expr.then if test in (True, "true") and boolean(test) else expr.other,)


def _arguments(call: Call, place: _Place) -> Iterator[tuple[Expr, _Place]]:
    scope = place.scope
    if call.function == "try":
        values = ((arg, scope.eval(arg)) for arg in call.args)
        yield from ((arg, place) for arg, v in values if not (isinstance(v, Unknown) and v.fails))
    elif call.function == "templatefile":
        yield from ((arg, place) for arg in call.args[1:])
    elif call.function not in (*FILES, *_CHANGING, "can"):
        # What a function makes of a string of its own is judged when it is made.
        direct = call.function in MAKERS
        yield from ((a, place) for a in call.args if not (direct and isinstance(a, Lit)))


def _fields(expr: Expr) -> Iterator[Expr]:
    for name in expr.__struct_fields__:
        value = getattr(expr, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Struct):
                yield item  # type: ignore[misc]


def in_tfvars(inputs: Inputs, environment: str, wanted: NameSearch) -> Iterator[Made]:
    """Yield the wanted values of the tfvars, but for other environments' own."""
    for file in inputs.files:
        if isinstance(file, HclTfvars):
            for variable, value in file.values.items():
                for found in filter(wanted, strings(value)):
                    yield Made(found, file.file, file.lines[variable], f"var.{variable}", variable)
            continue
        for leaf in file.leaves():
            first, *rest = leaf.pointer.split("/")[1:] or [""]
            other = first == "environments" and rest[:1] not in ([environment], ["default"])
            if not other and wanted(leaf.value):
                key = leaf.pointer.strip("/").replace("/", ".")
                yield Made(leaf.value, leaf.file, leaf.line, f"var.{first}", key)
