"""Calls to AWS that fail with one clear sentence: every botocore error becomes an ``AwsError``.

Error codes: each service's API reference, "Common Errors"; botocore.exceptions for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tfswap.errors import AwsError

SIGN_IN = "Sign in as for Terraform, or say how: --prefix 'aws-vault exec identity --'"

EXPIRED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
)
DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
)
THROTTLED = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException"),
        *("RequestLimitExceeded", "ProvisionedThroughputExceededException", "SlowDown"),
    }
)
MISSING = frozenset(
    {"ResourceNotFoundException", "ResourceNotFound", "NoSuchEntity", "NotFoundException"}
)
AILING = frozenset(
    {
        *("ServiceUnavailableException", "ServiceUnavailable", "InternalServerError"),
        *("InternalFailure", "InternalException", "InternalServerException", "InternalError"),
    }
)
"""AWS's own trouble; it passes."""
WRONG_KEYS = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "AuthFailure"}
)


class ExpiredError(AwsError):
    """The credentials ran out; what runs in AWS goes on, and the same command finds it again."""


class DeniedError(AwsError):
    """The credentials may not do this."""


class MissingError(AwsError):
    """AWS has no such thing."""


class ThrottledError(AwsError):
    """AWS asked for fewer calls, more often than botocore retries."""


class UnreachedError(AwsError):
    """No answer came: the network, or AWS itself for a while."""


def code_of(error: BaseException) -> str:
    """Return the AWS error code of a botocore ``ClientError``; empty for anything else."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def every(call: Callable[..., Any], key: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    """Yield the items of every page of a listing that goes on with ``NextToken``.

    Args:
        call: A client's method; not all of them have a botocore paginator.
        key: The answer's member that holds the items.
        **arguments: For the call.
    """
    more: dict[str, Any] = {}
    while True:
        answer = call(**arguments, **more)
        yield from answer.get(key, ())
        token = answer.get("NextToken")
        if not token or token == more.get("NextToken"):
            return
        more = {"NextToken": token}


def candidates(listing: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    """Return names to show beneath a refusal; none where they may not be listed."""
    try:
        return tuple(listing())
    except AwsError:
        return ()


@contextmanager
def calling(doing: str) -> Iterator[None]:
    """Turn what botocore raises within the block into an ``AwsError``.

    Args:
        doing: What was being done, as it goes after "could not": ``describe table X``.

    Raises:
        AwsError: Or its child for the kind of failure; the message never holds credentials.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise _refused(doing, error) from error
    except BotoCoreError as error:
        raise _unreached(doing, error) from error


def _refused(doing: str, error: Any) -> AwsError:
    """Say what AWS answered."""
    code = code_of(error)
    said = str(error.response.get("Error", {}).get("Message", "")).strip()
    message = f"Could not {doing}: {code}{': ' + said if said else ''}"
    if code in EXPIRED:
        return ExpiredError(
            message,
            hint="Renew your credentials, then run the same command again: it goes on from there.",
        )
    if code in DENIED:
        return DeniedError(
            message, hint="Assume a role that may, e.g. --role breakglass, and try again."
        )
    if code in THROTTLED:
        return ThrottledError(message, hint="Wait a minute, then run the same command again.")
    if code in AILING:
        return UnreachedError(message, hint="Wait a minute, then run the same command again.")
    if code in MISSING:
        return MissingError(message, hint="Check name, account and region.")
    if code in WRONG_KEYS:
        return AwsError(message, hint=SIGN_IN)
    return AwsError(message, hint="Mend what AWS names, then run the same command again.")


def _unreached(doing: str, error: Any) -> AwsError:
    """Say why no answer came."""
    from botocore import exceptions as botocore

    message = f"Could not {doing}: {str(error).strip().rstrip('.')}."
    expired = (
        *(botocore.TokenRetrievalError, botocore.UnauthorizedSSOTokenError),
        *(botocore.SSOTokenLoadError, botocore.CredentialRetrievalError),
    )
    if isinstance(error, expired):
        return ExpiredError(message, hint="Sign in again, then run the same command again.")
    credentials = (
        *(botocore.NoCredentialsError, botocore.PartialCredentialsError),
        *(botocore.ProfileNotFound, botocore.InvalidConfigError),
    )
    if isinstance(error, credentials):
        return AwsError(message, hint=SIGN_IN)
    if isinstance(error, botocore.HTTPClientError | botocore.ConnectionError):
        return UnreachedError(
            message, hint="Check the network (VPN, proxy), then run the same command again."
        )
    return AwsError(message, hint="Mend what it names, then run the same command again.")
