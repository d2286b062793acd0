"""Where a restored table came from, and whether that is the table it is to replace.

DynamoDB API reference, ``RestoreSummary`` (``SourceTableArn``, ``SourceBackupArn``,
``RestoreDateTime``); where ``DescribeTable`` has none, AWS Backup's ``ListRestoreJobs`` has the job
that made the table, with its ``SourceResourceArn``. A table no restore is known of may hold
anything: same keys, same indexes and no customer's data. That is never taken for a good answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from tfswap.aws.calls import calling, every
from tfswap.aws.formatting import at
from tfswap.aws.unknown_facts import UnknownFact, known
from tfswap.names import Family, TableArn, parse_arn

_BACKUP_ARN = re.compile(r"(arn:[^:]+:dynamodb:[^:]+:\d+:table/[^/]+)/backup/.+")
_LONGEST = timedelta(days=3)
"""How long before the table a restore job that made it may have been started."""
_PAGES = 5
"""Pages of a ``Scan`` that may hold nothing before we say that we do not know."""


class SourceStanding(Enum):
    """What is said of a restored table's source or items."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """Cannot tell; never counts as right."""


class SourceFinding(NamedTuple):
    """One statement about a restored table."""

    standing: SourceStanding
    text: str
    hint: str = ""


@dataclass(frozen=True)
class Source:
    """What AWS tells of the restore that made a table."""

    table_arn: str
    backup_arn: str = ""
    """Empty for a point-in-time restore."""
    moment: datetime | None = None
    """Point in time of the data, or when the backup was restored."""
    job: str = ""
    """The restore job that told, where ``DescribeTable`` did not."""

    def __str__(self) -> str:
        table = parse_arn(self.table_arn)
        how = "a backup" if self.backup_arn or self.job else "point-in-time recovery"
        if self.backup_arn:
            how = f"the backup {re.split('[:/]', self.backup_arn)[-1]}"
        by = f", restore job {self.job}" if self.job else ""
        when = f", {at(self.moment)}" if self.moment else ""
        return f"{table.name if table else self.table_arn} ({how}{by}{when})"


def source_in(described: Mapping[str, Any]) -> Source | None:
    """Return the source that ``DescribeTable`` tells; None where it names no table.

    Args:
        described: A ``TableDescription``.
    """
    summary = described.get("RestoreSummary") or {}
    backup = str(summary.get("SourceBackupArn") or "")
    match = _BACKUP_ARN.fullmatch(backup)
    table = str(summary.get("SourceTableArn") or (match[1] if match else ""))
    return Source(table, backup, summary.get("RestoreDateTime")) if table else None


def source_of(backup: Any, described: Mapping[str, Any]) -> Source | UnknownFact:
    """Return where a table was restored from, from its description or its restore job.

    Args:
        backup: A boto3 client of AWS Backup.
        described: A ``TableDescription``.

    Raises:
        AwsError: Asking again can tell (expired credentials, throttling).
    """
    if found := source_in(described):
        return found
    job = known(lambda: _job_of(backup, described))
    if isinstance(job, UnknownFact):
        return job
    return job or UnknownFact("AWS has no restore job for it")


def _job_of(backup: Any, described: Mapping[str, Any]) -> Source | None:
    """Return what the restore job says that made this very table.

    Another table may have had the name before: only a job from before the table counts.
    """
    created: datetime = described["CreationDateTime"]
    window = {"ByCreatedAfter": created - _LONGEST, "ByCreatedBefore": created}
    with calling(f"look for the restore job that made {described['TableName']}"):
        listed = every(backup.list_restore_jobs, "RestoreJobs", ByResourceType="DynamoDB", **window)
        mine = [
            job
            for job in listed
            if job.get("CreatedResourceArn") == described["TableArn"]
            and job.get("Status") == "COMPLETED"
            and job["CreationDate"] <= created
        ]
    mine.sort(key=lambda job: job["CreationDate"])
    if not mine or not mine[-1].get("SourceResourceArn"):
        return None
    job = mine[-1]
    return Source(
        job["SourceResourceArn"],
        job.get("RecoveryPointArn", ""),
        job["CreationDate"],
        job["RestoreJobId"],
    )


def judge(restored: TableArn, source: Source | UnknownFact, family: Family) -> SourceFinding:
    """Say whether a table was restored from the one it is to replace.

    Args:
        restored: The table that shall come into service.
        source: Where it came from.
        family: The names that are this table's, and which of them is in service.
    """
    if isinstance(source, UnknownFact):
        text = f"{restored.name}: its source is unknown ({source.why})"
        return SourceFinding(SourceStanding.UNKNOWN, text, _ACCEPT)
    named = parse_arn(source.table_arn)
    if named is not None and named[:3] == restored[:3] and family.takes(named.name):
        return SourceFinding(SourceStanding.RIGHT, f"{restored.name} was restored from {source}")
    elsewhere = named is not None and named[:3] != restored[:3]
    where = f" in account {named.account}, {named.region}" if named and elsewhere else ""
    text = f"{restored.name} was restored from {source}{where}, not from {family.outgoing}"
    return SourceFinding(SourceStanding.WRONG, text, "Restore a backup of the outgoing table.")


