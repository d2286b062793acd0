"""A plan read in one pass and the same plan read the slow way: not one word of the report differs.

The slow way is taken by any plan that is not written as Terraform does; here by one with a blank
behind its last brace but one. The plans are the recorded ones, whole, damaged and reshaped.
"""

from __future__ import annotations

import copy
import json
from itertools import islice
from typing import Any

import pytest

from tests import rotation
from tests.record.cases import CASES
from tests.verify.damage import KINDS
from tests.verify.plans import INTENT, OLD, load
from tests.verify.test_seeded import patients
from tfswap.errors import PlanError
from tfswap.plan.document import read_plan
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import Report
from tfswap.verify.verifier import verify


def fast(document: Any) -> bytes:
    """Write a plan as Terraform does."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def slow(document: Any) -> bytes:
    return fast(document)[:-1] + b" }"


def judged(data: bytes, intent: Intent = INTENT) -> Report | str:
    try:
        return verify(read_plan(data), intent)
    except PlanError as error:
        return error.message


@pytest.mark.parametrize("case", CASES)
def test_recorded_plans(case: str) -> None:
    document = load(case)
    assert judged(fast(document)) == judged(slow(document))


def test_the_two_ways_are_two() -> None:
    document = load("good")
    quick, thorough = read_plan(fast(document)), read_plan(slow(document))
    assert len(quick.changes.quiet) > len(quick.changes) / 2
    assert not thorough.changes.quiet
    assert [c.address for c in quick.changes] == [c.address for c in thorough.changes]


ARN = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{OLD}"
SOME = rotation.count(4, 1)
"""Damaged plans of each kind."""


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_plans(kind: str) -> None:
    for good, patient in islice(patients(kind), SOME):
        intent = good.intent
        assert judged(fast(patient.plan), intent) == judged(slow(patient.plan), intent)


IDLE = "aws_cloudwatch_log_group.IDLE"


def idle(document: Any) -> Any:
    """Give the plan one more unchanged resource, of which the swap knows nothing."""
    found = next(
        e
        for e in document["resource_changes"]
        if e["change"]["actions"] == ["no-op"] and e["mode"] == "managed" and OLD not in str(e)
    )
    more = copy.deepcopy(found)
    more.update(address=IDLE, type="aws_cloudwatch_log_group", name="IDLE")
    more.pop("module_address", None)
    document["resource_changes"].append(more)
    return more


SLIPS = {
    "nothing": lambda e: None,
    "names the old table": lambda e: _both(e, description=OLD),
    "uses it in an ARN": lambda e: _both(e, policy=json.dumps({"Resource": ARN})),
    "uses it in base64": lambda e: _both(e, user_data="cHJvZHVjdGlvbi1McGFzIA=="),
    "uses it escaped": lambda e: _both(e, text=json.dumps({"a": OLD}).replace("-", "\\u002d")),
    "uses it percent-encoded": lambda e: _both(e, text=OLD.replace("-", "%2D")),
    "covers it": lambda e: _both(e, text="arn:aws:dynamodb:eu-west-1:123456789012:table/prod*"),
    "differs": lambda e: e["change"]["after"].update(description="else"),
    "is unknown": lambda e: e["change"].update(after_unknown={"description": True}),
    "was elsewhere": lambda e: e.update(previous_address="aws_cloudwatch_log_group.old"),
    "is deposed": lambda e: e.update(deposed="ab12cd34"),
    "is imported": lambda e: e["change"].update(importing={"id": "x"}),
    "forces": lambda e: e["change"].update(replace_paths=[["name"]]),
    "has nothing": lambda e: e["change"].update(before=None, after=None),
    "is of no mode": lambda e: e.update(mode="novel"),
    "is data": lambda e: e.update(mode="data"),
    "does else": lambda e: e["change"].update(actions=["ponder"]),
    "is deleted": lambda e: e["change"].update(actions=["delete"], after=None),
    "has a reason": lambda e: e.update(action_reason="delete_because_no_module"),
}


def _both(entry: Any, **values: Any) -> None:
    for side in ("before", "after"):
        entry["change"][side] = {**entry["change"][side], **values}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("often", [1, 70])
def test_a_slip_in_one_of_many_idle_resources(slip: str, often: int) -> None:
    """Once among a few, and once where resources are searched together."""
    document = load("good")
    more = idle(document)
    for number in range(often):
        other = {**copy.deepcopy(more), "address": f'{IDLE}["{number}"]', "index": str(number)}
        document["resource_changes"].append(other)
    SLIPS[slip](more)
    found = judged(fast(document))
    assert found == judged(slow(document))
    if slip.startswith("names"):
        assert isinstance(found, Report)
        assert IDLE in str(found.findings)


def test_an_address_listed_twice() -> None:
    document = load("good")
    more = idle(document)
    document["resource_changes"].append(copy.deepcopy(more))
    assert judged(fast(document)) == judged(slow(document))
    assert "listed 2 times" in str(judged(fast(document)))


REPEATS = {
    "at the top": ('"resource_changes":', '"resource_changes":[],"resource_changes":'),
    "in an entry": (
        '"type":"aws_dynamodb_table","name":',
        '"type":"x","type":"aws_dynamodb_table","name":',
    ),
    "in a change": ('"actions":["no-op"]', '"actions":["delete"],"actions":["no-op"]'),
    "in the state": ('"prior_state":{', '"prior_state":{"values":{},'),
}


@pytest.mark.parametrize("where", REPEATS)
@pytest.mark.parametrize("room", [True, False])
def test_a_repeated_key_finds_no_room_in_a_number(where: str, room: bool) -> None:
    """1e5 is written again as 100000.0, which is longer: the length alone would prove nothing."""
    document = load("good")
    forced = next(e for e in document["resource_changes"] if e["change"].get("replace_paths"))
    forced["change"]["replace_paths"] = ["?!?"]
    old, new = REPEATS[where]
    text = fast(document).decode()
    assert old in text
    spare = len(new) - len(old)
    numbers = ["1e5"] * (spare // 5) + ["1e1"] * (spare % 5)
    filled = text.replace('"?!?"', f"[{','.join(numbers if room else '1')}]")
    read(filled)
    with pytest.raises(PlanError, match="repeats the key"):
        read(filled.replace(old, new, 1))


def read(text: str) -> None:
    plan = read_plan(text.encode())
    assert plan.state.managed
    assert plan.planned.managed
