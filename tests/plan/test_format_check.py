"""What is no plan gets one clear message; nothing but PlanError ever comes out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.errors import ExitCode, PlanError
from tfswap.plan.document import read_plan

GOOD = Path(__file__).parents[2] / "fixtures" / "plans" / "good" / "plan.json"
SMALL = (
    b'{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[{"address":"a.b",'
    b'"mode":"managed","type":"a","name":"b","change":{"actions":["update"],"before":{"x":1},'
    b'"after":{"x":2},"after_unknown":{},"before_sensitive":{},"after_sensitive":{}}}]}'
)

WRONG = {
    "empty": (b"", "empty"),
    "only blanks": (b" \n", "empty"),
    "binary plan": (b"PK\x03\x04rest", "binary form"),
    "utf-16": ("{}".encode("utf-16"), "UTF-16"),
    "utf-16 without mark": ("{}".encode("utf-16-le"), "UTF-16"),
    "byte order mark": (b"\xef\xbb\xbf{}", "byte order mark"),
    "gzip": (gzip.compress(SMALL), "gzip"),
    "wrapped": (b"[command]/tmp/terraform-bin show -json p\n" + SMALL, "wrapper"),
    "wrapped behind": (SMALL + b"\n\n::debug::Terraform exited with code 0.\n", "wrapper"),
    "wrapped on lines": (SMALL[:-1] + b"\n}\n::set-output name=exitcode::0\n", "wrapper"),
    "the human plan": (b"Terraform will perform the following actions:", "does not begin"),
    "an array": (b"[]", "does not begin"),
    "cut short": (SMALL[:-40], "cut short"),
    "not json": (b"{nonsense}", "not JSON"),
    "log": (b'{"@level":"info","@message":"x"}\n{"@level":"info","@message":"y"}\n', "log"),
    "log of one line": (b'{"@level":"info","@message":"x"}\n', "log"),
    "state file": (b'{"version":4,"serial":3,"lineage":"x","resources":[]}', "state"),
    "shown state": (b'{"format_version":"1.0","values":{"root_module":{}}}', "state"),
    "no version": (b'{"resource_changes":[]}', "format_version"),
    "version no text": (b'{"format_version":1,"resource_changes":[]}', "format_version"),
    "foreign major": (b'{"format_version":"2.0","resource_changes":[]}', "0.x and 1.x"),
    "no resource_changes": (b'{"format_version":"1.0"}', "no resource_changes"),
    "changes no list": (b'{"format_version":"1.0","resource_changes":{}}', "resource_changes"),
    "change without actions": (
        b'{"format_version":"1.0","resource_changes":[{"address":"a","change":{}}]}',
        "actions",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files_get_a_message_of_their_own(name: str) -> None:
    data, expected = WRONG[name]
    with pytest.raises(PlanError) as caught:
        read_plan(data)
    assert expected in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code is ExitCode.CANNOT_TELL


@pytest.mark.parametrize("name", ["utf-16", "byte order mark", "gzip", "wrapped"])
def test_no_hint_loses_letters(name: str) -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(WRONG[name][0])
    hint = caught.value.hint.lower()
    assert "ascii" not in hint
    assert "-encoding" not in hint
    assert ("terraform_wrapper: false" in hint) is (name == "wrapped")


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.99"])
def test_known_majors_are_read(version: str) -> None:
    data = SMALL.replace(b'"1.2"', f'"{version}"'.encode())
    assert len(read_plan(data).changes) == 1


REPEATED = {
    "top level": SMALL[:-1] + b',"resource_changes":[]}',
    "entry": SMALL.replace(b'"type":"a"', b'"type":"a","address":"c.d"'),
    "change": SMALL.replace(b'"actions":["update"]', b'"actions":["no-op"],"actions":["update"]'),
    "with blanks": SMALL[:-1].replace(b",", b" , ") + b', "resource_changes" : [] }',
    "escaped": SMALL[:-1] + b',"resource_\\u0063hanges":[]}',
}


@pytest.mark.parametrize("where", REPEATED)
def test_repeated_keys_are_refused_at_the_door(where: str) -> None:
    with pytest.raises(PlanError, match="repeats the key"):
        read_plan(REPEATED[where])


@pytest.mark.parametrize("side", ["before", "after", "after_unknown", "after_sensitive"])
def test_repeated_keys_in_values_are_refused_when_read(side: str) -> None:
    data = SMALL.replace(f'"{side}":{{'.encode(), f'"{side}":{{"y":1,"y":2,'.encode(), 1)
    data = data.replace(b",}", b"}")
    change = read_plan(data).changes[0]
    name = {"after_unknown": "unknown"}.get(side, side)
    with pytest.raises(PlanError, match="repeats the key 'y'"):
        getattr(change, name)


def test_spelling_does_not_matter() -> None:
    pretty = json.dumps(json.loads(SMALL), indent=2).encode()
    assert read_plan(pretty).changes[0].after == {"x": 2}


def test_unknown_keys_are_ignored() -> None:
    assert read_plan(SMALL[:-1] + b',"novelty":{"a":[1]}}').changes[0].address == "a.b"


@given(st.binary(max_size=200))
def test_arbitrary_bytes_give_only_a_plan_error(data: bytes) -> None:
    with pytest.raises(PlanError):
        read_plan(data)


@given(cut=st.integers(0, len(SMALL) - 1), byte=st.integers(0, 255), mode=st.booleans())
def test_garbled_plans_give_a_plan_or_a_plan_error(cut: int, byte: int, mode: bool) -> None:
    data = SMALL[:cut] if mode else SMALL[:cut] + bytes([byte]) + SMALL[cut + 1 :]
    try:
        plan = read_plan(data)
        for change in plan.changes:
            assert change.before is change.before
            assert change.after is change.after
    except PlanError:
        return


def test_a_cut_in_a_real_plan_is_noticed() -> None:
    data = GOOD.read_bytes().rstrip()
    for cut in range(1, len(data), 9973):
        with pytest.raises(PlanError):
            read_plan(data[:cut])


def test_deep_nesting_is_a_plan_error() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    with pytest.raises(PlanError):
        read_plan(SMALL.replace(b'"after":{"x":2}', b'"after":' + deep)).changes[0].after  # noqa: B018
