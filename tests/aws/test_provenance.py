"""Where a restored table came from: by its description, its restore job, and its items."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.aws.clients import stubbed
from tests.aws.clock import NOON
from tfswap.aws.provenance import (
    Source,
    SourceStanding,
    examine,
    identity,
    judge,
    judge_items,
    source_in,
    source_of,
)
from tfswap.aws.unknown_facts import UnknownFact
from tfswap.names import Family, TableArn, parse_arn

RIGHT, WRONG, UNKNOWN = SourceStanding.RIGHT, SourceStanding.WRONG, SourceStanding.UNKNOWN
PLACE = "arn:aws:dynamodb:eu-west-1:123456789012:table/"
FAMILY = Family("production-Lpas", "production-Lpas-20240715", "production-Lpas-", "", "20240715")
RESTORED = TableArn("aws", "eu-west-1", "123456789012", FAMILY.restored)


def described(name: str = FAMILY.restored, items: int = 1, **more: Any) -> dict[str, Any]:
    known = {"TableName": name, "TableArn": PLACE + name, "CreationDateTime": NOON}
    return {**known, "ItemCount": items, "TableId": f"id-of-{name}", **more}


def summary(**shown: Any) -> dict[str, Any]:
    return {"RestoreSummary": {"RestoreDateTime": NOON, "RestoreInProgress": False, **shown}}


@pytest.mark.parametrize(
    ("source", "standing"),
    [
        (f"{PLACE}production-Lpas", RIGHT),
        (f"{PLACE}production-Lpas-20230101", RIGHT),
        (f"{PLACE}production-Lpas-20240716", WRONG),
        (f"{PLACE}production-Lpas-20240715", WRONG),
        (f"{PLACE}production-Lpas-old", WRONG),
        (f"{PLACE}production-Sessions", WRONG),
        (f"{PLACE}preproduction-Lpas", WRONG),
        ("arn:aws:dynamodb:eu-west-2:123456789012:table/production-Lpas", WRONG),
        ("arn:aws:dynamodb:eu-west-1:999999999999:table/production-Lpas", WRONG),
        ("arn:aws-cn:dynamodb:eu-west-1:123456789012:table/production-Lpas", WRONG),
        ("nonsense", WRONG),
    ],
)
def test_only_the_outgoing_table_or_an_earlier_one_of_its_base_is_a_source(
    source: str, standing: SourceStanding
) -> None:
    assert judge(RESTORED, Source(source), FAMILY).standing is standing


def test_the_outgoing_table_is_a_source_whatever_its_date() -> None:
    later = FAMILY._replace(outgoing="production-Lpas-20240801")
    assert judge(RESTORED, Source(f"{PLACE}production-Lpas-20240801"), later).standing is RIGHT


def test_a_source_nobody_tells_is_unknown() -> None:
    found = judge(RESTORED, UnknownFact("denied"), FAMILY)
    assert found.standing is UNKNOWN
    assert "denied" in found.text
    assert "--accept-source" in found.hint


def test_the_description_tells_a_backup_a_point_in_time_and_a_backup_alone() -> None:
    backup = f"{PLACE}production-Lpas/backup/0123-abc"
    shown = summary(SourceTableArn=f"{PLACE}production-Lpas", SourceBackupArn=backup)
    found = source_in(shown)
    assert found is not None
    assert str(found) == "production-Lpas (the backup 0123-abc, 2024-07-15 12:00 UTC)"
    alone = source_in(summary(SourceBackupArn=backup))
    assert alone is not None
    assert alone.table_arn == f"{PLACE}production-Lpas"
    pitr = source_in(summary(SourceTableArn=f"{PLACE}production-Lpas"))
    assert "point-in-time recovery" in str(pitr)
    assert source_in(described()) is None
    vault = "arn:aws:backup:eu-west-1:123456789012:recovery-point:1"
    assert source_in(summary(SourceBackupArn=vault)) is None


def job(source: str, *, before: timedelta = timedelta(hours=1), **more: Any) -> dict[str, Any]:
    shown = {
        "RestoreJobId": "J1",
        "Status": "COMPLETED",
        "CreatedResourceArn": PLACE + FAMILY.restored,
        "SourceResourceArn": PLACE + source,
        "CreationDate": NOON - before,
    }
    return {**shown, **more}


@pytest.mark.parametrize(
    ("jobs", "shown"),
    [
        ([job("production-Lpas")], "production-Lpas"),
        ([job("production-Other", before=timedelta(days=2)), job("production-Lpas")], "Lpas"),
        ([], None),
        ([job("production-Lpas", Status="FAILED")], None),
        ([job("production-Lpas", CreatedResourceArn=f"{PLACE}other")], None),
        ([job("production-Lpas", before=-timedelta(hours=1))], None),
    ],
)
def test_where_the_description_tells_nothing_the_restore_job_does(
    jobs: list[dict[str, Any]], shown: str | None
) -> None:
    with stubbed("backup", list_restore_jobs={"RestoreJobs": jobs}) as backup:
        found = source_of(backup, described())
    if shown is None:
        assert isinstance(found, UnknownFact)
    else:
        assert isinstance(found, Source)
        assert found.table_arn.endswith(shown)
        assert "restore job J1" in str(found)


def test_jobs_that_may_not_be_listed_are_unknown_not_absent() -> None:
    with stubbed("backup", list_restore_jobs="AccessDeniedException") as backup:
        assert isinstance(source_of(backup, described()), UnknownFact)


FULL: dict[str, Any] = {"Count": 1, "ScannedCount": 1}
EMPTY: dict[str, Any] = {"Count": 0, "ScannedCount": 0}


@pytest.mark.parametrize(
    ("restored", "outgoing", "scans", "standing"),
    [
        (1, 1, [], RIGHT),
        (0, 1, [FULL], RIGHT),
        (0, 1, [EMPTY], WRONG),
        (0, 0, [EMPTY, FULL], WRONG),
        (0, 0, [EMPTY, EMPTY], RIGHT),
        (0, 1, [{**EMPTY, "LastEvaluatedKey": {"PK": {"S": "1"}}}, FULL], RIGHT),
        (0, 1, [{**EMPTY, "LastEvaluatedKey": {"PK": {"S": "1"}}}] * 5, UNKNOWN),
        (0, 1, ["AccessDeniedException"], UNKNOWN),
        (0, 0, [EMPTY, "AccessDeniedException"], UNKNOWN),
        (0, None, [EMPTY], UNKNOWN),
    ],
)
def test_an_empty_table_is_refused_where_the_outgoing_one_holds_items(
    restored: int, outgoing: int | None, scans: list[Any], standing: SourceStanding
) -> None:
    old = None if outgoing is None else described(FAMILY.outgoing, outgoing)
    with stubbed("dynamodb", scan=scans) as dynamodb:
        assert judge_items(dynamodb, old, described(items=restored)).standing is standing


def both(restored: dict[str, Any], outgoing: dict[str, Any], jobs: Any = None, **more: Any) -> Any:
    answers = {} if jobs is None else {"list_restore_jobs": jobs}
    with stubbed("backup", **answers) as backup, stubbed("dynamodb") as dynamodb:
        return [
            found.standing
            for found in examine(dynamodb, backup, FAMILY, outgoing, restored, **more)
        ]


def test_going_back_to_the_table_the_outgoing_one_was_restored_from_is_right() -> None:
    back = summary(SourceTableArn=PLACE + FAMILY.restored)
    outgoing = described(FAMILY.outgoing, **back)
    assert both(described(), outgoing, {"RestoreJobs": []}) == [RIGHT, RIGHT]


def test_somebodys_word_counts_for_the_unknown_never_for_the_wrong() -> None:
    nothing = [{"RestoreJobs": []}, {"RestoreJobs": []}]
    outgoing = described(FAMILY.outgoing)
    assert both(described(), outgoing, nothing) == [UNKNOWN, RIGHT]

    def said(name: str, unique: str) -> str:
        return "ana" if (name, unique) == (FAMILY.restored, identity(described())) else ""

    assert both(described(), outgoing, nothing, accepted=said) == [RIGHT, RIGHT]
    again = described(TableId="another")
    assert both(again, outgoing, nothing, accepted=said) == [UNKNOWN, RIGHT]
    wrong = described(**summary(SourceTableArn=f"{PLACE}production-Sessions"))
    one = {"RestoreJobs": []}
    assert both(wrong, outgoing, one, accepted=lambda *_: "ana")[0] is WRONG


def test_every_source_arn_that_is_taken_is_one() -> None:
    assert parse_arn(PLACE + FAMILY.restored) == RESTORED
