"""Stand-in for point-in-time recovery, whose window and restored settings moto 5.2 leaves out.

`DescribeContinuousBackups` tells a window that ends five minutes ago and, unlike AWS's, begins
35 days ago at once: a demo cannot wait. `RestoreTableToPointInTime` refuses what AWS refuses; the
table is `CREATING` until it was looked at three times, so that nothing here depends on time. It
holds the source's items of now: the stand-in keeps no earlier ones. Shapes follow the API
reference of DynamoDB.

Tags on the source table make the cases that tests need, which AWS of course does not know:

`standin:window`   two ISO 8601 times with a space between, in place of the window above
`standin:restore`  `STUCK`: the restored table stays `CREATING`
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import RestoredPITTable, Table
from moto.dynamodb.responses import DynamoHandler

_LOOKS = 3
"""How often a restored table is seen `CREATING`."""
_NAMESPACE = "com.amazonaws.dynamodb.v20120810#"


def _tag(table: Table, name: str) -> str:
    return next((str(tag["Value"]) for tag in table.tags if tag["Key"] == name), "")


def _window(table: Table) -> tuple[datetime, datetime]:
    if dates := _tag(table, "standin:window"):
        first, last = dates.split(" ")
        return datetime.fromisoformat(first), datetime.fromisoformat(last)
    now = datetime.now(UTC)
    return now - timedelta(days=35), now - timedelta(minutes=5)


def _with_window(describe: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def described(self: DynamoDBBackend, table_name: str) -> dict[str, Any]:
        answer = describe(self, table_name)
        found = answer["PointInTimeRecoveryDescription"]
        if found["PointInTimeRecoveryStatus"] != "ENABLED":
            return answer
        first, last = _window(self.get_table(table_name))
        ends = {"EarliestRestorableDateTime": first, "LatestRestorableDateTime": last}
        dated = {name: moment.timestamp() for name, moment in ends.items()}
        return {**answer, "PointInTimeRecoveryDescription": {**found, **dated}}

    return described


def _refused(kind: str, why: str) -> JsonRESTError:
    return JsonRESTError(f"{_NAMESPACE}{kind}", why)


def _restore(self: DynamoHandler) -> ActionResult:
    body, backend = self.body, self.dynamodb_backend
    name = body.get("SourceTableName") or body["SourceTableArn"].rpartition("/")[2]
    if name not in backend.tables:
        raise _refused("TableNotFoundException", f"Table not found: {name}")
    source = backend.get_table(name)
    status = source.continuous_backups["PointInTimeRecoveryDescription"]
    if status["PointInTimeRecoveryStatus"] != "ENABLED":
        raise _refused("PointInTimeRecoveryUnavailableException", "It is not enabled")
    first, last = _window(source)
    moment = last
    if not body.get("UseLatestRestorableTime"):
        moment = body["RestoreDateTime"]
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not first <= moment <= last:
        raise _refused("InvalidRestoreTimeException", "It is not in the window")
    made = backend.restore_table_to_point_in_time(body["TargetTableName"], name)
    made.billing_mode = source.billing_mode
    override = body.get("SSESpecificationOverride")
    made.sse_specification = override if override and override.get("Enabled") else None
    made.restore_date_time = moment.replace(tzinfo=None)
    looks = 10**9 if _tag(source, "standin:restore") == "STUCK" else _LOOKS
    made.__dict__["standin_looks"] = looks
    return ActionResult({"TableDescription": made.describe()["TableDescription"]})


def _with_progress(describe: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def described(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
        result = describe(self, base_key)
        looks = self.__dict__.get("standin_looks", 0)
        if looks:
            self.__dict__["standin_looks"] = looks - 1
            result[base_key]["TableStatus"] = "CREATING"
            result[base_key]["RestoreSummary"]["RestoreInProgress"] = True
        return result

    return described


def install() -> None:
    """Add windows, refusals and tables that are still being made to moto."""
    DynamoDBBackend.describe_continuous_backups = _with_window(  # type: ignore[method-assign]
        DynamoDBBackend.describe_continuous_backups
    )
    DynamoHandler.restore_table_to_point_in_time = _restore  # type: ignore[method-assign]
    RestoredPITTable.describe = _with_progress(RestoredPITTable.describe)  # type: ignore[method-assign]
