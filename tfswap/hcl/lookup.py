"""Look up what a reference names: a variable, local, output, resource or data source.

Terraform documentation: "References to Named Values".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tfswap.hcl.module_tree import Key, Module
from tfswap.hcl.reference import Reference, RefStep
from tfswap.hcl.scope import Scope
from tfswap.hcl.syntax import Expr, Lit
from tfswap.hcl.values import Unknown, Value, failure

Found = tuple[Value, Sequence[RefStep]]
"""A value, and the steps still to be taken into it."""


def resolve(scope: Scope, module: Module, reference: Reference) -> Found:
    """Return what the reference's first steps name, and the steps that are left."""
    root, steps = reference.root, reference.steps
    first = steps[0].name if steps else None
    if root in _FIXED:
        return _fixed(scope, module, root, first), steps[1:]
    if first is None:
        return Unknown(f"{root} alone cannot be evaluated", "", reference.line), ()
    if root == "var":
        return scope.variable(module, first), steps[1:]
    if root == "local":
        return scope.local(module, first), steps[1:]
    if root == "module":
        return _output(scope, module, first, steps[1:])
    if root in ("each", "count", "self"):
        return Unknown(f"{root}.{first} depends on the instance", "", reference.line), ()
    if root == "data":
        kind = first
        name = steps[1].name if len(steps) > 1 else None
        return _resource(scope, module, ("data", kind, name or ""), steps[2:])
    return _resource(scope, module, ("resource", root, first), steps[1:])


_FIXED = ("terraform", "path")


def _fixed(scope: Scope, module: Module, root: str, name: str | None) -> Value:
    if (root, name) == ("terraform", "workspace"):
        return scope.workspace
    if (root, name) == ("path", "module"):
        # Terraform gives it relative to the root module, "." being the root module itself.
        return "." if module.parent is None else _relative(module)
    if (root, name) == ("path", "root"):
        return "."
    return Unknown(f"{root}.{name} depends on where Terraform runs")


def _relative(module: Module) -> str:
    import os

    return os.path.relpath(module.folder.path, module.tree.root.folder.path)


def _output(scope: Scope, module: Module, name: str, steps: Sequence[RefStep]) -> Found:
    call = module.folder.block("module", name)
    if call is None:
        return failure(f"there is no module {name} in {module.folder.name}"), ()
    key, rest = _key(steps, scope, module)
    repeated = "count" in call.block.attributes or "for_each" in call.block.attributes
    if isinstance(key, Unknown) or (repeated and key is None) or not rest or rest[0].name is None:
        return Unknown(f"module.{name} as a whole is not evaluated", call.file, call.block.line), ()
    child = module.child(name, key)
    if child is None:
        what = f"the source of module.{name} is not in this repository"
        return Unknown(what, call.file, call.block.line), ()
    return scope.output(child, rest[0].name), rest[1:]


def _key(
    steps: Sequence[RefStep], scope: Scope, module: Module
) -> tuple[Key | Unknown, Sequence[RefStep]]:
    """Take an instance key off the steps."""
    if not steps or steps[0].key is None:
        return None, steps
    value = _index(steps[0].key, scope, module)
    if isinstance(value, Unknown) or (isinstance(value, str | int) and not isinstance(value, bool)):
        return value, steps[1:]
    return failure("an instance key is a string or a number"), steps[1:]


def _index(expr: Expr, scope: Scope, module: Module) -> Value:
    return expr.value if isinstance(expr, Lit) else scope.eval(expr, module)


def _resource(
    scope: Scope, module: Module, what: tuple[str, str, str], steps: Sequence[RefStep]
) -> Found:
    mode, kind, name = what
    address = f"{'data.' if mode == 'data' else ''}{kind}.{name}"
    key, rest = _key(steps, scope, module)
    placed = module.folder.block(mode, kind, name)
    if placed is None:
        return failure(f"{module.prefix}{address} is not declared"), ()
    attribute = rest[0].name if rest else None
    if attribute in placed.block.attributes:
        scope.resource(module, placed)
        names = scope.names(placed.block, key, module)
        value = scope.attribute(placed.block, attribute, module, names)
        if not isinstance(value, Unknown):
            return value, rest[1:]
    if scope.state is not None:
        return _in_state(scope, f"{module.prefix}{address}"), steps
    return Unknown(f"{address} is known only from the state", placed.file, placed.block.line), ()


def _in_state(scope: Scope, address: str) -> Value:
    """Return a resource's attributes, as a list or map of them where it has instances."""
    state = scope.state or {}
    if address in state:
        return state[address]
    pattern = re.compile(re.escape(address) + r'\[(?:(\d+)|"(.*)")\]')
    found = {m[1] or m[2]: state[a] for a in state if (m := pattern.fullmatch(a))}
    if not found:
        return Unknown(f"{address} is not in the state")
    if all(key.isdigit() for key in found):
        return [found[key] for key in sorted(found, key=int)]
    return found
