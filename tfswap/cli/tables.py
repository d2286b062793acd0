"""Pipeline, backups and tables in AWS."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.completion import (
    complete_base_tables,
    complete_outgoing_tables,
    complete_restored_tables,
)
from tfswap.cli.options import (
    AcceptSource,
    DryRun,
    Environment,
    Listing,
    ListingForm,
    LocationOptions,
    TerraformOptions,
    Yes,
    run_command,
    with_options,
)

if TYPE_CHECKING:
    from tfswap.context.command_context import CommandContext

Name = Annotated[str | None, typer.Argument(help="Pipeline name. [default: detected]")]
Table = Annotated[
    str,
    typer.Argument(
        help="Table: base name (Lpas) or physical name.", autocompletion=complete_base_tables
    ),
]
Vault = Annotated[str | None, typer.Option(help="Backup vault. [default: detected]")]
VaultAccount = Annotated[str | None, typer.Option(help="Account that shares the vault.")]
VaultRegion = Annotated[str | None, typer.Option(help="The vault's region, if another.")]
Timeout = Annotated[float, typer.Option(help="Minutes to wait.", min=0.1)]


@dataclass(frozen=True)
class RestoreOptions:
    """What a restore uses instead of what it finds."""

    vault: Vault = None
    vault_account: VaultAccount = None
    vault_region: VaultRegion = None
    key: Annotated[
        str | None, typer.Option(help="KMS key: alias/… or ARN. [default: as configured]")
    ] = None
    role_arn: Annotated[
        str | None, typer.Option(help="IAM role for AWS Backup. [default: its default role]")
    ] = None


pipeline = typer.Typer(
    help="Show, stop or start the OSIS pipeline.", no_args_is_help=True, rich_markup_mode=None
)


@with_options
def pipeline_status(where: LocationOptions, name: Name = None) -> None:
    """Show what the pipeline is doing."""

    def work(context: "CommandContext") -> int:
        from tfswap.commands.pipeline import status

        return status(context, name)

    run_command(where, work)


@with_options
def pipeline_stop(
    where: LocationOptions, name: Name = None, yes: Yes = False, timeout: Timeout = 30
) -> None:
    """Stop the pipeline and wait until it is stopped.

    Does nothing where it is stopped already.
    """
    _change("stop", where, name, yes, timeout)


@with_options
def pipeline_start(
    where: LocationOptions, name: Name = None, yes: Yes = False, timeout: Timeout = 30
) -> None:
    """Start the pipeline and wait until it is active.

    Does nothing where it is active already.
    """
    _change("start", where, name, yes, timeout)


def _change(verb: str, where: LocationOptions, name: str | None, yes: bool, timeout: float) -> None:
    def work(context: "CommandContext") -> int:
        from tfswap.commands.pipeline import GOALS, move

        seconds = timeout * 60
        return move(context, name, GOALS[verb], yes=yes, timeout=seconds, flags=where.typed())

    run_command(where, work)


pipeline.command("status")(pipeline_status)
pipeline.command("stop")(pipeline_stop)
pipeline.command("start")(pipeline_start)


@with_options
def backups(
    table: Table,
    where: LocationOptions,
    vault: Vault = None,
    vault_account: VaultAccount = None,
    vault_region: VaultRegion = None,
    form: ListingForm = Listing.TEXT,
    everything: Annotated[bool, typer.Option("--all", help="Show all recovery points.")] = False,
) -> None:
    """List a table's recovery points.

    The newest point that can be restored comes first.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.backups import backups
        from tfswap.commands.restore.target import RestoreRequest

        return backups(
            context,
            table,
            RestoreRequest(
                vault=vault,
                vault_account=vault_account,
                vault_region=vault_region,
                flags=where.typed(),
            ),
            as_json=form is Listing.JSON,
            everything=everything,
        )

    run_command(where, work)


