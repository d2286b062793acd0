"""What ``tfswap restore`` makes of the name, date and time that are typed; no AWS needed."""

from __future__ import annotations

import pytest

from tests.aws.clock import NOON
from tests.commands.conftest import Clone
from tfswap.aws.restore_time import check_wanted
from tfswap.commands.restore.command import _with_typed_date
from tfswap.commands.restore.target import RestoreRequest
from tfswap.errors import UsageError


def test_a_date_in_the_name_is_the_new_tables() -> None:
    assert _with_typed_date("Lpas-20240715", RestoreRequest()).date == "20240715"
    assert _with_typed_date("Lpas-20240715", RestoreRequest(date="20240715")).date == "20240715"
    assert _with_typed_date("Lpas", RestoreRequest(date="20240714")).date == "20240714"
    with pytest.raises(UsageError, match="has the date 20240715, but --date is 20240716"):
        _with_typed_date("Lpas-20240715", RestoreRequest(date="20240716"))


@pytest.mark.parametrize(
    "wanted",
    ["yesterday", "last night", "minutes ago", "-5 min ago", "2024-13-01T00:00", "2030-01-01"],
)
def test_what_is_no_time_is_refused_before_anything_is_asked(wanted: str) -> None:
    with pytest.raises(UsageError):
        check_wanted(wanted, NOON, "tfswap backups Lpas")


@pytest.mark.parametrize(
    "wanted",
    [
        "latest",
        "latest-pitr",
        "20 minutes ago",
        "1 h ago",
        "2024-07-14",
        "2024-07-14T05:00Z",
        "arn:aws:backup:x",
        "01732-abc",
        "9F3A-11",
    ],
)
def test_what_may_be_a_time_or_an_id_is_not(wanted: str) -> None:
    check_wanted(wanted, NOON, "tfswap backups Lpas")


def test_a_name_in_another_case_is_suggested_without_a_date_nobody_typed(clone: Clone) -> None:
    done = clone.tfswap("restore", "lpas", "-e", "production", "--dry-run")
    assert done.code == 2
    assert "Did you mean Lpas?" in done.err
    assert "1970" not in done.text


def test_a_time_that_is_none_fails_at_once(clone: Clone) -> None:
    done = clone.tfswap("restore", "Lpas", "-e", "production", "--at", "yesterday")
    assert done.code == 2
    assert "'yesterday' is not a recovery point" in done.err
