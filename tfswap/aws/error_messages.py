"""What is said of a call to AWS that failed, for each kind of failure: whose trouble it is.

Trouble with the credentials, with what they may do, with the network, with the clock and with too
many calls each ask for something else at three in the morning, so none is told as another.

Error codes: each service's API reference, "Common Errors"; AWS Identity and Access Management user
guide, "Signature Version 4: troubleshooting", for the clock; botocore.exceptions for the rest.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from tfswap.aws.errors import (
    DeniedError,
    ExpiredError,
    MissingError,
    SkewedError,
    ThrottledError,
    UnreachedError,
    code_of,
)
from tfswap.aws.formatting import duration
from tfswap.aws.iam_actions import iam_action_of
from tfswap.errors import AwsError

SIGN_IN = "Sign in as for Terraform, or set --prefix 'aws-vault exec identity --'"
_NO_KEYS = "Could not get AWS credentials"
AGAIN = "then run the same command again"

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
_THROTTLED = {
    *("Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException"),
    *("RequestLimitExceeded", "ProvisionedThroughputExceededException", "SlowDown"),
    *("RequestThrottled", "RequestThrottledException"),
}
_MISSING = {
    *("ResourceNotFoundException", "ResourceNotFound", "NoSuchEntity", "NotFoundException"),
    "TableNotFoundException",
}
_AILING = {
    *("ServiceUnavailableException", "ServiceUnavailable", "InternalServerError"),
    *("InternalFailure", "InternalException", "InternalServerException", "InternalError"),
    *("DependencyFailureException", "RequestTimeout", "RequestTimeoutException"),
}
"""AWS's own trouble; it passes. So does every answer with an HTTP status from 500."""
_WRONG_KEYS = {"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"}
_SKEWED = {"RequestTimeTooSkewed", "RequestInTheFuture"}
_SIGNATURE = {"SignatureDoesNotMatch", "InvalidSignatureException"}
"""A wrong secret key, or a wrong clock: the same codes for both."""
_LATE = "RequestExpired"
"""A wrong clock, or credentials that ran out."""
_SKEW_WORDS = ("signature expired", "signature not yet current")
_SKEW = timedelta(minutes=5)
"""From here on AWS refuses a signature for its time."""


def error_for(doing: str, error: Any) -> AwsError:
    """Return what to say of an answer that is an error.

    Args:
        doing: What was being done, as it goes after "could not".
        error: botocore's ``ClientError``.
    """
    code = code_of(error)
    said = str(error.response.get("Error", {}).get("Message", "")).strip()
    message = f"Could not {doing}: {code}{': ' + said if said else ''}"
    if code in _SKEWED or (code in {*_SIGNATURE, _LATE} and _is_skewed(error, said)):
        return _skewed(message, error)
    if code in _EXPIRED or code == _LATE:
        return ExpiredError(message, hint=f"Renew your credentials, {AGAIN} to continue.")
    if code in _DENIED:
        return _denied(message, error, said)
    if code in _THROTTLED:
        return _throttled(doing, message, error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _AILING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnreachedError(message, hint=f"Wait a minute, {AGAIN}.")
    if code in _MISSING:
        return MissingError(message, hint="Check name, account and region.")
    if code in _WRONG_KEYS or code in _SIGNATURE:
        return AwsError(message, hint=SIGN_IN)
    return AwsError(message, hint=f"Fix the error AWS reported, {AGAIN}.")


def _denied(message: str, error: Any, said: str) -> DeniedError:
    """Name the missing action, which AWS itself does not always do."""
    action = iam_action_of(error.operation_name, said)
    denied = DeniedError(message, hint=f"{may(action)}, {AGAIN}.")
    denied.action = action
    return denied


def may(action: str) -> str:
    """Return the way out of a refusal, as the beginning of a sentence."""
    return f"Assume a role that is allowed {action or 'it'} (--role NAME)"


def _throttled(doing: str, message: str, error: Any) -> ThrottledError:
    retries = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
    if retries:
        _, _, answer = message.partition(f"Could not {doing}: ")
        message = f"Could not {doing} in {retries + 1} tries: {answer}"
    return ThrottledError(message, hint=f"AWS is throttling requests. Wait a minute, {AGAIN}.")


def _clocks(error: Any) -> tuple[datetime, datetime] | None:
    """Return this machine's time and AWS's as it dated its answer; None where it did not."""
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        theirs = parsedate_to_datetime(headers["date"])
    except (KeyError, TypeError, ValueError):
        return None
    return datetime.now(UTC), theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)


