"""What ``--at`` may say: ``latest``, ``latest-pitr``, a time, or a recovery point's id or ARN."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time

from tfswap.aws.formatting import at
from tfswap.errors import UsageError

LATEST = "latest"
"""The newest recovery point that can be restored from."""
LATEST_PITR = "latest-pitr"
"""The latest time that point-in-time recovery can restore."""
_WORDS = frozenset({LATEST, LATEST_PITR})
_ID = re.compile(r"[A-Za-z0-9-]*\d[A-Za-z0-9-]*")
_HAS_TIME = re.compile(r"[T ]")
_AGO = re.compile(r"(\d{1,6})\s*(s|sec|second|m|min|minute|h|hour|d|day)s?\s+ago", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def is_time(wanted: str, now: datetime) -> bool:
    """Say whether this is a time, and not a word, an ARN or an id.

    Raises:
        UsageError: A time still to come.
    """
    if wanted in _WORDS or wanted.startswith("arn:"):
        return False
    try:
        moment(wanted, now, "")
    except UsageError as error:
        if "in the future" in error.message:
            raise
        return False
    return True


def is_relative(wanted: str) -> bool:
    """Say whether this time is another one each time it is said (``20 minutes ago``)."""
    return bool(_AGO.fullmatch(wanted.strip()))


def exact(moment: datetime) -> str:
    """Return a time as ``--at`` takes it, to the second: point-in-time recovery has no finer."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def check_wanted(wanted: str, now: datetime, listing: str) -> None:
    """Refuse what can be no ``--at`` before anything is asked of anybody.

    Raises:
        UsageError: Neither a word, an ARN, an id nor a time that has passed.
    """
    if wanted in _WORDS or wanted.startswith("arn:"):
        return
    try:
        moment(wanted, now, listing)
    except UsageError as error:
        if not _ID.fullmatch(wanted) or "in the future" in error.message:
            raise


def moment(text: str, now: datetime, listing: str) -> datetime:
    """Read a time: ISO 8601, UTC where it names no zone, or ``20 minutes ago``.

    A day alone is its end.

    Raises:
        UsageError: It is none, or still to come.
    """
    if ago := _AGO.fullmatch(text.strip()):
        back = timedelta(seconds=int(ago[1]) * _SECONDS[ago[2][0].lower()])
        return (now - back).replace(microsecond=0)
    try:
        if not _HAS_TIME.search(text):
            begins = datetime.combine(date.fromisoformat(text), day_time(), UTC)
            # All of today is a fair way to say "until now".
            found = min(begins + timedelta(days=1, seconds=-1), max(now, begins))
        else:
            found = datetime.fromisoformat(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a recovery point.",
            hint="Use --at latest, latest-pitr, a time (2024-07-14T05:00Z, '20 minutes ago'), or "
            f"an id or ARN from: {listing}",
        ) from error
    if found > now + timedelta(minutes=5):
        raise UsageError(f"{at(found)} is in the future.", hint="Use a time in the past.")
    return found
