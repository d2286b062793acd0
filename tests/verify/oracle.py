"""Do two plans mean the same? Decided here without any help of the verifier.

A plan's meaning is taken for: what is done to which object, from which value to which, what its
outputs become, with which inputs, from which state of managed things, and whether it is whole.
Texts that hold JSON or YAML mean what they hold. The order of a list counts unless AWS documents it
as a set; this table is written from the AWS API references, not from the verifier's.
"""

from __future__ import annotations

import json
from typing import Any

import yaml

Document = dict[str, Any]

_ONE_OR_MORE = {"Action", "NotAction", "Resource", "NotResource", "AWS", "Service"}
"""Elements of an IAM policy that are one text or a list of them."""
_SETS = {
    *(*_ONE_OR_MORE, "Statement"),
    *("environment", "secrets", "resources", "security_groups", "subnets", "security_group_ids"),
    *("subnet_ids", "attribute", "global_secondary_index", "non_key_attributes", "actions"),
    *("not_actions", "not_resources", "identifiers", "values", "statement", "ingress", "egress"),
}
_TELLING = {
    *("format_version", "variables", "configuration", "checks", "applyable", "complete", "errored"),
    *("deferred_changes", "action_invocations", "deferred_action_invocations"),
}
"""Parts that say something of their own; ``planned_values`` only repeats the changes."""
_CHANGE = ("actions", "before", "after", "after_unknown", "replace_paths", "importing")
_MARKS = ("before_sensitive", "after_sensitive")


def meaning(plan: Document) -> Any:
    """Return a value that is equal for plans that mean the same."""
    rest = {key: value for key, value in plan.items() if key in _TELLING}
    rest["resource_changes"] = sorted(map(_text, map(_entry, plan.get("resource_changes", []))))
    rest["output_changes"] = {k: _change(v) for k, v in plan.get("output_changes", {}).items()}
    rest["prior_state"] = sorted(map(_text, _state(plan)))
    return _text(rest)


def _entry(entry: Document) -> Document:
    names = ("address", "deposed", "previous_address", "mode", "action_reason")
    return {**{n: entry.get(n) for n in names}, "change": _change(entry["change"])}


def _change(change: Document) -> Document:
    found = {name: _plain(change.get(name)) for name in _CHANGE}
    found["marks"] = [_trues(change.get(name)) for name in _MARKS]
    return found


def _trues(mark: Any, path: tuple[Any, ...] = ()) -> list[Any]:
    if isinstance(mark, dict):
        return sorted(p for key, item in mark.items() for p in _trues(item, (*path, key)))
    if isinstance(mark, list):
        return sorted(p for i, item in enumerate(mark) for p in _trues(item, (*path, str(i))))
    return [path] if mark else []


def _state(plan: Document) -> list[Any]:
    module = plan.get("prior_state", {}).get("values", {}).get("root_module")
    if module is None:
        return ["no state"]
    found, queue = [], [module]
    while queue:
        current = queue.pop()
        queue += current.get("child_modules", [])
        for resource in current.get("resources", []):
            names = ("address", "mode", "deposed_key")
            shown = {name: resource.get(name) for name in names}
            found.append({**shown, "values": _plain(resource.get("values"))})
    return found


def _plain(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        return sorted(items, key=_text) if name in _SETS else items
    if isinstance(value, str):
        return [value] if name in _ONE_OR_MORE else _opened(value, name)
    return value


def _opened(text: str, name: str) -> Any:
    if text.lstrip()[:1] in ("{", "["):
        try:
            return ["opened", _plain(json.loads(text))]
        except ValueError:
            return text
    if name == "pipeline_configuration_body":
        return ["opened", _plain(yaml.safe_load(text))]
    return text


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