_ACCEPT = (
    "Check its content. When two people have confirmed that it is the right table, "
    "accept it (recorded in the journal): tfswap compare --accept-source"
)


def identity(described: Mapping[str, Any]) -> str:
    """Return what no other table has, not even a later one of the same name."""
    unique = described.get("TableId") or described.get("CreationDateTime")
    return f"{described['TableArn']} {unique}"


Accepted = Callable[[str, str], str]
"""A table's name and identity to who said that it is the right one; empty where nobody did."""


def examine(
    dynamodb: Any,
    backup: Any,
    family: Family,
    outgoing: Mapping[str, Any] | None,
    restored: Mapping[str, Any],
    accepted: Accepted = lambda *_: "",
) -> tuple[SourceFinding, ...]:
    """Return what is known of a restored table's source and items.

    Args:
        dynamodb: A boto3 client in the table's region.
        backup: Likewise, of AWS Backup.
        family: The names that are this table's.
        outgoing: Its ``TableDescription``; None where it is gone.
        restored: That of the restored table.
        accepted: Who vouched for it. Counts for what is unknown, never for what is wrong.

    Raises:
        AwsError: Asking again can tell.
    """
    table = parse_arn(restored["TableArn"])
    if table is None:
        text = f"{restored['TableArn']} is not the ARN of a table"
        return (SourceFinding(SourceStanding.UNKNOWN, text, _ACCEPT),)
    found = judge(table, source_of(backup, restored), family)
    if found.standing is not SourceStanding.RIGHT and outgoing is not None:
        back = source_of(backup, outgoing)
        if isinstance(back, Source) and back.table_arn == str(table):
            text = f"{family.outgoing} was restored from {table.name}: this swaps back to it"
            found = SourceFinding(SourceStanding.RIGHT, text)
    who = accepted(restored["TableName"], identity(restored))
    both = (found, judge_items(dynamodb, outgoing, restored))
    return tuple(_accepted(each, who) for each in both)


def _accepted(found: SourceFinding, who: str) -> SourceFinding:
    if found.standing is SourceStanding.UNKNOWN and who:
        return SourceFinding(SourceStanding.RIGHT, f"{found.text}; accepted by {who}")
    return found


def judge_items(
    dynamodb: Any, outgoing: Mapping[str, Any] | None, restored: Mapping[str, Any]
) -> SourceFinding:
    """Say whether the restored table holds anything where the outgoing one does.

    The item counts are up to six hours old, so a count of zero is checked with a ``Scan`` of one
    item. The outgoing table is only scanned where the restored one is empty: a scan counts as use.

    Args:
        dynamodb: A boto3 client.
        outgoing: Its ``TableDescription``; None where it is gone.
        restored: That of the restored table.

    Raises:
        AwsError: Asking again can tell.
    """
    name = restored["TableName"]
    holds = _has_items(dynamodb, restored)
    if holds is True:
        return SourceFinding(SourceStanding.RIGHT, f"{name} has items")
    if isinstance(holds, UnknownFact):
        text = f"{name}: it is unknown whether it has items ({holds.why})"
        return SourceFinding(SourceStanding.UNKNOWN, text, _ACCEPT)
    if outgoing is None:
        text = f"{name} is empty, and there is no outgoing table to compare it with"
        return SourceFinding(SourceStanding.UNKNOWN, text, _ACCEPT)
    other = _has_items(dynamodb, outgoing)
    if other is False:
        return SourceFinding(
            SourceStanding.RIGHT, f"{name} is empty, as is {outgoing['TableName']}"
        )
    if isinstance(other, UnknownFact):
        text = (
            f"{name} is empty; it is unknown whether {outgoing['TableName']} is empty ({other.why})"
        )
        return SourceFinding(SourceStanding.UNKNOWN, text, _ACCEPT)
    text = f"{name} is empty; {outgoing['TableName']} has items"
    return SourceFinding(SourceStanding.WRONG, text, _EMPTY)


_EMPTY = "Restore a backup of the outgoing table."


def _has_items(dynamodb: Any, described: Mapping[str, Any]) -> bool | UnknownFact:
    """Say whether a table holds an item, counted or found."""
    if described.get("ItemCount"):
        return True
    return known(lambda: _finds_item(dynamodb, described["TableName"]))


def _finds_item(dynamodb: Any, name: str) -> bool | UnknownFact:
    more: dict[str, Any] = {}
    for _ in range(_PAGES):
        with calling(f"look for an item in {name}"):
            answer = dynamodb.scan(TableName=name, Limit=1, Select="COUNT", **more)
        if answer.get("Count"):
            return True
        if not answer.get("LastEvaluatedKey"):
            return False
        more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
    return UnknownFact(f"the first {_PAGES} pages of a scan were empty")
