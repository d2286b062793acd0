"""Whose credentials these are, and whether the role of Terraform's provider is to be had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tfswap.doctor.context import DoctorContext
from tfswap.doctor.provider_location import provider_location
from tfswap.doctor.result import CheckResult, ok, stop, warning
from tfswap.errors import AwsError, TfswapError

if TYPE_CHECKING:
    from tfswap.aws.session import Caller


def identity(context: DoctorContext) -> Iterator[CheckResult]:
    """Ask STS who we are, before any role."""
    here = provider_location(context)
    try:
        caller = context.identity(here.region or "us-east-1")
    except AwsError as error:
        context.reported.append(error)
        yield _without(context, error)
        return
    yield ok(f"signed in as {caller.arn}")
    if here.role:
        return
    if here.doubt:
        yield warning(
            f"the role of the Terraform provider is unknown: {here.doubt}",
            "Set it: --role breakglass",
        )
    else:
        yield from _same_account(caller, here.account)


def role(context: DoctorContext) -> Iterator[CheckResult]:
    """Assume the provider's role, and compare its account with the environment's."""
    here = provider_location(context)
    if not here.role:
        return
    caller = context.aws(here.region, here.role, here.assume).caller
    yield ok(f"the role {here.role} can be assumed")
    yield from _same_account(caller, here.account)


def _same_account(caller: Caller, account: str) -> Iterator[CheckResult]:
    if not account:
        yield warning(
            f"the environment's account is unknown; these credentials are for {caller.account}",
            "Set it: tfswap prepare … --account",
        )
    elif caller.account != account:
        yield stop(
            f"the account is {caller.account}; the environment is in {account}",
            "Sign in to that account, or set the role to assume there: --role breakglass",
        )
    else:
        yield ok(f"the account is {account}, the environment's")


def _without(context: DoctorContext, error: AwsError) -> CheckResult:
    """Say that boto3 has no credentials; Terraform may have a way of its own."""
    from tfswap.aws.errors import ExpiredError

    try:
        context.state()
    except TfswapError:
        return stop(error.message, error.hint)
    if isinstance(error, ExpiredError):
        return stop(error.message, error.hint)
    return warning(
        f"{error.message} Terraform can read the state; the AWS checks were skipped",
        error.hint,
    )
