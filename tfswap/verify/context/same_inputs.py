"""Whether a baseline plan and the swap's plan were made of the same things.

What differs must be the tables' names and what stands on them; then whatever else differs between
the two plans was caused by the swap. design.md, decision 12; docs/baseline.md is this
as a table.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tfswap.names import Rename
from tfswap.plan.address import strip_keys
from tfswap.plan.document import Plan
from tfswap.plan.json_types import StateResource
from tfswap.plan.values import decode
from tfswap.verify.context.plan_context import Context
from tfswap.verify.values.embedded_documents import is_opaque
from tfswap.verify.values.equality import deep_rename, same

_APART = timedelta(hours=24)
_SESSION = ("aws_caller_identity", "aws_iam_session_context")
"""Data sources that tell of the session: another one each time, and each plan sees its own."""
_MAX = 3


def objections(context: Context, baseline: Plan) -> Iterator[str]:
    """Yield why a plan is no baseline of the context's plan; nothing where it is one."""
    plan = context.plan
    if baseline.errored or baseline.complete is False or not baseline.changes:
        yield "it failed, or is partial or empty"
        return
    if not context.tables or not all(
        _before_the_swap(context, baseline, a) for a in context.tables
    ):
        yield "its state does not have the outgoing table at the table's address"
    if plan.terraform_version != baseline.terraform_version:
        yield (
            f"it was made with Terraform {baseline.terraform_version}, not {plan.terraform_version}"
        )
    if not _made_together(plan, baseline):
        yield f"the two plans were made more than {_APART.total_seconds() / 3600:.0f} hours apart"
    yield from _other_inputs(context, baseline)


def _before_the_swap(context: Context, baseline: Plan, address: str) -> bool:
    held = [r for r in baseline.state.at([address]) if not r.deposed_key]
    names = [_values(resource).get("name") for resource in held]
    return names == [context.tables[address].rename.old]


def _made_together(plan: Plan, baseline: Plan) -> bool:
    try:
        one, other = (datetime.fromisoformat(each.timestamp) for each in (plan, baseline))
    except ValueError:
        return not plan.timestamp and not baseline.timestamp  # Terraform before 1.5 tells none.
    return abs(one - other) <= _APART


def _other_inputs(context: Context, baseline: Plan) -> Iterator[str]:
    """Compare variables and configuration: each table's name may differ, at one place."""
    plan, pairs = context.plan, context.intent.renames
    for what, ours, theirs in (
        ("variables", _inputs(plan), _inputs(baseline)),
        ("configuration", plan.configuration.tree, baseline.configuration.tree),
    ):
        found = list(_differences(ours, theirs, ()))
        wrong = [path for path, one, other in found if not _is_name(one, other, pairs)]
        # A variable's default is in both: the input has it, and so has the configuration.
        named = len(found) - len(wrong)
        if wrong:
            more = f" and {len(wrong) - _MAX} more" if len(wrong) > _MAX else ""
            yield f"the {what} of the two differ: {', '.join(wrong[:_MAX])}{more}"
        if named > len(pairs):
            yield f"{named} strings differ like the table names, for {len(pairs)} tables"


def _inputs(plan: Plan) -> dict[str, Any]:
    return {name: variable.value for name, variable in plan.variables.items()}


def _differences(one: Any, other: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any, Any]]:
    """Yield path and both sides of every difference."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from _differences(one[key], other[key], (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from _differences(*pair, (*path, str(index)))
    elif not same(one, other) or type(one) is not type(other):
        yield ".".join(path), one, other


def _is_name(new: Any, old: Any, pairs: tuple[Rename, ...]) -> bool:
    """Whether two strings are a table's names, without what the configuration puts before them."""
    if not isinstance(new, str) or not isinstance(old, str) or not new or not old:
        return False
    return any(
        pair.old.endswith(old)
        and pair.new.endswith(new)
        and pair.old[: -len(old)] == pair.new[: -len(new)]
        for pair in pairs
    )


def moved(context: Context, baseline: Plan) -> dict[str, str]:
    """Return what the two plans saw differently: configuration address -> the words for it.

    The tables, what was released, and what their names account for are left out; whatever refers
    to something that moved is in, as nobody knows what it took from there.
    """
    ours, theirs = _objects(context.plan), _objects(baseline)
    own = {strip_keys(a) for a in (*context.tables, *context.intent.release)}
    changed: dict[str, set[str]] = {}
    for address in ours.keys() | theirs.keys():
        node = strip_keys(address)
        if node in own:
            continue
        one, other = ours.get(address), theirs.get(address)
        if (one or other or _NOBODY).mode == "data":
            if one is None or other is None or one.type in _SESSION:
                continue  # Read during apply in one of the plans: that shows as a change.
            found = _read_otherwise(context, one, other)
        elif one is None or other is None:
            found = {""}
        else:
            found = _attributes(_values(one), _values(other))
        if found:
            changed.setdefault(node, set()).update(found)
    return _with_dependents(context, changed)


_NOBODY = StateResource("")


def _objects(plan: Plan) -> dict[str, StateResource]:
    return {f"{r.address}{r.deposed_key or ''}": r for r in plan.state}


def _values(resource: StateResource) -> dict[str, Any]:
    value = decode(resource.values, where=f"{resource.address} (prior_state)")
    return value if isinstance(value, dict) else {}


def _attributes(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    return {key for key in {*one, *other} if not same(one.get(key), other.get(key))}


def _read_otherwise(context: Context, ours: StateResource, theirs: StateResource) -> set[str]:
    """Return the attributes of a data source that differ by more than the tables' names."""
    if bytes(ours.values) == bytes(theirs.values):
        return set()
    new, old = _values(ours), _values(theirs)
    left = _attributes(new, deep_rename(old, context.renamed))
    renamed = _attributes(new, old) - left
    # The id of a document is a digest of it: it follows what was renamed.
    return {k for k in left if not (renamed and k == "id" and _is_digest(new.get(k)))}


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and (value.isdigit() or is_opaque(value))


def _with_dependents(context: Context, changed: dict[str, set[str]]) -> dict[str, str]:
    """Follow references from what moved; through a local that is not known anything may come."""
    if not changed:
        return {}
    graph = context.reach.graph
    why = f"resources it refers to changed: {', '.join(sorted(changed)[:_MAX])}"
    found = dict.fromkeys(changed, "it is not the same object in both plans")
    opaque = [node for node in graph.out if ".local." in f".{node}" and node not in graph.into]
    queue = deque([*changed, *opaque])
    while queue:
        node = queue.popleft()
        attributes = changed.get(node, {""})
        for edge in graph.out.get(node, ()):
            takes = not edge.attribute or "" in attributes or edge.attribute in attributes
            if takes and edge.target not in found:
                found[edge.target] = why
                queue.append(edge.target)
    return found
