"""Terraform's functions, as far as names and switches use them.

Each follows its page in the Terraform documentation ("Functions"). They take known values and
raise ``EvalError`` where Terraform reports an error. A function that is missing here makes its
result unknown, never wrong.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import math
import re
from collections.abc import Callable
from typing import Any

from tfswap.hcl.format_functions import format_text, formatlist, jsonencode
from tfswap.hcl.patterns import compiled
from tfswap.hcl.values import EvalError, SetValue, Value, boolean, kind, number, same, text

SHALLOW = {
    "coalescelist", "concat", "element", "flatten", "keys", "length", "lookup", "merge",
    "slice", "tolist", "tomap", "values", "zipmap", "one", "reverse", "range",
}  # fmt: skip
"""Functions whose result may hold unknown members: they look at the containers only."""


def _list(value: Value) -> list[Value]:
    if isinstance(value, list):
        return value
    raise EvalError(f"a {kind(value)} is not a list")


def _map(value: Value) -> dict[str, Value]:
    if isinstance(value, dict):
        return value
    raise EvalError(f"a {kind(value)} is not a map")


def _replace(string: Value, old: Value, new: Value) -> str:
    pattern = text(old)
    if len(pattern) > 1 and pattern[0] == pattern[-1] == "/":
        by = re.sub(r"\$(\d+|\{\w+\})", lambda m: rf"\g<{m[1].strip('{}')}>", text(new))
        return compiled(pattern[1:-1]).sub(by, text(string))
    return text(string).replace(pattern, text(new))


def _match(match: re.Match[str]) -> Value:
    if match.re.groupindex:
        return match.groupdict()
    return list(match.groups()) if match.re.groups else match.group()


def _find(pattern: Value, string: Value) -> Value:
    match = compiled(text(pattern)).search(text(string))
    if match is None:
        raise EvalError("the pattern does not match")
    return _match(match)


def _substr(string: Value, offset: Value, length: Value) -> str:
    full, start, count = text(string), int(number(offset)), int(number(length))
    start = max(len(full) + start, 0) if start < 0 else start
    return full[start:] if count < 0 else full[start : start + count]


def _element(items: Value, index: Value) -> Value:
    members = _list(items)
    if not members:
        raise EvalError("the list is empty")
    return members[int(number(index)) % len(members)]


def _length(value: Value) -> int:
    if isinstance(value, str | list | dict):
        return len(value)
    raise EvalError(f"a {kind(value)} has no length")


def _lookup(mapping: Value, key: Value, *default: Value) -> Value:
    found = _map(mapping)
    if text(key) in found:
        return found[text(key)]
    if default:
        return default[0]
    raise EvalError(f"the map has no key {key!r}")


def _merge(*maps: Value) -> dict[str, Value]:
    merged: dict[str, Value] = {}
    for mapping in maps:
        merged |= _map(mapping) if mapping is not None else {}
    return merged


def _coalesce(*values: Value) -> Value:
    for value in values:
        if value is not None and value != "":
            return value
    raise EvalError("every argument is null or empty")


def _one(items: Value) -> Value:
    members = _list(items)
    if len(members) > 1:
        raise EvalError("the list has more than one member")
    return members[0] if members else None


def _flatten(items: Value) -> list[Value]:
    flat: list[Value] = []
    for item in _list(items):
        flat.extend(_flatten(item) if isinstance(item, list) else [item])
    return flat


def _distinct(items: Value) -> list[Value]:
    unique: list[Value] = []
    for item in _list(items):
        if not any(same(item, seen) for seen in unique):
            unique.append(item)
    return unique


def _tostring(value: Value) -> Value:
    return None if value is None else text(value)


def _tolist(value: Value) -> list[Value]:
    return list(_list(value))


def _tomap(value: Value) -> dict[str, Value]:
    return dict(_map(value))


def _jsondecode(value: Value) -> Value:
    try:
        return json.loads(text(value))
    except ValueError as error:
        raise EvalError("the text is not JSON") from error


def _yamldecode(value: Value) -> Value:
    import yaml

    class Loader(yaml.SafeLoader):
        """YAML 1.2, as Terraform has it: ``yes`` is a text, and so is a date."""

    kept = {
        first: [pair for pair in pairs if pair[0].rpartition(":")[2] not in ("bool", "timestamp")]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Loader.yaml_implicit_resolvers = kept
    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _YAML_BOOL, list("tf"))
    try:
        return yaml.load(text(value), Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise EvalError("the text is not YAML") from error


_YAML_BOOL = re.compile(r"true|false")


def _title(value: Value) -> str:
    return re.sub(r"(?<![^\W_])[a-z]", lambda m: m.group().upper(), text(value))


def _csvdecode(value: Value) -> list[Value]:
    import csv

    return list(csv.DictReader(io.StringIO(text(value)), strict=True))


def _digest(algorithm: str) -> Callable[[Value], str]:
    return lambda value: hashlib.new(algorithm, text(value).encode()).hexdigest()


def _without(taken: Value, *others: Value) -> SetValue:
    return SetValue(v for v in _list(taken) if not any(same(v, o) for o in others[0]))


def _shared(*sets: Value) -> SetValue:
    first, *others = sets
    return SetValue(v for v in _list(first) if all(any(same(v, o) for o in s) for s in others))


def _range(*bounds: Value) -> list[Value]:
    members = range(*(int(number(bound)) for bound in bounds))
    if len(members) > 1024:  # Terraform's own limit
        raise EvalError("more than 1024 members")
    return list(members)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": lambda v: abs(number(v)),
    "alltrue": lambda v: all(boolean(item) for item in _list(v)),
    "anytrue": lambda v: any(boolean(item) for item in _list(v)),
    "chomp": lambda v: text(v).rstrip("\r\n"),
    "coalesce": _coalesce,
    "coalescelist": lambda *lists: next((v for v in lists if _list(v)), []),
    "compact": lambda v: [item for item in _list(v) if item not in (None, "")],
    "concat": lambda *lists: [item for items in lists for item in _list(items)],
    "base64decode": lambda v: base64.b64decode(text(v), validate=True).decode(),
    "base64encode": lambda v: base64.b64encode(text(v).encode()).decode(),
    "ceil": lambda v: math.ceil(number(v)),
    "contains": lambda items, value: any(same(item, value) for item in _list(items)),
    "csvdecode": _csvdecode,
    "distinct": _distinct,
    "element": _element,
    "endswith": lambda v, end: text(v).endswith(text(end)),
    "flatten": _flatten,
    "floor": lambda v: math.floor(number(v)),
    "format": format_text,
    "formatlist": formatlist,
    "join": lambda between, *lists: text(between).join(text(v) for vs in lists for v in _list(vs)),
    "jsondecode": _jsondecode,
    "jsonencode": jsonencode,
    "keys": lambda v: sorted(_map(v)),
    "length": _length,
    "lookup": _lookup,
    "lower": lambda v: text(v).lower(),
    "md5": _digest("md5"),
    "max": lambda *values: max(map(number, values)),
    "merge": _merge,
    "min": lambda *values: min(map(number, values)),
    "nonsensitive": lambda v: v,
    "one": _one,
    "range": _range,
    "regex": _find,
    "regexall": lambda p, v: [_match(m) for m in compiled(text(p)).finditer(text(v))],
    "replace": _replace,
    "reverse": lambda v: list(reversed(_list(v))),
    "sensitive": lambda v: v,
    "setintersection": _shared,
    "setsubtract": _without,
    "setunion": lambda *sets: SetValue(item for items in sets for item in _list(items)),
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
    "sha512": _digest("sha512"),
    "slice": lambda v, start, end: _list(v)[int(number(start)) : int(number(end))],
    "sort": lambda v: sorted(map(text, _list(v))),
    "split": lambda between, v: text(v).split(text(between)) if text(v) else [""],
    "startswith": lambda v, start: text(v).startswith(text(start)),
    "strcontains": lambda v, part: text(part) in text(v),
    "strrev": lambda v: text(v)[::-1],
    "substr": _substr,
    "sum": lambda v: sum(map(number, _list(v))),
    "title": _title,
    "tobool": lambda v: None if v is None else boolean(v),
    "tolist": _tolist,
    "tomap": _tomap,
    "tonumber": lambda v: None if v is None else number(v),
    "toset": lambda v: SetValue(_list(v)),
    "tostring": _tostring,
    "trim": lambda v, chars: text(v).strip(text(chars)),
    "trimprefix": lambda v, prefix: text(v).removeprefix(text(prefix)),
    "trimspace": lambda v: text(v).strip(),
    "trimsuffix": lambda v, suffix: text(v).removesuffix(text(suffix)),
    "upper": lambda v: text(v).upper(),
    "yamldecode": _yamldecode,
    "values": lambda v: [item for _, item in sorted(_map(v).items())],
    "zipmap": lambda keys, values: dict(zip(map(text, _list(keys)), _list(values), strict=True)),
}
