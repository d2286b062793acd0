"""IAM policies by meaning, and the JSON a policy document data source will produce.

Grammar: IAM User Guide, "Grammar of the IAM JSON policy language": element values are one string or
a list of them, and their order says nothing. Rendering follows the provider's
``aws_iam_policy_document``: defaults ``Allow`` and ``2012-10-17``, ``&{`` for ``${``, documents
merged by ``Sid`` (source documents, then the statements, then the override documents).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tfswap.plan.values import marked
from tfswap.verify.equality import frozen, is_empty
from tfswap.verify.strings import open_json

Policy = dict[str, Any]
_SETS = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPALS = ("Principal", "NotPrincipal")
_KNOWN = {*_SETS, *_PRINCIPALS, "Sid", "Effect", "Condition"}
_VERSION = "2012-10-17"
_ARGUMENTS = frozenset(
    {
        *("id", "json", "minified_json", "version", "policy_id", "statement"),
        *("source_json", "override_json", "source_policy_documents", "override_policy_documents"),
    }
)
_STATEMENT = frozenset(
    {
        *("sid", "effect", "actions", "not_actions", "resources", "not_resources"),
        *("principals", "not_principals", "condition"),
    }
)
"""What a document, and each of its statements, is made of (provider, up to 5.100)."""


class UnresolvedPolicyError(Exception):
    """The document cannot be rendered; the message says which part is not known."""


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
    for key in _SETS:
        if key in item:
            plain[key] = _as_set(item[key])
    for key in _PRINCIPALS:
        if key in item:
            plain[key] = _by_key(item[key])
    if item.get("Condition"):
        plain["Condition"] = {test: _by_key(values) for test, values in _items(item["Condition"])}
    return plain


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    yield from value.items() if isinstance(value, dict) else [("?", value)]


def _by_key(value: Any) -> Any:
    return {key: _as_set(item) for key, item in value.items()} if isinstance(value, dict) else value


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


def render(after: Any, unknown: Any) -> Policy:
    """Return the policy that a document's planned read will produce.

    Args:
        after: The data source's planned attributes.
        unknown: Its ``after_unknown``.

    Raises:
        UnresolvedPolicyError: Something the result depends on is not known.
    """
    if not isinstance(after, dict) or not isinstance(unknown, dict):
        raise UnresolvedPolicyError("its arguments are not known")
    computed = {"id", "json", "minified_json"}
    for name in sorted(set(unknown) - computed):
        if marked(unknown[name]):
            raise UnresolvedPolicyError(f"its {name} is not known until apply")
    if after.get("source_json") or after.get("override_json"):
        raise UnresolvedPolicyError("it uses source_json or override_json")
    _check_arguments(after, _ARGUMENTS)
    policy: Policy = {"Version": after.get("version") or _VERSION}
    if after.get("policy_id"):
        policy["Id"] = after["policy_id"]
    merged: list[Policy] = []
    for text in after.get("source_policy_documents") or []:
        _merge(merged, _open(text, policy))
    written = [_rendered(item) for item in after.get("statement") or []]
    if len({item["Sid"] for item in written if "Sid" in item}) < sum("Sid" in i for i in written):
        raise UnresolvedPolicyError("two of its statements share a Sid")
    _merge(merged, written)
    for text in after.get("override_policy_documents") or []:
        _merge(merged, _open(text, policy))
    return {**policy, "Statement": merged}


def statements_of(text: Any) -> list[Policy]:
    """Return the statements of a document's text, as they are written.

    Raises:
        UnresolvedPolicyError: The text holds no policy.
    """
    found = _document(text)["Statement"]
    return [item for item in (found if isinstance(found, list) else [found]) if _is_map(item)]


def _is_map(item: Any) -> bool:
    return isinstance(item, dict)


def _document(text: Any) -> Policy:
    document = open_json(text) if isinstance(text, str) else None
    if not isinstance(document, dict) or not is_policy(document):
        raise UnresolvedPolicyError("a document it merges is not known")
    return document


def _open(text: Any, policy: Policy) -> list[Policy]:
    document = _document(text)
    if document.get("Version", _VERSION) != policy["Version"]:
        raise UnresolvedPolicyError("a document it merges is of another version")
    if document.get("Id", policy.get("Id")) != policy.get("Id"):
        raise UnresolvedPolicyError("a document it merges has another Id")
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


def _merge(into: list[Policy], more: list[Policy]) -> None:
    """Add statements; one with the ``Sid`` of an earlier one takes its place."""
    for statement in more:
        sid = statement.get("Sid")
        place = next((i for i, old in enumerate(into) if sid and old.get("Sid") == sid), None)
        if place is None:
            into.append(statement)
        else:
            into[place] = statement


def _check_arguments(block: Policy, known: frozenset[str]) -> None:
    """Refuse an argument of a later provider: what it does to the policy is not known here."""
    for name in sorted(block.keys() - known):
        if not is_empty(block[name]):
            raise UnresolvedPolicyError(f"it has an argument that is not known here, {name}")


def _rendered(block: Policy) -> Policy:
    _check_arguments(block, _STATEMENT)
    statement: Policy = {"Effect": block.get("effect") or "Allow"}
    if block.get("sid"):
        statement["Sid"] = block["sid"]
    for key, name in zip(
        _SETS, ("actions", "not_actions", "resources", "not_resources"), strict=True
    ):
        if block.get(name):
            statement[key] = [_variables(item) for item in block[name]]
    for key, name in zip(_PRINCIPALS, ("principals", "not_principals"), strict=True):
        if block.get(name):
            statement[key] = _principals(block[name])
    conditions: Policy = {}
    for item in block.get("condition") or []:
        test = conditions.setdefault(item["test"], {})
        if item["variable"] in test:
            raise UnresolvedPolicyError("it repeats a condition")
        test[item["variable"]] = [_variables(value) for value in item["values"]]
    if conditions:
        statement["Condition"] = conditions
    return statement


def _principals(blocks: list[Policy]) -> Any:
    if any(item["type"] == "*" for item in blocks):
        if [(item["type"], item["identifiers"]) for item in blocks] != [("*", ["*"])]:
            raise UnresolvedPolicyError("it mixes principals with '*'")
        return "*"
    found: Policy = {}
    for item in blocks:
        found.setdefault(item["type"], []).extend(map(_variables, item["identifiers"]))
    return found


def _variables(text: Any) -> Any:
    """Policy variables are written ``&{…}`` in HCL, where ``${…}`` is Terraform's own."""
    return text.replace("&{", "${") if isinstance(text, str) else text
