"""Clients for one account: whose credentials, which role, how patient.

Credentials are botocore's own search (environment, profile, SSO, instance), or those that a prefix
command such as ``aws-vault exec identity --`` gives its child, asked for again before they end
(``prefix_credentials``). A role is assumed on top of them as
the repo's AWS provider does (Terraform AWS provider documentation, "Assuming an IAM Role"), and
renewed while the credentials beneath it last: a restore takes hours, a role session one.
"""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from tfswap.aws.calls import calling
from tfswap.aws.error_messages import AGAIN, SIGN_IN
from tfswap.aws.prefix_credentials import Renew, credentials_from
from tfswap.errors import AwsError

_SESSION_NAME = re.compile(r"[^\w+=,.@-]")
"""What STS refuses in a role session name (STS API reference, AssumeRole)."""
_WHOSE = "get the identity of the AWS credentials"


class Caller(NamedTuple):
    """Who STS says the credentials belong to."""

    account: str
    arn: str


@dataclass(frozen=True)
class Aws:
    """Makes clients; nothing is asked of AWS before the first of them is used."""

    region: str
    account: str = ""
    """The account they must be for; empty when nobody knows."""
    role: str = ""
    """Role name, or its whole ARN, to assume in that account; empty assumes none."""
    partition: str = "aws"
    assume: Mapping[str, str] = field(default_factory=dict)
    """As the provider's ``assume_role`` block: ``external_id``, ``session_name``, ``tag:NAME``…"""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """``AWS_*`` variables from a prefix command; they go before botocore's own search."""
    renew: Renew | None = field(default=None, repr=False)
    """Asks the prefix command for them again; None where they do not change."""

    def client(self, service: str, region: str | None = None) -> Any:
        """Return a boto3 client of the service, once the account is known to be the right one.

        Args:
            service: botocore's name, e.g. ``dynamodb``.
            region: Another region than the swap's, e.g. a replica's.

        Raises:
            AwsError: No or expired credentials, another account, or the role is not to be had.
        """
        _ = self.caller
        with _using(f"reach {service}"):
            return self._session.client(service, region or self.region, config=_client_config())

    def offers(self, service: str, region: str) -> bool:
        """Say whether AWS has a service in a region, by botocore's own list of endpoints.

        A region newer than botocore counts as having it: better a refused call than none.
        """
        known = self._session.get_available_regions(service, self.partition)
        dynamodb = self._session.get_available_regions("dynamodb", self.partition)
        return region in known or region not in dynamodb

    @cached_property
    def caller(self) -> Caller:
        """Who we are, after assuming the role.

        Raises:
            AwsError: As ``client``.
        """
        with _using(_WHOSE):
            sts = self._session.client("sts", self.region, config=_client_config())
            answer = sts.get_caller_identity()
        caller = Caller(answer["Account"], answer["Arn"])
        if self.account and caller.account != self.account:
            raise AwsError(
                f"These credentials are for account {caller.account}; the environment is in "
                f"{self.account}.",
                hint="Sign in to that account, or set the role to assume there: --role breakglass",
                details=(f"signed in as {caller.arn}",),
            )
        return caller

    @cached_property
    def _session(self) -> Any:
        """The session whose credentials are the role's, or the plain ones where there is none."""
        with _using("find AWS credentials"):
            plain = self._plain_session()
            if not self.role:
                return plain
            wanted = self._role_arn()
            sts = plain.client("sts", self.region, config=_client_config())
        with _using(_WHOSE):
            mine = sts.get_caller_identity()
        if _is_session_of(mine["Arn"], wanted):
            return plain
        with _using(f"assume {wanted}"):
            return _assuming(plain, wanted, self.region, self.assume)

    def _plain_session(self) -> Any:
        import boto3

        given = self.environ
        if not given.get("AWS_ACCESS_KEY_ID"):
            return boto3.Session(profile_name=given.get("AWS_PROFILE"), region_name=self.region)
        from botocore.session import Session

        inner = Session()
        inner._credentials = credentials_from(given, self.renew)
        return boto3.Session(botocore_session=inner, region_name=self.region)

    def _role_arn(self) -> str:
        if self.role.startswith("arn:"):
            return self.role
        if not self.account:
            raise AwsError(
                f"The role {self.role} cannot be assumed: the environment's account is unknown.",
                hint="Set the account with --account, or pass the role's ARN with --role.",
            )
        return f"arn:{self.partition}:iam::{self.account}:role/{self.role}"


