"""Following restores: percent, time and estimate, and every way they may end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.aws import stubs
from tests.aws.clock import NOON, Hand
from tfswap.aws.errors import DeniedError, ExpiredError, MissingError
from tfswap.aws.restore_jobs import JobFailedError, RestoreJob
from tfswap.aws.restore_pace import Pace, pace_of
from tfswap.aws.wait import WaitOptions, WaitTimeoutError
from tfswap.commands.restore.follow import RestoreProgress, RunningRestore, follow_all
from tfswap.errors import AwsError

NAME = "production-Lpas-20240715"
GB = 1_000_000_000


@dataclass
class FakeAws:
    """Hands out stubbed clients."""

    backup: Any
    dynamodb: Any

    def client(self, service: str) -> Any:
        return getattr(self, service)


@dataclass
class FakeTarget:
    aws: FakeAws


def shown(status: str, **more: object) -> dict[str, Any]:
    return {"RestoreJobId": "J", "Status": status, "CreationDate": NOON, **more}


def table(status: str) -> dict[str, Any]:
    return {"Table": {"TableName": NAME, "TableStatus": status, "CreationDateTime": NOON}}


def running(*jobs: stubs.Answer, tables: tuple[stubs.Answer, ...] = (), **more: Any) -> Any:
    backup = stubs.client("backup", "describe_restore_job", *jobs)
    dynamodb = stubs.client("dynamodb", "describe_table", *(tables or (table("ACTIVE"),)))
    fields = {"job": "J", **more}
    return RunningRestore(FakeTarget(FakeAws(backup, dynamodb)), NAME, **fields)  # type: ignore[arg-type]


def wait(restore: Any, said: list[str], timeout: float | None = None) -> RestoreProgress:
    [seen] = follow_all([restore], WaitOptions(timeout, said.append, Hand().clock))
    return seen


def test_percent_bytes_elapsed_and_what_is_left_are_told() -> None:
    working = shown("RUNNING", PercentDone="40.00%", BackupSizeInBytes=60 * GB)
    restore = running(shown("PENDING"), working, shown("COMPLETED"), pace=Pace(10, 3))
    said: list[str] = []
    assert wait(restore, said).table is not None
    assert said == [
        f"{NAME}: PENDING",
        f"{NAME}: RUNNING, 40% done, of 60.0 GB, 1 s so far, about 9 min 59 s left by 3 earlier "
        "jobs",
    ]


def test_a_table_that_is_still_made_is_waited_for_after_its_job() -> None:
    tables = (table("CREATING"), table("ACTIVE"))
    restore = running(shown("COMPLETED"), shown("COMPLETED"), tables=tables)
    said: list[str] = []
    assert wait(restore, said).table is not None
    assert said == [f"{NAME}: table is CREATING"]


def test_point_in_time_recovery_is_followed_by_the_table_alone() -> None:
    restore = running(tables=(table("CREATING"), table("CREATING"), table("ACTIVE")), job="")
    assert wait(restore, []).table is not None


@pytest.mark.parametrize("status", ["FAILED", "ABORTED"])
@pytest.mark.parametrize("message", ["Access denied to the key", ""])
def test_a_job_that_ends_badly_says_awss_reason(status: str, message: str) -> None:
    answer = shown(status, **({"StatusMessage": message} if message else {}))
    failed = wait(running(shown("RUNNING"), answer), []).error
    assert isinstance(failed, JobFailedError)
    assert f"ended as {status}: " in failed.message
    assert (message or "reported no reason") in failed.message
    assert "starts a new job" in failed.hint


def test_a_status_of_tomorrow_is_no_end_and_no_reason_for_a_second_job() -> None:
    answers = (shown("RUNNING"), shown("EXPIRED", StatusMessage="AWS says why"))
    error = wait(running(*answers), []).error
    assert error is not None
    assert "has the unknown status EXPIRED, AWS says why" in error.message
    assert not isinstance(error, JobFailedError)
    assert not RestoreJob("J", "EXPIRED", NOON).ended
    assert not RestoreJob("J", "EXPIRED", NOON).under_way


def test_throttling_and_awss_own_trouble_in_mid_wait_are_sat_out() -> None:
    answers = ("ThrottlingException", "ServiceUnavailableException", shown("COMPLETED"))
    said: list[str] = []
    assert wait(running(shown("RUNNING"), *answers), said).table is not None
    assert sum("retrying" in line for line in said) == 2


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ExpiredTokenException", ExpiredError),
        ("AccessDeniedException", DeniedError),
        ("ResourceNotFoundException", MissingError),
    ],
)
def test_what_waiting_does_not_mend_ends_the_wait(code: str, kind: type[AwsError]) -> None:
    with pytest.raises(kind):
        wait(running(shown("RUNNING"), code), [])


def test_the_time_out_leaves_the_job_alone() -> None:
    with pytest.raises(WaitTimeoutError, match="the restore job J took longer than 30 s"):
        wait(running(*[shown("RUNNING")] * 20), [], timeout=30)


def done(size: int, seconds: float) -> RestoreJob:
    ended = NOON + timedelta(seconds=seconds)
    return RestoreJob("J", "COMPLETED", NOON, size=size, completed=ended)


def test_the_pace_is_that_of_the_jobs_nearest_in_size() -> None:
    tiny = [done(1000, 240)] * 9
    near = [done(GB, 30), done(2 * GB, 60), done(3 * GB, 120)]
    pace = pace_of([*near, *tiny], 2 * GB)
    assert pace is not None
    assert (pace.seconds_per_gb, pace.jobs) == (40, 5)
    assert pace_of(near, 2 * GB) == Pace(30, 3)
    assert pace_of([RestoreJob("J", "RUNNING", NOON, size=GB)], GB) is None
    assert pace_of(near, None) is None


def test_a_restore_that_outlasts_its_estimate_is_said_to() -> None:
    assert Pace(30, 1).words(GB, 31) == "longer than the 30 s expected by 1 earlier job"
    assert Pace(30, 1).words(None, 31) == ""
