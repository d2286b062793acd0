"""Options and help of the commands that prepare, prove and do the swap."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.options import Binary, Form, Pair, Prefix, Quiet, Repo, Role, Yes, run_command
from tfswap.context.defaults import MAX_AGE_MINUTES
from tfswap.report import Format

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext


def prepare(
    tables: Annotated[
        list[str], typer.Argument(help="Restored tables as the tfvars shall name them.")
    ],
    environment: Annotated[
        str | None, typer.Option("--environment", "-e", help="Key under environments.")
    ] = None,
    workspace: Annotated[str | None, typer.Option(help="Terraform workspace.")] = None,
    root: Annotated[str | None, typer.Option(help="Root module, from the repo's top.")] = None,
    tfvars: Annotated[str | None, typer.Option(help="The tfvars file.")] = None,
    leaf: Annotated[
        list[str] | None, typer.Option(help="JSON pointer of a table's name in the tfvars.")
    ] = None,
    address: Annotated[list[str] | None, typer.Option(help="Resource address of a table.")] = None,
    pipeline: Annotated[
        list[str] | None, typer.Option(help="OSIS pipeline to recreate, instead of those found.")
    ] = None,
    release: Annotated[
        list[str] | None,
        typer.Option(help="Further address to forget and keep in AWS, such as a replica."),
    ] = None,
    account: Annotated[str | None, typer.Option(help="AWS account id.")] = None,
    region: Annotated[str | None, typer.Option(help="AWS region of the tables.")] = None,
    branch: Annotated[str | None, typer.Option(help="Git branch to make.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Change nothing.")] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not fetch from the remote.")
    ] = False,
    pair: Pair = None,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Make the branch, edit the tfvars; no state.

    Finds root module, tfvars, table, ARN, OSIS pipelines and consumers by reading the repository;
    writes the commands to .tfswap/commands.sh. Repeating it is harmless.
    """

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.prepare import prepare

        return prepare(context(), tables, dry_run=dry_run, offline=offline)

    run_command(
        work,
        repo=repo,
        quiet=quiet,
        environment=environment,
        workspace=workspace,
        root_module=root,
        tfvars=tfvars,
        pointers=tuple(leaf or ()),
        addresses=tuple(address or ()),
        pipelines=tuple(pipeline or ()),
        release=tuple(release or ()),
        account=account,
        region=region,
        branch=branch,
        pair=pair,
        prefix=prefix,
        terraform_bin=terraform_bin,
        role=role,
    )


def run(
    yes: Yes = False,
    rehearse_only: Annotated[
        bool, typer.Option("--rehearse-only", help="Stop before the push.")
    ] = False,
    direct: Annotated[
        bool, typer.Option("--direct", help="One by one on the real backend, as by hand.")
    ] = False,
    protect: Annotated[
        bool | None,
        typer.Option(
            "--protect/--no-protect", help="First switch deletion protection on for both tables."
        ),
    ] = None,
    form: Form = Format.TEXT,
    pair: Pair = None,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Rehearse, verify, ask, write the state once.

    Forget, import, taint and plan run on a scratch copy first. Only a plan that is ready leads to
    the one push, and that fails when anybody wrote the state meanwhile.
    """

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.run import command

        if direct and (rehearse_only or form is not Format.TEXT):
            from tfswap.errors import UsageError

            other = "--rehearse-only" if rehearse_only else "--format"
            hint = "Pick one." if rehearse_only else "--direct plans nothing, so has no report."
            raise UsageError(f"--direct and {other} exclude each other.", hint=hint)
        if direct:
            return command.run_direct(context(), yes=yes)
        return command.run(context(), yes=yes, rehearse_only=rehearse_only, form=form)

    run_command(
        work,
        repo=repo,
        quiet=quiet,
        protect=protect,
        pair=pair,
        prefix=prefix,
        terraform_bin=terraform_bin,
        role=role,
    )


def rehearse(
    form: Form = Format.TEXT,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Do what run does, without the push.

    The real state is only read.
    """
    run(
        rehearse_only=True,
        form=form,
        prefix=prefix,
        terraform_bin=terraform_bin,
        role=role,
        repo=repo,
        quiet=quiet,
    )


def verify_plan(
    plan: Annotated[
        str | None,
        typer.Argument(help="Saved plan, `terraform show -json` file, or -; plans itself without."),
    ] = None,
    old: Annotated[
        list[str] | None, typer.Option("--from", help="Outgoing table's physical name.")
    ] = None,
    new: Annotated[
        list[str] | None, typer.Option("--to", help="Restored table's physical name.")
    ] = None,
    release: Annotated[
        list[str] | None,
        typer.Option(help="Address that was released from the state, with --from."),
    ] = None,
    explain: Annotated[
        str | None, typer.Option(help="Say why this address passed or failed.")
    ] = None,
    form: Form = Format.TEXT,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    root: Annotated[
        str | None, typer.Option(help="Root module a saved plan belongs to, with --from.")
    ] = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Prove a plan is the swap and nothing else.

    Without PLAN it plans the root module and saves the plan for apply. Exit code 0 is ready or
    applied, 1 rejected, 3 cannot tell.
    """

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.context import judge_plan
        from tfswap.errors import UsageError

        pairs, released = judge_plan.pair(old or (), new or ()), release or []
        if released and not pairs:
            hint = "Name the release when preparing: tfswap prepare TABLE --release ADDRESS"
            raise UsageError("--release goes with --from and --to.", hint=hint)
        if plan is not None and pairs:
            intent = judge_plan.named(pairs, released)
            code = judge_plan.verify_named(console, plan, intent, form, explain)
            if code is not None:
                return code
        # Here and not above: all this does not have to be loaded for a plan's JSON.
        from tfswap.commands import verify_plan as command

        if plan is not None:
            return command.verify_given_plan(context, console, plan, pairs, form, explain, released)
        if pairs:
            raise UsageError(
                "--from and --to go with a plan.", hint="tfswap verify-plan PLAN --from … --to …"
            )
        return command.verify_own_plan(context(), form=form, address=explain)

    run_command(
        work,
        repo=repo,
        quiet=quiet,
        prefix=prefix,
        terraform_bin=terraform_bin,
        role=role,
        root_module=root,
    )


def apply(
    yes: Yes = False,
    max_age: Annotated[
        int, typer.Option(help="Minutes a verdict may be old.", min=1)
    ] = MAX_AGE_MINUTES,
    pair: Pair = None,
    prefix: Prefix = None,
    terraform_bin: Binary = None,
    role: Role = None,
    repo: Repo = Path(),
    quiet: Quiet = False,
) -> None:
    """Apply exactly the plan verified as ready.

    Refuses a plan, a state or a workspace other than those verified, and an old verdict.
    """

    def work(context: Callable[[], CommandContext], console: Console) -> int:
        from tfswap.commands.apply import apply

        return apply(context(), yes=yes, max_age=max_age)

    run_command(
        work,
        repo=repo,
        quiet=quiet,
        pair=pair,
        prefix=prefix,
        terraform_bin=terraform_bin,
        role=role,
    )
