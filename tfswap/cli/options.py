"""Options that several commands share, and how a command is run with them.

A group of options is a frozen dataclass; a command takes it as one parameter, and ``with_options``
spells its fields out for Typer. Each option is written once, here or beside its only command.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from tfswap.cli.completion import complete_environments, complete_formats
from tfswap.report import Format

if TYPE_CHECKING:
    from tfswap.config import Overrides
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext


class Listing(StrEnum):
    """How a listing is written."""

    TEXT = "text"
    JSON = "json"


Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
NoBaseline = Annotated[
    bool, typer.Option("--no-baseline", help="Do not make or use a baseline plan.")
]
BaselineFile = Annotated[
    str | None,
    typer.Option("--baseline", metavar="FILE", help="Baseline plan (without the swap) as JSON."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be done, and exit.")]
Full = Annotated[
    bool, typer.Option("--full", "-v", help="List passed checks and explained changes too.")
]
AcceptSource = Annotated[
    bool,
    typer.Option(
        "--accept-source", help="Accept a restored table whose source AWS does not report."
    ),
]
Form = Annotated[Format, typer.Option("--format", "-f", help="Report format.")]
ListingForm = Annotated[Listing, typer.Option("--format", "-f", help="Output format.")]
Offline = Annotated[
    bool, typer.Option("--offline", help="Do not access the backend, AWS or the git remote.")
]
Environment = Annotated[
    str | None,
    typer.Option(
        "--environment",
        "-e",
        help="Environment, a key of the tfvars.",
        autocompletion=complete_environments,
    ),
]
Writes = Annotated[
    list[str] | None,
    typer.Option(
        "--write",
        metavar="FORMAT=FILE",
        help="Also write a report: FORMAT=FILE. Can be repeated.",
        autocompletion=complete_formats,
    ),
]
Pair = Annotated[
    str | None, typer.Option("--pair", help="Names of the pair, for the journal: 'Ana, Sam'.")
]


@dataclass(frozen=True)
class CommonOptions:
    """Of every command that works in a repository."""

    repo: Annotated[Path, typer.Option(help="Path to the infrastructure repository.")] = Path()
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Hide progress.")] = False

    def overrides(self, **settings: Any) -> "Overrides":
        """Return what was typed as settings; ``settings`` are fields of ``Overrides``, too."""
        from tfswap.config import Overrides

        return Overrides(**settings)


@dataclass(frozen=True)
class TerraformOptions(CommonOptions):
    """How Terraform and AWS are reached."""

    prefix: Annotated[
        str | None,
        typer.Option(help="Command prefix for terraform: 'aws-vault exec identity --'."),
    ] = None
    terraform_bin: Annotated[str | None, typer.Option(help="Terraform binary to run.")] = None
    role: Annotated[
        str | None, typer.Option(help="Role for Terraform to assume (TF_VAR_default_role).")
    ] = None

    def overrides(self, **settings: Any) -> "Overrides":
        """As above, with prefix, terraform and role."""
        own = {"prefix": self.prefix, "terraform_bin": self.terraform_bin, "role": self.role}
        return super().overrides(**{**own, **settings})


@dataclass(frozen=True)
class LocationOptions(TerraformOptions):
    """Where the tables are: environment, root module, account, region."""

    environment: Environment = None
    workspace: Annotated[str | None, typer.Option(help="Terraform workspace.")] = None
    root: Annotated[str | None, typer.Option(help="Root module, relative to the repository.")] = (
        None
    )
    account: Annotated[str | None, typer.Option(help="AWS account id.")] = None
    region: Annotated[str | None, typer.Option(help="AWS region of the tables.")] = None

    def overrides(self, **settings: Any) -> "Overrides":
        """As above, with where the tables are."""
        own = {
            "environment": self.environment,
            "workspace": self.workspace,
            "root_module": self.root,
            "account": self.account,
            "region": self.region,
        }
        return super().overrides(**{**own, **settings})

    def typed(self) -> tuple[str, ...]:
        """Return the words that say the same again; an empty value was meant, too."""
        names = ("environment", "workspace", "root", "account", "region")
        return flags_of(self, *names, "prefix", "terraform_bin", "role")


def flags_of(options: object, *names: str) -> tuple[str, ...]:
    """Return the words that set these fields of a group again, leaving out what was not typed."""
    values = ((name, getattr(options, name)) for name in names)
    return tuple(
        word
        for name, value in values
        if value is not None
        for each in ([value] if isinstance(value, str) else value)
        for word in (f"--{name.replace('_', '-')}", each)
    )


def with_options(function: Callable[..., None]) -> Callable[..., None]:
    """Return the command as Typer takes it: each group of options spelled out, field by field."""
    hints = get_type_hints(function, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if is_dataclass(kind)}
    parameters = inspect.signature(function).parameters
    own = [
        parameter.replace(annotation=hints[name], kind=_BY_NAME)
        for name, parameter in parameters.items()
        if name not in groups
    ]
    shared = [one for kind in sorted(groups.values(), key=_rank) for one in _spelled_out(kind)]

    def command(**values: Any) -> None:
        for name, kind in groups.items():
            values[name] = kind(**{one.name: values.pop(one.name) for one in fields(kind)})
        function(**values)

    command.__name__, command.__doc__ = function.__name__, function.__doc__
    command.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
    return command


_BY_NAME = inspect.Parameter.KEYWORD_ONLY


def _rank(group: type) -> bool:
    """Sort what every command has behind what only some have."""
    return issubclass(group, CommonOptions)


def _spelled_out(group: Any) -> list[inspect.Parameter]:
    """Return a group's fields as parameters, those of the most special class first."""
    hints = get_type_hints(group, include_extras=True)
    bases: list[Any] = [kind for kind in group.__mro__ if is_dataclass(kind)]
    order = [name for kind in bases for name in inspect.get_annotations(kind)]
    return [
        inspect.Parameter(one.name, _BY_NAME, default=one.default, annotation=hints[one.name])
        for one in sorted(fields(group), key=lambda one: order.index(one.name))
    ]


def run_command(
    options: CommonOptions,
    work: Callable[["CommandContext"], int],
    overrides: "Overrides | None" = None,
    full: bool = True,
    *,
    own_folder: bool = True,
) -> None:
    """Run a command in the repository and exit with its code.

    Args:
        options: Of the command.
        work: The command, given its context.
        overrides: What was typed, where that is more than ``options`` themselves hold.
        full: Whether its report lists what is fine, too.
        own_folder: Whether it uses ``.tfswap/``; one that judges a branch does not.
    """

    def in_context(console: "Console") -> int:
        return work(context_of(options, console, overrides, own_folder=own_folder))

    run_anywhere(in_context, options.quiet, full)


def run_anywhere(work: Callable[["Console"], int], quiet: bool = False, full: bool = True) -> None:
    """Run a command that needs no repository and exit with its code."""
    from tfswap.console import Console
    from tfswap.error_handler import handle_errors

    console = Console(quiet=quiet, full=full)
    raise typer.Exit(handle_errors(console, lambda: work(console)))


def context_of(
    options: CommonOptions,
    console: "Console",
    overrides: "Overrides | None" = None,
    *,
    own_folder: bool = True,
) -> "CommandContext":
    """Open the repository that the options name, with the settings that were typed."""
    from tfswap.context.command_context import open_context

    typed = overrides or options.overrides()
    return open_context(options.repo, typed, console, own_folder=own_folder)
