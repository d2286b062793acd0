"""A Terraform state for the lab: what an apply would have left, without any AWS.

Each round plans the configuration on the state there is. What a plan would create, and what refers
to nothing that is still to come, is taken into the state: known values as they are planned, what
the provider computes as AWS would answer. In the end the provider itself says that nothing is left
to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.lab.answers import answer, made_up

Document = dict[str, Any]
_SOURCES = {
    "aws": "registry.terraform.io/hashicorp/aws",
    "terraform": "terraform.io/builtin/terraform",
}


def empty() -> Document:
    """Return a state that holds nothing."""
    return {
        "version": 4,
        "terraform_version": "1.5.0",
        "serial": 1,
        "lineage": "3f2a7c1e-5b6d-4e8f-9a0b-1c2d3e4f5a6b",
        "outputs": {},
        "resources": [],
    }


def grown(state: Document, plan: Document, schemas: dict[str, Any]) -> Document:
    """Return the state with everything that can be created now.

    Args:
        state: Of the round before.
        plan: Made on it.
        schemas: ``resource_schemas`` of all providers together.
    """
    ready = [entry for entry in _created(plan) if not _waits(plan, entry)]
    assert ready, (
        f"a circle: {[(e['address'], e['change']['after_unknown']) for e in _created(plan)]}"
    )
    resources: dict[tuple[str, str, str], Document] = {
        (r.get("module", ""), r["type"], r["name"]): r for r in state["resources"]
    }
    for entry in ready:
        place = (entry.get("module_address", ""), entry["type"], entry["name"])
        resource = resources.setdefault(place, _resource(entry))
        resource["instances"].append(_instance(entry, schemas[entry["type"]]))
    return {
        **state,
        "resources": list(resources.values()),
        "serial": state["serial"] + 1,
        "outputs": _outputs(plan),
    }


def _outputs(plan: Document) -> Document:
    known = {n: c for n, c in plan["output_changes"].items() if c["after_unknown"] is False}
    return {n: {"value": c["after"], "type": kind(c["after"])} for n, c in known.items()}


def kind(value: Any) -> Any:
    """Return the type of a value as states write it."""
    if isinstance(value, dict):
        return ["object", {name: kind(item) for name, item in value.items()}]
    if isinstance(value, list):
        return ["tuple", list(map(kind, value))]
    return "bool" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"


def _created(plan: Document) -> Iterator[Document]:
    for entry in plan["resource_changes"]:
        if entry["mode"] == "managed" and entry["change"]["actions"] == ["create"]:
            yield entry


def _waits(plan: Document, entry: Document) -> bool:
    """Whether an argument of the configuration is unknown as yet."""
    written = _block(plan, entry)["expressions"]
    return _is_open(written, entry["change"]["after_unknown"])


def _is_open(written: Any, unknown: Any) -> bool:
    if isinstance(written, list):
        marks = unknown if isinstance(unknown, list) else []
        return any(map(_is_open, written, marks))
    if "references" in written or not isinstance(unknown, dict):
        return _marked(unknown) and "references" in written
    return any(_is_open(item, unknown.get(name)) for name, item in written.items())


def _block(plan: Document, entry: Document) -> Document:
    module = plan["configuration"]["root_module"]
    for name in entry.get("module_address", "").split("module.")[1:]:
        module = module["module_calls"][name.strip(".")]["module"]
    found: Document = next(
        b for b in module["resources"] if (b["type"], b["name"]) == (entry["type"], entry["name"])
    )
    return found


def _resource(entry: Document) -> Document:
    source = _SOURCES[entry["type"].partition("_")[0]]
    where = {"module": entry["module_address"]} if "module_address" in entry else {}
    names = {key: entry[key] for key in ("mode", "type", "name")}
    return {**where, **names, "provider": f'provider["{source}"]', "instances": []}


def _instance(entry: Document, schema: Document) -> Document:
    body = entry["change"]
    values = _filled(body["after"], body["after_unknown"], schema["block"], entry["type"], "")
    attributes = answer(entry["type"], values)
    if entry["type"] == "terraform_data":  # Its arguments are of any type, and say of which.
        given = {"value": body["after"]["input"], "type": kind(body["after"]["input"])}
        attributes.update(input=given, output=given)
    index = {"index_key": entry["index"]} if "index" in entry else {}
    return {
        **index,
        "schema_version": schema["version"],
        "attributes": attributes,
        "sensitive_attributes": list(_secret(schema["block"], attributes, [])),
    }


def _secret(block: Document, values: Any, path: list[Document]) -> Iterator[list[Document]]:
    """Yield the paths of what the schema says is sensitive."""
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("sensitive"):
            yield [*path, {"type": "get_attr", "value": name}]
    for name, inner in block.get("block_types", {}).items():
        held = values.get(name) if isinstance(values, dict) else None
        for index, item in enumerate(held if isinstance(held, list) else ()):
            if inner["nesting_mode"] == "list":
                step = {"type": "index", "value": {"value": index, "type": "number"}}
                here = [*path, {"type": "get_attr", "value": name}, step]
                yield from _secret(inner["block"], item, here)


def _filled(value: Any, unknown: Any, block: Document, type_: str, path: str) -> Any:
    """Return a block's planned values with those that are unknown made up."""
    filled = dict(value or {})
    for name, attribute in block.get("attributes", {}).items():
        if _marked((unknown or {}).get(name)):
            filled[name] = _made_up(attribute, name, filled.get(name))
        filled.setdefault(name, None)
    for name, inner in block.get("block_types", {}).items():
        mark = (unknown or {}).get(name)
        listed = filled.get(name)
        if isinstance(listed, list):
            marks = mark if isinstance(mark, list) else []
            filled[name] = [
                _filled(item, marks[i] if i < len(marks) else {}, inner["block"], type_, name)
                for i, item in enumerate(listed)
            ]
        elif isinstance(listed, dict):
            filled[name] = _filled(listed, mark, inner["block"], type_, name)
        else:
            filled[name] = None if inner["nesting_mode"] == "single" else []
    return filled


def _made_up(attribute: Document, name: str, planned: Any) -> Any:
    """Return what AWS might answer for one attribute of this type."""
    shape = attribute.get("type", ["list"])
    if isinstance(shape, list):
        return planned if planned else ({} if shape[0] in ("map", "object") else [])
    if attribute.get("optional"):
        return None
    return {"string": made_up(name), "number": 1, "bool": False}.get(shape)


def _marked(mark: Any) -> bool:
    if isinstance(mark, dict):
        return any(map(_marked, mark.values()))
    if isinstance(mark, list):
        return any(map(_marked, mark))
    return mark is True


def swapped(state: Document, old: str, new: str) -> Document:
    """Return the state after the runbook's state rm, import and taint.

    The restored table has its schema, and neither tags, stream, TTL, recovery nor protection.
    """
    text: Document = json.loads(json.dumps(state))
    for resource in text["resources"]:
        if resource["type"] == "aws_osis_pipeline":
            resource["instances"][0]["status"] = "tainted"
        if resource["type"] == "aws_dynamodb_table":
            held = resource["instances"][0]["attributes"]
            held.update(
                {name: held[name].replace(old, new) for name in ("name", "id", "arn")},
                stream_enabled=False,
                stream_view_type="",
                stream_arn="",
                stream_label="",
                deletion_protection_enabled=False,
                ttl=[{"attribute_name": "", "enabled": False}],
                point_in_time_recovery=[{"enabled": False, "recovery_period_in_days": 0}],
                tags={},
                tags_all={},
            )
    return text
