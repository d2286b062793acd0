"""``tfswap restore --at``: point-in-time recovery beside backups, over HTTP on the stand-in."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.aws.clock import NOON, Hand
from tests.commands.faults import Faults
from tests.commands.killed import kill_once_started
from tests.commands.lab import ACCOUNT, ALIAS, OUTGOING, Lab
from tfswap.aws.errors import DeniedError, ExpiredError
from tfswap.commands.restore.command import restore
from tfswap.commands.restore.target import RestoreRequest
from tfswap.commands.swap.inputs import fixed_time
from tfswap.commands.swap.offer import offered
from tfswap.demo import tables
from tfswap.errors import AwsError, UsageError
from tfswap.guide.inputs import GuideInputs
from tfswap.journal.events import GuideBegun

NEW, DAY = "production-Lpas-20240715", "20240715"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ARN = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{OUTGOING}"


@pytest.fixture
def faults(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Faults:
    return Faults(monkeypatch)


def pitr(
    lab: Lab, latest: datetime = NOON - 5 * MINUTE, table: str = OUTGOING, **tags: str
) -> None:
    """Switch point-in-time recovery on, with a window of 35 days that ends there."""
    dynamodb = lab.client("dynamodb")
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    ends = f"{(latest - timedelta(days=35)).isoformat()} {latest.isoformat()}"
    shown = {"standin:window": ends, **{f"standin:{name}": value for name, value in tags.items()}}
    dynamodb.tag_resource(
        ResourceArn=ARN.replace(OUTGOING, table),
        Tags=[{"Key": key, "Value": value} for key, value in shown.items()],
    )


def run(lab: Lab, *tables: str, hand: Hand | None = None, yes: bool = True, **request: Any) -> int:
    more = {name: request.pop(name) for name in ("dry_run", "timeout") if name in request}
    clock = (hand or Hand()).clock
    names = tables or ("Lpas",)
    return restore(lab.context(), names, RestoreRequest(**request), yes=yes, clock=clock, **more)


def summary(lab: Lab, name: str = NEW) -> dict[str, Any]:
    shown = lab.client("dynamodb").describe_table(TableName=name)["Table"]["RestoreSummary"]
    return dict(shown)


def test_a_time_is_restored_to_the_second_under_the_configured_key(
    lab: Lab, faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    pitr(lab)
    lab.back_up(NOON - 9 * HOUR)
    faults.calls.clear()
    assert run(lab, at="2024-07-15T11:12:30Z") == 0
    assert faults.writes == ["RestoreTableToPointInTime"]
    shown = summary(lab)
    assert shown["SourceTableArn"] == ARN
    assert shown["RestoreDateTime"] == datetime(2024, 7, 15, 11, 12, 30, tzinfo=UTC)
    dynamodb = lab.client("dynamodb")
    key = lab.client("kms").describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"]
    table = dynamodb.describe_table(TableName=NEW)["Table"]
    assert table["SSEDescription"]["KMSMasterKeyArn"] == key
    assert tables.items(dynamodb, NEW) == tables.items(dynamodb, OUTGOING) != []
    out, err = capsys.readouterr()
    for part in (
        "2024-07-15T11:12:30Z, 47 min 30 s ago, by point-in-time recovery",
        "available from 2024-06-10T11:55:00Z to 2024-07-15T11:55:00Z",
        "It uses the table's current settings",
        f"data written to {OUTGOING} after that: 47 min",
        f"RESTORED {NEW} is ACTIVE",
    ):
        assert part in out
    assert "next: tfswap prepare Lpas-20240715" in err
    assert [e["event"] for e in lab.journal()] == ["restore-start", "restore-started", "restored"]


def test_both_ways_are_offered_the_one_that_loses_least_first(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    pitr(lab)
    lab.back_up(NOON - 9 * HOUR)
    assert run(lab, dry_run=True) == 0
    out = capsys.readouterr().out
    first = out.index("choice --at latest-pitr 2024-07-15T11:55:00Z, 5 min lost")
    assert first < out.index("--at latest      2024-07-15T03:00:00Z, 540 min (9 h) lost (this one)")
    lab.back_up(NOON - MINUTE)
    assert run(lab, dry_run=True) == 0
    out = capsys.readouterr().out
    assert out.index("1 min lost (this one)") < out.index("--at latest-pitr")


def test_the_latest_time_there_is(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    pitr(lab)
    assert run(lab, at="latest-pitr") == 0
    assert summary(lab)["RestoreDateTime"] == NOON - 5 * MINUTE
    assert "recovery points: unknown" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("20 minutes ago", NOON - 20 * MINUTE),
        # Nobody has the last five minutes: what is nearest, and not after it.
        ("2 minutes ago", NOON - 5 * MINUTE),
        ("2024-07-15", NOON - 5 * MINUTE),
    ],
)
def test_a_time_takes_what_loses_least_up_to_it(lab: Lab, at: str, moment: datetime) -> None:
    pitr(lab)
    lab.back_up(NOON - HOUR)
    assert run(lab, at=at) == 0
    assert summary(lab)["RestoreDateTime"] == moment
    assert lab.jobs() == []


def test_a_backup_that_loses_less_goes_before_point_in_time_recovery(lab: Lab) -> None:
    pitr(lab)
    point = lab.back_up(NOON - 3 * MINUTE)
    assert run(lab, at="2 minutes ago") == 0
    assert [job["RecoveryPointArn"] for job in lab.jobs()] == [point]


def test_a_time_before_the_window_is_a_backups(lab: Lab) -> None:
    pitr(lab)
    lab.back_up(NOON - timedelta(days=40))
    assert run(lab, at="2024-06-08") == 0
    assert len(lab.jobs()) == 1


def test_a_time_neither_reaches_says_how_far_each_does(lab: Lab, faults: Faults) -> None:
    pitr(lab)
    with pytest.raises(AwsError, match="no usable recovery point of production-Lpas from") as shown:
        run(lab, at="2024-01-01")
    assert "point-in-time recovery is available from 2024-06-10 11:55 UTC" in shown.value.details
    assert "RestoreTableToPointInTime" not in faults.calls


def test_no_backup_at_all_points_at_the_window(lab: Lab) -> None:
    pitr(lab)
    with pytest.raises(AwsError, match="no usable recovery point") as shown:
        run(lab)
    said = "usable: point-in-time recovery, --at latest-pitr (2024-07-15T11:55:00Z, 5 min lost)"
    assert said in shown.value.details


def test_where_it_is_off_that_is_said(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.back_up(NOON - HOUR)
    with pytest.raises(AwsError, match="cannot be restored to a point in time") as shown:
        run(lab, at="latest-pitr")
    assert shown.value.details == (f"point-in-time recovery is off for {OUTGOING}",)
    assert "tfswap backups Lpas" in shown.value.hint
    assert run(lab, dry_run=True) == 0
    assert f"point-in-time recovery is off for {OUTGOING}" in capsys.readouterr().out


def test_who_may_not_look_is_told_that_it_is_not_known(
    lab: Lab, faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.back_up(NOON - HOUR)
    faults.refuse("DescribeContinuousBackups", "AccessDeniedException")
    assert run(lab, at="20 minutes ago", dry_run=True) == 0
    assert "point-in-time recovery: unknown (Could not look at" in capsys.readouterr().out
    with pytest.raises(AwsError, match="cannot be restored to a point in time"):
        run(lab, at="latest-pitr")


def test_no_vault_is_no_reason_to_lose_the_hour(
    lab: Lab, faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    pitr(lab)
    faults.refuse("ListRecoveryPointsByBackupVault", "AccessDeniedException")
    assert run(lab, at="20 minutes ago") == 0
    assert summary(lab)["RestoreDateTime"] == NOON - 20 * MINUTE
    assert "recovery points: unknown (Could not list" in capsys.readouterr().out


def test_again_finds_the_same_restore_however_it_is_said(lab: Lab, faults: Faults) -> None:
    pitr(lab)
    assert run(lab, at="20 minutes ago") == 0
    later = Hand(NOON + 15 * MINUTE)
    assert run(lab, at="20 minutes ago", hand=later) == 0
    assert run(lab, at="2024-07-15T11:40:00Z") == run(lab, at="latest-pitr") == run(lab) == 0
    assert faults.calls.count("RestoreTableToPointInTime") == 1
    for at in ("21 minutes ago", "2024-07-15T11:40:01Z"):
        with pytest.raises(AwsError, match="is being restored from another time"):
            run(lab, at=at)


def test_a_finished_job_is_not_taken_for_a_time(lab: Lab) -> None:
    pitr(lab)
    lab.back_up(NOON - HOUR)
    assert run(lab) == 0
    with pytest.raises(AwsError, match="restored from another recovery point"):
        run(lab, at="20 minutes ago")


@pytest.mark.parametrize("nth", [3, 4, 5])
def test_an_expired_token_in_mid_wait_names_the_command_that_goes_on(
    lab: Lab, faults: Faults, nth: int
) -> None:
    pitr(lab)
    # 1: yesterday's, 2: the one to be, then the source's size; the wait comes after.
    faults.refuse("DescribeTable", "ExpiredTokenException", nth + 1)
    with pytest.raises(ExpiredError) as expired:
        run(lab, at="20 minutes ago", flags=("--role", "breakglass"))
    again = "tfswap restore Lpas --date 20240715 --at 2024-07-15T11:40:00Z --role breakglass"
    assert expired.value.hint == f"Renew your credentials, then: {again}"
    assert "continues in AWS" in expired.value.details[0]
    shutil.rmtree(lab.clone.repo / ".tfswap")
    faults.refuse("DescribeTable", "never", 99)
    assert run(lab, at="2024-07-15T11:40:00Z", date=DAY) == 0
    assert faults.calls.count("RestoreTableToPointInTime") == 1


def test_past_midnight_the_restore_under_way_keeps_its_date(lab: Lab, faults: Faults) -> None:
    pitr(lab, restore="STUCK")
    with pytest.raises(AwsError, match=f"the restore of {NEW} took longer"):
        run(lab, at="latest-pitr", hand=Hand(NOON + 11.9 * HOUR), timeout=60)
    shutil.rmtree(lab.clone.repo / ".tfswap")
    with pytest.raises(AwsError, match=f"the restore of {NEW} took longer"):
        run(lab, at="latest-pitr", hand=Hand(NOON + 13 * HOUR), timeout=60)
    assert faults.calls.count("RestoreTableToPointInTime") == 1


def test_an_answer_lost_on_the_way_back_starts_no_second_restore(
    lab: Lab, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It began and nobody heard: a second call meets the table, which is then followed."""
    pitr(lab)
    assert run(lab, at="20 minutes ago") == 0
    with monkeypatch.context() as blind:
        blind.setattr("tfswap.commands.restore.target._by_pitr", lambda *_: False)
        blind.setattr("tfswap.commands.restore.target._made", lambda *_: None)
        assert run(lab, at="20 minutes ago") == 0
    assert faults.calls.count("RestoreTableToPointInTime") == 2


