"""Nothing answered: said as that, whatever Terraform says above it (texts of Terraform 1.11)."""

from __future__ import annotations

import pytest

from tfswap.errors import AwsError, StateLockedError
from tfswap.terraform.command_runner import Result
from tfswap.terraform.diagnostics import failure

ROLE = (
    "Error: Cannot assume IAM Role\n\nIAM Role (arn:aws:iam::123456789012:role/breakglass) cannot "
    "be assumed.\n\nError: operation error STS: AssumeRole, exceeded maximum number of attempts, "
    "https response error StatusCode: 0, RequestID: , request send failed, "
)
POST = 'Post "https://sts.eu-west-1.amazonaws.com/": '


def shown(text: str) -> Exception:
    return failure(Result(("terraform", "plan"), 1, b"", text.encode()), "plan")


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("dial tcp 127.0.0.1:443: connect: connection refused", "connection refused"),
        ("dial tcp: lookup sts.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host", "DNS"),
        ("dial tcp: lookup sts.eu-west-1.amazonaws.com: server misbehaving", "DNS"),
        ("dial tcp 10.0.0.9:443: i/o timeout", "no answer before the timeout"),
        ("proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: connection refused", "proxy"),
        ("tls: failed to verify certificate: x509: certificate signed by unknown", "TLS"),
        ("net/http: TLS handshake timeout", "TLS"),
        ("read tcp 10.0.0.1:1->10.0.0.9:443: read: connection reset by peer", "was closed"),
        ("dial tcp 10.0.0.9:443: connect: network is unreachable", "no connection"),
        ("EOF", "was closed"),
    ],
)
def test_the_network_comes_before_the_role(why: str, words: str) -> None:
    error = shown(ROLE + POST + why)
    assert isinstance(error, AwsError)
    assert error.message.startswith("sts.eu-west-1.amazonaws.com could not be reached: ")
    assert words in error.message
    assert "role" not in f"{error.message} {error.hint}"
    assert "the same command again" in error.hint


def test_a_refused_role_is_still_that() -> None:
    refused = ROLE.replace("StatusCode: 0", "StatusCode: 403") + "api error AccessDenied: no"
    assert "lacks a permission" in str(shown(refused))


def test_a_lock_that_could_not_be_asked_for_is_no_lock() -> None:
    text = "Error: Error acquiring the state lock\n\nError message: operation error S3: PutObject, "
    error = shown(text + POST + "dial tcp 127.0.0.1:443: connect: connection refused")
    assert not isinstance(error, StateLockedError)
    assert "could not be reached" in str(error)
    denied = shown(text + "https response error StatusCode: 403, api error AccessDenied")
    assert "lacks a permission" in str(denied)
    assert isinstance(shown(text + "something else"), StateLockedError)


def test_a_lock_somebody_holds_is_that_whatever_else_is_said() -> None:
    text = (
        "Error: Error acquiring the state lock\n\nError message: StatusCode: 412, i/o timeout\n"
        "Lock Info:\n  ID:        7\n  Who:       ana@laptop\n  Created:   2026-01-01 00:00:00\n"
    )
    assert isinstance(shown(text), StateLockedError)


def test_a_service_in_trouble_is_waited_for() -> None:
    error = shown("Error: reading S3 object: https response error StatusCode: 503, SlowDown")
    assert "returned a server error: 503" in str(error)


def test_a_proxy_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:pass@proxy:3128")
    error = shown(ROLE + POST + "proxyconnect tcp: dial tcp: lookup proxy: no such host")
    assert isinstance(error, AwsError)
    assert "HTTPS_PROXY" in error.hint
    assert "pass" not in error.hint