def _is_skewed(error: Any, said: str) -> bool:
    """Say whether a signature was refused for its time: AWS's words, or the two clocks, tell."""
    clocks = _clocks(error)
    apart = abs(clocks[0] - clocks[1]) if clocks else timedelta()
    return apart >= _SKEW or any(words in said.lower() for words in _SKEW_WORDS)


def _skewed(message: str, error: Any) -> SkewedError:
    clocks = _clocks(error)
    details: tuple[str, ...] = ()
    if clocks and abs(clocks[0] - clocks[1]) >= _SKEW:
        mine, theirs = clocks
        side = "fast" if mine > theirs else "slow"
        details = (
            f"this machine: {mine:%Y-%m-%d %H:%M} UTC, AWS: "
            f"{theirs.astimezone(UTC):%Y-%m-%d %H:%M} UTC, "
            f"{duration(abs((mine - theirs).total_seconds()))} {side}",
        )
    return SkewedError(
        f"The clock of this machine is wrong, so AWS rejects its requests. {message}",
        hint=f"Set the clock, {AGAIN}. New credentials do not help.",
        details=details,
    )


def no_answer_error(doing: str, error: Any) -> AwsError:
    """Return what to say where no answer came.

    Args:
        doing: What was being done, as it goes after "could not".
        error: botocore's ``BotoCoreError``.
    """
    from botocore import exceptions as botocore

    expired = (
        *(botocore.TokenRetrievalError, botocore.UnauthorizedSSOTokenError),
        *(botocore.SSOTokenLoadError, botocore.CredentialRetrievalError),
    )
    credentials = (
        *(botocore.NoCredentialsError, botocore.PartialCredentialsError),
        *(botocore.ProfileNotFound, botocore.InvalidConfigError),
    )
    if isinstance(error, botocore.HTTPClientError | botocore.ConnectionError):
        return _unreached(doing, error)
    why = str(error).strip().rstrip(".:")
    if isinstance(error, expired):
        return ExpiredError(f"{_NO_KEYS}: {why}.", hint=f"Sign in again, {AGAIN}.")
    if isinstance(error, credentials):
        return AwsError(f"{_NO_KEYS}: {why}.", hint=SIGN_IN)
    return AwsError(f"Could not {doing}: {why}.", hint=f"Fix it, {AGAIN}.")


def _unreached(doing: str, error: Any) -> UnreachedError:
    """Say that AWS was not reached, and where it was looked for; not a word of credentials."""
    arguments = getattr(error, "kwargs", {})
    url = str(arguments.get("endpoint_url") or arguments.get("proxy_url") or "")
    parts = urlsplit(url)
    where = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
    variable = _pointing_to(where, "PROXY" if arguments.get("proxy_url") else "AWS_ENDPOINT_URL")
    hint = f"Fix or unset {variable}" if variable else "Check the network (VPN, proxy)"
    return UnreachedError(
        f"AWS could not be reached{' at ' + where if where else ''}: {_why(error)}.",
        hint=f"{hint}, {AGAIN}.",
        details=(f"tried to {doing}",),
    )


def _why(error: Any) -> str:
    """Return the reason in a few words; the address is said beside it."""
    from botocore import exceptions as botocore

    if isinstance(error, botocore.SSLError):
        return f"its certificate was rejected ({error.kwargs.get('error', '')})"
    if isinstance(error, botocore.ConnectTimeoutError | botocore.ReadTimeoutError):
        return "no answer before the timeout"
    if isinstance(error, botocore.ProxyConnectionError):
        return "the proxy did not answer"
    if isinstance(error, botocore.ConnectionClosedError):
        return "the connection was closed before an answer came"
    if isinstance(error, botocore.EndpointConnectionError):
        return "no connection"
    return str(error).strip().rstrip(".")


def _pointing_to(where: str, word: str) -> str:
    """Return the environment variable that says to look there, if one does."""
    return next(
        (
            name
            for name, value in os.environ.items()
            if word in name.upper() and where and f"{where}/" in f"{value}/"
        ),
        "",
    )
