"""From a table's base name to where it lives and what is around it, before any swap is prepared.

Finds the table as ``prepare`` does, by a date that no table bears: what the table would be called
with it tells what it would be called with any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tfswap.discovery.discover import StateReader, account_of, read
from tfswap.discovery.environment import choose_environment, listed
from tfswap.discovery.identity_attributes import PIPELINE
from tfswap.discovery.input_variables import given_files, load
from tfswap.discovery.name_sources import dated
from tfswap.discovery.related_resources import (
    KeySetting,
    RelatedResource,
    key_of,
    related_resources,
)
from tfswap.discovery.root_module import find
from tfswap.discovery.selection import environments
from tfswap.discovery.table_location import assume_settings, partition_of
from tfswap.errors import RepoError
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.parse_cache import user_cache
from tfswap.hcl.project import Project
from tfswap.names import dates_of, parse_dated

if TYPE_CHECKING:
    from tfswap.config import Config

_PROBE = "19700101"
"""A date of restoration that no table has."""
VAULT = "aws_backup_vault"


@dataclass(frozen=True)
class LocatedTable:
    """A table as the repository has it today."""

    environment: str
    origin: str
    """Where the environment's choice came from, in words."""
    workspace: str
    region: str
    account: str
    """Empty when neither repository nor state tells."""
    partition: str
    address: str
    base: str
    """``Lpas``"""
    name: str
    """Physical name today."""
    probed: str
    """Physical name with ``_PROBE`` for its date."""
    vaults: tuple[RelatedResource, ...]
    """Backup vaults that are, or may be, in the table's region."""
    key: KeySetting
    assume: Mapping[str, str] = field(default_factory=dict)
    """What the provider says beside the role's ARN when it assumes that."""

    def dated_name(self, day: date) -> str:
        """Return the physical name with another date of restoration."""
        return f"{day:%Y%m%d}".join(self.probed.rsplit(_PROBE, 1))

    def is_relative(self, physical: str) -> bool:
        """Say whether a physical name is this table's under any date, or none."""
        return dates_of(physical, *self.probed.rsplit(_PROBE, 1)) is not None


def _as_typed(error: RepoError) -> RepoError:
    """Return the same refusal without the date that nobody typed."""

    def shown(text: str) -> str:
        return text.replace(f"-{_PROBE}", "")

    details = tuple(map(shown, error.details))
    return type(error)(shown(error.message), hint=shown(error.hint), details=details)


def locate(
    repo: Path,
    table: str,
    config: Config,
    *,
    selected_workspace: Callable[[str], str | None] | None = None,
    state: StateReader | None = None,
    variables: Mapping[str, str] | None = None,
) -> LocatedTable:
    """Find one table.

    Args:
        repo: The repository's root.
        table: Its base, dated or physical name.
        config: Everything the user set.
        selected_workspace: As ``discover`` takes it; so are the others.
        state: Asked only for what the code cannot tell.
        variables: Values of ``TF_VAR_*``.

    Raises:
        UsageError: The name's date does not exist.
        RepoError: No such table, or several (``AmbiguousError``).
    """
    wanted = f"{parse_dated(table).base}-{_PROBE}"
    try:
        reading = read(
            repo,
            [wanted],
            config,
            selected_workspace=selected_workspace,
            state=state,
            variables=variables,
        )
    except RepoError as error:
        raise _as_typed(error) from error
    chosen, match = reading.chosen, reading.chosen.matches[0]
    if _PROBE not in match.new_name:
        raise RepoError(
            f"The name of {match.table.address} does not contain the date of restoration.",
            hint="Follow the runbook by hand: tfswap cannot determine the name of the "
            "restored table.",
        )
    place = reading.directory(match)
    found = related_resources(reading.tree, chosen.evaluator, VAULT)
    return LocatedTable(
        environment=chosen.environment,
        origin=chosen.origin,
        workspace=chosen.workspace,
        region=place.region,
        account=place.account,
        partition=place.partition,
        address=match.table.address,
        base=dated(match.new_value).base,
        name=match.old_name,
        probed=match.new_name,
        vaults=tuple(v for v in found if v.directory.region in ("", place.region)),
        key=key_of(chosen.evaluator, match.table.instance),
        assume=assume_settings(chosen.evaluator, match.table.instance),
    )


@dataclass(frozen=True)
class LocatedPipelines:
    """The OSIS pipelines of an environment."""

    environment: str
    origin: str
    workspace: str
    found: tuple[RelatedResource, ...]
    account: str
    partition: str


def pipelines(
    repo: Path,
    config: Config,
    *,
    selected_workspace: Callable[[str], str | None] | None = None,
    variables: Mapping[str, str] | None = None,
) -> LocatedPipelines:
    """Find the OSIS pipelines that the repository makes in the chosen environment.

    Takes and raises what ``locate`` does.
    """
    project = Project(repo, user_cache())
    known = dict(variables or {})
    tree = find(project, config.root_module, lambda tree: True)
    files = given_files(project, tree.root.folder.name, config)
    inputs = load(tree.root, files, known, config.env_variables)
    selected = selected_workspace(tree.root.folder.name) if selected_workspace else None
    keys = environments(inputs)
    choice = choose_environment(config, selected, keys)
    if keys and choice.environment not in keys:
        raise RepoError(
            f"The tfvars have no environment {choice.environment!r} ({choice.origin}).",
            hint=f"Choose one with --environment{listed(keys)}.",
        )
    evaluator = Evaluator(choice.workspaces[0], inputs.values())
    found = related_resources(tree, evaluator, PIPELINE, "pipeline_name")
    locations = [pipeline.directory for pipeline in found]
    account = next((h.account for h in locations if h.account), "")
    region = next((h.region for h in locations if h.region), "")
    return LocatedPipelines(
        environment=choice.environment,
        origin=choice.origin,
        workspace=choice.workspaces[0],
        found=tuple(found),
        account=config.account or account or account_of(inputs, choice.environment),
        partition=next((h.partition for h in locations if h.partition), partition_of(region)),
    )
