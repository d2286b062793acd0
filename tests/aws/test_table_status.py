"""Waiting for a restored table, and the ways it may not come."""

from __future__ import annotations

from typing import Any

import pytest

from tests.aws import stubs
from tests.aws.clock import NOON
from tfswap.aws.errors import DeniedError
from tfswap.aws.table_status import check_active, find_table
from tfswap.errors import AwsError

NAME = "production-Lpas-20240715"


def shown(status: str) -> dict[str, Any]:
    return {"Table": {"TableName": NAME, "TableStatus": status, "CreationDateTime": NOON}}


def dynamodb(*answers: stubs.Answer) -> Any:
    return stubs.client("dynamodb", "describe_table", *answers)


def test_a_table_that_is_not_there_is_none() -> None:
    assert find_table(dynamodb("ResourceNotFoundException"), NAME) is None


def test_a_table_one_may_not_look_at_is_not_taken_for_absent() -> None:
    with pytest.raises(DeniedError):
        find_table(dynamodb("AccessDeniedException"), NAME)


def test_one_that_is_being_made_is_waited_for() -> None:
    coming = find_table(dynamodb(shown("CREATING")), NAME)
    assert coming is not None
    assert coming.is_coming
    active = find_table(dynamodb(shown("ACTIVE")), NAME)
    assert check_active(NAME, active) is active


def test_a_table_that_vanishes_is_said_to_be_deleted() -> None:
    with pytest.raises(AwsError, match="it was deleted"):
        check_active(NAME, None)


@pytest.mark.parametrize(
    "status",
    sorted(set(stubs.enum("dynamodb", "TableStatus")) - {"CREATING", "UPDATING", "ACTIVE"}),
)
def test_any_other_state_ends_the_wait(status: str) -> None:
    seen = find_table(dynamodb(shown(status)), NAME)
    assert seen is not None
    assert not seen.is_coming
    with pytest.raises(AwsError, match=f"is {status}, not ACTIVE"):
        check_active(NAME, seen)
