"""Credentials from behind a prefix, hours later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tfswap.aws.errors import ExpiredError
from tfswap.aws.prefix_credentials import credentials_from
from tfswap.aws.session import Aws
from tfswap.errors import AwsError


def keys(name: str, minutes: float | None = None, token: str = "t") -> dict[str, str]:
    shown = {"AWS_ACCESS_KEY_ID": name, "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": token}
    if minutes is not None:
        ends = datetime.now(UTC) + timedelta(minutes=minutes)
        shown["AWS_CREDENTIAL_EXPIRATION"] = f"{ends:%Y-%m-%dT%H:%M:%SZ}"
    return shown


class Prefix:
    """Gives these, one after the other; an error is raised."""

    def __init__(self, *answers: Mapping[str, str] | AwsError) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self) -> Mapping[str, str]:
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, AwsError):
            raise answer
        return answer


def used(credentials: Any) -> str:
    return str(credentials.get_frozen_credentials().access_key)


def test_they_are_asked_for_again_before_they_end() -> None:
    prefix = Prefix(keys("second", 60))
    credentials = credentials_from(keys("first", 5), prefix)
    assert used(credentials) == used(credentials) == "second"
    assert prefix.asked == 1


def test_while_they_last_nobody_is_asked() -> None:
    prefix = Prefix()
    assert used(credentials_from(keys("first", 59), prefix)) == "first"
    assert used(credentials_from(keys("first"), prefix)) == "first"
    assert used(credentials_from(keys("first", token=""), prefix)) == "first"
    assert prefix.asked == 0


def test_a_prefix_that_gives_none_any_more_is_an_expired_token() -> None:
    shown = AwsError("vault ended with 1.", hint="Sign in first: vault true")
    with pytest.raises(ExpiredError, match="vault ended with 1") as expired:
        used(credentials_from(keys("first", 5), Prefix(shown)))
    assert expired.value.hint == shown.hint
    with pytest.raises(ExpiredError, match="expired"):
        used(credentials_from(keys("first", 5), Prefix(keys("first", -1))))


def test_one_that_fails_while_they_are_good_is_no_reason_to_stop() -> None:
    """From 15 minutes before the end botocore tries; it must only from 10 on."""
    failing = Prefix(AwsError("no terminal"))
    assert used(credentials_from(keys("first", 12), failing)) == "first"
    assert failing.asked == 1


def test_keys_that_nobody_dates_are_kept_until_aws_refuses_them() -> None:
    credentials = credentials_from(keys("first"), Prefix(AwsError("no"), keys("second")))
    credentials._expiry_time = datetime.now(UTC)
    assert used(credentials) == "first"
    credentials._expiry_time = datetime.now(UTC)
    assert used(credentials) == "second"


def test_a_role_on_top_is_renewed_with_what_the_prefix_gives_then(aws: Aws) -> None:
    prefix = Prefix(keys("second", 60), keys("third", 60))
    there = replace(
        aws,
        account="999999999999",
        role="breakglass",
        environ=keys("first", 5),
        renew=prefix,
    )
    assert there.caller.account == "999999999999"
    assert prefix.asked == 1
    # An hour later both have ended.
    role = there._session.get_credentials()
    first = role.get_frozen_credentials()
    role._expiry_time = datetime.now(UTC)
    fetcher = role._refresh_using.__self__
    fetcher._cache.clear()
    fetcher._source_credentials._expiry_time = datetime.now(UTC)
    assert role.get_frozen_credentials() != first
    assert prefix.asked == 2
    assert there.client("dynamodb").list_tables()["TableNames"] == []
