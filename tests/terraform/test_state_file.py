"""State files: reading, comparing, and the one number that may change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.errors import TerraformError
from tfswap.terraform.state_file import differing, parse, with_serial


def resource(name: str, *instances: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "mode": "managed",
        "type": "aws_dynamodb_table",
        "name": name,
        "provider": 'provider["registry.terraform.io/hashicorp/aws"].eu_west_1',
        "instances": list(instances),
        **more,
    }


def state(*resources: dict[str, Any], serial: int = 7, **more: Any) -> bytes:
    document = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": serial,
        "lineage": "a-b",
        "outputs": {"serial": {"value": '"serial": 7,', "type": "string"}},
        "resources": list(resources),
        **more,
    }
    return json.dumps(document, indent=2).encode() + b"\n"


def table(name: str, **more: Any) -> dict[str, Any]:
    return {"schema_version": 1, "attributes": {"id": name, "name": name}, **more}


def test_addresses_of_every_kind() -> None:
    found = parse(
        state(
            resource("plain", table("a")),
            resource("counted", table("b", index_key=0), table("c", index_key=1)),
            resource("keyed", table("d", index_key='x"${y}.[z]'), module='module.m["k"]'),
            resource("old", table("e", deposed="12ab")),
            {**resource("read", table("f")), "mode": "data"},
        )
    )
    assert list(found.instances) == [
        "aws_dynamodb_table.plain",
        "aws_dynamodb_table.counted[0]",
        "aws_dynamodb_table.counted[1]",
        'module.m["k"].aws_dynamodb_table.keyed["x\\"$${y}.[z]"]',
        "aws_dynamodb_table.old (deposed 12ab)",
    ]
    assert found.serial == 7
    assert found.lineage == "a-b"


def test_taint_is_seen() -> None:
    found = parse(state(resource("t", table("a", status="tainted"))))
    assert found.instances["aws_dynamodb_table.t"].tainted


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        b"{",
        b"[]",
        b"null",
        b'{"version": 3}',
        b'{"version": 4}',
        state(resource("t"))[:-40],
        state({"mode": "managed"}),
    ],
)
def test_what_is_no_state_is_refused_with_a_hint(data: bytes) -> None:
    with pytest.raises(TerraformError) as caught:
        parse(data)
    assert "terraform state pull" in caught.value.hint


def test_two_states_differ_where_an_instance_does() -> None:
    before = parse(state(resource("a", table("a")), resource("b", table("b"))))
    after = parse(state(resource("a", table("x")), resource("c", table("b")), serial=9))
    prefix = "aws_dynamodb_table."
    assert differing(before, after) == {prefix + "a", prefix + "b", prefix + "c"}
    assert differing(before, before) == set()


def test_a_changed_provider_is_a_difference() -> None:
    before = parse(state(resource("a", table("a"))))
    after = parse(state(resource("a", table("a"), provider="another")))
    assert differing(before, after)


@given(st.integers(0, 2**60), st.integers(0, 2**60), st.text())
def test_only_the_serial_changes(old: int, new: int, value: str) -> None:
    before = state(resource("a", table(value)), serial=old)
    after = with_serial(before, new)
    assert {**json.loads(before), "serial": new} == json.loads(after)
    assert after == state(resource("a", table(value)), serial=new)


def test_a_state_without_serial_is_refused() -> None:
    with pytest.raises(TerraformError):
        with_serial(b'{\n  "version": 4,\n  "resources": []\n}\n', 3)


def test_the_order_terraform_writes_sets_in_is_no_difference() -> None:
    paths = [[{"type": "get_attr", "value": name}] for name in ("value", "value_wo")]

    def with_sets(paths: list[Any], others: list[str]) -> bytes:
        return state(resource("a", table("a", sensitive_attributes=paths, dependencies=others)))

    before = parse(with_sets(paths, ["x", "y"]))
    assert differing(before, parse(with_sets(paths[::-1], ["y", "x"]))) == set()
    assert differing(before, parse(with_sets(paths[:1], ["x", "y"])))
