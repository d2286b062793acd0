"""A table's schema: keys, the types of the attributes they use, and indexes. Pure functions.

AWS can change none of it on a table that is there, but for global secondary indexes, whose filling
takes hours (DynamoDB API reference, ``UpdateTable``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

NONE = "none"
"""What is said of a side that has no such thing."""


class KeyAttribute(NamedTuple):
    """One attribute of a key."""

    name: str
    kind: str
    """``HASH`` or ``RANGE``."""


@dataclass(frozen=True)
class TableIndex:
    """A secondary index; two are equal when AWS would build the same."""

    name: str
    kind: str
    """``index``, ``local index`` or ``vector index``."""
    keys: tuple[KeyAttribute, ...]
    projection: str
    """``ALL``, ``KEYS_ONLY`` or ``INCLUDE``."""
    non_key: tuple[str, ...] = ()
    """Further projected attributes, sorted: AWS keeps no order."""
    more: str = ""
    """What else makes it, as JSON: of an index of a kind this module does not take apart."""

    def __str__(self) -> str:
        listed = f" [{', '.join(self.non_key)}]" if self.non_key else ""
        return ", ".join(filter(None, (_keys(self.keys), self.projection + listed, self.more)))


@dataclass(frozen=True)
class TableSchema:
    """What must be the same for one table to take the place of another."""

    keys: tuple[KeyAttribute, ...]
    types: tuple[tuple[str, str], ...]
    """Attribute name and type (``S``, ``N``, ``B``), sorted by name."""
    indexes: tuple[TableIndex, ...]

    @property
    def key_text(self) -> str:
        """The key in words: ``PK (hash) + SK (range)``."""
        return _keys(self.keys)


class SchemaDifference(NamedTuple):
    """One part in which two schemas differ."""

    what: str
    """``key``, ``attribute LpaUID``, ``index LpaUIDIndex``…"""
    outgoing: str
    restored: str

    def __str__(self) -> str:
        return f"{self.what}: {self.outgoing} in the outgoing table, {self.restored} restored"


def differences(outgoing: TableSchema, restored: TableSchema) -> list[SchemaDifference]:
    """Return how two schemas differ, keys first; empty when one table can replace the other."""
    found = []
    if outgoing.keys != restored.keys:
        found.append(SchemaDifference("key", _keys(outgoing.keys), _keys(restored.keys)))
    for name, was, now in _pairs(dict(outgoing.types), dict(restored.types)):
        found.append(SchemaDifference(f"attribute {name}", was, now))
    old, new = _indexes(outgoing), _indexes(restored)
    return found + [SchemaDifference(name, was, now) for name, was, now in _pairs(old, new)]


def schema_in_api(described: Mapping[str, Any]) -> TableSchema:
    """Return the schema in a ``TableDescription`` (DynamoDB API reference)."""
    types = {each["AttributeName"]: each["AttributeType"] for each in _list(described, _TYPES)}
    indexes = [
        _index_in_api(each, kind)
        for member, kind in _KINDS.items()
        for each in _list(described, member)
    ]
    return _schema(_keys_in_api(described), types, indexes)


def schema_in_state(attributes: Mapping[str, Any]) -> TableSchema:
    """Return the schema of an ``aws_dynamodb_table`` from its attributes in a Terraform state.

    The provider's schema (hashicorp/aws, "Resource: aws_dynamodb_table"): an index names
    ``hash_key`` and ``range_key``, or, in newer versions, a ``key_schema``.
    """
    types = {each["name"]: each["type"] for each in _list(attributes, "attribute")}
    keys = _keys_in_state(attributes)
    indexes = [
        _index_in_state(each, _keys_in_state(each), "index")
        for each in _list(attributes, "global_secondary_index")
    ]
    indexes += [
        _index_in_state(each, (*keys[:1], KeyAttribute(each["range_key"], "RANGE")), "local index")
        for each in _list(attributes, "local_secondary_index")
    ]
    return _schema(keys, types, indexes)


_TYPES = "AttributeDefinitions"
_KINDS = {
    "LocalSecondaryIndexes": "local index",
    "GlobalSecondaryIndexes": "index",
    "VectorIndexes": "vector index",
}
"""Member of ``TableDescription`` and what its indexes are called."""
_TAKEN_APART = {"IndexName", "KeySchema", "Projection"}
_PASSING = {
    *("IndexStatus", "Backfilling", "IndexSizeBytes", "ItemCount", "IndexArn"),
    *("ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput"),
}
"""What changes by itself or at will, and names no other data."""


def _schema(
    keys: tuple[KeyAttribute, ...], types: Mapping[str, str], indexes: Sequence[TableIndex]
) -> TableSchema:
    ordered = sorted(indexes, key=lambda index: (index.kind, index.name))
    return TableSchema(keys, tuple(sorted(types.items())), tuple(ordered))


def _list(holder: Mapping[str, Any], name: str) -> Sequence[Any]:
    return holder.get(name) or ()


def _keys_in_api(holder: Mapping[str, Any]) -> tuple[KeyAttribute, ...]:
    return tuple(KeyAttribute(k["AttributeName"], k["KeyType"]) for k in _list(holder, "KeySchema"))


def _index_in_api(index: Mapping[str, Any], kind: str) -> TableIndex:
    projection = index.get("Projection") or {}
    rest = {key: index[key] for key in index.keys() - _TAKEN_APART - _PASSING}
    return TableIndex(
        index["IndexName"],
        kind,
        _keys_in_api(index),
        projection.get("ProjectionType", ""),
        tuple(sorted(projection.get("NonKeyAttributes") or ())),
        json.dumps(rest, sort_keys=True, default=str) if rest else "",
    )


def _keys_in_state(holder: Mapping[str, Any]) -> tuple[KeyAttribute, ...]:
    if listed := _list(holder, "key_schema"):
        return tuple(KeyAttribute(each["attribute_name"], each["key_type"]) for each in listed)
    named = ((holder.get("hash_key"), "HASH"), (holder.get("range_key"), "RANGE"))
    return tuple(KeyAttribute(name, kind) for name, kind in named if name)


def _index_in_state(
    index: Mapping[str, Any], keys: tuple[KeyAttribute, ...], kind: str
) -> TableIndex:
    non_key = tuple(sorted(_list(index, "non_key_attributes")))
    return TableIndex(index["name"], kind, keys, index.get("projection_type") or "", non_key)


def _indexes(schema: TableSchema) -> dict[str, TableIndex]:
    return {f"{index.kind} {index.name}": index for index in schema.indexes}


def _keys(keys: tuple[KeyAttribute, ...]) -> str:
    return " + ".join(f"{key.name} ({key.kind.lower()})" for key in keys) or NONE


def _pairs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what differs between two mappings, in words."""
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield name, str(old.get(name, NONE)), str(new.get(name, NONE))
