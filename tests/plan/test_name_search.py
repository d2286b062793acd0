r"""The search through undecoded bytes never misses a name that a reader of the value can see."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.plan.name_search import PlanSearch

NAME = "production-Lpas_2.x"
SEARCH = PlanSearch([NAME])
FLAGS = st.lists(st.booleans(), min_size=len(NAME), max_size=len(NAME))


def escaped(text: str, flags: list[bool], form: str) -> str:
    codes = (form.format(ord(char)) for char in text)
    return "".join(code if flag else c for c, code, flag in zip(text, codes, flags, strict=True))


def in_json(text: str, depth: int) -> str:
    for _ in range(depth):
        text = json.dumps({"k": text})
    return text


@given(FLAGS, st.integers(0, 3), st.booleans())
def test_json_escapes_at_any_depth(flags: list[bool], depth: int, upper: bool) -> None:
    form = "\\u{:04X}" if upper else "\\u{:04x}"
    innermost = '{"a":"arn:table/' + escaped(NAME, flags, form) + '"}'
    assert SEARCH.may_hold(in_json(innermost, depth).encode())


@given(FLAGS, st.integers(0, 2))
def test_escaped_backslashes_of_inner_json(flags: list[bool], depth: int) -> None:
    inner = escaped(NAME, flags, "\\u{:04x}").replace("\\", "\\u005c")
    assert SEARCH.may_hold(in_json('{"a":"' + inner + '"}', depth).encode())


@given(FLAGS, st.integers(0, 2), st.booleans())
def test_percent_encoding(flags: list[bool], times: int, upper: bool) -> None:
    text = escaped(NAME, flags, "%{:02X}" if upper else "%{:02x}")
    for _ in range(times):
        text = quote(text)
    assert SEARCH.may_hold(json.dumps(text).encode())
    assert SEARCH.may_hold(json.dumps(text).replace("%", "\\u0025").encode())


@given(FLAGS, st.sampled_from(["\\x{:02x}", "\\x{:02X}"]))
def test_hexadecimal_escapes_of_yaml(flags: list[bool], form: str) -> None:
    assert SEARCH.may_hold(json.dumps(escaped(NAME, flags, form)).encode())


@pytest.mark.parametrize("end", ["\\\n", "\\\n   ", "\\\r\n  "])
def test_joined_lines(end: str) -> None:
    assert SEARCH.may_hold(json.dumps(f"TABLE={NAME[:6]}{end}{NAME[6:]}").encode())


@pytest.mark.parametrize(
    "unit", ["\\", "\\n", "%25", "table/", "arn:aws:dynamodb:::", "QUFB", "\\u0"]
)
def test_no_text_makes_the_search_slow(unit: str) -> None:
    """Anything worse than linear would take minutes here."""
    text = "*" + unit * 300_000
    SEARCH.may_hold(json.dumps(text).encode())
    SEARCH.is_plain(text)


@given(
    st.binary(max_size=90),
    st.binary(max_size=40),
    st.sampled_from(["", "\n", "\r\n"]),
    st.sampled_from([64, 76]),
    st.booleans(),
)
def test_base64(before: bytes, after: bytes, end: str, width: int, slashes: bool) -> None:
    coded = base64.b64encode(before + NAME.encode() + after).decode()
    if end:
        coded = end.join(coded[i : i + width] for i in range(0, len(coded), width))
    assert not SEARCH.is_plain(coded)
    text = json.dumps(coded)
    assert SEARCH.may_hold((text.replace("/", "\\/") if slashes else text).encode())


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:dynamodb:eu-west-1:1:table/prod*",
        "table/production-Lpa?_2.x",
        "arn:aws:dynamodb:*:*:*Lpas_2.x",
        "arn:aws:dynamodb:eu-west-1:1:tab*",
    ],
)
def test_patterns(text: str) -> None:
    plain = json.dumps({"Resource": text})
    assert SEARCH.may_hold(plain.encode())
    hidden = json.dumps(plain).replace("*", "\\u002a").replace("?", "\\u003F")
    assert SEARCH.may_hold(hidden.encode())


@pytest.mark.parametrize("after", ["", ".", "/index/*", "*", "\n", "é", "%20", " "])
def test_a_name_that_ends_is_found_behind_a_longer_one(after: str) -> None:
    assert SEARCH.may_hold(json.dumps(f"{NAME}-20240715 {NAME}{after}").encode())


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":"arn:aws:s3:::bucket/*","b":"100 % sure","c":"x \\u003c y \\u0026 z\\n\\ttab"}',
        f'{{"a":"{NAME}-20240715","b":"{NAME}s"}}'.encode(),
        '{"a":"déjà vu","b":"\\"quoted\\""}'.encode(),
        b'{"a":"arn:aws:dynamodb:eu-west-1:1:table/production-Sessions/index/by"}',
    ],
)
def test_what_holds_no_name_stays_undecoded(text: bytes) -> None:
    assert not SEARCH.may_hold(text)


@pytest.mark.parametrize("text", [NAME, f'{{"a":"{NAME}"}}', "x\ny", f"table/{NAME}/index/*"])
def test_plain_texts_need_not_be_opened(text: str) -> None:
    assert SEARCH.is_plain(text)


@given(FLAGS, st.sampled_from(["\\u{:04x}", "%{:02X}", "\\x{:02x}"]))
def test_what_spells_a_name_otherwise_is_not_plain(flags: list[bool], form: str) -> None:
    text = escaped(NAME, flags, form)
    assert SEARCH.is_plain(text) == (text == NAME)


def test_what_is_not_utf_8_is_decoded_and_then_refused() -> None:
    assert SEARCH.may_hold(b'"\xff"')
