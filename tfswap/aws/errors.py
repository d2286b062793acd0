"""The kinds of failure a call to AWS can end with: each asks for something else."""

from __future__ import annotations

from tfswap.errors import AwsError


class ExpiredError(AwsError):
    """The credentials ran out; what runs in AWS goes on, and the same command finds it again."""


class DeniedError(AwsError):
    """The credentials may not do this."""

    action: str = ""
    """What they would have to be allowed, as IAM writes it; empty where we cannot tell."""


class SkewedError(AwsError):
    """This machine's clock is wrong, so AWS takes no signature of it."""


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
