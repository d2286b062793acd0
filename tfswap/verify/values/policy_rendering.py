"""The JSON a policy document data source will produce, from its planned arguments.

It follows the provider's ``aws_iam_policy_document``: defaults ``Allow`` and ``2012-10-17``, ``&{``
for ``${``, documents merged by ``Sid`` (source documents, then the statements, then the override
documents).
"""

from __future__ import annotations

from typing import Any

from tfswap.plan.values import marked
from tfswap.verify.values.embedded_documents import open_json
from tfswap.verify.values.equality import is_empty
from tfswap.verify.values.iam_policy import PRINCIPALS, SETS, Policy, is_policy

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


def render(after: Any, unknown: Any) -> Policy:
    """Return the policy that a document's planned read will produce.

    Args:
        after: The data source's planned attributes.
        unknown: Its ``after_unknown``.

    Raises:
        UnresolvedPolicyError: Something the result depends on is not known.
    """
    if not isinstance(after, dict) or not isinstance(unknown, dict):
        raise UnresolvedPolicyError("its arguments are unknown")
    computed = {"id", "json", "minified_json"}
    for name in sorted(set(unknown) - computed):
        if marked(unknown[name]):
            raise UnresolvedPolicyError(f"its {name} is known only after apply")
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
        raise UnresolvedPolicyError("a document it merges is unknown")
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
            raise UnresolvedPolicyError(f"it has the unknown argument {name}")


def _rendered(block: Policy) -> Policy:
    _check_arguments(block, _STATEMENT)
    statement: Policy = {"Effect": block.get("effect") or "Allow"}
    if block.get("sid"):
        statement["Sid"] = block["sid"]
    for key, name in zip(
        SETS, ("actions", "not_actions", "resources", "not_resources"), strict=True
    ):
        if block.get(name):
            statement[key] = [_variables(item) for item in block[name]]
    for key, name in zip(PRINCIPALS, ("principals", "not_principals"), strict=True):
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
