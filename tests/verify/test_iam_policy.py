"""IAM policies by meaning, and rendering of policy documents."""

from __future__ import annotations

from typing import Any

import pytest

from tfswap.verify.values.iam_policy import canonical, difference
from tfswap.verify.values.policy_rendering import UnresolvedPolicyError, render

STATEMENT = {"Sid": "a", "Effect": "Allow", "Action": ["x:B", "x:A"], "Resource": "r"}


def policy(*statements: Any, **head: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", **head, "Statement": list(statements)}


SAME = {
    "order of actions": {**STATEMENT, "Action": ["x:A", "x:B"]},
    "one in a list": {**STATEMENT, "Resource": ["r"]},
    "repeated": {**STATEMENT, "Action": ["x:A", "x:B", "x:A"]},
    "empty condition": {**STATEMENT, "Condition": {}},
}


@pytest.mark.parametrize("name", SAME)
def test_equal_by_meaning(name: str) -> None:
    assert canonical(policy(STATEMENT)) == canonical(policy(SAME[name]))
    assert not difference(policy(STATEMENT), policy(SAME[name]))


def test_a_single_statement_needs_no_list() -> None:
    single = {**policy(), "Statement": STATEMENT}
    assert canonical(single) == canonical(policy(STATEMENT))


def test_condition_values_are_texts() -> None:
    one = {**STATEMENT, "Condition": {"Bool": {"k": True}, "NumericEquals": {"n": 3}}}
    other = {**STATEMENT, "Condition": {"Bool": {"k": "true"}, "NumericEquals": {"n": ["3"]}}}
    assert canonical(policy(one)) == canonical(policy(other))


DIFFERENT = {
    "effect": ({**STATEMENT, "Effect": "Deny"}, "Allow -> Deny"),
    "action": ({**STATEMENT, "Action": ["x:A"]}, "- x:B"),
    "resource": ({**STATEMENT, "Resource": ["r", "*"]}, "+ *"),
    "not resource": ({"Sid": "a", "Effect": "Allow", "Action": "x:A", "NotResource": "r"}, "a "),
    "condition": ({**STATEMENT, "Condition": {"Bool": {"k": "true"}}}, "Condition differs"),
    "principal": ({**STATEMENT, "Principal": "*"}, "Principal differs"),
    "sid": ({**STATEMENT, "Sid": "b"}, "statement"),
    "case of an action": ({**STATEMENT, "Action": ["x:b", "x:A"]}, "x:b"),
    "unknown element": ({**STATEMENT, "Novelty": 1}, "Novelty differs"),
    "no statement at all": ("nonsense", "? differs"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_different_by_meaning(name: str) -> None:
    other, shown = DIFFERENT[name]
    assert canonical(policy(STATEMENT)) != canonical(policy(other))
    assert shown in "; ".join(difference(policy(STATEMENT), policy(other)))


def test_statements_more_and_fewer() -> None:
    other = {**STATEMENT, "Sid": "b"}
    assert difference(policy(STATEMENT), policy(STATEMENT, other)) == ["statement b is new"]
    assert difference(policy(STATEMENT, other), policy(STATEMENT)) == ["statement b is gone"]
    assert canonical(policy(STATEMENT, STATEMENT)) != canonical(policy(STATEMENT))


def test_version_and_id_count() -> None:
    assert "Id differs" in difference(policy(STATEMENT), policy(STATEMENT, Id="x"))


def block(**values: Any) -> dict[str, Any]:
    empty = {"not_actions": None, "not_resources": None, "condition": [], "principals": []}
    return {**empty, "actions": ["a:b"], "resources": ["r"], "effect": None, "sid": "", **values}


def document(*blocks: Any, **values: Any) -> dict[str, Any]:
    return {"version": None, "policy_id": None, "statement": list(blocks), **values}


UNKNOWN = {"id": True, "json": True, "minified_json": True, "statement": [{"actions": [False]}]}


def test_render_defaults() -> None:
    assert render(document(block()), UNKNOWN) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["a:b"], "Resource": ["r"]}],
    }


def test_render_everything() -> None:
    rendered = render(
        document(
            block(
                sid="s",
                effect="Deny",
                actions=None,
                not_actions=["a:c"],
                resources=None,
                not_resources=["&{aws:username}"],
                principals=[{"type": "AWS", "identifiers": ["x", "y"]}],
                not_principals=[{"type": "*", "identifiers": ["*"]}],
                condition=[{"test": "T", "variable": "v", "values": ["&{x}"]}],
            ),
            version="2008-10-17",
            policy_id="p",
        ),
        UNKNOWN,
    )
    assert rendered == {
        "Version": "2008-10-17",
        "Id": "p",
        "Statement": [
            {
                "Effect": "Deny",
                "Sid": "s",
                "NotAction": ["a:c"],
                "NotResource": ["${aws:username}"],
                "Principal": {"AWS": ["x", "y"]},
                "NotPrincipal": "*",
                "Condition": {"T": {"v": ["${x}"]}},
            }
        ],
    }


def test_documents_merge_by_sid() -> None:
    source = '{"Version":"2012-10-17","Statement":{"Sid":"a","Effect":"Deny"}}'
    override = '{"Statement":[{"Sid":"b","Effect":"Deny"},{"Effect":"Allow"}]}'
    rendered = render(
        document(
            block(sid="a"),
            block(sid="b"),
            source_policy_documents=[source],
            override_policy_documents=[override],
        ),
        UNKNOWN,
    )
    shown = [(s.get("Sid"), s["Effect"]) for s in rendered["Statement"]]
    assert shown == [("a", "Allow"), ("b", "Deny"), (None, "Allow")]


UNRESOLVED = {
    "unknown statement": (document(block()), {**UNKNOWN, "statement": True}),
    "unknown item": (document(block()), {**UNKNOWN, "statement": [{"resources": [True]}]}),
    "unknown version": (document(block()), {**UNKNOWN, "version": True}),
    "unknown override": (
        document(block(), override_policy_documents=[None]),
        {**UNKNOWN, "override_policy_documents": [True]},
    ),
    "old arguments": (document(block(), source_json="{}"), UNKNOWN),
    "source is no policy": (document(source_policy_documents=["[]"]), UNKNOWN),
    "source of another version": (
        document(source_policy_documents=['{"Version":"2008-10-17","Statement":[]}']),
        UNKNOWN,
    ),
    "source with an id": (
        document(source_policy_documents=['{"Id":"x","Statement":[]}']),
        UNKNOWN,
    ),
    "mixed principals": (
        document(
            block(
                principals=[
                    {"type": "*", "identifiers": ["*"]},
                    {"type": "AWS", "identifiers": ["x"]},
                ]
            )
        ),
        UNKNOWN,
    ),
    "condition twice": (
        document(block(condition=[{"test": "T", "variable": "v", "values": ["x"]}] * 2)),
        UNKNOWN,
    ),
    "nothing known": (None, True),
}


@pytest.mark.parametrize("name", UNRESOLVED)
def test_what_cannot_be_rendered(name: str) -> None:
    after, unknown = UNRESOLVED[name]
    with pytest.raises(UnresolvedPolicyError):
        render(after, unknown)
