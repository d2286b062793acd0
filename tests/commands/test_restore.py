"""``tfswap restore``, over HTTP against the stand-in: once and only once, whatever happens."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.aws.clock import NOON, Hand
from tests.commands.faults import Faults
from tests.commands.killed import kill_once_started
from tests.commands.lab import ACCOUNT, ALIAS, OUTGOING, VAULT, Lab, make_table
from tfswap.aws import recovery_points
from tfswap.aws.errors import DeniedError, ExpiredError, MissingError
from tfswap.aws.restore_jobs import JobFailedError
from tfswap.commands.backups import backups
from tfswap.commands.restore.command import restore
from tfswap.commands.restore.target import RestoreRequest
from tfswap.demo import tables
from tfswap.demo.demo_env import client_factory
from tfswap.errors import AmbiguousError, AwsError, TfswapError, UsageError

NEW, DAY = "production-Lpas-20240715", "20240715"
HOUR = timedelta(hours=1)


@pytest.fixture
def point(lab: Lab) -> str:
    """The latest recovery point."""
    lab.back_up(NOON - 33 * HOUR)
    return lab.back_up(NOON - 9 * HOUR)


@pytest.fixture
def faults(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Faults:
    return Faults(monkeypatch)


def run(lab: Lab, hand: Hand | None = None, *, yes: bool = True, **request: Any) -> int:
    more = {name: request.pop(name) for name in ("dry_run", "timeout") if name in request}
    clock = (hand or Hand()).clock
    return restore(lab.context(), ["Lpas"], RestoreRequest(**request), yes=yes, clock=clock, **more)


def key_arn(lab: Lab) -> str:
    return str(lab.client("kms").describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"])


def test_the_latest_point_becomes_a_table_under_the_configured_key(
    lab: Lab, point: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(lab) == 0
    [job] = lab.jobs()
    assert job["RecoveryPointArn"] == point
    assert job["IamRoleArn"].endswith("role/service-role/AWSBackupDefaultServiceRole")
    shown = lab.client("backup").get_restore_job_metadata(RestoreJobId=job["RestoreJobId"])
    given = {k: v for k, v in shown["Metadata"].items() if k != "aws:backup:request-id"}
    assert given == {
        "targetTableName": NEW,
        "encryptionType": "KMS",
        "kmsMasterKeyArn": key_arn(lab),
    }
    dynamodb = lab.client("dynamodb")
    table = dynamodb.describe_table(TableName=NEW)["Table"]
    assert table["SSEDescription"]["KMSMasterKeyArn"] == key_arn(lab)
    assert tables.items(dynamodb, NEW) == tables.items(dynamodb, OUTGOING) != []
    out, err = capsys.readouterr()
    assert "9 h old" in out
    assert f"data written to {OUTGOING} after that: 540 min (9 h)" in out
    assert f"RESTORED {NEW} is ACTIVE" in out
    assert "next: tfswap prepare Lpas-20240715" in err
    assert [e["event"] for e in lab.journal()] == ["restore-start", "restore-started", "restored"]


def test_nothing_but_reads_before_a_yes(
    lab: Lab, point: str, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tfswap.console.Console.confirm", lambda *_, **__: False)
    assert run(lab, yes=False) == 130
    assert run(lab, dry_run=True) == 0
    assert faults.writes == []
    assert not (lab.clone.repo / ".tfswap").exists()


def test_again_finds_the_same_job(lab: Lab, point: str, faults: Faults) -> None:
    assert run(lab) == run(lab) == run(lab, at="latest", date=DAY) == 0
    assert faults.writes == ["StartRestoreJob"]


def test_without_the_journal_too(lab: Lab, point: str, faults: Faults) -> None:
    faults.refuse("DescribeRestoreJob", "ExpiredTokenException", 1)
    with pytest.raises(ExpiredError):
        run(lab)
    shutil.rmtree(lab.clone.repo / ".tfswap")
    assert run(lab) == 0
    assert len(lab.jobs()) == 1


def test_a_job_the_listing_does_not_hold_yet_is_found_by_the_journal(
    lab: Lab, point: str, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.refuse("DescribeRestoreJob", "ExpiredTokenException", 1)
    with pytest.raises(ExpiredError):
        run(lab)
    monkeypatch.setattr("tfswap.aws.restore_jobs.every", lambda *_, **__: iter(()))
    assert run(lab) == 0
    assert faults.writes == ["StartRestoreJob"]


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_an_expired_token_in_mid_wait_names_the_command_that_goes_on(
    lab: Lab, point: str, faults: Faults, nth: int
) -> None:
    faults.refuse("DescribeRestoreJob", "ExpiredTokenException", nth)
    with pytest.raises(ExpiredError) as expired:
        run(lab, flags=("--role", "breakglass"))
    again = "tfswap restore Lpas --date 20240715 --role breakglass"
    assert expired.value.hint == f"Renew your credentials, then: {again}"
    assert "continues in AWS" in expired.value.details[0]
    assert run(lab) == 0
    assert len(lab.jobs()) == 1


def test_ctrl_c_in_mid_wait_says_that_the_job_goes_on(lab: Lab, point: str, faults: Faults) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    faults.after("DescribeRestoreJob", 2, interrupt)
    with pytest.raises(KeyboardInterrupt) as stopped:
        run(lab)
    assert "tfswap restore Lpas --date 20240715" in stopped.value.hint  # type: ignore[attr-defined]
    assert run(lab) == 0
    assert len(lab.jobs()) == 1


def test_throttling_and_a_lost_network_are_sat_out(
    lab: Lab, point: str, faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    faults.cut("DescribeRestoreJob", 2, 3)
    # 1 and 2 look whether there is such a table already.
    faults.refuse("DescribeTable", "ThrottlingException", 3)
    assert run(lab) == 0
    assert "retrying" in capsys.readouterr().err


def test_an_answer_lost_on_the_way_back_starts_no_second_job(
    lab: Lab, point: str, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job began, nobody heard, and the listing lags: the token keeps it at one."""
    faults.refuse("DescribeRestoreJob", "ExpiredTokenException", 1)
    with pytest.raises(ExpiredError):
        run(lab)
    shutil.rmtree(lab.clone.repo / ".tfswap")
    with monkeypatch.context() as blind:
        blind.setattr("tfswap.commands.restore.target.jobs_making", lambda *_: [])
        assert run(lab) == 0
    assert faults.writes == ["StartRestoreJob"] * 2
    assert len(lab.jobs()) == 1


