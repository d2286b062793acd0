"""The guided restore: ``swap`` and ``runbook``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tfswap.cli.completion import complete_any_tables
from tfswap.cli.options import (
    LocationOptions,
    Pair,
    TerraformOptions,
    Yes,
    flags_of,
    run_command,
    with_options,
)
from tfswap.cli.swap import SelectOptions
from tfswap.cli.tables import RestoreOptions

if TYPE_CHECKING:
    from tfswap.config import Overrides
    from tfswap.context.command_context import CommandContext

Tables = Annotated[
    list[str],
    typer.Argument(
        help="Restored tables (Lpas-20240715), or base names with --restore.",
        autocompletion=complete_any_tables,
    ),
]


@dataclass(frozen=True)
class BackupOptions:
    """Whether a backup is restored first, and under which name."""

    restore: Annotated[
        str, typer.Option(help="Restore first: latest, latest-pitr, a time or a backup's ARN.")
    ] = ""
    date: Annotated[str, typer.Option(help="Date of restoration, YYYYMMDD. [default: today]")] = ""


_TO_PHASES: dict[type, tuple[str, ...]] = {
    RestoreOptions: ("vault", "vault_account", "vault_region", "key", "role_arn"),
    LocationOptions: ("workspace", "root", "account", "region"),
    SelectOptions: ("tfvars", "leaf", "address", "pipeline", "release", "branch"),
}
"""The options that the guide hands to those of its phases that know them."""


def _flags(*groups: object) -> list[tuple[str, str]]:
    """Return those options of the groups that were typed, each with its value."""
    words = [word for group in groups for word in flags_of(group, *_TO_PHASES[type(group)])]
    return list(zip(words[::2], words[1::2], strict=True))


@with_options
def swap(
    tables: Tables,
    backup: BackupOptions,
    yes: Yes = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="List the phases and exit.")
    ] = False,
    skip: Annotated[
        list[str] | None, typer.Option(help="Skip this phase. Can be repeated.")
    ] = None,
    pair: Pair = None,
    *,
    restore_with: RestoreOptions,
    where: LocationOptions,
    select: SelectOptions,
) -> None:
    """Guide you through the whole restore.

    Asks before each phase and stops at the first one that fails. Run it again and it continues
    there, with the options of the first call. Each option goes to the phases that know it.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.swap.command import swap

        return swap(
            context,
            tables,
            restore=backup.restore,
            date=backup.date,
            given=_flags(restore_with, where, select),
            skip=skip or (),
            yes=yes,
            dry_run=dry_run,
        )

    run_command(where, work, _settings(where, pair))


@with_options
def runbook(
    tables: Tables, backup: BackupOptions, restore_with: RestoreOptions, where: LocationOptions
) -> None:
    """Print the restore as a runbook to follow by hand.

    Markdown on standard output, with every command filled in for this repository, table and
    environment.
    """

    def work(context: "CommandContext") -> int:
        from tfswap.commands.runbook.command import runbook

        given = _flags(restore_with, where)
        return runbook(context, tables, restore=backup.restore, date=backup.date, given=given)

    run_command(where, work, _settings(where))


def _settings(where: LocationOptions, pair: str | None = None) -> "Overrides":
    """Return the settings of the guide itself; what its phases need goes to them as flags."""
    return TerraformOptions.overrides(where, environment=where.environment, pair=pair)
