"""The short proofs that nothing was lost agree with the slow reader that sees every key."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.errors import PlanError
from tfswap.plan.duplicate_keys import (
    RepeatedKeyError,
    decode,
    object_parts,
    strict_loads,
    typed_chunks,
    typed_list,
)
from tfswap.plan.json_types import ResourceEntry, StateResource

KEYS = st.sampled_from(["a", "b", "é", "<&>", "\\u003c", '"', ""])
SCALARS = st.none() | st.booleans() | st.integers() | st.sampled_from(["", "<", "\\", "x\n", "\\<"])


class Pairs(list[tuple[str, Any]]):
    """An object whose keys may repeat."""


VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(st.tuples(KEYS, inner), max_size=3).map(Pairs)
    ),
    max_leaves=8,
)
STYLES = st.sampled_from(["compact", "go", "spaced", "escaped"])


def text(value: str, style: str) -> str:
    plain = json.dumps(value, ensure_ascii=style == "escaped")
    if style == "go":
        for char in "<>&":
            plain = plain.replace(char, f"\\u{ord(char):04x}")
    return plain


def spell(value: Any, style: str) -> str:
    """Write JSON in one of the ways programs do, repeated keys and all."""
    comma, colon = (", ", " : ") if style == "spaced" else (",", ":")
    if isinstance(value, Pairs):
        pairs = (text(k, style) + colon + spell(v, style) for k, v in value)
        return "{" + comma.join(pairs) + "}"
    if isinstance(value, list):
        return "[" + comma.join(spell(item, style) for item in value) + "]"
    return text(value, style) if isinstance(value, str) else json.dumps(value)


@given(VALUES, STYLES)
def test_decode_refuses_exactly_what_repeats(value: Any, style: str) -> None:
    written = spell(value, style).encode()
    try:
        expected = strict_loads(written)
    except RepeatedKeyError:
        with pytest.raises(PlanError, match="repeats the key"):
            decode(written, where="here")
        return
    assert decode(written, where="here") == expected


@given(st.lists(st.tuples(KEYS, SCALARS), max_size=5).map(Pairs), STYLES)
def test_object_parts_refuses_exactly_what_repeats(value: Pairs, style: str) -> None:
    written = spell(value, style).encode()
    if len({key for key, _ in value}) < len(value):
        with pytest.raises(PlanError, match="repeats the key"):
            object_parts(written, "here")
    else:
        found = {key: json.loads(bytes(raw)) for key, raw in object_parts(written, "here").items()}
        assert found == dict(value)


def entry(number: int, **more: Any) -> dict[str, Any]:
    change = {"actions": ["no-op"], "before": {"n": number}, "after": {"n": number}}
    head = {"address": f"a.b[{number}]", "mode": "managed", "type": "a", "name": "b"}
    return {**head, "index": number, "provider_name": "p", "change": change, **more}


MANY = [entry(number) for number in range(1300)]
STATES = [{**entry(number), "values": {"n": number}} for number in range(1300)]
for state in STATES:
    del state["change"]
ODD = {
    "as Terraform writes": lambda items: json.dumps(items, separators=(",", ":")),
    "with blanks": lambda items: json.dumps(items, indent=1),
    "keys sorted": lambda items: json.dumps(items, separators=(",", ":"), sort_keys=True),
    "unknown keys": lambda items: json.dumps(
        [*items[:-1], {**items[-1], "novel": {}}], separators=(",", ":")
    ),
    "defaults written": lambda items: json.dumps(
        [{**items[0], "deposed": None, "deposed_key": None}, *items[1:]], separators=(",", ":")
    ),
}


@pytest.mark.parametrize("how", ODD)
def test_lists_are_read_whatever_their_spelling(how: str) -> None:
    found = typed_list(ODD[how](MANY).encode(), ResourceEntry, "here", "change")
    assert [element.index for element in found] == list(range(1300))
    chunks = typed_chunks(raws(ODD[how](STATES).encode()), StateResource, "here")
    assert [e.index for _, elements in chunks for e in elements] == list(range(1300))


PLACES = {
    "entry": ('"index":700,', '"index":700,"address":"c.d",'),
    "entry, same value": ('"index":700,', '"index":700,"index":700,'),
    "escaped": ('"index":700,', '"index":700,"typ\\u0065":"c",'),
    "unknown key": ('"index":700,', '"index":700,"novel":1,"novel":2,'),
}


@pytest.mark.parametrize("how", ODD)
@pytest.mark.parametrize("place", PLACES)
def test_one_repeated_key_among_many_elements_is_found(how: str, place: str) -> None:
    for items, reader in ((MANY, entries), (STATES, states)):
        plain = ODD[how](items).replace('"index": 700,', '"index":700,')
        assert plain.count(PLACES[place][0]) == 1
        with pytest.raises(PlanError, match="repeats the key"):
            reader(plain.replace(*PLACES[place]).encode())


def raws(data: bytes) -> list[msgspec.Raw]:
    return msgspec.json.decode(data, type=list[msgspec.Raw])


def entries(data: bytes) -> None:
    typed_list(data, ResourceEntry, "here", "change")


def states(data: bytes) -> None:
    list(typed_chunks(raws(data), StateResource, "here"))


@pytest.mark.parametrize("how", ODD)
def test_one_repeated_key_in_a_change_is_found(how: str) -> None:
    plain = ODD[how](MANY).replace('"actions"', '"actions":["delete"],"actions"', 1)
    with pytest.raises(PlanError, match="repeats the key 'actions'"):
        entries(plain.encode())


def test_empty_lists() -> None:
    assert typed_list(b"[]", ResourceEntry, "here") == []
    assert typed_list(b"[ ]", ResourceEntry, "here") == []
    assert list(typed_chunks([], StateResource, "here")) == []


@pytest.mark.parametrize(
    "text", [b'"\\ud800"', b'"\xff"', b"[1,]", b"1e999", b"NaN", b"{} {}", b""]
)
def test_what_is_no_json_is_a_plan_error(text: bytes) -> None:
    with pytest.raises(PlanError, match="cannot be read at here"):
        decode(text, where="here")


def test_raw_values_are_slices_of_the_file() -> None:
    data = ODD["as Terraform writes"](MANY).encode()
    first = typed_list(data, ResourceEntry, "here", "change")[0]
    assert isinstance(first.change.before, msgspec.Raw)
    assert memoryview(first.change.before).nbytes == len(b'{"n":0}')