def test_past_midnight_the_job_under_way_keeps_its_date(
    lab: Lab, point: str, faults: Faults
) -> None:
    late = Hand(NOON + 11.9 * HOUR)
    faults.refuse("DescribeRestoreJob", "ExpiredTokenException", 1)
    with pytest.raises(ExpiredError):
        run(lab, late)
    assert run(lab, Hand(NOON + 13 * HOUR)) == 0
    assert [job["CreatedResourceArn"].rpartition("/")[2] for job in lab.jobs()] == [NEW]


def test_a_failed_job_says_awss_reason_and_the_next_run_begins_another(lab: Lab) -> None:
    lab.back_up(NOON - HOUR, restore="FAILED the key is disabled.")
    with pytest.raises(JobFailedError, match=r"FAILED: the key is disabled\.$") as failed:
        run(lab)
    assert failed.value.hint == (
        f"Fix the error AWS reported, then: tfswap restore Lpas --date {DAY} (it starts a new job)"
    )
    assert lab.journal()[-1]["event"] == "restore-failed"
    with pytest.raises(JobFailedError):
        run(lab)
    assert len(lab.jobs()) == 2
    lab.back_up(NOON - HOUR / 2)
    assert run(lab) == 0
    assert len(lab.jobs()) == 3


def test_an_aborted_job_is_told_as_one(lab: Lab) -> None:
    lab.back_up(NOON - HOUR, restore="ABORTED by somebody")
    with pytest.raises(JobFailedError, match="ABORTED: by somebody"):
        run(lab)


