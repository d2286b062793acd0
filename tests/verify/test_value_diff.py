"""Leaf by leaf: documents opened, sets as sets, and nothing tolerated by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.verify.plans import FOLDER, INTENT, NEW, OLD
from tfswap.names import Rename, mentions, rename
from tfswap.plan.document import open_plan
from tfswap.verify.context.plan_context import Context
from tfswap.verify.model.leaf_diff import LeafDiff, changed, unresolved
from tfswap.verify.model.report_data import LeafKind
from tfswap.verify.values.embedded_documents import open_json, open_text, readings
from tfswap.verify.values.equality import deep_rename, is_empty, same
from tfswap.verify.values.value_diff import Marks, Texts, ValueDiff

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/"


def renamed(text: str) -> str:
    return rename(text, [Rename(OLD, NEW)])


def resolver(path: Any, before: Any, sensitive: bool) -> LeafDiff:
    return unresolved(path, before, "unknown", sensitive=sensitive)


def kinds(before: Any, after: Any, kind: str = "aws_x", **marks: Any) -> list[str]:
    comparison = ValueDiff(kind, renamed, resolver)
    return [leaf.kind.name for leaf in comparison.compare(before, after, Marks(**marks))]


CASES: list[tuple[str, Any, Any, list[str]]] = [
    ("same", {"a": [1, "x"]}, {"a": [1, "x"]}, []),
    ("renamed", {"a": OLD}, {"a": NEW}, ["RENAMED"]),
    ("renamed in an arn", {"a": f"{ARN}{OLD}/index/*"}, {"a": f"{ARN}{NEW}/index/*"}, ["RENAMED"]),
    ("renamed back", {"a": NEW}, {"a": OLD}, ["UNEXPLAINED"]),
    ("renamed and more", {"a": OLD}, {"a": f"{NEW}/x"}, ["UNEXPLAINED"]),
    ("a longer name", {"a": f"{OLD}-x"}, {"a": f"{NEW}-x"}, ["UNEXPLAINED"]),
    ("twice, once renamed", {"a": f"{OLD} {OLD}"}, {"a": f"{NEW} {OLD}"}, ["UNEXPLAINED"]),
    ("key renamed", {"a": {OLD: 1}}, {"a": {NEW: 1}}, ["RENAMED"]),
    ("key renamed, value not", {"a": {OLD: 1}}, {"a": {NEW: 2}}, ["RENAMED", "UNEXPLAINED"]),
    ("both keys", {"a": {OLD: 1, NEW: 2}}, {"a": {NEW: 2}}, ["UNEXPLAINED"]),
    ("true is not one", {"a": True}, {"a": 1}, ["UNEXPLAINED"]),
    ("text is not number", {"a": "1"}, {"a": 1}, ["UNEXPLAINED"]),
    ("empty to none", {"a": ""}, {"a": None}, ["EQUIVALENT"]),
    ("none to empty", {"a": None}, {"a": ""}, ["UNEXPLAINED"]),
    ("off to none", {"a": False}, {}, ["EQUIVALENT"]),
    ("on to none", {"a": True}, {}, ["UNEXPLAINED"]),
    ("none to off", {}, {"a": False}, ["UNEXPLAINED"]),
    ("sorted texts are a set", {"a": ["b", OLD]}, {"a": ["b", NEW]}, ["RENAMED"]),
    ("a list is not", {"a": ["z", "b"]}, {"a": ["b", "z"]}, ["UNEXPLAINED", "UNEXPLAINED"]),
    ("one more", {"a": ["a"]}, {"a": ["a", "b"]}, ["UNEXPLAINED"]),
    ("one fewer", {"a": ["a", "b"]}, {"a": ["a"]}, ["UNEXPLAINED"]),
    ("same one twice", {"a": ["a"]}, {"a": ["a", "a"]}, ["UNEXPLAINED"]),
    ("sorts elsewhere", {"a": [OLD, f"{OLD}-0"]}, {"a": [f"{OLD}-0", NEW]}, ["RENAMED"]),
    ("json spelling", {"a": '{"x": 1}'}, {"a": '{"x":1}'}, ["EQUIVALENT"]),
    ("json value", {"a": '{"x": 1}'}, {"a": '{"x":2}'}, ["UNEXPLAINED"]),
    ("json null is not absent", {"a": '{"x": null}'}, {"a": "{}"}, ["UNEXPLAINED"]),
    ("json empty is not null", {"a": '{"x": ""}'}, {"a": '{"x": null}'}, ["UNEXPLAINED"]),
    ("json list order", {"a": '["x","y"]'}, {"a": '["y","x"]'}, ["UNEXPLAINED", "UNEXPLAINED"]),
    ("json to text", {"a": "{}"}, {"a": "x"}, ["UNEXPLAINED"]),
    ("json key twice", {"a": '{"x":1}'}, {"a": '{"x":1,"x":1}'}, ["UNEXPLAINED"]),
    (
        "json in json",
        {"a": json.dumps({"b": json.dumps([OLD])})},
        {"a": json.dumps({"b": json.dumps([NEW], indent=1)})},
        ["RENAMED"],
    ),
]


@pytest.mark.parametrize("name", [name for name, *_ in CASES])
def test_kinds(name: str) -> None:
    before, after, expected = next(rest for case, *rest in CASES if case == name)
    assert kinds(before, after) == expected


def test_a_policy_tells_what_differs() -> None:
    statement = {"Effect": "Allow", "Action": "a:b", "Resource": OLD}
    wider = {**statement, "Resource": [NEW, "*"]}
    comparison = ValueDiff("aws_x", renamed, resolver)
    (leaf,) = comparison.compare(
        json.dumps({"Statement": [statement]}), json.dumps({"Statement": [wider]}), Marks()
    )
    assert leaf.kind is LeafKind.UNEXPLAINED
    assert "+ *" in leaf.evidence


PIPELINE = "aws_osis_pipeline"
YAML = "pipeline_configuration_body"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (f"a:\n  b: {OLD}\n", f'a: {{"b": "{NEW}"}}', ["RENAMED"]),
        ("a: x # y\n", "# z\na: 'x'\n", ["EQUIVALENT"]),
        ("a: 1\n", "a: '1'\n", ["UNEXPLAINED"]),
        ("a: yes\n", "a: true\n", ["UNEXPLAINED"]),
        ("a: 8\n", "a: 010\n", ["UNEXPLAINED"]),
        ("a: x\n", "a: x\na: x\n", ["UNEXPLAINED"]),
        ("a: x\n", "b: &b x\na: *b\n", ["UNEXPLAINED"]),
        ("a: x\n", "a: !Ref x\n", ["UNEXPLAINED"]),
        ("a: {b: x}\n", "a: !Thing {b: x}\n", ["UNEXPLAINED"]),
        ("a: x\n", "a: x\n---\nb: y\n", ["UNEXPLAINED"]),
        ("a: x\n", "a: [x\n", ["UNEXPLAINED"]),
    ],
)
def test_yaml_where_the_provider_takes_it(before: str, after: str, expected: list[str]) -> None:
    assert kinds({YAML: before}, {YAML: after}, PIPELINE) == expected


def test_yaml_is_not_opened_elsewhere() -> None:
    assert kinds({"text": "a: x\n"}, {"text": "a:  x\n"}) == ["UNEXPLAINED"]


def test_laughing_anchors_are_not_opened() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]" for n in range(1, 30))]
    assert open_text(PIPELINE, (YAML,), "\n".join(lines)) is None


def test_unknown_values_are_asked_about() -> None:
    assert kinds({"a": 1}, {}, unknown={"a": True}) == ["UNRESOLVED"]
    assert kinds({"a": [1, 2]}, {"a": [1, None]}, unknown={"a": [False, True]}) == ["UNRESOLVED"]
    assert kinds({"a": [1]}, {"a": [1, None]}, unknown={"a": [False, True]}) == ["UNRESOLVED"]
    assert kinds({}, {}, unknown={"a": True}) == ["UNRESOLVED"]
    assert kinds({"a": "x"}, {"a": {}}, unknown={"a": {"b": True}}) == ["UNRESOLVED"]


def test_sensitive_values_are_compared_but_not_shown() -> None:
    comparison = ValueDiff("aws_x", renamed, resolver)
    marks = Marks(before={"a": True}, after={"a": True})
    (leaf,) = comparison.compare({"a": {"s3cret": OLD}}, {"a": {"s3cret": NEW}}, marks)
    assert (leaf.kind, leaf.path) == (LeafKind.RENAMED, ("a",))
    assert "s3cret" not in leaf.evidence
    (leaf,) = comparison.compare({"a": "one"}, {"a": "two"}, marks)
    assert leaf.kind is LeafKind.UNEXPLAINED
    assert "two" not in leaf.evidence


def test_containers_keep_their_names_in_order_of_names() -> None:
    one = [{"environment": [{"name": "A", "value": OLD}, {"name": "B", "value": "b"}]}]
    two = [{"environment": [{"name": "B", "value": "b"}, {"name": "A", "value": NEW}]}]
    two[0]["mountPoints"] = []
    before, after = ({"container_definitions": json.dumps(side)} for side in (one, two))
    assert kinds(before, after, "aws_ecs_task_definition") == ["RENAMED"]


def test_equality() -> None:
    assert same({"a": [1, 2.0]}, {"a": [1.0, 2]})
    assert not same(False, 0)
    assert is_empty([{"a": [], "b": ""}])
    assert not is_empty([{"a": [0, 1]}])
    assert deep_rename({OLD: 1, NEW: 2}, renamed) == {OLD: 1, NEW: 2}
    assert open_json("12") is None


_STATEMENT = {"Effect": "Allow", "Action": "dynamodb:Query"}
_TEXTS = st.sampled_from(
    [
        *(OLD, NEW, f"table: {OLD}", f"table:  {NEW}", "[1, 2]", "[2, 1]"),
        *(json.dumps({"Statement": [{**_STATEMENT, "Resource": one}]}) for one in (OLD, NEW, "*")),
        *(json.dumps([{"name": name, "value": "x"}]) for name in ("A", "B")),
    ]
)
_PLACES = st.sampled_from(
    [
        ("aws_x", "a"),
        ("aws_x", "b"),
        ("aws_x", "container_definitions"),
        (PIPELINE, YAML),
        ("aws_x", YAML),
    ]
)


_SPACED = f"table: {OLD}", f"table:  {NEW}"


@example([(("aws_x", YAML), *_SPACED), ((PIPELINE, YAML), *_SPACED)])
@given(st.lists(st.tuples(_PLACES, _TEXTS, _TEXTS), max_size=30))
def test_what_was_remembered_of_texts_is_what_comparing_them_tells(
    pairs: list[tuple[tuple[str, str], str, str]],
) -> None:
    known: Texts = {}
    for (kind, name), before, after in pairs:
        sides = {name: before}, {name: after}, Marks()
        remembered = ValueDiff(kind, renamed, resolver, known).compare(*sides)
        assert remembered == ValueDiff(kind, renamed, resolver).compare(*sides)


@given(st.lists(st.tuples(_TEXTS, st.sampled_from([OLD, NEW])), max_size=20))
def test_what_was_remembered_of_a_name_is_what_the_text_tells(
    pairs: list[tuple[str, str]],
) -> None:
    context = Context(open_plan(FOLDER / "good" / "plan.json"), INTENT)
    for text, name in pairs:
        value = {"a": [text]}
        asked = context.names_old(value) if name == OLD else context.names_new(value)
        assert asked == any(mentions(reading, name) for reading in readings(text))


def test_a_value_is_known_or_unknown() -> None:
    """Terraform leaves out what it does not know; a plan that has both is not believed."""
    found = ValueDiff("aws_x", renamed, lambda path, *_: changed(path, LeafKind.COMPUTED, 0, 1))
    (alone,) = found.compare({"a": OLD}, {}, Marks(unknown={"a": True}))
    (both,) = found.compare({"a": OLD}, {"a": OLD}, Marks(unknown={"a": True}))
    assert alone.kind is LeafKind.COMPUTED
    assert both.kind is LeafKind.UNRESOLVED
