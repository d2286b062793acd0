"""Stand-in for DynamoDB replicas (global tables 2019.11.21), which moto 5.2 ignores.

Also for the encryption key, which moto's `UpdateTable` leaves as it is: here it changes at once.
And for tables that a demo or a test makes to look restored: the tag ``standin:restored-from`` of a
`CreateTable`, which AWS of course does not know, is not kept but answered as `RestoreSummary`.

`UpdateTable` with `ReplicaUpdates` makes or deletes a table of the same name in the other
region, and both tables list each other under `Replicas`. The replica shares the items of
its table, so that what is written here is read there at once. Shapes follow
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ReplicationGroupUpdate.html.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler


def _group(table: Table) -> dict[str, dict[str, Any]]:
    """The table's other copies: region to the settings it was made with."""
    group: dict[str, dict[str, Any]] = table.__dict__.setdefault("standin_replicas", {})
    return group


def _described(region: str, settings: dict[str, Any]) -> dict[str, Any]:
    replica = {"RegionName": region, "ReplicaStatus": "ACTIVE"}
    return {**replica, **{key: settings[key] for key in ("KMSMasterKeyId",) if settings.get(key)}}


def _create(table: Table, settings: dict[str, Any]) -> None:
    region = settings["RegionName"]
    backend = dynamodb_backends[table.account_id][region]
    encryption = {
        "Enabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": settings.get("KMSMasterKeyId"),
    }
    replica = backend.create_table(
        name=table.name,
        schema=copy.deepcopy(table.schema),
        throughput=None,
        attr=copy.deepcopy(table.attr),
        global_indexes=None,
        indexes=None,
        streams={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        billing_mode=table.billing_mode or "PAY_PER_REQUEST",
        sse_specification=encryption if settings.get("KMSMasterKeyId") else None,
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=None,
    )
    replica.global_indexes = copy.deepcopy(table.global_indexes)
    replica.items = table.items
    _group(table)[region] = settings
    _group(replica)[table.region_name] = {"RegionName": table.region_name}


def _delete(table: Table, settings: dict[str, Any]) -> None:
    region = settings["RegionName"]
    _group(table).pop(region, None)
    backend = dynamodb_backends[table.account_id][region]
    if table.name in backend.tables:
        backend.delete_table(table.name)


def _update(table: Table, settings: dict[str, Any]) -> None:
    _group(table)[settings["RegionName"]].update(settings)


_KINDS: dict[str, Callable[[Table, dict[str, Any]], None]] = {
    "Create": _create,
    "Delete": _delete,
    "Update": _update,
}


def _with_replicas(describe: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def described(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
        result = describe(self, base_key)
        if _group(self):
            result[base_key]["Replicas"] = [_described(*each) for each in _group(self).items()]
            result[base_key]["GlobalTableVersion"] = "2019.11.21"
        return result

    return described


def _with_updates(update: Callable[..., ActionResult]) -> Callable[..., ActionResult]:
    def updated(self: DynamoHandler) -> ActionResult:
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        for change in self.body.get("ReplicaUpdates") or []:
            for kind, settings in change.items():
                _KINDS[kind](table, settings)
        if wanted := self.body.get("SSESpecification"):
            table.sse_specification = dict(wanted) if wanted.get("Enabled") else None
        return update(self)

    return updated


def _leaving_group(delete: Callable[..., Table]) -> Callable[..., Table]:
    """A deleted table disappears from the lists of its remaining copies."""

    def deleted(self: DynamoDBBackend, name: str) -> Table:
        table = delete(self, name)
        for region in _group(table):
            other = dynamodb_backends[table.account_id][region].tables.get(table.name)
            if other is not None:
                _group(other).pop(table.region_name, None)
        return table

    return deleted


def _with_source(describe: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def described(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
        result = describe(self, base_key)
        if source := self.__dict__.get("standin_source"):
            here = f"{self.table_arn.rpartition('/')[0]}/{source}"
            result[base_key]["RestoreSummary"] = {
                "SourceTableArn": source if source.startswith("arn:") else here,
                "RestoreDateTime": self.created_at,
                "RestoreInProgress": False,
            }
        return result

    return described


def _noting_source(create: Callable[..., Table]) -> Callable[..., Table]:
    def created(self: DynamoDBBackend, name: str, **settings: Any) -> Table:
        tags = settings.get("tags") or []
        source = [tag["Value"] for tag in tags if tag["Key"] == _SOURCE]
        kept = [tag for tag in tags if tag["Key"] != _SOURCE]
        table = create(self, name, **{**settings, "tags": kept})
        table.__dict__["standin_source"] = source[0] if source else ""
        return table

    return created


_SOURCE = "standin:restored-from"


def install() -> None:
    """Make moto's DynamoDB honour `ReplicaUpdates`, show `Replicas` and `standin:restored-from`."""
    Table.describe = _with_source(_with_replicas(Table.describe))  # type: ignore[method-assign]
    DynamoDBBackend.create_table = _noting_source(DynamoDBBackend.create_table)  # type: ignore[method-assign]
    DynamoHandler.update_table = _with_updates(DynamoHandler.update_table)  # type: ignore[method-assign]
    DynamoDBBackend.delete_table = _leaving_group(DynamoDBBackend.delete_table)  # type: ignore[method-assign]
