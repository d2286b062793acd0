"""Trouble with AWS, command by command: each is told as what it is, with what to do next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.aws.clock import NOON, Hand
from tests.commands.faults import Faults
from tests.commands.lab import ALIAS, OUTGOING, PIPELINE, Lab, make_table
from tests.commands.refuser import Refuser, standing_before
from tfswap.aws.errors import DeniedError, SkewedError, ThrottledError, UnreachedError
from tfswap.aws.ingestion_pipeline import Goal
from tfswap.commands.backups import backups
from tfswap.commands.compare.command import compare_tables
from tfswap.commands.pipeline import move, status
from tfswap.commands.restore.command import restore
from tfswap.commands.restore.target import RestoreRequest
from tfswap.errors import AwsError

NEW, DAY = "production-Lpas-20240715", "20240715"
HOUR = timedelta(hours=1)
AGAIN = f"tfswap restore Lpas --date {DAY}"


def look_at_backups(lab: Lab) -> int:
    return backups(lab.context(), "Lpas", clock=Hand().clock)


def look_at_pipeline(lab: Lab) -> int:
    return status(lab.context(), None)


def stop(lab: Lab) -> int:
    return move(lab.context(), None, Goal.STOPPED, yes=True, timeout=1800, clock=Hand().clock)


def start(lab: Lab) -> int:
    stop(lab)
    return move(lab.context(), None, Goal.ACTIVE, yes=True, timeout=1800, clock=Hand().clock)


def bring_back(lab: Lab) -> int:
    return restore(lab.context(), ["Lpas"], RestoreRequest(), yes=True, clock=Hand().clock)


def hold_together(lab: Lab) -> int:
    dynamodb = lab.client("dynamodb")
    if NEW not in dynamodb.list_tables()["TableNames"]:
        key = lab.client("kms").describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"]
        make_table(dynamodb, NEW, key, restored_from=OUTGOING)
    return compare_tables(lab.context(), "Lpas-20240715", scan_count=False, yes=True, as_json=False)


Command = Callable[[Lab], int]


@pytest.fixture
def faults(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Faults:
    lab.back_up(NOON - 9 * HOUR)
    return Faults(monkeypatch)


@pytest.mark.parametrize(
    ("command", "action"),
    [
        (look_at_backups, "backup:ListRecoveryPointsByBackupVault"),
        (look_at_pipeline, "osis:GetPipeline"),
        (stop, "osis:StopPipeline"),
        (start, "osis:StartPipeline"),
        (bring_back, "backup:ListRestoreJobs"),
        (bring_back, "dynamodb:DescribeTable"),
        (bring_back, "kms:DescribeKey"),
        (bring_back, "backup:GetRecoveryPointRestoreMetadata"),
        (bring_back, "backup:StartRestoreJob"),
        (bring_back, "backup:DescribeRestoreJob"),
        (hold_together, "dynamodb:DescribeTable"),
        (look_at_backups, "sts:GetCallerIdentity"),
    ],
)
def test_who_may_not_is_told_which_action_is_missing(
    lab: Lab, faults: Faults, command: Command, action: str
) -> None:
    """Also where AWS does not name it, as AWS Backup's "Insufficient privileges"."""
    faults.refuse(action.partition(":")[2], "AccessDeniedException")
    with pytest.raises(DeniedError, match=r"Could not .*: AccessDeniedException: ") as shown:
        command(lab)
    assert f"Assume a role that is allowed {action} (--role NAME), then" in shown.value.hint


