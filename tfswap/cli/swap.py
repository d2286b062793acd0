"""The swap itself: prepare, rehearse, verify, write, apply, publish, undo."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.completion import complete_restored_tables
from tfswap.cli.options import (
    AcceptSource,
    BaselineFile,
    CommonOptions,
    DryRun,
    Form,
    Full,
    Listing,
    ListingForm,
    LocationOptions,
    NoBaseline,
    Pair,
    TerraformOptions,
    Writes,
    Yes,
    context_of,
    run_anywhere,
    run_command,
    with_options,
)
from tfswap.context.defaults import MAX_AGE_MINUTES
from tfswap.report import Format

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext


@dataclass(frozen=True)
class SelectOptions:
    """Which of what was found in the repository is meant."""

    tfvars: Annotated[
        str | None, typer.Option(help="tfvars file that Terraform uses with -var-file.")
    ] = None
    leaf: Annotated[
        list[str] | None, typer.Option(help="Pointer to the string to edit, as listed.")
    ] = None
    address: Annotated[list[str] | None, typer.Option(help="Resource address of a table.")] = None
    pipeline: Annotated[
        list[str] | None, typer.Option(help="OSIS pipeline to recreate. [default: all detected]")
    ] = None
    release: Annotated[
        list[str] | None,
        typer.Option(help="Also remove this address from state; AWS keeps it."),
    ] = None
    branch: Annotated[str | None, typer.Option(help="Git branch to create.")] = None


@with_options
def prepare(
    tables: Annotated[
        list[str],
        typer.Argument(
            help="Restored tables, named as in the configuration.",
            autocompletion=complete_restored_tables,
        ),
    ],
    where: LocationOptions,
    select: SelectOptions,
    dry_run: DryRun = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not fetch from the remote.")
    ] = False,
    form: ListingForm = Listing.TEXT,
    full: Annotated[
        bool, typer.Option("--full", "-v", help="Draw the consumers as a tree.")
    ] = False,
    pair: Pair = None,
) -> None:
    """Create the branch and edit the table's name.

    Finds the root module, the name, the table, its ARN, OSIS pipelines and consumers by reading
    the repository, and writes the commands to .tfswap/commands.sh. It is safe to repeat.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.prepare import prepare

        as_json = form is Listing.JSON
        return prepare(context, tables, dry_run=dry_run, offline=offline, as_json=as_json)

    overrides = where.overrides(
        tfvars=select.tfvars,
        pointers=tuple(select.leaf or ()),
        addresses=tuple(select.address or ()),
        pipelines=tuple(select.pipeline or ()),
        release=tuple(select.release or ()),
        branch=select.branch,
        pair=pair,
    )
    run_command(where, work, overrides, full)


@with_options
def run(
    terraform: TerraformOptions,
    yes: Yes = False,
    rehearse_only: Annotated[
        bool,
        typer.Option("--rehearse-only", "--dry-run", "-n", help="Stop before writing the state."),
    ] = False,
    direct: Annotated[
        bool,
        typer.Option("--direct", help="Run the state commands one by one on the real backend."),
    ] = False,
    protect: Annotated[
        bool | None,
        typer.Option(
            "--protect/--no-protect", help="First enable deletion protection on both tables."
        ),
    ] = None,
    accept_source: AcceptSource = False,
    no_baseline: NoBaseline = False,
    form: Form = Format.TEXT,
    write: Writes = None,
    full: Full = False,
    pair: Pair = None,
) -> None:
    """Rehearse, verify, then write the state.

    State rm, import, taint and plan run on a scratch copy first. Only a plan that is ready leads
    to the one push, which fails if anybody wrote the state meanwhile.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.run import command as run
        from tfswap.context.report_output import report_output

        output = report_output(form, write or ())
        if direct:
            return run.run_direct(
                context,
                yes=yes,
                rehearse_only=rehearse_only,
                output=output,
                accept_source=accept_source,
            )
        return run.run(
            context,
            yes=yes,
            rehearse_only=rehearse_only,
            output=output,
            accept_source=accept_source,
            baseline=not no_baseline,
        )

    run_command(terraform, work, terraform.overrides(protect=protect, pair=pair), full)


@with_options
def rehearse(
    terraform: TerraformOptions,
    no_baseline: NoBaseline = False,
    form: Form = Format.TEXT,
    write: Writes = None,
    full: Full = False,
) -> None:
    """Rehearse and verify, without writing the state.

    The real state is only read.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.run.command import run
        from tfswap.context.report_output import report_output

        output = report_output(form, write or ())
        return run(context, yes=False, rehearse_only=True, output=output, baseline=not no_baseline)

    run_command(terraform, work, full=full)


