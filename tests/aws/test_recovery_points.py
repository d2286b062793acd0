"""Recovery points: which will do, which is meant, and what is said where none is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws import stubs
from tests.aws.clock import NOON
from tfswap.aws.errors import DeniedError, MissingError, ThrottledError
from tfswap.aws.recovery_points import (
    RecoveryPoint,
    choose,
    in_vault,
    newest_first,
    vaults_of,
)
from tfswap.aws.restore_time import moment
from tfswap.errors import AwsError, UsageError
from tfswap.names import TableArn

TABLE = TableArn("aws", "eu-west-1", "123456789012", "production-Lpas")
LISTING = "tfswap backups Lpas"
OLDER = TABLE._replace(name="production-Lpas-20240101")


def point(hours: float, status: str = "COMPLETED", **more: object) -> RecoveryPoint:
    made = NOON - timedelta(hours=hours)
    arn = f"arn:aws:backup:eu-west-1:123456789012:recovery-point:p{hours:g}-{status}"
    fields = {"vault": "v", "table_arn": str(TABLE), "created": made, "status": status, **more}
    return RecoveryPoint(arn, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", stubs.enum("backup", "RecoveryPointStatus"))
def test_only_whole_points_will_do(status: str) -> None:
    reason = point(1, status).why_not(NOON)
    assert (reason == "") is (status in ("COMPLETED", "AVAILABLE"))
    assert "in the status" not in reason, "say it in words of our own"


def test_a_status_that_is_new_to_us_will_not_do() -> None:
    assert point(1, "BRAND_NEW").why_not(NOON) == "in the status BRAND_NEW"


def test_what_should_be_gone_by_now_will_not_do() -> None:
    assert point(1, expires=NOON).why_not(NOON).startswith("expired 2024-07-15 12:00")
    assert point(1, expires=NOON + timedelta(seconds=1)).why_not(NOON) == ""


def test_latest_is_the_newest_that_will_do() -> None:
    points = [point(1, "PARTIAL"), point(2), point(3)]
    assert choose(points, "latest", TABLE.name, NOON, LISTING) is points[1]


def test_latest_is_not_another_tables() -> None:
    points = [point(1, table_arn=str(OLDER)), point(2)]
    assert choose(points, "latest", TABLE.name, NOON, LISTING) is points[1]
    with pytest.raises(AwsError, match="no usable recovery point of production-Lpas") as shown:
        choose(points[:1], "latest", TABLE.name, NOON, LISTING)
    assert shown.value.details == (
        "looked for one of production-Lpas, the table in service",
        "production-Lpas-20240101: 1 usable, the newest of 2024-07-15 11:00 UTC",
    )
    with pytest.raises(AwsError) as shown:
        choose([point(1, "PARTIAL", table_arn=str(OLDER))], "latest", TABLE.name, NOON, LISTING)
    assert shown.value.details[1] == "production-Lpas-20240101: no usable recovery point"
    with pytest.raises(AwsError) as shown:
        choose([], "latest", TABLE.name, NOON, LISTING)
    assert shown.value.details[1] == "the vault has no recovery point of it"


def test_a_backup_from_ahead_of_our_clock_is_still_the_latest() -> None:
    ahead = point(-0.5)
    assert choose([ahead, point(2)], "latest", TABLE.name, NOON, LISTING) is ahead


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=8), st.floats(0, 1000))
def test_a_time_means_the_newest_not_after_it(hours: list[float], back: float) -> None:
    points = newest_first(point(each) for each in hours)
    until = NOON - timedelta(hours=back)
    try:
        found = choose(points, until.isoformat(), TABLE.name, NOON, LISTING)
    except AwsError:
        assert all(each.created > until for each in points)
    else:
        assert found.created <= until
        assert not [p for p in points if found.created < p.created <= until]


def test_a_point_is_named_by_arn_or_by_its_end() -> None:
    points = [point(1), point(2)]
    for wanted in (points[1].arn, points[1].id, points[1].id.upper()):
        assert choose(points, wanted, TABLE.name, NOON, LISTING) is points[1]


def test_a_named_point_that_will_not_do_is_refused_with_awss_words() -> None:
    bad = point(1, "PARTIAL", message="quota")
    with pytest.raises(AwsError, match="partial: the backup did not finish") as shown:
        choose([bad, point(2)], bad.id, TABLE.name, NOON, LISTING)
    assert shown.value.details == ("quota",)


def test_an_unknown_arn_is_refused() -> None:
    with pytest.raises(AwsError, match="no recovery point arn:x"):
        choose([point(1)], "arn:x", TABLE.name, NOON, LISTING)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2024-07-14T05:00Z", datetime(2024, 7, 14, 5, tzinfo=UTC)),
        ("2024-07-14T05:00", datetime(2024, 7, 14, 5, tzinfo=UTC)),
        ("2024-07-14 07:00+02:00", datetime(2024, 7, 14, 5, tzinfo=UTC)),
        ("2024-07-14", datetime(2024, 7, 14, 23, 59, 59, tzinfo=UTC)),
        ("20240714", datetime(2024, 7, 14, 23, 59, 59, tzinfo=UTC)),
        ("2024-07-15", NOON),
    ],
)
def test_times_are_utc_and_a_day_is_its_end(text: str, hour: datetime) -> None:
    assert moment(text, NOON, LISTING) == hour


@pytest.mark.parametrize("text", ["yesterday", "", "2024-02-30", "2024-07-14T25:00", "14.7.2024"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a recovery point"):
        moment(text, NOON, LISTING)


def test_a_time_to_come_is_refused() -> None:
    with pytest.raises(UsageError, match="is in the future"):
        moment("2024-07-16", NOON, LISTING)


def listed(hours: int) -> dict[str, object]:
    return {
        "RecoveryPointArn": f"arn:aws:backup:eu-west-1:123456789012:recovery-point:{hours}",
        "ResourceArn": str(TABLE),
        "CreationDate": NOON - timedelta(hours=hours),
        "Status": "COMPLETED",
        "BackupSizeInBytes": 7,
        "EncryptionKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/1234",
        "CalculatedLifecycle": {"DeleteAt": NOON + timedelta(days=1)},
    }


def test_every_page_is_read() -> None:
    pages = (
        {"RecoveryPoints": [listed(3)], "NextToken": "more"},
        {"RecoveryPoints": [listed(1), listed(2)]},
    )
    found = in_vault(stubs.client("backup", "list_recovery_points_by_backup_vault", *pages), "v")
    assert [each.id for each in found] == ["1", "2", "3"]
    assert found[0].encryption == "key/1234"
    assert found[0].expires == NOON + timedelta(days=1)


def test_a_listing_that_tells_nothing_of_a_point_is_taken_as_it_is() -> None:
    bare = {"RecoveryPoints": [{"RecoveryPointArn": "arn:x", "CreationDate": NOON}]}
    [found] = in_vault(stubs.client("backup", "list_recovery_points_by_backup_vault", bare), "v")
    assert found.why_not(NOON) == "in the status UNKNOWN"
    assert (found.encryption, found.size, found.vault) == ("unknown", None, "v")


def test_the_vaults_of_a_table() -> None:
    points = [{"BackupVaultName": "b"}, {"BackupVaultName": "a"}, {"BackupVaultName": "b"}, {}]
    backup = stubs.client("backup", "list_recovery_points_by_resource", {"RecoveryPoints": points})
    assert vaults_of(backup, TABLE) == ["a", "b"]


def test_a_vault_that_is_not_there_is_told_with_those_that_are() -> None:
    backup = stubs.client(
        "backup", "list_recovery_points_by_backup_vault", "ResourceNotFoundException"
    )
    there = {"BackupVaultList": [{"BackupVaultName": "the-other"}]}
    stubs.add(backup.stubber, "list_backup_vaults", there)
    with pytest.raises(MissingError, match="no backup vault v in eu-west-1") as shown:
        in_vault(backup, "v")
    assert shown.value.details == ("the-other",)


def test_candidates_that_may_not_be_listed_are_left_out() -> None:
    backup = stubs.client(
        "backup", "list_recovery_points_by_backup_vault", "ResourceNotFoundException"
    )
    stubs.add(backup.stubber, "list_backup_vaults", "AccessDeniedException")
    with pytest.raises(MissingError, match="no backup vault v") as shown:
        in_vault(backup, "v")
    assert shown.value.details == ()


@pytest.mark.parametrize(
    ("code", "kind"),
    [("AccessDeniedException", DeniedError), ("ThrottlingException", ThrottledError)],
)
def test_failures_keep_their_kind(code: str, kind: type[AwsError]) -> None:
    with pytest.raises(kind, match="list the recovery points in v"):
        in_vault(stubs.client("backup", "list_recovery_points_by_backup_vault", code), "v")
