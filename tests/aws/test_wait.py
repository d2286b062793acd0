"""Waiting: what it says, when it gives up, what it forgives. No test here sleeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.aws.clock import Hand
from tfswap.aws.errors import (
    DeniedError,
    ExpiredError,
    MissingError,
    ThrottledError,
    UnreachedError,
)
from tfswap.aws.wait import (
    LONGEST,
    MAX_SECONDS_WITHOUT_ANSWER,
    WaitOptions,
    WaitTimeoutError,
    continuing_in_aws,
    wait_until,
)
from tfswap.errors import AwsError


class Watched:
    """Something that shows one thing after another, and raises where one is an error."""

    def __init__(self, *shows: str | Exception) -> None:
        self.shows: Iterator[str | Exception] = iter(shows)
        self.last: str | Exception = ""

    def look(self) -> str:
        self.last = next(self.shows, self.last)
        if isinstance(self.last, Exception):
            raise self.last
        return self.last


def wait(watched: Watched, hand: Hand, said: list[str], timeout: float | None = None) -> str:
    wait_options = WaitOptions(timeout, said.append, hand.clock)
    return wait_until(
        watched.look,
        lambda s: s == "STOPPED",
        what="it to stop",
        words=str,
        wait_options=wait_options,
    )


def test_what_is_done_already_costs_no_sleep() -> None:
    hand = Hand()
    assert wait(Watched("STOPPED"), hand, []) == "STOPPED"
    assert hand.sleeps == []


def test_pauses_grow_and_stop_growing() -> None:
    hand = Hand()
    wait(Watched(*["STOPPING"] * 20, "STOPPED"), hand, [])
    assert hand.sleeps == sorted(hand.sleeps)
    assert hand.sleeps[0] == 1
    assert hand.sleeps[-1] == LONGEST


def test_it_speaks_when_it_sees_something_new_and_once_a_minute() -> None:
    hand, said = Hand(), list[str]()
    wait(Watched("ACTIVE", *["STOPPING"] * 12, "STOPPED"), hand, said)
    assert said[0] == "ACTIVE"
    assert said[1] == "STOPPING, 1 s so far"
    assert 2 < len(said) <= 3 + hand.passed / 60
    assert "min" in said[-1]


def test_the_time_out_names_what_was_seen_last() -> None:
    hand = Hand()
    with pytest.raises(WaitTimeoutError, match=r"it to stop took longer than 5 min.*STOPPING"):
        wait(Watched("STOPPING"), hand, [], timeout=300)
    assert hand.passed <= 300


def test_a_lost_network_and_throttling_do_not_end_it() -> None:
    hand, said = Hand(), list[str]()
    trouble = (UnreachedError("Could not look: no route."), ThrottledError("Could not look: slow."))
    assert wait(Watched("STOPPING", *trouble, "STOPPED"), hand, said) == "STOPPED"
    assert any("no route" in line for line in said)


def test_silence_ends_it_after_a_while() -> None:
    hand = Hand()
    with pytest.raises(UnreachedError):
        wait(Watched("STOPPING", UnreachedError("gone")), hand, [])
    assert MAX_SECONDS_WITHOUT_ANSWER < hand.passed < MAX_SECONDS_WITHOUT_ANSWER + 2 * LONGEST


@pytest.mark.parametrize("error", [ExpiredError("expired"), MissingError("gone"), AwsError("no")])
def test_any_other_failure_ends_it_at_once(error: AwsError) -> None:
    hand = Hand()
    with pytest.raises(type(error)):
        wait(Watched(error), hand, [])
    assert hand.sleeps == []


AGAIN = "tfswap restore Lpas --date 20240715"


@pytest.mark.parametrize(
    "error",
    [
        *(ExpiredError("expired"), WaitTimeoutError("long"), UnreachedError("gone")),
        *(DeniedError("no"), ThrottledError("slow")),
    ],
)
def test_what_goes_on_in_aws_is_told_with_the_command_that_finds_it(error: AwsError) -> None:
    with pytest.raises(type(error)) as shown, continuing_in_aws("The restore job 1", AGAIN):
        raise error
    assert shown.value.hint.endswith(AGAIN)
    assert shown.value.details == ("The restore job 1 continues in AWS.",)


def test_ctrl_c_tells_it_too() -> None:
    with pytest.raises(KeyboardInterrupt) as shown, continuing_in_aws("The restore job 1", AGAIN):
        raise KeyboardInterrupt
    assert shown.value.hint.endswith(AGAIN)  # type: ignore[attr-defined]
    assert "continues" in shown.value.details[0]  # type: ignore[attr-defined]


def test_a_failure_that_is_final_is_left_as_it_is() -> None:
    failed = AwsError("the job failed", hint="mend it")
    with pytest.raises(AwsError) as shown, continuing_in_aws("The restore job 1", AGAIN):
        raise failed
    assert shown.value is failed


def test_what_may_have_begun_is_not_said_to_go_on() -> None:
    for error in (ExpiredError("expired"), DeniedError("no")):
        with (
            pytest.raises(type(error)) as shown,
            continuing_in_aws("The restore", AGAIN, begun=False),
        ):
            raise error
        assert shown.value.details == ("The restore has not started.",)
    for lost in (UnreachedError("gone"), KeyboardInterrupt()):
        with pytest.raises(type(lost)) as met, continuing_in_aws("The restore", AGAIN, begun=False):
            raise lost
        assert "may have started in AWS" in met.value.details[0]  # type: ignore[attr-defined]
        assert met.value.hint == f"To look for it again: {AGAIN}"  # type: ignore[attr-defined]
