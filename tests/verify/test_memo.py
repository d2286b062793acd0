"""What is found out of one instance holds for its twins, and for nothing else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tfswap.plan.changes import Change
from tfswap.plan.json_types import ChangeBody, ResourceEntry
from tfswap.verify.context.memo import AlikeChanges, Memo

BODY = {
    "actions": ("update",),
    "before": msgspec.Raw(b'{"a":1}'),
    "after": msgspec.Raw(b'{"a":2}'),
    "after_unknown": msgspec.Raw(b"{}"),
    "before_sensitive": msgspec.Raw(b"{}"),
    "after_sensitive": msgspec.Raw(b"{}"),
    "replace_paths": None,
}
OTHER_BODY: dict[str, Any] = {
    "actions": ("delete", "create"),
    "before": msgspec.Raw(b'{"a":3}'),
    "after": msgspec.Raw(b'{"a":3}'),
    "after_unknown": msgspec.Raw(b'{"a":true}'),
    "before_sensitive": msgspec.Raw(b'{"a":true}'),
    "after_sensitive": msgspec.Raw(b'{"a":true}'),
    "replace_paths": [["a"]],
}
OTHER_ENTRY = {
    "module_address": "module.other",
    "mode": "data",
    "type": "aws_y",
    "name": "other",
    "action_reason": "replace_because_tainted",
}


def one(index: int, body: dict[str, Any] | None = None, **entry: Any) -> Change:
    """An instance of a block."""
    shared = {"mode": "managed", "type": "aws_x", "name": "many", **entry}
    change = ChangeBody(**{**BODY, **(body or {})})
    return Change(
        ResourceEntry(address=f"aws_x.many[{index}]", index=index, change=change, **shared)
    )


def test_instances_alike_in_everything_are_twins() -> None:
    alike_changes, first, second = AlikeChanges(), one(0), one(1)
    assert alike_changes.of(first) is first
    assert alike_changes.of(second) is first


@pytest.mark.parametrize("side", sorted(OTHER_BODY))
def test_one_side_that_differs_makes_no_twin(side: str) -> None:
    alike_changes, first, second = AlikeChanges(), one(0), one(1, {side: OTHER_BODY[side]})
    assert [alike_changes.of(first), alike_changes.of(second)] == [first, second]
    assert alike_changes.of(second) is second


@pytest.mark.parametrize("field", sorted(OTHER_ENTRY))
def test_another_block_or_reason_makes_no_twin(field: str) -> None:
    alike_changes, first, second = AlikeChanges(), one(0), one(1, **{field: OTHER_ENTRY[field]})
    alike_changes.of(first)
    assert alike_changes.of(second) is second


def test_every_part_of_a_change_that_is_read_is_compared() -> None:
    """A field that comes to ``ChangeBody`` later has to be thought of here."""
    beside = {"importing", "generated_config", "before_identity", "after_identity"}
    assert set(ChangeBody.__struct_fields__) == {*BODY, *beside}
    assert set(BODY) == set(OTHER_BODY)


def test_a_memory_asks_once_for_all_twins() -> None:
    asked: list[Change] = []
    memory: Memo[int] = Memo(AlikeChanges())

    def find(change: Change) -> int:
        asked.append(change)
        return len(asked)

    first, second, third = one(0), one(1), one(2, {"after": OTHER_BODY["after"]})
    assert [memory.get(each, find) for each in (first, second, third, second)] == [1, 1, 2, 1]
    assert asked == [first, third]