@pytest.mark.parametrize(
    "part", ["DescribeTimeToLive", "ListTagsOfResource", "DescribeAlarms", "GetResourcePolicy"]
)
def test_a_part_of_a_table_that_may_not_be_seen_is_not_known_never_absent(
    lab: Lab, faults: Faults, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    faults.refuse(part, "AccessDeniedException")
    assert hold_together(lab) == 0
    out = capsys.readouterr().out
    assert "? Unknown" in out
    assert "AccessDeniedException" in out


def test_what_was_refused_has_not_begun(lab: Lab, faults: Faults) -> None:
    faults.refuse("StartRestoreJob", "ExpiredTokenException")
    with pytest.raises(AwsError) as shown:
        bring_back(lab)
    assert shown.value.hint == f"Renew your credentials, then: {AGAIN}"
    assert shown.value.details == (f"The restore of {NEW} has not started.",)
    faults.refuse("StopPipeline", "AccessDeniedException")
    with pytest.raises(DeniedError) as shown:
        stop(lab)
    assert shown.value.details == (f"The stop of {PIPELINE} has not started.",)


def test_an_answer_that_never_came_may_have_begun_something(lab: Lab, faults: Faults) -> None:
    faults.cut("StartRestoreJob", 1)
    with pytest.raises(UnreachedError) as shown:
        bring_back(lab)
    assert shown.value.hint == f"To look for it again: {AGAIN}"
    assert "may have started in AWS; the same command finds it" in shown.value.details[0]
    assert bring_back(lab) == 0
    assert len(lab.jobs()) == 1


def test_a_wrong_clock_in_mid_wait_names_the_command_that_goes_on(lab: Lab, faults: Faults) -> None:
    faults.refuse("DescribeRestoreJob", "RequestTimeTooSkewed", 2)
    with pytest.raises(SkewedError, match="The clock of this machine is wrong") as shown:
        bring_back(lab)
    assert shown.value.hint == f"Set the clock, then: {AGAIN}"
    assert "continues in AWS" in shown.value.details[-1]
    assert bring_back(lab) == 0
    assert len(lab.jobs()) == 1


@pytest.fixture
def refuser(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refuser]:
    """A front before the lab's stand-in, and no waiting between tries."""
    with standing_before(lab.endpoint) as front:
        monkeypatch.setenv("AWS_ENDPOINT_URL", front.endpoint)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        yield front


@pytest.mark.parametrize(
    ("command", "needle"),
    [
        (look_at_backups, "recovery-points"),
        (look_at_pipeline, "getPipeline"),
        (bring_back, "restore-jobs"),
        (hold_together, "DescribeTable"),
    ],
)
def test_throttling_is_sat_out_by_botocore_and_then_told(
    lab: Lab, refuser: Refuser, command: Command, needle: str
) -> None:
    refuser.refuse(needle, "ThrottlingException", "Rate exceeded")
    with pytest.raises(ThrottledError) as shown:
        command(lab)
    assert refuser.asked == 3
    assert " in 3 tries: ThrottlingException: Rate exceeded" in shown.value.message
    assert shown.value.hint.startswith("AWS is throttling requests. Wait a minute, then run")


@pytest.mark.parametrize(
    ("command", "needle", "code"),
    [
        (look_at_backups, "GetCallerIdentity", "SignatureDoesNotMatch"),
        (look_at_backups, "recovery-points", "InvalidSignatureException"),
        (look_at_pipeline, "getPipeline", "InvalidSignatureException"),
        (hold_together, "DescribeTable", "InvalidSignatureException"),
    ],
)
def test_a_wrong_clock_is_told_with_both_times(
    lab: Lab, refuser: Refuser, command: Command, needle: str, code: str
) -> None:
    refuser.refuse(needle, code, "The signature does not match.", clock=timedelta(minutes=42))
    with pytest.raises(SkewedError) as shown:
        command(lab)
    assert shown.value.hint.startswith("Set the clock, then run the same command again.")
    (clocks,) = shown.value.details
    assert clocks.startswith("this machine: ")
    assert clocks.endswith((" 41 min 59 s slow", " 42 min slow", " 41 min 58 s slow"))
    refuser.refuse(needle, code, "The signature does not match.")
    with pytest.raises(AwsError, match="does not match") as raised:
        command(lab)
    assert "Sign in" in raised.value.hint


@pytest.mark.parametrize(
    "arguments",
    [
        ("backups", "Lpas"),
        ("restore", "Lpas", "--dry-run"),
        ("pipeline", "status"),
        ("pipeline", "stop", "--yes"),
        ("compare", "Lpas-20240715"),
    ],
)
def test_as_typed_without_a_network(lab: Lab, arguments: tuple[str, ...]) -> None:
    done = lab.tfswap(*arguments, AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert done.code == 2
    error, *_, following = [line for line in done.err.splitlines() if not line.startswith("  ")]
    assert error == "error: AWS could not be reached at http://127.0.0.1:9: no connection."
    assert following == "next:  Fix or unset AWS_ENDPOINT_URL, then run the same command again."
    assert max(len(error), len(following)) <= 80
    assert done.out == ""


def typing(lab: Lab, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start a command as it is typed, and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "tfswap", *arguments],
        cwd=lab.clone.repo,
        env={**os.environ, **lab.env, **more},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(met: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until a running command has come to a point."""
    deadline = time.monotonic() + 60
    while not met():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_kill_9_while_a_pipeline_stops_then_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing_before(lab.endpoint) as front:
        front.refuse("getPipeline", "ThrottlingException", after="stopPipeline")
        reach = {"AWS_ENDPOINT_URL": front.endpoint, "AWS_MAX_ATTEMPTS": "1"}
        process = typing(lab, "pipeline", "stop", "--yes", **reach)
        wait_for(lambda: front.asked > 0, process)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert [entry["event"] for entry in lab.journal()] == ["pipeline-stop"]
    faults = Faults(monkeypatch)
    assert stop(lab) == 0
    assert faults.writes == []
    assert lab.client("osis").get_pipeline(PipelineName=PIPELINE)["Pipeline"]["Status"] == "STOPPED"


def test_ctrl_c_while_it_follows_a_restore(lab: Lab) -> None:
    """A real Ctrl-C for a real process: 130, and the one command that follows it again."""
    lab.back_up(datetime.now(UTC) - HOUR, restore="STUCK")
    process = typing(lab, "restore", "Lpas", "--yes", "-e", "production")
    wait_for(lambda: "restore-started" in {e["event"] for e in lab.journal()}, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "error: Interrupted." in err
    [job] = lab.jobs()
    today = f"{datetime.now(UTC):%Y%m%d}"
    assert err.splitlines()[-1].endswith(
        f"it again: tfswap restore Lpas --date {today} --environment production"
    )
    assert job["Status"] in ("PENDING", "RUNNING")
    assert "in AWS" in err