@with_options
def restore(
    tables: Annotated[
        list[str],
        typer.Argument(
            help="The tables: Lpas, or physical names; restored together.",
            autocompletion=complete_base_tables,
        ),
    ],
    where: LocationOptions,
    restore_with: RestoreOptions,
    at: Annotated[
        str,
        typer.Option(
            help="latest, latest-pitr, a time (2024-07-15T01:12Z, '20 minutes ago'), or a point's "
            "id or ARN."
        ),
    ] = "latest",
    date: Annotated[
        str | None, typer.Option(help="Date in the new name, YYYYMMDD. [default: today, UTC]")
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    timeout: Annotated[
        float | None, typer.Option(help="Minutes to wait. [default: no limit]", min=0.1)
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Use a partial or expired recovery point; needs its id.")
    ] = False,
    change_key: Annotated[
        bool, typer.Option("--change-key", help="Change the encryption key of the restored table.")
    ] = False,
) -> None:
    """Restore tables from AWS Backup or to a point in time.

    A time means what loses least up to then: point-in-time recovery where it reaches, else the
    newest backup. The new table gets the old name with the date, and the configured key. After
    an interruption run it again: it finds its restore and follows it.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.restore.command import restore
        from tfswap.commands.restore.target import RestoreRequest

        request = RestoreRequest(
            at,
            date,
            restore_with.vault,
            restore_with.key,
            restore_with.role_arn,
            where.typed(),
            vault_account=restore_with.vault_account,
            vault_region=restore_with.vault_region,
            force=force,
        )
        seconds = None if timeout is None else timeout * 60
        return restore(
            context,
            tables,
            request,
            yes=yes,
            dry_run=dry_run,
            timeout=seconds,
            in_place=change_key,
        )

    run_command(where, work)


@with_options
def compare(
    where: LocationOptions,
    table: Annotated[
        str | None,
        typer.Argument(
            help="Restored table. [default: those of the swap]",
            autocompletion=complete_restored_tables,
        ),
    ] = None,
    scan_count: Annotated[
        bool, typer.Option("--scan-count", help="Count items exactly by reading both tables.")
    ] = False,
    accept_source: AcceptSource = False,
    yes: Yes = False,
    form: ListingForm = Listing.TEXT,
) -> None:
    """Compare the restored table with the outgoing one.

    Keys, types, indexes, settings and dependents; says what the plan restores and what it does
    not. Exit code 1 where keys, types or indexes differ, or where it was restored from another
    table.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.compare.command import compare_tables

        return compare_tables(
            context,
            table,
            scan_count=scan_count,
            accept_source=accept_source,
            yes=yes,
            as_json=form is Listing.JSON,
            flags=where.typed(),
        )

    run_command(where, work)


@with_options
def retire(
    terraform: TerraformOptions,
    table: Annotated[
        str | None,
        typer.Argument(
            help="Physical name of the outgoing table. [default: the swap's]",
            autocompletion=complete_outgoing_tables,
        ),
    ] = None,
    environment: Environment = None,
    quiet_hours: Annotated[
        int, typer.Option(help="Hours the table must be unused.", min=1, max=24 * 60)
    ] = 24,
    final_backup: Annotated[
        bool, typer.Option("--final-backup", help="Create an on-demand backup first.")
    ] = False,
    confirm: Annotated[
        str, typer.Option(help="Physical name of the table, instead of typing it.", metavar="NAME")
    ] = "",
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", help="Do not ask about deletion protection."),
    ] = False,
    accept_source: AcceptSource = False,
    dry_run: DryRun = False,
) -> None:
    """Delete the outgoing table, its replicas and alarms.

    Only when the swap is applied, nothing in the state names it, nobody used it, and a final
    backup exists. Asks for the table's full name; after a kill, run it again.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.retire.command import retire

        return retire(
            context,
            table,
            quiet_hours=quiet_hours,
            final_backup=final_backup,
            confirm=confirm,
            accept_source=accept_source,
            yes=yes,
            dry_run=dry_run,
        )

    run_command(terraform, work, terraform.overrides(environment=environment))
