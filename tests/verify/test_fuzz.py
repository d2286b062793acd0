"""What is no plan, or a broken one, ends in a PlanError or a refusal: no traceback, hang, pass."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import rotation
from tests.verify.damage.patient import state_resources
from tests.verify.good_plans import PASSES, GoodPlan, good_plans
from tests.verify.plans import FUNCTION, PIPELINE, TABLE, TASK, change, entry
from tfswap.errors import PlanError
from tfswap.report import Format, render

GOOD: GoodPlan = next(good for good in good_plans() if good.name == "good")
DATA = json.dumps(GOOD.plan(), separators=(",", ":")).encode()
ODD: list[Any] = [None, True, 0, -1.5, "", "x", [], {}, [None], [[]], {"": None}, [{"a": True}]]


def passes(data: bytes) -> bool:
    """Whether the plan passes; a PlanError with a hint is the other answer allowed."""
    try:
        report = GOOD.report(data)
    except PlanError as error:
        assert error.hint
        return False
    for form in Format:
        assert render(report, form)
    return report.verdict in PASSES


def encode(plan: Any) -> bytes:
    return json.dumps(plan, separators=(",", ":")).encode()


def test_the_whole_plan_passes() -> None:
    assert passes(DATA)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_arbitrary_bytes(data: bytes) -> None:
    assert not passes(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["resource_changes", "change", "actions", "address", "format_version", "a"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)
PARTS = ("resource_changes", "planned_values", "prior_state", "configuration", "output_changes")


@given(st.dictionaries(st.sampled_from([*PARTS, "checks", "variables", "errored"]), JSON))
def test_arbitrary_json_in_the_shape_of_a_plan(parts: dict[str, Any]) -> None:
    assert not passes(encode({"format_version": "1.2", **parts}))


@given(st.sampled_from(["before", "after", "actions", "after_unknown"]), JSON)
def test_arbitrary_json_in_place_of_a_side_of_the_table(name: str, value: Any) -> None:
    plan = GOOD.plan()
    change(plan, TABLE)[name] = value
    # Where nothing is unknown, the plan says that the stream's ARN will be null: odd, but whole.
    nothing = name == "after_unknown" and not truths(value)
    assert not passes(encode(plan)) or nothing


def truths(value: Any) -> bool:
    """Whether anything but null, false and empty collections is in a value."""
    if isinstance(value, dict | list):
        return any(map(truths, value.values() if isinstance(value, dict) else value))
    return value is not None and value is not False


@pytest.mark.parametrize("part", range(1, 200))
def test_cut_short(part: int) -> None:
    assert not passes(DATA[: len(DATA) * part // 200])


@pytest.mark.parametrize("part", range(1, 40))
def test_a_piece_missing_in_the_middle(part: int) -> None:
    place = len(DATA) * part // 40
    data = DATA[:place] + DATA[place + 997 :]
    assert not passes(data) or only_untouched_state_differs(data)


def only_untouched_state_differs(data: bytes) -> bool:
    """Whether the piece was within the state of things that are not the table."""
    plans = (json.loads(data), GOOD.plan())
    tables = [[r for r in state_resources(plan) if r["address"] == TABLE] for plan in plans]
    rests = [{**plan, "prior_state": None} for plan in plans]
    return bool(tables[0] == tables[1] and rests[0] == rests[1])


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("address", [TABLE, PIPELINE, TASK, FUNCTION])
@pytest.mark.parametrize("name", ["before", "after", "actions"])
def test_a_side_of_another_shape(address: str, name: str, odd: Any) -> None:
    plan = GOOD.plan()
    change(plan, address)[name] = odd
    assert not passes(encode(plan))


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("name", ["address", "change", "mode", "type", "deposed"])
def test_an_entry_of_another_shape(name: str, odd: Any) -> None:
    plan = GOOD.plan()
    entry(plan, TABLE)[name] = odd
    assert not passes(encode(plan)) or (name, odd) == ("deposed", None)


@pytest.mark.parametrize("odd", rotation.part(ODD, 2), ids=repr)
def test_any_attribute_of_another_shape(odd: Any) -> None:
    """Each attribute of each consumer in turn; what is null or empty either way is the same."""
    for address in (TABLE, PIPELINE, TASK, FUNCTION):
        for name, value in change(GOOD.plan(), address)["after"].items():
            if encode(value) == encode(odd) or not value or not (truths(value) or truths(odd)):
                continue
            plan = GOOD.plan()
            change(plan, address)["after"][name] = copy.deepcopy(odd)
            assert not passes(encode(plan)), f"{address}.{name}"


DEEP = 50_000
NESTED = {
    "lists": b"[" * DEEP + b"]" * DEEP,
    "objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "text": json.dumps("[" * DEEP + "]" * DEEP).encode(),
    "text in text": json.dumps(json.dumps({"a": "[" * DEEP})).encode(),
    "backslashes": b'"' + b"\\\\" * DEEP + b'"',
    "percents": b'"' + b"%25" * DEEP + b'"',
    "base64": b'"' + b"QUFB" * DEEP + b'"',
    "modules": b'"' + b"module.a." * DEEP + b'"',
}
PLACES = {
    "of the table": b'"hash_key":"PK"',
    "at the top level": b'"format_version":"1.2"',
    "in the configuration": b'"root_module":{"outputs"',
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", NESTED)
def test_nested_beyond_reason(place: str, kind: str) -> None:
    anchor = PLACES[place]
    assert anchor in DATA
    key, _, _ = anchor.partition(b":")
    if place == "in the configuration":
        data = DATA.replace(anchor, b'"x":' + NESTED[kind] + b"," + anchor, 1)
    elif place == "of the table":
        data = DATA.replace(anchor, key + b":" + NESTED[kind])
    else:
        data = DATA.replace(anchor, anchor + b',"novelty":' + NESTED[kind], 1)
    # Texts stand on both sides, in the state as well: nothing differs, so they may pass.
    assert not passes(data) or kind not in ("lists", "objects") or place != "of the table"


NUMBERS = ["1e999", "-1e999", "1" * 5000, "NaN", "Infinity", "-Infinity", "0x10", "01", "1.", "--1"]


@pytest.mark.parametrize("number", NUMBERS)
def test_odd_numbers(number: str) -> None:
    data = DATA.replace(b'"read_capacity":0', b'"read_capacity":' + number.encode())
    assert data != DATA
    assert not passes(data)


NO_TEXTS = [
    b"\\ud800",
    b"\\udc00",
    b"\\ud800x",
    b"\\udc00\\ud800",
    b"\xed\xa0\x80",
    b"\xff",
    b"\\x",
]


@pytest.mark.parametrize("text", NO_TEXTS)
def test_texts_that_are_none(text: bytes) -> None:
    data = DATA.replace(b'"hash_key":"PK"', b'"hash_key":"PK' + text + b'"')
    assert data != DATA
    assert not passes(data)


@pytest.mark.parametrize("text", NO_TEXTS)
def test_texts_that_are_none_in_an_untouched_resource(text: bytes) -> None:
    plan = GOOD.plan()
    idle = next(e for e in plan["resource_changes"] if e["change"]["actions"] == ["no-op"])
    for side in ("before", "after"):
        idle["change"][side] = {**idle["change"][side], "description": "?!?"}
    assert not passes(encode(plan).replace(b"?!?", text))


@pytest.mark.parametrize(
    "name", ["actions", "address", "after", "change", "resource_changes", "type"]
)
def test_repeated_keys(name: str) -> None:
    """The first one of each kind, with a copy of itself before or behind it."""
    plan = GOOD.plan()
    place = {"resource_changes": plan, "address": entry(plan, TABLE), "type": entry(plan, TABLE)}
    place["change"] = entry(plan, TABLE)
    holder = place.get(name, change(plan, TABLE))
    value = holder.pop(name)
    holder["?!?"] = value
    data = encode(plan).replace(b'"?!?"', b'"%s":null,"%s"' % (name.encode(), name.encode()))
    assert not passes(data)