def test_a_table_deleted_in_mid_wait_is_said_to_be(lab: Lab, point: str, faults: Faults) -> None:
    # 1: yesterday's? 2: is there such a table? 3: the wait after the job.
    delete = lab.client("dynamodb").delete_table
    faults.after("DescribeTable", 3, lambda: delete(TableName=NEW) and None)
    with pytest.raises(AwsError, match="it was deleted"):
        run(lab)


def test_after_somebody_deleted_the_table_it_is_restored_anew(lab: Lab, point: str) -> None:
    run(lab)
    lab.client("dynamodb").delete_table(TableName=NEW)
    assert run(lab) == 0
    assert len(lab.jobs()) == 2
    assert lab.status(NEW) == "ACTIVE"


def test_a_table_of_the_name_that_no_restore_made_is_refused(
    lab: Lab, point: str, faults: Faults
) -> None:
    make_table(lab.client("dynamodb"), NEW, key_arn(lab))
    faults.calls.clear()
    with pytest.raises(AwsError, match=f"The table {NEW} already") as shown:
        run(lab)
    assert "--date" in shown.value.hint
    assert faults.writes == []


def test_a_finished_restore_is_not_taken_for_one_from_another_point(lab: Lab, point: str) -> None:
    older = lab.back_up(NOON - 50 * HOUR)
    assert run(lab) == 0
    with pytest.raises(AwsError, match="restored from another recovery point"):
        run(lab, at=older)
    with pytest.raises(AwsError, match="restored from another recovery point"):
        run(lab, at="2024-07-13T12:00Z")
    assert run(lab, at=point) == run(lab, at=point.rpartition(":")[2]) == 0
    assert len(lab.jobs()) == 1


def test_a_table_that_is_gone_can_be_restored(lab: Lab, point: str) -> None:
    lab.client("dynamodb").delete_table(TableName=OUTGOING)
    assert run(lab) == 0
    assert lab.status(NEW) == "ACTIVE"


