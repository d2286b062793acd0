"""Options and help of the commands that only look, and of the demo."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.options import Binary, Prefix, Quiet, Repo, Role, run_command

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext


class Form(StrEnum):
    """How what was looked at is shown."""

    TEXT = "text"
    JSON = "json"


def status(
    offline: Annotated[bool, typer.Option("--offline", help="Do not read the state.")] = False,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Say where the swap stands and what is next."""

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.status import status

        return status(context(), offline=offline)

    run_command(work, repo=repo, quiet=quiet, prefix=prefix, terraform_bin=terraform_bin, role=role)


def doctor(
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask neither backend, AWS nor the git remote.")
    ] = False,
    form: Annotated[Form, typer.Option("--format", "-f", help="How it is shown.")] = Form.TEXT,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Say what stands in the way of a swap.

    Looks at Terraform, backend, lock, credentials, variables and the restored table; changes
    nothing. Exit code 2 where something would stop the swap, 0 with warnings.
    """

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands import doctor as command

        return command.doctor(context(), offline=offline, form=form.value)

    run_command(work, repo=repo, quiet=quiet, prefix=prefix, terraform_bin=terraform_bin, role=role)


def rules() -> None:
    """List the rules a plan is verified by."""

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.rules import list_rules

        return list_rules(console)

    run_command(work)


def explain(rule: Annotated[str, typer.Argument(help="Its id, such as TFS402.")]) -> None:
    """Tell one rule: meaning, reason, remedy."""

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.rules import explain_rule

        return explain_rule(console, rule)

    run_command(work)


def demo(
    keep: Annotated[
        Path | None, typer.Option(help="Build it in this new folder and leave it there.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Play a whole swap on a stand-in AWS.

    Everything runs on this machine; it needs Terraform and the AWS provider, and no account.
    """

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.demo import demo

        return demo(console, keep=keep)

    run_command(work, quiet=quiet)
