"""Which credentials the AWS half uses: the prefix's where there is one, and the role on top."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

from tfswap.aws.session import Aws
from tfswap.context.command_context import CommandContext
from tfswap.errors import AwsError, TfswapError
from tfswap.swap import Swap
from tfswap.terraform.command_runner import CommandRunner

_READ_KEYS = """
import json, os
env = {k: v for k, v in os.environ.items() if k.startswith("AWS_")}
served = any(k.startswith("AWS_CONTAINER_CREDENTIALS_") for k in env)
if served and "AWS_ACCESS_KEY_ID" not in env:
    import botocore.session
    found = botocore.session.get_session().get_credentials()
    keys = found.get_frozen_credentials()
    env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"] = keys.access_key, keys.secret_key
    env["AWS_SESSION_TOKEN"] = keys.token or ""
    ends = getattr(found, "_expiry_time", None)
    if ends is not None:
        env["AWS_CREDENTIAL_EXPIRATION"] = ends.isoformat()
print(json.dumps(env))
"""
"""Run behind the prefix, it tells which ``AWS_*`` variables the prefix gives its child.

A prefix that gives an endpoint (``aws-vault exec --ecs-server``) serves it only while its child
runs, so the child itself asks there, and tells the keys.
"""


def open_aws(
    context: CommandContext,
    *,
    region: str,
    account: str = "",
    partition: str = "aws",
    assume: Mapping[str, str] | None = None,
) -> Aws:
    """Return the door to AWS in one region; nothing is asked of AWS yet.

    Args:
        context: The command's surroundings; its settings name prefix and role.
        region: AWS region.
        account: The account it must be; empty when nobody knows.
        partition: ``aws``, ``aws-cn``…
        assume: What the provider says beside the role's ARN when it assumes that.

    Raises:
        AwsError: The prefix command failed.
    """
    config = context.config
    prefix = config.prefix or ()
    return Aws(
        region=region,
        account=account,
        role=config.role.value if config.role else "",
        partition=partition,
        assume=assume or {},
        environ=sign_in(prefix),
        renew=partial(ask_prefix, prefix) if prefix else None,
    )


def aws_of(context: CommandContext, swap: Swap, region: str | None = None) -> Aws:
    """Return the door to the swap's account, with what ``prepare`` was told.

    Raises:
        AwsError: The prefix command failed.
    """
    return open_aws(
        context.remembering(swap),
        region=region or swap.tables[0].region,
        account=swap.account,
        partition=swap.partition,
        assume=swap.assume,
    )


def sign_in_first(context: CommandContext, swap: Swap) -> None:
    """Let the prefix ask now, once, where somebody can answer; no terraform behind it can be.

    A prefix that gives no credentials, or cannot run this, is only warned of: Terraform will tell.
    """
    prefix = context.remembering(swap).config.prefix
    if not prefix or not _asks():
        return
    try:
        sign_in(prefix)
    except TfswapError as error:
        context.console.warn(f"{error.message} {error.hint}")


def _asks() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


@cache
def sign_in(prefix: tuple[str, ...]) -> Mapping[str, str]:
    """Return the ``AWS_*`` variables the prefix gives its child; none where there is no prefix.

    Asked once for each process. On a terminal the prefix may ask for a code (MFA), and what it then
    remembers, as aws-vault does, serves the terraform commands behind it, which cannot be answered.

    Raises:
        AwsError: The prefix command failed.
    """
    return ask_prefix(prefix) if prefix else {}


def ask_prefix(prefix: tuple[str, ...]) -> dict[str, str]:
    """Return as ``sign_in``, asked for once more.

    Raises:
        AwsError: The prefix command failed.
    """
    # No log: the answer holds credentials.
    runner, words = CommandRunner(dict(os.environ)), [*prefix, sys.executable, "-c", _READ_KEYS]
    here = Path.cwd()
    result = runner.ask(words, here) if _asks() else runner.run(words, here, secret=True)
    if result.code:
        raise AwsError(
            f"{prefix[0]} exited with {result.code} and returned no credentials.",
            hint=f"Sign in first in this terminal: {shlex.join(prefix)} true. Then run the "
            "same command again.",
            details=result.tail() if result.err else (),
        )
    return _answer(result.out.decode("utf-8", "replace"), prefix[0])


def _answer(text: str, program: str) -> dict[str, str]:
    """Find the one line of JSON among whatever else the prefix printed."""
    for line in reversed(text.splitlines()):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            return {str(key): str(value) for key, value in found.items()}
    raise AwsError(
        f"{program} returned no credentials: the output of its child process was lost.",
        hint="Run tfswap itself with that prefix.",
    )