def test_who_may_not_start_it_is_told_so(lab: Lab, faults: Faults) -> None:
    pitr(lab)
    faults.refuse("RestoreTableToPointInTime", "AccessDeniedException")
    with pytest.raises(DeniedError, match=f"start the restore of {NEW}") as shown:
        run(lab, at="latest-pitr")
    assert "dynamodb:RestoreTableToPointInTime" in shown.value.hint
    assert [entry["event"] for entry in lab.journal()] == ["restore-start"]


def test_several_tables_are_started_and_followed_together(
    lab: Lab, faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    make_sessions(lab)
    pitr(lab)
    lab.back_up(NOON - HOUR)
    lab.back_up(NOON - 2 * HOUR, table="production-Sessions")
    assert run(lab, "Lpas", "Sessions") == 0
    started = [name for name in faults.calls if name in ("StartRestoreJob", "DescribeRestoreJob")]
    assert started[:2] == ["StartRestoreJob"] * 2
    assert {e["table"] for e in lab.journal() if e["event"] == "restored"} == {
        *(NEW, "production-Sessions-20240715")
    }
    out, err = capsys.readouterr()
    assert "data written to production-Sessions after that: 120 min (2 h)" in out
    assert f"{NEW}: RUNNING, 15% done" in err
    assert "production-Sessions-20240715: RUNNING, 15% done" in err
    assert "next: tfswap prepare Lpas-20240715 Sessions-20240715" in err
    assert run(lab, "Lpas", "Sessions") == 0
    assert faults.calls.count("StartRestoreJob") == 2


def test_one_that_fails_does_not_end_the_wait_for_the_others(lab: Lab) -> None:
    make_sessions(lab)
    lab.back_up(NOON - HOUR, restore="FAILED the key is disabled.")
    lab.back_up(NOON - HOUR, table="production-Sessions")
    with pytest.raises(AwsError, match="the key is disabled") as shown:
        run(lab, "Lpas", "Sessions")
    assert "tfswap restore Lpas Sessions --date 20240715" in shown.value.hint
    assert lab.status("production-Sessions-20240715") == "ACTIVE"
    events = [(e["event"], e["table"]) for e in lab.journal()]
    assert ("restored", "production-Sessions-20240715") in events
    assert ("restore-failed", NEW) in events


def test_what_is_one_tables_is_refused_for_several(lab: Lab, faults: Faults) -> None:
    point = lab.back_up(NOON - HOUR)
    faults.calls.clear()
    with pytest.raises(UsageError, match="of one table"):
        run(lab, "Lpas", "Sessions", at=point)
    with pytest.raises(UsageError, match="named twice"):
        run(lab, "Lpas", "Lpas-20240715")
    assert faults.calls == []


def make_sessions(lab: Lab) -> None:
    from tests.commands.lab import make_table

    key = lab.client("kms").describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"]
    make_table(lab.client("dynamodb"), "production-Sessions", key)


def test_an_estimate_comes_from_earlier_restores(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.back_up(NOON - HOUR)
    assert run(lab) == 0
    lab.client("dynamodb").delete_table(TableName=NEW)
    capsys.readouterr()
    assert run(lab) == 0
    out, err = capsys.readouterr()
    assert ", by an earlier one" in out
    assert "left by 1 earlier job" in " ".join(err.split())


def test_kill_9_in_mid_wait_then_again_is_the_same_restore(lab: Lab) -> None:
    now = datetime.now(UTC)
    pitr(lab, now - 5 * MINUTE, restore="STUCK")
    kill_once_started(lab, "--at", "latest-pitr")
    shutil.rmtree(lab.clone.repo / ".tfswap")
    name = f"production-Lpas-{now:%Y%m%d}"
    dynamodb = lab.client("dynamodb")
    first = dynamodb.describe_table(TableName=name)["Table"]["CreationDateTime"]
    with pytest.raises(AwsError, match=f"the restore of {name} took longer"):
        run(lab, at="latest-pitr", hand=Hand(now), timeout=60)
    assert (
        lab.client("dynamodb").describe_table(TableName=name)["Table"]["CreationDateTime"] == first
    )


def test_the_guided_run_offers_both_and_takes_what_is_chosen(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    pitr(lab, now - 5 * MINUTE)
    lab.back_up(now - 9 * HOUR)
    answers = iter(["", "2", "nonsense"])
    monkeypatch.setattr("tfswap.console.Console.ask", lambda *_: next(answers))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    assert offered(lab.context(), ["Lpas"]) == "latest-pitr"
    out = capsys.readouterr().out
    assert out.index("1. latest-pitr") < out.index("2. latest ")
    assert "5 min lost" in out
    assert "540 min (9 h) lost" in out
    assert offered(lab.context(), ["Lpas"]) == "latest"
    assert offered(lab.context(), ["Lpas"]) == ""


def test_a_relative_time_stays_what_it_was_when_the_guided_run_began(lab: Lab) -> None:
    context = lab.context()
    first = fixed_time(context, ["Lpas-20240715"], "20 minutes ago")
    assert first.endswith("Z")
    assert fixed_time(context, [], "latest-pitr") == "latest-pitr"
    context.directory.make()
    shown = GuideInputs(restore="2024-07-15T11:40:00Z")
    names = ("Lpas-20240715",)
    context.journal.note(GuideBegun(names=names, environment="production", inputs=shown))
    assert fixed_time(context, names, "20 minutes ago") == shown.restore
