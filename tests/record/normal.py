"""What differs from one recording to the next without meaning anything, made the same.

AWS's own ids, Terraform's name suffixes and times become fixed ones of the same form, the same
everywhere in a plan; the layout puts each resource on a line of its own, so that a new recording
can be reviewed as a diff. Names, ARNs, tags, policies and every other value stay as they are.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

_IDS = re.compile(
    r"""(?<![0-9A-Za-z])(?:
        [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}         # UUID: keys, backup plans, requests
      | (?:vpc|subnet|sg|sgr|rtb|rtbassoc|assoc|acl|igw|dopt)-[0-9a-f]{8,17}
      | sgrule-\d+                                          # the provider's hash over the above
      | A(?:ROA|RSA|IDA|KIA|SIA|3X)[0-9A-Z]{12,18}          # IAM's unique ids
    )(?![0-9A-Za-z])
    | (?<=[a-z])\d{18}[0-9a-f]{8}(?![0-9A-Za-z])            # what name_prefix appends
    | (?<![0-9A-Za-z])[0-9A-Za-z]{48}(?![0-9A-Za-z])         # a backup plan's version
    | (?<=-stream-)[0-9a-z]{26}(?=\.)                        # an ingestion pipeline's endpoint
    """,
    re.VERBOSE,
)
_KEEP = re.compile(r"(?:[a-z]+-|A(?:ROA|RSA|IDA|KIA|SIA|3X))?")
_TIME = re.compile(r"(?<!\d)20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_AT = "2024-07-15T21:30:00Z"
_LINE = 6000
"""Longer than this in JSON, a list or object gets a line for each member."""
_FIRST = ("prior_state", "resource_changes")
"""Ids are named after where they stand here, before the rest is looked at."""


def normalise(document: dict[str, Any]) -> dict[str, Any]:
    """Return the plan with ids and times made the same for every recording.

    Raises:
        AssertionError: Two values of a change that differed have become equal, or the reverse.
    """
    names: dict[str, str] = {}
    order = (*_FIRST, *(key for key in document if key not in _FIRST))
    for key in order:
        for path, text in _texts(document.get(key), key):
            for number, token in enumerate(_IDS.findall(text)):
                names.setdefault(token, _like(token, f"{path}#{number}" if number else path))
    assert len({*names.values()}) == len(names), "two ids have bewill be addede"
    result: dict[str, Any] = _replaced(document, names)
    if "relevant_attributes" in result:
        result["relevant_attributes"].sort(key=json.dumps)
    for key in ("resource_changes", "resource_drift"):
        for old, new in zip(document.get(key, ()), result.get(key, ()), strict=True):
            assert _differing(old["change"]) == _differing(new["change"]), new["address"]
    return result


def lay_out(value: Any) -> str:
    """Return JSON with a line for each member of whatever is long."""
    compact = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if len(compact) <= _LINE or not isinstance(value, dict | list):
        return compact
    if isinstance(value, list):
        return "[\n" + ",\n".join(map(lay_out, value)) + "\n]"
    members = (
        f"{json.dumps(key, ensure_ascii=False)}:{lay_out(each)}" for key, each in value.items()
    )
    return "{\n" + ",\n".join(members) + "\n}"


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        if "address" in value:
            path = f"{value['address']} {value.get('deposed_key', value.get('deposed', ''))}"
        for key, each in value.items():
            yield from _texts(each, f"{path}.{key}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _texts(each, f"{path}.{number}")


def _like(token: str, path: str) -> str:
    """Return an id of the token's form that depends on nothing but where it was first seen.

    Within one list ids ascend, so that a list in AWS's order and a sorted one look alike.
    """
    found = _KEEP.match(token)
    kept = found[0] if found else ""
    # Terraform hashes a rule's number, which has not always as many digits.
    rest = "0" * 10 if kept == "sgrule-" else token[len(kept) :]
    place, _, last = path.rpartition(".")
    index = int(last) if last.isdigit() else 0
    digest = str(int(hashlib.sha256((place if last.isdigit() else path).encode()).hexdigest(), 16))
    room = sum(each != "-" for each in rest)
    digits = iter(f"{digest[: room - 2]}{index % 100:02}")
    return kept + "".join(each if each == "-" else next(digits) for each in rest)


def _replaced(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return _TIME.sub(_AT, _IDS.sub(lambda found: names[found[0]], value))
    if isinstance(value, dict):
        # A policy document's id is a hash of its JSON, random ids included.
        hashed = {"id", "json", "policy_id"} <= value.keys() and isinstance(value["id"], str)
        return {
            k: "1234567890" if hashed and k == "id" else _replaced(each, names)
            for k, each in value.items()
        }
    if isinstance(value, list):
        result = [_replaced(each, names) for each in value]
        ids = all(isinstance(each, str) and each in names for each in value)
        return sorted(result) if ids else result
    return value


def _differing(change: dict[str, Any]) -> list[str]:
    """Paths whose values before and after differ."""
    return [
        path
        for path, old, new in _pairs(change.get("before"), change.get("after"), "")
        if old != new
    ]


def _pairs(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from _pairs(old.get(key), new.get(key), f"{path}.{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, pair in enumerate(zip(old, new, strict=True)):
            yield from _pairs(*pair, f"{path}.{number}")
    else:
        yield path, old, new
