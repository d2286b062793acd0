"""The check on a pull request and in the pipeline."""

from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.completion import complete_environments
from tfswap.cli.options import (
    BaselineFile,
    CommonOptions,
    Form,
    Full,
    Writes,
    run_command,
    with_options,
)
from tfswap.report import Format

if TYPE_CHECKING:
    from tfswap.context.command_context import CommandContext


@with_options
def check(
    common: CommonOptions,
    base: Annotated[
        str | None,
        typer.Option(metavar="REF", help="Branch or commit to compare with. [default: detected]"),
    ] = None,
    plan: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="Plan JSON or saved plan. Can be repeated."),
    ] = None,
    baseline: BaselineFile = None,
    form: Form = Format.TEXT,
    full: Full = False,
    write: Writes = None,
    staged: Annotated[
        bool, typer.Option("--staged", help="Check the staged changes instead of HEAD.")
    ] = False,
    environment: Annotated[
        str | None,
        typer.Option(
            "--environment",
            "-e",
            help="Terraform workspace, if the tfvars have no environments.",
            autocompletion=complete_environments,
        ),
    ] = None,
    root: Annotated[
        str | None, typer.Option(help="Root module, relative to the repository.")
    ] = None,
    prefix: Annotated[str | None, typer.Option(help="Command prefix for terraform.")] = None,
    terraform_bin: Annotated[str | None, typer.Option(help="Terraform binary to run.")] = None,
) -> None:
    """Check a pull request and its plans.

    Compares the names in HEAD with those of the merge base. A swap's plan is verified in full;
    any other plan may delete or replace nothing that holds data. Needs no AWS credentials, and no
    terraform where plans are JSON.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.check.command import check
        from tfswap.context.report_output import report_output

        return check(
            context,
            base=base,
            plans=plan or (),
            output=report_output(form, write or ()),
            staged=staged,
            baseline=baseline,
        )

    overrides = common.overrides(
        environment=environment, root_module=root, prefix=prefix, terraform_bin=terraform_bin
    )
    run_command(common, work, overrides, full, own_folder=False)
