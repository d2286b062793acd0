"""Wait for something in AWS to become what it shall be, patiently and aloud.

Looks often at first and then less; goes on through a cut network or throttling for a while; says
what it sees when that changes, and once a minute that it still waits. Time is handed in, so that
no test sleeps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from tfswap.aws.error_messages import may
from tfswap.aws.errors import DeniedError, ExpiredError, SkewedError, ThrottledError, UnreachedError
from tfswap.aws.formatting import duration
from tfswap.errors import AwsError

Seen = TypeVar("Seen")

FIRST, FACTOR, LONGEST = 1.0, 1.5, 20.0
"""Seconds before the second look, what each pause grows by, and where it stops growing."""
SILENCE = 60.0
"""Seconds after which a wait says again that it waits."""
MAX_SECONDS_WITHOUT_ANSWER = 600.0
"""Seconds for which no answer (network, throttling) does not end a wait."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Where time comes from; tests hand in one that does not pass by itself."""

    now: Callable[[], datetime] = _now
    """The time of day, with its zone."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


REAL = Clock()


class WaitTimeoutError(AwsError):
    """It did not become what it shall be in time; what runs in AWS goes on."""


@dataclass(frozen=True)
class WaitOptions:
    """How a wait waits."""

    timeout: float | None = None
    """Seconds; None waits for ever."""
    say: Callable[[str], None] = lambda _: None
    """Takes a line of progress."""
    clock: Clock = REAL


def wait_until(
    look: Callable[[], Seen],
    done: Callable[[Seen], bool],
    *,
    what: str,
    words: Callable[[Seen], str],
    wait_options: WaitOptions,
    news: Callable[[Seen], str] | None = None,
) -> Seen:
    """Look until it is done, and return what was seen last.

    Args:
        look: Asks AWS; an ``AwsError`` other than a lost network or throttling ends the wait.
        done: Says whether that is the end, good or bad: the caller tells which.
        what: As it goes after "waiting for": ``the pipeline x to stop``.
        words: What was seen, in a few words.
        wait_options: Time-out, voice and clock.
        news: What of it is worth a line when it changes, where ``words`` tell the time themselves.

    Raises:
        WaitTimeoutError: The time is up.
        AwsError: What ``look`` raised; silence of AWS only after ``MAX_SECONDS_WITHOUT_ANSWER``.
    """
    begun = heard = wait_options.clock.monotonic()
    pause, last = FIRST, ""
    progress_lines = _ProgressLines(wait_options, begun)
    while True:
        try:
            seen = look()
        except (UnreachedError, ThrottledError) as error:
            if wait_options.clock.monotonic() - heard > MAX_SECONDS_WITHOUT_ANSWER:
                raise
            progress_lines.report(f"no answer from AWS, retrying ({error.message})")
        else:
            heard = wait_options.clock.monotonic()
            last = words(seen)
            if done(seen):
                return seen
            progress_lines.report(last, news(seen) if news else None)
        waited = wait_options.clock.monotonic() - begun
        if wait_options.timeout is not None and waited + pause > wait_options.timeout:
            raise WaitTimeoutError(
                f"Waiting for {what} took longer than {duration(wait_options.timeout)}; "
                f"last seen: {last or 'nothing'}.",
                hint="It continues in AWS. Run the same command again to continue waiting.",
            )
        wait_options.clock.sleep(pause)
        pause = min(pause * FACTOR, LONGEST)


class _ProgressLines:
    """Says a line when it is news, or when nothing was said for a while."""

    def __init__(self, wait_options: WaitOptions, begun: float) -> None:
        self.wait_options, self.begun = wait_options, begun
        self.line, self.at = "", begun

    def report(self, line: str, news: str | None = None) -> None:
        now = self.wait_options.clock.monotonic()
        if (news or line) == self.line and now - self.at < SILENCE:
            return
        waited = now - self.begun
        timed = news is None and waited >= 1
        self.wait_options.say(f"{line}, {duration(waited)} so far" if timed else line)
        self.line, self.at = news or line, now


@contextmanager
def continuing_in_aws(what: str, again: str, *, begun: bool = True) -> Iterator[None]:
    """Say, whatever ends the block early, that AWS goes on and which command takes it up again.

    Args:
        what: What goes on, as a sentence's subject: ``The restore job x``.
        again: The command to type.
        begun: Whether it is known to be under way; not while the call that begins it is open.

    Raises:
        AwsError: As raised within; what another try can mend gets ``again`` as its hint.
        KeyboardInterrupt: With ``hint`` and ``details`` for the one place that shows it.
    """
    goes_on = refused = f"{what} continues in AWS."
    if not begun:
        goes_on = (
            f"{what} may have started in AWS; the same command finds it and does not start "
            "it twice."
        )
        refused = f"{what} has not started."
    follow = f"To {'follow' if begun else 'look for'} it again: {again}"
    try:
        yield
    except KeyboardInterrupt as stop:
        stop.details = (goes_on,)  # type: ignore[attr-defined]
        stop.hint = follow  # type: ignore[attr-defined]
        raise
    except ExpiredError as error:
        raise _with(error, f"Renew your credentials, then: {again}", refused) from error
    except DeniedError as error:
        raise _with(error, f"{may(error.action)}, then: {again}", refused) from error
    except SkewedError as error:
        raise _with(error, f"Set the clock, then: {again}", *error.details, refused) from error
    except (WaitTimeoutError, UnreachedError, ThrottledError) as error:
        raise _with(error, follow, goes_on) from error


def _with(error: AwsError, hint: str, *details: str) -> AwsError:
    """Return the same failure with another hint and other details."""
    return type(error)(error.message, hint=hint, details=details)
