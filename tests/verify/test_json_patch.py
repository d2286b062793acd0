"""RFC 6902 patches: applied to the value before they give the value after, and tell no secret."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonpatch
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify.plans import BACKUP, FOLDER, FUNCTION, INTENT, TABLE, change, load, report
from tfswap.plan.changes import Change
from tfswap.plan.document import read_plan
from tfswap.plan.json_types import ChangeBody, ResourceEntry
from tfswap.plan.values import marked
from tfswap.verify.model.evidence import SENSITIVE, UNKNOWN
from tfswap.verify.values.json_patch import patch

CASES = sorted(path.parent.name for path in FOLDER.glob("*/plan.json"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("a~/", max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab~/"), inner, max_size=4),
    max_leaves=12,
)
MAPS = st.dictionaries(st.text("ab~/", max_size=2), VALUES, max_size=4)


def made(before: Any, after: Any, **marks: Any) -> Change:
    raw = {"before": before, "after": after, **marks}
    parts = {key: msgspec.Raw(json.dumps(value).encode()) for key, value in raw.items()}
    body = ChangeBody(("update",), **parts)
    return Change(ResourceEntry(address="a.b", change=body))


def operations(one: Change) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(op) for op in patch(one)]


@given(MAPS, MAPS)
def test_a_patch_turns_before_into_after(before: Any, after: Any) -> None:
    assert jsonpatch.apply_patch(copy.deepcopy(before), operations(made(before, after))) == after


@given(MAPS)
def test_what_stays_has_no_patch(value: Any) -> None:
    assert operations(made(value, copy.deepcopy(value))) == []


@pytest.mark.parametrize("case", CASES)
def test_recorded_plans_give_patches_that_apply(case: str) -> None:
    for one in read_plan((FOLDER / case / "plan.json").read_bytes()).changes:
        hidden = marked(one.before_sensitive) or marked(one.after_sensitive)
        if one.before is None or one.after is None or hidden:
            continue
        result = jsonpatch.apply_patch(copy.deepcopy(one.before), operations(one))
        for key, value in one.after.items():
            if not marked(one.unknown.get(key) if isinstance(one.unknown, dict) else False):
                assert result[key] == value


def test_items_are_taken_from_the_end() -> None:
    ops = operations(made({"a": [1, 2, 3, 4]}, {"a": [1]}))
    assert [op["path"] for op in ops] == ["/a/3", "/a/2", "/a/1"]
    assert jsonpatch.apply_patch({"a": [1, 2, 3, 4]}, ops) == {"a": [1]}


def test_unknown_values_stand_as_such() -> None:
    ops = operations(made({"a": "x", "b": [1]}, {"b": [None]}, after_unknown={"a": 1 == 1}))
    assert {"op": "replace", "path": "/a", "value": UNKNOWN} in ops
    new = operations(made({}, {"c": {}}, after_unknown={"c": {"d": True}, "e": True, "f": {}}))
    assert new == [
        {"op": "add", "path": "/c", "value": {"d": UNKNOWN}},
        {"op": "add", "path": "/e", "value": UNKNOWN},
    ]


@pytest.mark.parametrize("side", ["before_sensitive", "after_sensitive"])
@pytest.mark.parametrize(
    ("before", "after", "mark"),
    [
        ({"a": "SENTINEL"}, {"a": "SENTINEL2"}, {"a": True}),
        ({"a": {"k": "SENTINEL"}}, {"a": {"SENTINEL": 1}}, {"a": True}),
        ({"a": ["SENTINEL"]}, {"a": ["x", "SENTINEL"]}, {"a": [True, True]}),
        ({}, {"a": {"b": ["SENTINEL"]}}, {"a": {"b": [True]}}),
        ({"a": 1}, {"a": {"b": "SENTINEL"}}, {"a": {"b": True}}),
        ({"a": 1}, None, True),
    ],
)
def test_a_secret_is_in_no_patch(before: Any, after: Any, mark: Any, side: str) -> None:
    text = json.dumps(operations(made(before, after, **{side: mark})))
    assert "SENTINEL" not in text
    assert SENSITIVE in text


def test_the_report_carries_them_when_asked() -> None:
    patched = {change.address: change.patch for change in report("good").changes}
    assert any(op.path == "/environment/0/variables/LPAS_TABLE" for op in patched[FUNCTION])
    assert {op.path for op in patched[TABLE]} >= {"/ttl/0/enabled", "/stream_enabled"}
    assert patched[BACKUP]
    from tfswap.verify.verifier import verify

    plan = read_plan((FOLDER / "good" / "plan.json").read_bytes())
    assert not any(change.patch for change in verify(plan, INTENT, patches=False).changes)


def test_a_sensitive_change_of_a_real_plan_is_redacted() -> None:
    plan = load()
    body = change(plan, FUNCTION)
    body["after_sensitive"] = {"environment": True}
    (op,) = [
        op
        for c in report(plan).changes
        if c.address == FUNCTION
        for op in c.patch
        if op.path.startswith("/environment")
    ]
    assert (op.path, op.value) == ("/environment", SENSITIVE)
