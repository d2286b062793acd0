"""Credentials from behind a prefix command, asked for again before they end.

A prefix's credentials last an hour or less, a restore takes hours. ``AWS_CREDENTIAL_EXPIRATION``,
which aws-vault and others set beside the keys, says when they end; botocore's
``RefreshableCredentials`` then asks again in the last quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tfswap.aws.errors import ExpiredError
from tfswap.errors import AwsError

Renew = Callable[[], Mapping[str, str]]
"""Returns the ``AWS_*`` variables of today."""
_GUESS = timedelta(minutes=45)
"""How long a session lasts of which nobody says it. botocore asks again after 30 of them."""


def credentials_from(given: Mapping[str, str], renew: Renew | None) -> Any:
    """Return botocore's credentials for the ``AWS_*`` variables of a prefix command.

    Args:
        given: The variables.
        renew: Asks for them again. Keys without a session token last, and are not asked for again.
    """
    from botocore.credentials import Credentials, RefreshableCredentials

    keys = _Keys.of(given)
    if renew is None or not keys.token:
        return Credentials(keys.access, keys.secret, keys.token or None)
    renewal = _Renewal(keys, renew)
    return RefreshableCredentials.create_from_metadata(
        renewal.metadata(), renewal.again, "tfswap-prefix"
    )


@dataclass(frozen=True)
class _Keys:
    access: str
    secret: str
    token: str
    ends: datetime | None
    """None where the prefix does not say."""

    @staticmethod
    def of(given: Mapping[str, str]) -> _Keys:
        return _Keys(
            given.get("AWS_ACCESS_KEY_ID", ""),
            given.get("AWS_SECRET_ACCESS_KEY", ""),
            given.get("AWS_SESSION_TOKEN", ""),
            _moment(given.get("AWS_CREDENTIAL_EXPIRATION", "")),
        )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass
class _Renewal:
    """The keys as they were last told."""

    keys: _Keys
    renew: Renew

    def metadata(self) -> dict[str, str]:
        """Return the keys as botocore takes them."""
        ends = self.keys.ends or datetime.now(UTC) + _GUESS
        return {
            "access_key": self.keys.access,
            "secret_key": self.keys.secret,
            "token": self.keys.token,
            "expiry_time": ends.isoformat(),
        }

    def again(self) -> dict[str, str]:
        """Ask the prefix once more.

        Raises:
            ExpiredError: It gives none any more, and those there are are known to end.
        """
        try:
            keys = _Keys.of(self.renew())
        except AwsError as error:
            if self.keys.ends is None:
                # They may still be good: AWS says so when they are not.
                return self.metadata()
            raise ExpiredError(error.message, hint=error.hint, details=error.details) from error
        self.keys = keys if keys.access else self.keys
        if self.keys.ends is not None and self.keys.ends <= datetime.now(UTC):
            raise ExpiredError(
                "The prefix command returned expired credentials.",
                hint="Sign in again, then run the same command again.",
            )
        return self.metadata()
