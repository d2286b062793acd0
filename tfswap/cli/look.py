"""Commands that change nothing: status, log, doctor, rules, explain."""

from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.completion import complete_rule_ids
from tfswap.cli.options import (
    CommonOptions,
    Listing,
    ListingForm,
    Offline,
    TerraformOptions,
    run_anywhere,
    run_command,
    with_options,
)
from tfswap.report import HistoryFormat

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext


@with_options
def status(
    terraform: TerraformOptions,
    offline: Offline = False,
    form: ListingForm = Listing.TEXT,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with the phase's code, 10 to 18.")
    ] = False,
) -> None:
    """Show what is done and what is next.

    With --exit-code: 10 none prepared, 11 edit not in place, 12 prepared, 13 state written, 14
    plan verified, 15 applied, 16 finished, 17 another running, 18 interrupted, 3 unknown.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.status.command import status

        return status(context, offline=offline, form=form.value, tell_phase=exit_code)

    run_command(terraform, work)


@with_options
def log(
    common: CommonOptions,
    form: Annotated[
        HistoryFormat, typer.Option("--format", "-f", help="Output format.")
    ] = HistoryFormat.TEXT,
    everything: Annotated[
        bool, typer.Option("--all", "-a", help="Include earlier swaps and every step.")
    ] = False,
) -> None:
    """Show who did what and when.

    From the journal in .tfswap/; times are UTC. Markdown is for the incident record.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.log import log

        return log(context, form=form, everything=everything)

    run_command(common, work)


@with_options
def doctor(
    terraform: TerraformOptions, offline: Offline = False, form: ListingForm = Listing.TEXT
) -> None:
    """Check what would block a swap.

    Checks Terraform, backend, lock, credentials, variables and the restored table; changes
    nothing. Exit code 2 where something would block the swap, 0 with warnings.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.doctor import doctor

        return doctor(context, offline=offline, form=form.value)

    run_command(terraform, work)


def rules() -> None:
    """List the verification rules."""

    def work(console: "Console") -> int:
        from tfswap.commands.rules import list_rules

        return list_rules(console)

    run_anywhere(work)


def explain(
    rule: Annotated[
        str,
        typer.Argument(help="Rule id, such as TFS402.", autocompletion=complete_rule_ids),
    ],
) -> None:
    """Explain a rule: meaning, reason, what to do."""

    def work(console: "Console") -> int:
        from tfswap.commands.rules import explain_rule

        return explain_rule(console, rule)

    run_anywhere(work)
