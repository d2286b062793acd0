"""``prior_state`` and ``planned_values``: read in passes, modules inside modules."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from tfswap.errors import PlanError
from tfswap.plan.state import StateList


def resource(address: str, mode: str = "managed", **more: Any) -> dict[str, Any]:
    return {"address": address, "mode": mode, "type": "t", "name": "n", "values": {"a": 1}, **more}


ROOT = {
    "resources": [resource("t.a"), resource("data.t.b", "data")],
    "child_modules": [
        {
            "resources": [resource("module.m.t.a", deposed_key="x"), resource("module.m.t.a")],
            "address": "module.m",
            "child_modules": [{"resources": [resource("odd", "novel")], "address": "module.m.n"}],
        }
    ],
}


def read(root: Any) -> StateList:
    return StateList(msgspec.Raw(json.dumps(root, separators=(",", ":")).encode()), "here")


def test_all_modules_are_walked() -> None:
    state = read(ROOT)
    assert [r.address for r in state] == ["t.a", "data.t.b", "module.m.t.a", "module.m.t.a", "odd"]
    assert [r.address for r in state] == [r.address for r in state]


def test_short_lists() -> None:
    state = read(ROOT)
    assert state.managed == {"t.a", "module.m.t.a"}
    assert [r.address for r in state.others] == ["data.t.b", "odd"]
    assert [r.deposed_key for r in state.at(["module.m.t.a"])] == ["x", None]
    assert state.at([]) == state.at(["data.t.b", "nowhere"]) == []
    alone = read({"resources": [resource("t.b"), resource("t.a")]})
    assert [r.address for r in alone.at(["t.a", "t.b", "t.c"])] == ["t.a", "t.b"]


def test_strangers_are_told_whether_or_not_the_state_was_read_before() -> None:
    for known, strange in ((set(), {"t.a", "module.m.t.a"}), ({"t.a", "x"}, {"module.m.t.a"})):
        state = read(ROOT)
        assert state.strangers(known) == strange
        assert state.managed
        assert state.strangers(known) == strange


def test_nothing_is_false() -> None:
    assert not StateList(None, "here")
    assert not read({})
    assert not read({"resources": []})
    assert read(ROOT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"resources":[', '"resources":[],"resources":['),
        ('"child_modules":[{"resources":[{"address":"odd"', '"child_modules":[],\\g<0>'),
        ('"address":"odd"', '"address":"t.a","address":"odd"'),
        ('"deposed_key":"x"', '"deposed_key":"x","deposed_key":"y"'),
    ],
)
def test_repeated_keys_are_refused(old: str, new: str) -> None:
    text = json.dumps(ROOT, separators=(",", ":"))
    damaged = text.replace(old, new.replace("\\g<0>", old), 1)
    assert damaged != text
    with pytest.raises(PlanError, match="repeats the key"):
        list(StateList(msgspec.Raw(damaged.encode()), "here"))


@pytest.mark.parametrize(
    "root", [[], 3, {"resources": {}}, {"child_modules": 3}, {"resources": [1]}]
)
def test_other_shapes_are_plan_errors(root: Any) -> None:
    with pytest.raises(PlanError):
        read(root).managed  # noqa: B018
