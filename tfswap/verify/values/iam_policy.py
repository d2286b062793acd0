"""IAM policies by meaning.

Grammar: IAM User Guide, "Grammar of the IAM JSON policy language": element values are one string or
a list of them, and their order says nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tfswap.verify.values.equality import frozen

Policy = dict[str, Any]
SETS = ("Action", "NotAction", "Resource", "NotResource")
_ACCOUNT = re.compile(r"^arn:aws[a-z-]*:iam::([0-9]{12}):root$")
PRINCIPALS = ("Principal", "NotPrincipal")
"""Elements that hold a set of texts, and those that hold such by kind."""
_KNOWN = {*SETS, *PRINCIPALS, "Sid", "Effect", "Condition"}


def is_policy(value: Any) -> bool:
    """Return whether a decoded document is an IAM policy."""
    return isinstance(value, dict) and "Statement" in value


def statements(policy: Policy) -> list[Policy]:
    """Return the statements, each in its canonical form."""
    found = policy["Statement"]
    listed = found if isinstance(found, list) else [found]
    return [_statement(item) for item in listed]


def canonical(policy: Policy) -> tuple[str, Counter[str]]:
    """Return a form that is equal for policies of equal meaning.

    Elements that are not known are kept as they are, so that they only equal themselves.
    """
    head = {key: value for key, value in policy.items() if key != "Statement"}
    return frozen(head), Counter(frozen(item) for item in statements(policy))


def _statement(item: Any) -> Policy:
    if not isinstance(item, dict):
        return {"?": item}
    plain: Policy = {key: value for key, value in item.items() if key not in _KNOWN}
    if item.get("Sid"):
        plain["Sid"] = item["Sid"]
    plain["Effect"] = item.get("Effect")
    for key in SETS:
        if key in item:
            plain[key] = _as_set(item[key])
    for key in PRINCIPALS:
        if key in item:
            plain[key] = _principal(item[key])
    if item.get("Condition"):
        plain["Condition"] = {test: _by_key(values) for test, values in _items(item["Condition"])}
    return plain


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    yield from value.items() if isinstance(value, dict) else [("?", value)]


def _by_key(value: Any) -> Any:
    return {key: _as_set(item) for key, item in value.items()} if isinstance(value, dict) else value


def _principal(value: Any) -> Any:
    """Write principals in one way: everybody as ``AWS: *``, an account by its number.

    IAM User Guide, "AWS JSON policy elements: Principal"; AWS itself answers with the root's ARN
    where the number was written (``PolicyEquals`` of hashicorp/awspolicyequivalence).
    """
    found = _by_key({"AWS": "*"} if value == "*" else value)
    if isinstance(found, dict) and isinstance(found.get("AWS"), list):
        found["AWS"] = _as_set(
            [_ACCOUNT.sub(r"\1", x) if isinstance(x, str) else x for x in found["AWS"]]
        )
    return found


def _as_set(value: Any) -> list[Any]:
    listed = value if isinstance(value, list) else [value]
    plain = [_scalar(item) for item in listed]
    if all(isinstance(item, str) for item in plain):
        return sorted(set(plain))
    return sorted({frozen(item): item for item in plain}.values(), key=frozen)


def _scalar(value: Any) -> Any:
    """Condition values may be written as booleans or numbers; IAM compares their text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def difference(before: Policy, after: Policy) -> list[str]:
    """Return what differs, one short line each; empty for policies of equal meaning."""
    lines = [
        f"{key} differs"
        for key in sorted({*before, *after} - {"Statement"})
        if frozen(before.get(key)) != frozen(after.get(key))
    ]
    gone = _without(statements(before), statements(after))
    come = _without(statements(after), statements(before))
    for statement in list(gone):
        partner = _partner(statement, come)
        if partner is not None:
            gone.remove(statement)
            come.remove(partner)
            lines += _elements(statement, partner)
    lines += [f"statement {_name(item)} is gone" for item in gone]
    lines += [f"statement {_name(item)} is new" for item in come]
    return lines


def _without(one: list[Policy], other: list[Policy]) -> list[Policy]:
    left = Counter(map(frozen, other))
    found: list[Policy] = []
    for item in one:
        key = frozen(item)
        if left[key]:
            left[key] -= 1
        else:
            found.append(item)
    return found


def _partner(statement: Policy, others: list[Policy]) -> Policy | None:
    named = [
        item for item in others if statement.get("Sid") and item.get("Sid") == statement["Sid"]
    ]
    if not named and len(others) == 1 and not others[0].get("Sid"):
        named = others
    return named[0] if named else None


def _elements(before: Policy, after: Policy) -> list[str]:
    lines: list[str] = []
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if frozen(old) == frozen(new):
            continue
        if isinstance(old, list) and isinstance(new, list):
            parts = [f"- {x}" for x in old if x not in new] + [
                f"+ {x}" for x in new if x not in old
            ]
            lines.append(f"{_name(before)} {key}: {', '.join(parts)}")
        elif key == "Effect":
            lines.append(f"{_name(before)} {key}: {old} -> {new}")
        else:
            lines.append(f"{_name(before)} {key} differs")
    return lines


def _name(statement: Policy) -> str:
    actions = statement.get("Action") or statement.get("NotAction") or ["?"]
    return str(statement.get("Sid") or f"({', '.join(map(str, actions[:2]))})")
