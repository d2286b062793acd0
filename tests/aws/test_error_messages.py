"""Every failure in words of its own: credentials, permission, network, clock, too many calls."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from botocore import exceptions, xform_name
from botocore.exceptions import ClientError

import tfswap
from tests.aws import stubs
from tfswap.aws.calls import calling
from tfswap.aws.errors import DeniedError, ExpiredError, SkewedError, ThrottledError, UnreachedError
from tfswap.aws.iam_actions import _OPERATIONS, iam_action_of
from tfswap.errors import AwsError


def answered(
    code: str,
    said: str = "no",
    *,
    operation: str = "Look",
    clock: datetime | None = None,
    retries: int = 0,
) -> ClientError:
    headers = {"date": format_datetime(clock, usegmt=True)} if clock else {}
    return ClientError(
        {
            "Error": {"Code": code, "Message": said},
            "ResponseMetadata": {
                "RetryAttempts": retries,
                "HTTPHeaders": headers,
            },
        },
        operation,
    )


def shown(error: Exception) -> AwsError:
    with pytest.raises(AwsError) as raised, calling("look"):
        raise error
    return raised.value


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ExpiredTokenException", ExpiredError),
        ("AccessDeniedException", DeniedError),
        ("ThrottlingException", ThrottledError),
        ("InvalidClientTokenId", AwsError),
        ("SomethingNew", AwsError),
    ],
)
def test_what_aws_answers_becomes_one_sentence(code: str, kind: type[AwsError]) -> None:
    error = shown(answered(code))
    assert type(error) is kind
    assert error.message == f"Could not look: {code}: no"
    assert error.hint


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("RequestTimeTooSkewed", "The difference between the request time and …"),
        ("SignatureDoesNotMatch", "Signature expired: 20240715T1 is now earlier than 20240715T2"),
        ("InvalidSignatureException", "Signature not yet current: 20240715T2 is still later than"),
    ],
)
def test_a_wrong_clock_is_to_be_set_and_no_credentials_fetched(code: str, said: str) -> None:
    error = shown(answered(code, said))
    assert isinstance(error, SkewedError)
    assert error.message.startswith("The clock of this machine is wrong")
    assert said in error.message
    assert error.hint.startswith("Set the clock, then run the same command again")
    assert "sign in" not in error.hint.lower()


@pytest.mark.parametrize("code", ["SignatureDoesNotMatch", "InvalidSignatureException"])
def test_the_two_clocks_tell_a_wrong_clock_from_a_wrong_secret_key(code: str) -> None:
    """AWS has one code for both, and dates its answers (RFC 9110, "Date")."""
    said, now = "Check your AWS Secret Access Key and signing method.", datetime.now(UTC)
    assert "Sign in" in shown(answered(code, said)).hint
    assert "Sign in" in shown(answered(code, said, clock=now)).hint
    for hours, side in ((2, "slow"), (-2, "fast")):
        error = shown(answered(code, said, clock=now + timedelta(hours=hours, seconds=2)))
        assert isinstance(error, SkewedError)
        assert re.search(
            rf"this machine: .* UTC, AWS: .* UTC, (2 h|1 h 59 min) {side}", error.details[0]
        )


def test_a_request_that_came_late_is_the_clock_or_the_credentials() -> None:
    now = datetime.now(UTC)
    assert isinstance(shown(answered("RequestExpired", clock=now)), ExpiredError)
    assert isinstance(shown(answered("RequestExpired", clock=now - timedelta(1))), SkewedError)


@pytest.mark.parametrize("code", ["DependencyFailureException", "503", "SomethingNew"])
def test_awss_own_trouble_passes(code: str) -> None:
    error = answered(code)
    if code != "DependencyFailureException":
        error.response["ResponseMetadata"]["HTTPStatusCode"] = 503
    ailing = shown(error)
    assert isinstance(ailing, UnreachedError)
    assert ailing.hint.startswith("Wait a minute")


def test_throttling_says_how_often_it_was_tried() -> None:
    error = shown(answered("ThrottlingException", "Rate exceeded", retries=2))
    assert error.message == "Could not look in 3 tries: ThrottlingException: Rate exceeded"
    assert error.hint.startswith("AWS is throttling requests. Wait a minute")


def test_who_may_not_is_told_the_action_that_is_missing() -> None:
    error = shown(
        answered("AccessDeniedException", "Insufficient privileges", operation="StartRestoreJob")
    )
    assert isinstance(error, DeniedError)
    assert error.action == "backup:StartRestoreJob"
    assert "allowed backup:StartRestoreJob (--role NAME)" in error.hint
    said = "User: arn:x is not authorized to perform: iam:PassRole on resource: y"
    assert iam_action_of("StartRestoreJob", said) == "iam:PassRole"
    assert iam_action_of("SomethingNew", "") == ""


@pytest.mark.parametrize("service", _OPERATIONS)
def test_every_operation_we_call_has_its_action(service: str) -> None:
    called = {"AssumeRole"} if service == "sts" else set()
    text = "\n".join(
        path.read_text()
        for room in ("aws", "commands", "doctor")
        for path in (Path(tfswap.__file__).parent / room).glob("*.py")
    )
    for operation in stubs.operations(service):
        name = xform_name(operation)
        if re.search(rf'\.{name}\b|paginator\("{name}"\)', text):
            called.add(operation)
    # `.verify` is a function of ours; OSIS and Lambda have calls of the same name as DynamoDB's and
    # KMS's.
    called -= {
        "kms": {"Verify"},
        "osis": {"GetResourcePolicy"},
        "lambda": {"GetResourcePolicy", "ListAliases"},
    }.get(service, set())
    assert _OPERATIONS[service] == called


def where(error: AwsError) -> str:
    return error.message.partition(": ")[0]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (exceptions.EndpointConnectionError(endpoint_url="https://a/b?c"), "no connection"),
        (
            exceptions.ConnectTimeoutError(endpoint_url="https://a/b"),
            "no answer before the timeout",
        ),
        (exceptions.ReadTimeoutError(endpoint_url="https://a/b"), "no answer before the timeout"),
        (exceptions.ConnectionClosedError(endpoint_url="https://a/b"), "closed before an answer"),
        (exceptions.SSLError(endpoint_url="https://a/", error="expired"), "certificate"),
        (exceptions.ProxyConnectionError(proxy_url="https://u:p@a"), "the proxy"),
    ],
)
def test_where_aws_was_not_reached_is_said_first_and_not_a_word_of_credentials(
    error: Exception, words: str
) -> None:
    unreached = shown(error)
    assert isinstance(unreached, UnreachedError)
    assert unreached.message.startswith("AWS could not be reached at https://a: ")
    assert words in unreached.message
    assert "credentials" not in unreached.message
    assert unreached.hint == "Check the network (VPN, proxy), then run the same command again."
    assert unreached.details == ("tried to look",)


def test_a_failure_without_an_address_is_the_networks_too() -> None:
    unreached = shown(exceptions.HTTPClientError(error="reset"))
    assert unreached.message.startswith("AWS could not be reached: ")


@pytest.mark.parametrize(
    ("variable", "error"),
    [
        ("AWS_ENDPOINT_URL", exceptions.EndpointConnectionError(endpoint_url="http://a:9/x")),
        ("HTTPS_PROXY", exceptions.ProxyConnectionError(proxy_url="http://a:9")),
    ],
)
def test_the_variable_that_leads_astray_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, error: Exception
) -> None:
    monkeypatch.setenv(variable, "http://a:90")
    assert "Check the network" in shown(error).hint
    monkeypatch.setenv(variable, "http://a:9")
    assert shown(error).hint.startswith(f"Fix or unset {variable}, ")


def test_credentials_that_are_not_to_be_had_are_said_to_be() -> None:
    for missing in (
        exceptions.NoCredentialsError(),
        exceptions.ProfileNotFound(profile="nope"),
        exceptions.PartialCredentialsError(provider="env", cred_var="X"),
    ):
        error = shown(missing)
        assert error.message.startswith("Could not get AWS credentials: ")
        assert "--prefix" in error.hint
    for old in (
        exceptions.TokenRetrievalError(provider="sso", error_msg="expired"),
        exceptions.UnauthorizedSSOTokenError(),
    ):
        error = shown(old)
        assert isinstance(error, ExpiredError)
        assert error.message.startswith("Could not get AWS credentials: ")
        assert "Sign in again" in error.hint
