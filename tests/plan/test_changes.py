"""Actions and their predicates; values decoded when asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

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
