"""Keys, attribute types and indexes: from AWS, from a state, and how two of them differ."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.aws.table_schema import differences, schema_in_api, schema_in_state

API: dict[str, Any] = {
    "KeySchema": [
        {"AttributeName": "PK", "KeyType": "HASH"},
        {"AttributeName": "SK", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "SK", "AttributeType": "S"},
        {"AttributeName": "PK", "AttributeType": "S"},
        {"AttributeName": "UID", "AttributeType": "N"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "UIDIndex",
            "KeySchema": [{"AttributeName": "UID", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["b", "a"]},
            "IndexStatus": "ACTIVE",
            "ItemCount": 12,
        }
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "Local",
            "KeySchema": [
                {"AttributeName": "PK", "KeyType": "HASH"},
                {"AttributeName": "UID", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}

STATE: dict[str, Any] = {
    "hash_key": "PK",
    "range_key": "SK",
    "attribute": [
        {"name": "PK", "type": "S"},
        {"name": "UID", "type": "N"},
        {"name": "SK", "type": "S"},
    ],
    "global_secondary_index": [
        {
            "name": "UIDIndex",
            "hash_key": "UID",
            "range_key": "",
            "projection_type": "INCLUDE",
            "non_key_attributes": ["a", "b"],
            "read_capacity": 0,
        }
    ],
    "local_secondary_index": [
        {
            "name": "Local",
            "range_key": "UID",
            "projection_type": "ALL",
            "non_key_attributes": None,
        }
    ],
}


def changed(**members: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(API)), **members}


def test_state_and_aws_tell_the_same_schema() -> None:
    assert schema_in_state(STATE) == schema_in_api(API)


def test_a_newer_providers_key_schema_tells_it_too() -> None:
    index = {**STATE["global_secondary_index"][0], "hash_key": None}
    index["key_schema"] = [{"attribute_name": "UID", "key_type": "HASH"}]
    assert schema_in_state({**STATE, "global_secondary_index": [index]}) == schema_in_api(API)


def test_a_state_without_the_blocks_is_a_table_without_indexes() -> None:
    bare = schema_in_state({"hash_key": "PK", "range_key": None, "attribute": None})
    assert bare.indexes == ()
    assert [key.name for key in bare.keys] == ["PK"]


def differing(**members: Any) -> list[str]:
    return [
        each.what for each in differences(schema_in_api(API), schema_in_api(changed(**members)))
    ]


def test_each_part_is_named() -> None:
    assert differing() == []
    assert differing(KeySchema=API["KeySchema"][:1]) == ["key"]
    assert differing(KeySchema=API["KeySchema"][::-1]) == ["key"]
    types = [*API["AttributeDefinitions"][:2], {"AttributeName": "UID", "AttributeType": "S"}]
    assert differing(AttributeDefinitions=types) == ["attribute UID"]
    assert differing(GlobalSecondaryIndexes=[]) == ["index UIDIndex"]
    assert differing(LocalSecondaryIndexes=[]) == ["local index Local"]
    new = [{"IndexName": "V", "Dimensions": 3, "Projection": {"ProjectionType": "ALL"}}]
    assert differing(VectorIndexes=new) == ["vector index V"]


@pytest.mark.parametrize(
    "part",
    [
        {"Projection": {"ProjectionType": "ALL"}},
        {"Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]}},
        {"KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}]},
        {"SomethingNew": {"x": 1}},
    ],
)
def test_an_index_built_otherwise_differs(part: dict[str, Any]) -> None:
    index = {**API["GlobalSecondaryIndexes"][0], **part}
    assert differing(GlobalSecondaryIndexes=[index]) == ["index UIDIndex"]


def test_what_passes_or_can_be_changed_is_no_difference() -> None:
    passing = {"IndexStatus": "CREATING", "ItemCount": 0, "ProvisionedThroughput": {}}
    index = {**API["GlobalSecondaryIndexes"][0], **passing}
    assert differing(GlobalSecondaryIndexes=[index]) == []


@given(st.permutations(API["AttributeDefinitions"]), st.sampled_from([["a", "b"], ["b", "a"]]))
def test_order_that_aws_does_not_keep_plays_no_part(types: list[Any], listed: list[str]) -> None:
    index = dict(API["GlobalSecondaryIndexes"][0])
    index["Projection"] = {"ProjectionType": "INCLUDE", "NonKeyAttributes": listed}
    assert differing(AttributeDefinitions=types, GlobalSecondaryIndexes=[index]) == []
