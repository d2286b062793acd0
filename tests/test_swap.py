"""The swap on disk: reads back as it was, and nothing else passes for one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.errors import RepoError
from tfswap.swap import Consumer, NameSource, Swap, TableSwap, decode, encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LEAF = st.builds(NameSource, TEXT, TEXT, st.integers(1, 9999), st.integers(1, 999), TEXT)
CONSUMER = st.builds(Consumer, TEXT, TEXT, TEXT, TEXT, st.integers(1, 9999))
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
TABLE = st.builds(
    TableSwap,
    address=TEXT,
    base=TEXT,
    leaf=LEAF,
    new_value=TEXT,
    old_name=TEXT,
    new_name=TEXT,
    region=TEXT,
    consumers=st.lists(CONSUMER, max_size=2).map(tuple),
    pipelines=TEXTS,
)
SWAP = st.builds(
    Swap,
    environment=TEXT,
    environment_origin=TEXT,
    workspace=TEXT,
    root_module=TEXT,
    account=TEXT,
    partition=TEXT,
    branch=TEXT,
    tables=st.lists(TABLE, max_size=2).map(tuple),
    release=TEXTS,
)
ONE = Swap(
    environment="production",
    environment_origin="--environment",
    workspace="production",
    root_module="terraform/environment",
    account="123456789012",
    partition="aws",
    branch="restore/production-Lpas-20240715",
    tables=(
        TableSwap(
            address="aws_dynamodb_table.lpas_table",
            base="Lpas",
            leaf=NameSource("t.json", "/n", 3, 5, "Lpas"),
            new_value="Lpas-20240715",
            old_name="production-Lpas",
            new_name="production-Lpas-20240715",
            region="eu-west-1",
            pipelines=("aws_osis_pipeline.a[0]", "aws_osis_pipeline.b"),
        ),
    ),
)


@given(SWAP)
def test_a_swap_reads_back(swap: Swap) -> None:
    data = encode(swap)
    assert decode(data) == swap
    assert data.endswith(b"}\n")


def test_it_is_json_people_can_read() -> None:
    lines = encode(ONE).decode().splitlines()
    assert lines[1] == '  "environment": "production",'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a swap file written by tfswap"),
        (b"{", "not a swap file written by tfswap"),
        (b"[]", "not a swap file written by tfswap"),
        (b"{}", "missing required field"),
        (b"\xff", "not a swap file written by tfswap"),
        (encode(ONE).replace(b'"line": 3', b'"line": "3"'), "not a swap file written by tfswap"),
        (encode(ONE).replace(b'"version": 1', b'"version": 2'), "has version 2"),
        (encode(ONE)[:-20], "not a swap file written by tfswap"),
    ],
)
def test_refuses_anything_else(data: bytes, message: str) -> None:
    with pytest.raises(RepoError, match=message) as error:
        decode(data, where="x/swap.json")
    assert error.value.message.startswith("x/swap.json")
    assert "prepare" in error.value.hint


def test_arns_of_both_tables() -> None:
    table = ONE.tables[0]
    start = "arn:aws:dynamodb:eu-west-1:123456789012:table/"
    assert ONE.arn(table) == f"{start}production-Lpas-20240715"
    assert ONE.arn(table, new=False) == f"{start}production-Lpas"


def test_pipelines_once_each_in_order() -> None:
    doubled = json.loads(encode(ONE))
    doubled["tables"] *= 2
    swap = decode(json.dumps(doubled).encode())
    assert swap.pipelines == ("aws_osis_pipeline.a[0]", "aws_osis_pipeline.b")
    assert len(swap.renames) == 2


@pytest.mark.parametrize(
    ("file", "pointer", "shown"),
    [
        ("a/terraform.tfvars.json", "/environments/p/t", "/environments/p/t"),
        ("a/b.auto.tfvars", "/t", "/t"),
        ("a/b.tfvars", "/t/#1", ""),
        ("a/main.tf", "/variable/t/default", ""),
        ("a/names.yaml", "/t", ""),
    ],
)
def test_a_plan_tells_the_name_where_an_input_holds_it(file: str, pointer: str, shown: str) -> None:
    leaf = NameSource(file, pointer, 1, 1, "Lpas")
    table = TableSwap("x.y", "Lpas", leaf, "Lpas-20240715", "p-Lpas", "p-Lpas-20240715", "r")
    assert table.input_pointer == shown