@contextmanager
def _using(doing: str) -> Iterator[None]:
    """As ``calling``, where botocore also reads the user's settings, and may ask for an MFA code.

    Raises:
        AwsError: As ``calling``; or a setting is none, which botocore tells by a ``ValueError``; or
            nobody is there to type the code.
    """
    try:
        with calling(doing):
            yield
    except ValueError as error:
        asked = [f"{name}={os.environ[name]}" for name in sorted(os.environ) if _is_setting(name)]
        raise AwsError(
            f"Could not {doing}: an AWS setting is invalid ({str(error).rstrip('.')}).",
            hint=f"Fix it in the shell or in the profile in ~/.aws/config, {AGAIN}.",
            details=tuple(asked),
        ) from error
    except EOFError as error:
        raise AwsError(
            f"Could not {doing}: the profile needs an MFA code, and there is no terminal "
            "to prompt on.",
            hint=f"Sign in first in this shell, {AGAIN}. Or run it on a terminal.",
        ) from error


def _is_setting(name: str) -> bool:
    """Say whether an environment variable sets how AWS is called; none of these is a secret."""
    return name.startswith("AWS_ENDPOINT_URL") or name in ("AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE")


def _is_session_of(arn: str, role_arn: str) -> bool:
    """Say whether a caller's ARN is a session of that role (its path is left out there)."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    return bool(re.fullmatch(rf"arn:[^:]+:sts::{account}:assumed-role/{re.escape(name)}/.+", arn))


def _assuming(plain: Any, role_arn: str, region: str, assume: Mapping[str, str]) -> Any:
    """Return a session whose credentials are the role's, renewed shortly before they run out."""
    import boto3
    from botocore.credentials import AssumeRoleCredentialFetcher, RefreshableCredentials
    from botocore.session import Session

    source = plain.get_credentials()
    if source is None:
        raise AwsError("There are no AWS credentials.", hint=SIGN_IN)
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=plain._session.create_client,
        source_credentials=source,
        role_arn=role_arn,
        extra_args={"RoleSessionName": _session_name(), **_arguments(assume)},
    )
    # The profile may hold more than credentials: an endpoint, a proxy, how often to try.
    inner = Session(profile=plain._session.profile)
    inner._credentials = RefreshableCredentials.create_from_metadata(
        fetcher.fetch_credentials(), fetcher.fetch_credentials, "assume-role"
    )
    return boto3.Session(botocore_session=inner, region_name=region)


def _arguments(assume: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings as STS takes them (STS API reference, AssumeRole)."""
    found: dict[str, Any] = {
        theirs: assume[ours] for ours, theirs in _ASSUME.items() if ours in assume
    }
    if "duration" in assume:
        found |= _seconds(assume["duration"])
    tags = [(name[4:], value) for name, value in assume.items() if name.startswith("tag:")]
    if tags:
        found["Tags"] = [{"Key": key, "Value": value} for key, value in tags]
    return found


_ASSUME = {
    "external_id": "ExternalId",
    "session_name": "RoleSessionName",
    "source_identity": "SourceIdentity",
    "policy": "Policy",
}
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
"""As Go writes it and the provider takes it: ``1h``, ``45m``, ``1h30m``."""


def _seconds(text: str) -> dict[str, int]:
    found = _DURATION.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    total = hours * 3600 + minutes * 60 + seconds
    return {"DurationSeconds": total} if total else {}


def _session_name() -> str:
    """Return ``tfswap-<user>``, so that CloudTrail tells who it was."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "unknown"
    return _SESSION_NAME.sub("-", f"tfswap-{user}")[:64]


def _client_config() -> Any:
    """Return botocore's standard retries, unless the shell says otherwise, and short time-outs."""
    from botocore.config import Config

    mode = os.environ.get("AWS_RETRY_MODE") or "standard"
    return Config(retries={"mode": mode}, connect_timeout=10, read_timeout=30)
