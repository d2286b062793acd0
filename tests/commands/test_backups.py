"""``tfswap backups``, over HTTP against the stand-in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.aws.clock import NOON, Hand
from tests.commands.lab import ACCOUNT, OUTGOING, VAULT, Lab, make_table
from tests.journal_events import event
from tests.report.documents import document
from tfswap.aws.errors import MissingError
from tfswap.commands.backups import backups
from tfswap.commands.restore.target import RestoreRequest
from tfswap.errors import AwsError, UsageError

HOUR = timedelta(hours=1)


def listed(lab: Lab, capsys: pytest.CaptureFixture[str], **more: Any) -> str:
    capsys.readouterr()
    assert backups(lab.context(), "Lpas", clock=Hand().clock, **more) == 0
    return capsys.readouterr().out


@pytest.fixture
def points(lab: Lab) -> list[str]:
    return [
        lab.back_up(NOON - 33 * HOUR),
        lab.back_up(NOON - 3 * HOUR, status="PARTIAL"),
        lab.back_up(NOON - 9.2 * HOUR),
        lab.back_up(NOON - 2400 * HOUR),
        lab.back_up(NOON - 1 * HOUR, status="EXPIRED"),
        lab.back_up(NOON - 2 * HOUR, status="DELETING"),
    ]


def test_the_newest_that_will_do_comes_first(
    lab: Lab, points: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = document("backups", listed(lab, capsys, as_json=True))
    assert (found["version"], found["table"], found["vault"]) == (1, OUTGOING, VAULT)
    shown = found["points"]
    assert [each["arn"] for each in shown] == [points[n] for n in (2, 0, 4, 5, 1, 3)]
    assert [each["usable"] for each in shown] == [True, True, False, False, False, False]
    first = shown[0]
    assert (first["age_seconds"], first["size_bytes"]) == (33120, 1200)
    assert first["created"] == "2024-07-15T02:48:00+00:00"
    assert first["expires"] == "2024-10-13T02:48:00+00:00"


def test_the_text_says_all_of_it_within_80_columns(
    lab: Lab, points: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = listed(lab, capsys)
    assert max(map(len, text.splitlines())) <= 80
    lines = [line for line in text.splitlines() if " old " in line]
    assert lines[0].split() == [
        *("2024-07-15", "02:48", "UTC", "9", "h", "12", "min", "old"),
        *("1.2", "kB", "COMPLETED", "until", "2024-10-13"),
    ]
    assert text.count("NOT USABLE") == 4
    assert all(arn.rpartition(":")[2] in text for arn in points)


def test_many_are_cut_and_said_to_be(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    for hours in range(12):
        lab.back_up(NOON - hours * HOUR)
    assert "2 more; --all lists them" in listed(lab, capsys)
    assert "more" not in listed(lab, capsys, everything=True)


def test_other_tables_of_the_vault_are_left_out_and_relatives_are_marked(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    key = lab.client("dynamodb").describe_table(TableName=OUTGOING)["Table"]
    for name in ("production-Sessions", "production-Lpas-20240101"):
        make_table(lab.client("dynamodb"), name, key["SSEDescription"]["KMSMasterKeyArn"])
        lab.back_up(NOON - HOUR, table=name)
    text = listed(lab, capsys)
    assert "Sessions" not in text
    assert "of production-Lpas-20240101, not of the table in service" in text


def test_none_is_said_with_where_to_look_next(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert backups(lab.context(), "Lpas", RestoreRequest(flags=("-e", "production"))) == 0
    out, err = capsys.readouterr()
    assert "  none" in out
    assert f"{VAULT} has no usable recovery point of {OUTGOING}." in err
    assert "next: tfswap backups Lpas --vault NAME -e production\n" in err


def test_another_vault_that_holds_some_is_named(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.client("backup").create_backup_vault(BackupVaultName="empty")
    lab.back_up(NOON - HOUR)
    text = listed(lab, capsys, request=RestoreRequest(vault="empty"))
    assert "  none" in text
    assert backups(lab.context(), "Lpas", RestoreRequest(vault="empty")) == 0
    assert f"next: tfswap backups Lpas --vault {VAULT}\n" in capsys.readouterr().err


def test_a_vaults_arn_does_as_well_as_its_name(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.back_up(NOON - HOUR)
    arn = f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:{VAULT}"
    assert f"in {VAULT}" in listed(lab, capsys, request=RestoreRequest(vault=arn))
    with pytest.raises(UsageError, match=f"is in eu-west-2, account {ACCOUNT}; the table is in "):
        listed(lab, capsys, request=RestoreRequest(vault=arn.replace("eu-west-1:", "eu-west-2:")))


def test_a_wrong_vault_is_told_with_those_there_are(lab: Lab) -> None:
    with pytest.raises(MissingError) as shown:
        backups(lab.context(), "Lpas", RestoreRequest(vault="nope"))
    assert VAULT in shown.value.details


def test_the_wrong_account_is_refused(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_VAR_default_role")
    with pytest.raises(AwsError, match="the environment is in 999999999999"):
        backups(lab.context(account="999999999999"), "Lpas")


def test_as_typed_the_next_command_keeps_environment_and_vault(lab: Lab) -> None:
    lab.back_up(datetime.now(UTC) - HOUR)
    done = lab.tfswap("backups", "Lpas", "-e", "production", "--vault", VAULT)
    assert done.code == 0
    assert f"next: tfswap restore Lpas --vault {VAULT} --environment production\n" in done.err


def test_while_a_swap_is_prepared_the_outgoing_table_is_the_one_in_service(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    prepared = lab.tfswap("prepare", "Lpas-20240715", "--offline")
    assert prepared.code == 0, prepared.text
    assert document("backups", listed(lab, capsys, as_json=True))["table"] == OUTGOING
    lab.context().journal.note(event("applied"))
    assert document("backups", listed(lab, capsys, as_json=True))["table"] == f"{OUTGOING}-20240715"


def test_a_table_that_cannot_be_named_is_refused(lab: Lab) -> None:
    with pytest.raises(UsageError, match="not a date"):
        backups(lab.context(), "Lpas-20240230")