@with_options
def verify_plan(
    terraform: TerraformOptions,
    plan: Annotated[
        str | None,
        typer.Argument(
            help="Saved plan, `terraform show -json` file, or -. [default: make a plan]"
        ),
    ] = None,
    old: Annotated[
        list[str] | None, typer.Option("--from", help="Outgoing table's physical name.")
    ] = None,
    new: Annotated[
        list[str] | None, typer.Option("--to", help="Restored table's physical name.")
    ] = None,
    release: Annotated[
        list[str] | None,
        typer.Option(help="Address released with `prepare --release`; needs --from."),
    ] = None,
    baseline: BaselineFile = None,
    explain: Annotated[
        str | None, typer.Option(help="Explain why this address passed or failed.")
    ] = None,
    form: Form = Format.TEXT,
    write: Writes = None,
    full: Full = False,
    root: Annotated[
        str | None, typer.Option(help="Root module of a saved plan; needs --from.")
    ] = None,
) -> None:
    """Verify that a plan contains only the swap.

    Without PLAN it plans the root module and saves the plan for apply. Exit code 0 is ready or
    applied, 1 rejected, 3 cannot tell.
    """

    def work(console: "Console") -> int:
        from tfswap.commands.verify_plan.command import PlanRequest, verify_plan
        from tfswap.context.report_output import report_output

        request = PlanRequest(
            plan,
            tuple(old or ()),
            tuple(new or ()),
            tuple(release or ()),
            report_output(form, write or ()),
            terraform.repo,
            explain,
            baseline,
        )
        overrides = terraform.overrides(root_module=root)
        return verify_plan(console, request, lambda: context_of(terraform, console, overrides))

    run_anywhere(work, terraform.quiet, full)


@with_options
def apply(
    terraform: TerraformOptions,
    yes: Yes = False,
    max_age: Annotated[
        int, typer.Option(help="Maximum age of the verdict in minutes.", min=1)
    ] = MAX_AGE_MINUTES,
    pair: Pair = None,
) -> None:
    """Apply the verified plan.

    Refuses a plan, a state or a workspace other than those verified, and an old verdict.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.apply import apply

        return apply(context, yes=yes, max_age=max_age)

    run_command(terraform, work, terraform.overrides(pair=pair))


@with_options
def finish(
    common: CommonOptions,
    base: Annotated[
        str | None,
        typer.Option(metavar="BRANCH", help="Base branch of the PR. [default: the remote's]"),
    ] = None,
    before_apply: Annotated[
        bool,
        typer.Option(
            "--before-apply", help="Open a draft PR before the apply, marked 'do not merge'."
        ),
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Commit the edit, push, open the PR.

    Commits exactly the edit prepare made and no other change. Opens the pull request with gh where
    that is signed in, else prints the link and the body. Never pushes to the default branch, never
    with force. It is safe to repeat.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.finish.command import finish

        return finish(context, base=base, before_apply=before_apply, yes=yes, dry_run=dry_run)

    run_command(common, work)


@with_options
def rollback(
    terraform: TerraformOptions, yes: Yes = False, dry_run: DryRun = False, pair: Pair = None
) -> None:
    """Undo what the swap has done so far.

    Shows first what it will do. Before the push that is the branch and the edit; after it also the
    backed-up state, unless somebody wrote it since; after an apply it prepares the swap back.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.rollback import rollback

        return rollback(context, yes=yes, dry_run=dry_run)

    run_command(terraform, work, terraform.overrides(pair=pair))
