"""Whose credentials these are, and whether the role of Terraform's provider is to be had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tfswap.doctor.line import Line, ok, stop, warning
from tfswap.doctor.provider import place
from tfswap.doctor.scene import Scene
from tfswap.errors import AwsError, TfswapError

if TYPE_CHECKING:
    from tfswap.aws.session import Caller


def identity(scene: Scene) -> Iterator[Line]:
    """Ask STS who we are, before any role."""
    here = place(scene)
    try:
        caller = scene.identity(here.region or "us-east-1")
    except AwsError as error:
        scene.told.append(error)
        yield _without(scene, error)
        return
    yield ok(f"signed in as {caller.arn}")
    if here.role:
        return
    if here.doubt:
        yield warning(
            f"the role of Terraform's provider is not known: {here.doubt}",
            "Name it: --role breakglass",
        )
    else:
        yield from _same_account(caller, here.account)


def role(scene: Scene) -> Iterator[Line]:
    """Assume the provider's role, and compare its account with the environment's."""
    here = place(scene)
    if not here.role:
        return
    caller = scene.aws(here.region, here.role).caller
    yield ok(f"the role {here.role} is to be had")
    yield from _same_account(caller, here.account)


def _same_account(caller: Caller, account: str) -> Iterator[Line]:
    if not account:
        yield warning(
            f"the environment's account is not known; these credentials are for {caller.account}",
            "Say it: tfswap prepare … --account",
        )
    elif caller.account != account:
        yield stop(
            f"the account is {caller.account}; the environment is in {account}",
            "Sign in to that account, or name the role to assume there: --role breakglass",
        )
    else:
        yield ok(f"the account is {account}, the environment's")


def _without(scene: Scene, error: AwsError) -> Line:
    """Say that boto3 has no credentials; Terraform may have a way of its own."""
    from tfswap.aws.calls import ExpiredError

    try:
        scene.state()
    except TfswapError:
        return stop(error.message, error.hint)
    if isinstance(error, ExpiredError):
        return stop(error.message, error.hint)
    return warning(
        f"{error.message} Terraform reads the state all the same; what needs AWS was not checked",
        error.hint,
    )
