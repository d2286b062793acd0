"""Durations, ages and sizes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.aws.formatting import age, at, duration, size


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *((0, "0 s"), (-5, "0 s"), (59.9, "59 s"), (60, "1 min"), (125, "2 min 5 s")),
        *((3600, "1 h"), (7500, "2 h 5 min"), (86400 + 30, "1 d"), (90000, "1 d 1 h")),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(st.floats(-1e7, 1e7), st.floats(-1e7, 1e7))
def test_an_age_is_never_negative(one: float, other: float) -> None:
    base = datetime(2024, 7, 15, tzinfo=UTC)
    assert age(base + timedelta(seconds=one), base + timedelta(seconds=other)) >= 0


def test_a_moment_is_shown_in_utc() -> None:
    moment = datetime(2024, 7, 15, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert at(moment) == "2024-07-14 23:30 UTC"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        *((None, "?"), (0, "0 B"), (999, "999 B"), (1234, "1.2 kB"), (999_960, "1.0 MB")),
        *((1_500_000_000, "1.5 GB"), (10**16, "10000.0 TB")),
    ],
)
def test_a_size_is_in_decimal_units(count: int | None, text: str) -> None:
    assert size(count) == text