def test_a_backup_under_an_earlier_name_is_restored_only_when_it_is_named(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    make_table(lab.client("dynamodb"), "production-Lpas-20240101", key_arn(lab))
    older = lab.back_up(NOON - HOUR, table="production-Lpas-20240101")
    with pytest.raises(AwsError, match="no usable recovery point of production-Lpas"):
        run(lab)
    assert run(lab, at=older) == 0
    assert "of production-Lpas-20240101, not of the table in service" in capsys.readouterr().out


def test_a_time_chooses_the_newest_before_it(lab: Lab, point: str) -> None:
    assert run(lab, at="2024-07-15T02:00Z") == 0
    assert lab.jobs()[0]["RecoveryPointArn"] != point


def test_an_incomplete_point_is_refused(lab: Lab, point: str, faults: Faults) -> None:
    partial = lab.back_up(NOON - HOUR, status="PARTIAL")
    faults.calls.clear()
    with pytest.raises(AwsError, match="partial: the backup did not finish"):
        run(lab, at=partial)
    with pytest.raises(AwsError, match="no usable recovery point of production-Lpas from"):
        run(lab, at="2024-01-01")
    assert faults.writes == []


def test_whatever_is_wrong_with_at_the_hint_lists_this_tables_points(
    lab: Lab, point: str, faults: Faults
) -> None:
    make_table(lab.client("dynamodb"), "production-Sessions", key_arn(lab))
    other = lab.back_up(NOON - HOUR, table="production-Sessions")
    expired = lab.back_up(NOON - HOUR, status="EXPIRED")
    faults.calls.clear()
    listing = f"tfswap backups Lpas --vault {VAULT} --role breakglass"
    for at, why in (
        (other, "belongs to production-Sessions, not to production-Lpas"),
        (other.rpartition(":")[2], "belongs to production-Sessions"),
        (point.replace("eu-west-1", "eu-west-2"), f"is in eu-west-2, account {ACCOUNT}; the"),
        (point.replace(ACCOUNT, "9" * 12), "is in eu-west-1, account 999999999999; the table"),
        (f"{point}0", "The vault has no recovery point"),
        (expired, "is not usable: expired"),
        ("2024-01-01", "no usable recovery point of production-Lpas from"),
        ("yesterday", "not a recovery point"),
    ):
        with pytest.raises(TfswapError, match=why) as shown:
            run(lab, at=at, vault=VAULT, flags=("--role", "breakglass"))
        assert listing in shown.value.hint
    assert faults.writes == []


def test_a_backup_from_ahead_of_our_clock_has_no_negative_age(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.back_up(NOON + HOUR / 4)
    assert run(lab, dry_run=True) == 0
    assert "0 s old" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("date", "phrase"),
    [
        ("20240230", "not a date"),
        ("2024715", "not a date"),
        ("2024-07-15", "not a date"),
        ("20240718", "is in the future"),
    ],
)
def test_a_date_that_is_none_is_refused_before_aws_is_asked(
    lab: Lab, faults: Faults, date: str, phrase: str
) -> None:
    with pytest.raises(UsageError, match=phrase):
        run(lab, date=date)
    assert faults.calls == []


def test_the_name_of_the_table_in_service_is_refused(lab: Lab, point: str) -> None:
    text = lab.clone.tfvars.read_text()
    at = text.index('"production"')
    changed = text[at:].replace('"Lpas"', f'"Lpas-{DAY}"', 1)
    lab.clone.tfvars.write_text(text[:at] + changed)
    with pytest.raises(UsageError, match=f"{NEW} is the table in service"):
        run(lab)


def test_a_name_that_breaks_dynamodbs_rules_is_refused(
    lab: Lab, point: str, monkeypatch: pytest.MonkeyPatch, faults: Faults
) -> None:
    monkeypatch.setattr("tfswap.discovery.locate.LocatedTable.dated_name", lambda *_: "a b")
    with pytest.raises(UsageError, match="a b"):
        run(lab, date=DAY)
    assert faults.writes == []


def test_a_key_or_role_that_is_not_there_is_refused(lab: Lab, point: str, faults: Faults) -> None:
    with pytest.raises(MissingError, match="no key alias/nope") as shown:
        run(lab, key="alias/nope")
    assert ALIAS in shown.value.details
    with pytest.raises(MissingError, match="role nope"):
        run(lab, role_arn="nope")
    with pytest.raises(UsageError, match="not a role in the account"):
        run(lab, role_arn="arn:aws:iam::999999999999:role/x")
    assert faults.writes == []


def test_another_key_than_the_configured_one_is_told_before(
    lab: Lab, point: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = lab.client("kms").create_key()["KeyMetadata"]["Arn"]
    assert run(lab, key=other, dry_run=True) == 0
    out = capsys.readouterr().out
    assert f"NOTE: the configuration has {ALIAS}: the swap's plan changes the key." in out
    assert f"tfswap restore {NEW} --change-key" in out
    assert run(lab, key=key_arn(lab), dry_run=True) == 0
    assert "NOTE" not in capsys.readouterr().out


def test_who_may_not_is_told_so_and_nothing_is_remembered_as_started(
    lab: Lab, point: str, faults: Faults
) -> None:
    faults.refuse("StartRestoreJob", "AccessDeniedException")
    with pytest.raises(DeniedError, match=f"start the restore of {NEW}") as shown:
        run(lab)
    assert "--role" in shown.value.hint
    assert [entry["event"] for entry in lab.journal()] == ["restore-start"]
    faults.refuse("StartRestoreJob", "never", 99)
    assert run(lab) == 0


def test_two_restores_under_way_must_be_told_apart(lab: Lab) -> None:
    lab.back_up(NOON - HOUR, restore="STUCK")
    for date in ("20240714", DAY):
        with pytest.raises(AwsError, match="took longer"):
            run(lab, date=date, timeout=60)
    with pytest.raises(AmbiguousError, match="Several restores") as shown:
        run(lab)
    assert shown.value.details == ("production-Lpas-20240714", NEW)
    assert shown.value.hint == "Choose one: tfswap restore Lpas --date 20240714"


def test_kill_9_in_mid_wait_then_again_is_the_same_job(lab: Lab) -> None:
    now = datetime.now(UTC)
    lab.back_up(now - HOUR)
    kill_once_started(lab)
    [job] = lab.jobs()
    assert job["Status"] in ("PENDING", "RUNNING")
    assert run(lab, Hand(now)) == 0
    assert [each["RestoreJobId"] for each in lab.jobs()] == [job["RestoreJobId"]]
    assert lab.journal()[-1]["event"] == "restored"
    assert lab.journal()[-1]["account"] == ACCOUNT


def test_a_point_that_is_not_whole_can_be_forced_by_its_id_alone(
    lab: Lab, faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    partial = lab.back_up(NOON - HOUR, status="PARTIAL")
    with pytest.raises(AwsError, match="partial") as shown:
        run(lab, at=partial)
    assert shown.value.hint.endswith("to use it anyway: --force")
    with pytest.raises(AwsError, match="no usable recovery point"):
        run(lab, force=True)
    assert run(lab, at=partial, force=True, dry_run=True) == 0
    out, err = capsys.readouterr()
    assert "FORCED: it is partial: the backup did not finish. AWS may reject it" in out
    assert "--force" in err
    deleting = lab.back_up(NOON - HOUR, status="DELETING")
    with pytest.raises(AwsError, match="being deleted"):
        run(lab, at=deleting, force=True)
    assert "StartRestoreJob" not in faults.calls


def test_a_point_elsewhere_is_answered_with_the_command_that_copies_it(lab: Lab) -> None:
    point = f"arn:aws:backup:eu-west-2:999999999999:recovery-point:{'1' * 8}"
    with pytest.raises(UsageError, match="is in eu-west-2, account 999999999999") as shown:
        run(lab, at=point, vault="offsite")
    [command] = shown.value.details
    assert shlex.split(command) == [
        *("aws", "backup", "start-copy-job", "--region", "eu-west-2"),
        *("--recovery-point-arn", point, "--source-backup-vault-name", "offsite"),
        "--destination-backup-vault-arn",
        f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:{VAULT}",
        "--iam-role-arn",
        "arn:aws:iam::999999999999:role/service-role/AWSBackupDefaultServiceRole",
    ]
    assert "--vault-account 999999999999" in shown.value.hint


def test_a_vault_in_another_region_is_listed_and_its_points_copied_first(lab: Lab) -> None:
    away = client_factory(lab.endpoint)("backup", "eu-west-2")
    away.create_backup_vault(BackupVaultName="offsite")
    with pytest.raises(AwsError, match="no usable recovery point of production-Lpas"):
        run(lab, vault="offsite", vault_region="eu-west-2")
    with pytest.raises(UsageError, match="need --vault"):
        run(lab, vault_region="eu-west-2")
    with pytest.raises(UsageError, match="need --vault"):
        backups(lab.context(), "Lpas", RestoreRequest(vault_region="eu-west-2"))


def test_a_point_in_another_regions_vault_is_found_and_the_command_copies_it_here(
    lab: Lab, capsys: pytest.CaptureFixture[str], faults: Faults
) -> None:
    away = client_factory(lab.endpoint)("backup", "eu-west-2")
    away.create_backup_vault(BackupVaultName="offsite")
    place = {"vault": "offsite", "vault_region": "eu-west-2"}
    role = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSBackupDefaultServiceRole"
    here = lab.back_up(NOON - HOUR)
    lab.client("backup").start_copy_job(
        RecoveryPointArn=here,
        SourceBackupVaultName=VAULT,
        DestinationBackupVaultArn=f"arn:aws:backup:eu-west-2:{ACCOUNT}:backup-vault:offsite",
        IamRoleArn=role,
    )
    [point] = away.list_recovery_points_by_backup_vault(BackupVaultName="offsite")["RecoveryPoints"]
    arn = point["RecoveryPointArn"]
    assert arn.split(":")[3] == "eu-west-2" and arn != here
    assert backups(lab.context(), "Lpas", RestoreRequest(**place), clock=Hand().clock) == 0
    out, err = capsys.readouterr()
    assert f"id {arn.rpartition(':')[2]}" in out
    assert "next: tfswap restore Lpas --vault offsite --vault-region eu-west-2\n" in err
    for at in ("latest", arn):
        with pytest.raises(UsageError, match=f"{arn} is in eu-west-2") as told:
            run(lab, at=at, **place)
    assert "StartRestoreJob" not in faults.calls
    [command] = told.value.details
    words = shlex.split(command)
    assert words[:5] == ["aws", "backup", "start-copy-job", "--region", "eu-west-2"]
    given = dict(zip(words[5::2], words[6::2], strict=True))
    away.start_copy_job(
        RecoveryPointArn=given.pop("--recovery-point-arn"),
        SourceBackupVaultName=given.pop("--source-backup-vault-name"),
        DestinationBackupVaultArn=given.pop("--destination-backup-vault-arn"),
        IamRoleArn=given.pop("--iam-role-arn"),
    )
    assert not given
    listed = lab.client("backup").list_recovery_points_by_backup_vault(BackupVaultName=VAULT)
    copies = {one["RecoveryPointArn"] for one in listed["RecoveryPoints"]} - {here}
    assert run(lab, at=copies.pop()) == 0
    assert not copies
    assert lab.status(NEW) == "ACTIVE"


def test_a_shared_vault_is_listed_as_its_owners(lab: Lab, faults: Faults) -> None:
    lab.back_up(NOON - HOUR)
    assert run(lab, vault=VAULT, vault_account="999999999999", dry_run=True) == 0
    faults.refuse("ListRecoveryPointsByBackupVault", "AccessDeniedException")
    with pytest.raises(DeniedError) as shown:
        run(lab, vault=VAULT, vault_account="999999999999")
    assert "share the vault (AWS RAM)" in shown.value.hint


def test_a_copy_of_another_accounts_table_of_the_same_name_is_not_this_tables(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.back_up(NOON - HOUR)
    through = recovery_points.in_vault

    def foreign(*arguments: Any, **more: Any) -> Any:
        found = through(*arguments, **more)
        return [replace(p, table_arn=p.table_arn.replace(ACCOUNT, "9" * 12)) for p in found]

    monkeypatch.setattr(recovery_points, "in_vault", foreign)
    with pytest.raises(AwsError, match="no usable recovery point of production-Lpas"):
        run(lab)


def test_a_backup_that_dynamodb_manages_is_told_before_with_both_ways(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    point = lab.back_up(NOON - HOUR, managed="dynamodb")
    assert point.split(":")[2] == "dynamodb"
    assert run(lab, dry_run=True) == 0
    out = capsys.readouterr().out
    assert "DynamoDB manages this backup, so the table gets a key owned by AWS." in out
    assert f"tfswap restore {NEW} --change-key" in out
    assert f"--target-table-name {NEW} --backup-arn {point}" in out
    assert f"KMSMasterKeyId={key_arn(lab)}" in out
    assert run(lab) == 0
    out, err = capsys.readouterr()
    assert f"{NEW} is encrypted with a key owned by AWS" in " ".join(err.split())
    assert (
        restore(lab.context(), [NEW], RestoreRequest(), yes=True, in_place=True, clock=Hand().clock)
        == 0
    )
    table = lab.client("dynamodb").describe_table(TableName=NEW)["Table"]
    assert table["SSEDescription"]["KMSMasterKeyArn"] == key_arn(lab)
