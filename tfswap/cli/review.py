"""Options and help of the commands about pull requests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.options import Binary, Form, Prefix, Quiet, Repo, Yes, run_command
from tfswap.report import Format

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext


def check(
    base: Annotated[
        str | None,
        typer.Option(metavar="REF", help="What the branch is to be merged into. [default: found]"),
    ] = None,
    plan: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="Plan JSON, or a saved plan; may be repeated."),
    ] = None,
    form: Form = Format.TEXT,
    write: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT=FILE", help="A further form in a file; may be repeated."),
    ] = None,
    staged: Annotated[bool, typer.Option("--staged", help="What is staged, not HEAD.")] = False,
    environment: Annotated[
        str | None,
        typer.Option("--environment", "-e", help="Where the tfvars have no environments."),
    ] = None,
    root: Annotated[str | None, typer.Option(help="Root module, from the repo's top.")] = None,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Check a pull request, and guard its plans.

    Compares the tfvars of HEAD with those of the merge base. A swap's plan is verified in full;
    any other plan may delete or replace nothing that holds data. Needs no AWS credentials, and no
    terraform where plans are JSON.
    """

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.check.command import check
        from tfswap.commands.check.outputs import parse_writes

        writes = parse_writes(write or ())
        return check(
            context(), base=base, plans=plan or (), form=form, writes=writes, staged=staged
        )

    run_command(
        work,
        repo=repo,
        quiet=quiet,
        environment=environment,
        root_module=root,
        prefix=prefix,
        terraform_bin=terraform_bin,
    )


def finish(
    base: Annotated[
        str | None,
        typer.Option(metavar="BRANCH", help="What the PR goes into. [default: as the remote says]"),
    ] = None,
    before_apply: Annotated[
        bool,
        typer.Option(
            "--before-apply", help="A draft before the apply; it says: run_command not merge."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show message, branch and body only.")
    ] = False,
    yes: Yes = False,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Commit the tfvars edit, push, open the PR.

    Commits exactly the edit prepare made and leaves every other change alone. Opens the pull
    request with gh where that is signed in, else prints the link and the body. Never pushes to the
    default branch, never with force. Repeating it is harmless.
    """

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.finish.command import finish

        return finish(context(), base=base, before_apply=before_apply, yes=yes, dry_run=dry_run)

    run_command(work, repo=repo, quiet=quiet)
