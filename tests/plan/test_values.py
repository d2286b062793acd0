"""Leaves, marks and paths."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.errors import PlanError
from tfswap.plan.address import parse_module, strip_keys
from tfswap.plan.values import checked_mark, child_mark, decode, leaves, marked, show_path

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_decode_reads_what_json_says(value: object) -> None:
    assert decode(json.dumps(value).encode(), where="here") == value


@pytest.mark.parametrize(("mark", "key"), [([True], "a"), ({"0": True}, 0), ([{"b": True}], "a")])
def test_a_mark_of_another_shape_than_its_value_marks_all_of_it(mark: object, key: object) -> None:
    assert child_mark(mark, key) is True  # type: ignore[arg-type]
    assert child_mark([False, {}], "a") is False


@pytest.mark.parametrize("text", ['{"a":1,"a":1}', '[{"b":{"c":0,"c":1}}]', "NaN", "[1e999,NaN]"])
def test_decode_refuses_what_would_hide_something(text: str) -> None:
    with pytest.raises(PlanError):
        decode(text.encode(), where="here")


def test_marks_mirror_values() -> None:
    assert child_mark(True, "a") is True
    assert child_mark({"a": [False, True]}, "a") == [False, True]
    assert child_mark([False], 3) is False
    assert child_mark({"a": True}, "b") is False
    assert marked({"a": [{}, {"b": True}]})
    assert not marked({"a": [{}, {"b": False}]})


@pytest.mark.parametrize("mark", [True, None, {}, [], {"a": [{"b": False}, None, True]}])
def test_marks_are_true_false_or_in_the_shape_of_the_value(mark: object) -> None:
    assert checked_mark(mark, "here") is mark


@pytest.mark.parametrize("mark", [1, 0, "", "true", 1.5, [0], {"a": {"b": ["x"]}}])
def test_other_marks_are_refused(mark: object) -> None:
    with pytest.raises(PlanError, match="instead of true or false"):
        checked_mark(mark, "here")


def test_leaves_tell_keys_and_sensitivity() -> None:
    found = list(leaves({"a": ["x", "y"]}, {"a": [False, True]}))
    assert [(leaf.path, leaf.value, leaf.sensitive) for leaf in found] == [
        ((), "a", False),
        (("a", 0), "x", False),
        (("a", 1), "y", True),
    ]


def test_paths_read_like_terraform() -> None:
    assert show_path(("a", 0, "b_c", "x.y")) == 'a[0].b_c["x.y"]'


@pytest.mark.parametrize("text", ["aws_x.y", "module", "module.", 'module.a["x'])
def test_what_is_no_module_address(text: str) -> None:
    assert parse_module(text) is None


def test_keys_are_stripped() -> None:
    assert strip_keys('module.a["x[0].y"].aws_b.c[3]') == "module.a.aws_b.c"
