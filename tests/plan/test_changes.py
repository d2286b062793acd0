"""Actions and their predicates; values decoded when asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tfswap.errors import PlanError
from tfswap.plan.changes import Action, Change, action_of
from tfswap.plan.document import read_plan

SHAPES = {
    ("no-op",): {"noop"},
    ("create",): {"creates"},
    ("read",): {"reads"},
    ("update",): {"updates"},
    ("delete",): {"deletes"},
    ("delete", "create"): {"creates", "deletes", "replaces"},
    ("create", "delete"): {"creates", "deletes", "replaces"},
    ("forget",): {"forgets"},
    ("create", "forget"): {"creates", "replaces", "forgets"},
}
PREDICATES = ("noop", "creates", "reads", "updates", "deletes", "replaces", "forgets")


def change(actions: tuple[str, ...], **body: Any) -> Change:
    """A change of a resource, or of a data source where it is a read."""
    entry = {
        "address": 'module.a["x.y[0]"].module.b[0].aws_x.y["k.l"]',
        "module_address": 'module.a["x.y[0]"].module.b[0]',
        "mode": "data" if actions == ("read",) else "managed",
        "type": "aws_x",
        "name": "y",
        "index": "k.l",
        "change": {"actions": actions, **body},
    }
    document = {"format_version": "1.2", "resource_changes": [entry]}
    return read_plan(json.dumps(document).encode()).changes[0]


@pytest.mark.parametrize("actions", SHAPES)
def test_predicates(actions: tuple[str, ...]) -> None:
    found = change(actions)
    assert {name for name in PREDICATES if getattr(found, name)} == SHAPES[actions]


@pytest.mark.parametrize(
    "actions",
    [(), ("evolve",), ("delete", "update"), ("no-op", "delete"), ("create", "delete", "create")],
)
def test_other_shapes_are_unknown(actions: tuple[str, ...]) -> None:
    assert action_of(actions) is Action.UNKNOWN
    assert not any(getattr(change(actions), name) for name in PREDICATES)


def test_only_data_sources_are_read() -> None:
    assert action_of(("read",), "managed") is Action.UNKNOWN
    assert action_of(("read",), "data") is Action.READ
    assert action_of(("update",), "data") is Action.UNKNOWN
    assert action_of(("no-op",), "something new") is Action.UNKNOWN


def test_every_action_has_words() -> None:
    assert all(action.words for action in Action)


def test_awkward_addresses() -> None:
    found = change(("update",))
    assert [(step.name, step.key) for step in found.module] == [("a", "x.y[0]"), ("b", 0)]
    assert found.config_address == "module.a.module.b.aws_x.y"


def test_missing_values_are_null() -> None:
    found = change(("update",), before={"a": 1})
    assert found.before_value("a") == 1
    assert found.after is None
    assert found.after_value("a") is None


def test_hidden_attributes() -> None:
    found = change(("update",), before_sensitive={"a": True}, after_sensitive={"b": [{"c": True}]})
    assert [found.hides(name) for name in "abc"] == [True, True, False]


def test_one_attribute_as_it_is_written() -> None:
    found = change(("update",), before={"a": {"b": [1, "x"]}, "c": {"d": 1}, "e": None})
    assert found.written_before("a") == b'{"b": [1, "x"]}'
    assert found.written_before("d") == b""
    assert found.written_before("z") == b""
    assert found.written_before("e") == b"null"
    assert change(("create",)).written_before("a") == b""


def test_what_is_there_is_told_without_decoding() -> None:
    found = change(("delete",), before={"a": 1}, after=None)
    assert (found.exists_before, found.exists_after, found.untouched) == (True, False, False)
    assert change(("no-op",), before={"a": 1}, after={"a": 1}).untouched


def test_a_repeated_attribute_is_refused_even_when_only_it_is_read() -> None:
    entry = {"address": "a.b", "mode": "managed", "change": {"actions": ["no-op"], "before": {}}}
    text = json.dumps({"format_version": "1.2", "resource_changes": [entry]})
    for key in ("tags", "t\\u0061gs"):
        twice = json.dumps({"tags": 1, "KEY": 2}).replace("KEY", key)
        damaged = text.replace('"before": {}', f'"before": {twice}')
        with pytest.raises(PlanError, match="repeats the key"):
            read_plan(damaged.encode()).changes[0].written_before("tags")


def test_block_instances_are_found_together() -> None:
    entries = [
        {"address": f"a.b[{i}]", "mode": "managed", "type": "a", "name": "b", "index": i}
        for i in range(3)
    ]
    changes = [{**entry, "change": {"actions": ["no-op"]}} for entry in entries]
    plan = read_plan(json.dumps({"format_version": "1.2", "resource_changes": changes}).encode())
    assert [c.entry.index for c in plan.instances("managed", "a", "b")] == [0, 1, 2]
    assert plan.instances("data", "a", "b") == []
