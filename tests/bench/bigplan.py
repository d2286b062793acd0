"""Big plans for measuring: the recorded good plan with its resources multiplied.

Each copy is an instance with a key of its own, as ``for_each`` makes them, and stands in every
part of the plan that has instances: ``resource_changes``, ``planned_values`` and ``prior_state``;
its block stands once in ``configuration``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

GOOD = Path(__file__).parents[2] / "fixtures" / "plans" / "good" / "plan.json"
OLD, NEW = "production-Lpas", "production-Lpas-20240715"
MARK = "COPYNUMBER"
"""Stands for the key of the copy until it is written."""

_OWN = ("id", "name", "role", "function_name")
_CHANGING = ("aws_iam_role_policy", "aws_cloudtrail", "aws_lambda_function")
"""Types that change in the good plan and need nothing but themselves to be explained."""

Document = dict[str, Any]
Parts = tuple[bytes, bytes, bytes]


def write(path: Path, size: int, *, changing: bool = False, distinct: bool = False) -> int:
    """Write a plan of about ``size`` bytes and return how many copies it took.

    Args:
        path: Where to.
        size: Bytes wanted.
        changing: Multiply consumers that change, instead of resources that do not.
        distinct: Let no two copies have the same values, as instances with names of their own;
            else they differ in their keys only, as those made with ``count``.
    """
    document: Document = json.loads(GOOD.read_bytes())
    moulds = [_mould(document, entry, distinct) for entry in _chosen(document, changing)]
    count = max(0, size - len(_compact(document))) * len(moulds) // sum(map(_length, moulds))
    with path.open("wb") as file:
        _write(file, document, moulds, count)
    return count


def _chosen(document: Document, changing: bool) -> Iterator[Document]:
    for entry in document["resource_changes"]:
        idle = entry["change"]["actions"] == ["no-op"]
        if changing and entry["type"] in _CHANGING and "opensearch" not in entry["address"]:
            yield entry
        plain = entry["type"] != "aws_dynamodb_table" and OLD not in json.dumps(entry)
        if not changing and idle and plain:
            yield entry


def _mould(document: Document, entry: Document, distinct: bool) -> Parts:
    """Return a resource's part of each list, hoisted into the root module; write its block."""
    if distinct:
        sides = {s: _owned(entry["change"][s]) for s in ("before", "after")}
        entry = {**entry, "change": {**entry["change"], **sides}}
    kind, name = entry["type"], f"{entry['name']}_many"
    own = {"address": f'{kind}.{name}["{MARK}"]', "name": name, "index": MARK}
    change = {key: own.get(key, value) for key, value in {"index": 0, **entry}.items()}
    change.pop("module_address", None)
    order = ("address", "mode", "type", "name", "index", "provider_name", "change", "action_reason")
    change = {key: change[key] for key in order if key in change}
    planned = _find(document["planned_values"]["root_module"], entry["address"])
    prior = _find(document["prior_state"]["values"]["root_module"], entry["address"])
    if distinct:
        planned, prior = ({**one, "values": _owned(one["values"])} for one in (planned, prior))
    block = {**_block(document, entry), "address": f"{kind}.{name}", "name": name}
    document["configuration"]["root_module"]["resources"].append(block)
    return _compact(change), _compact(_renamed(planned, own)), _compact(_renamed(prior, own))


def _owned(values: Document) -> Document:
    """Return values with names of the copy's own, where a resource has such."""
    own: Document = {n: f"{values[n]}-{MARK}" for n in _OWN if isinstance(values.get(n), str)}
    for name in ("tags", "tags_all"):
        if name in values:  # As the copies of a real configuration have them.
            own[name] = {**(values[name] or {}), "Name": f"copy-{MARK}"}
    return {**values, **own}


def _renamed(resource: Document, own: Document) -> Document:
    order = ("address", "mode", "type", "name", "index", "provider_name")
    head = {key: own.get(key, resource.get(key)) for key in order}
    return {**head, **{key: value for key, value in resource.items() if key not in head}}


def _find(module: Document, address: str) -> Document:
    queue = [module]
    while queue:
        current = queue.pop()
        for resource in current.get("resources", []):
            if resource["address"] == address:
                found: Document = resource
                return found
        queue += current.get("child_modules", [])
    raise KeyError(address)


def _block(document: Document, entry: Document) -> Document:
    node = document["configuration"]["root_module"]
    for step in entry.get("module_address", "").split("module.")[1:]:
        node = node["module_calls"][step.rstrip(".").split("[")[0]]["module"]
    found: Document = next(
        block
        for block in node["resources"]
        if (block["type"], block["name"]) == (entry["type"], entry["name"])
    )
    return found


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _length(parts: Parts) -> int:
    return sum(len(part) + 1 for part in parts)


def _write(file: BinaryIO, document: Document, moulds: list[Parts], count: int) -> None:
    """Write the document with room for the copies at the end of each of the three lists."""
    holes = [f"HOLE{number}" for number in range(3)]
    lists = (
        document["resource_changes"],
        document["planned_values"]["root_module"]["resources"],
        document["prior_state"]["values"]["root_module"]["resources"],
    )
    for listed, hole in zip(lists, holes, strict=True):
        listed.append(hole)
    rest = _compact(document)
    for which in sorted(range(3), key=lambda number: rest.index(holes[number].encode())):
        head, rest = rest.split(b',"' + holes[which].encode() + b'"')
        file.write(head)
        for number in range(count):
            part = moulds[number % len(moulds)][which]
            file.write(b"," + part.replace(MARK.encode(), b"%06d" % number))
    file.write(rest + b"\n")
