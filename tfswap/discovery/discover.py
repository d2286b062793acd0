"""From the names typed by the user to a ``Swap``: the story of reading a repository.

Root module, tfvars, environment, leaf and table, then consumers, pipelines, region and account.
Everything found can be overridden; what stays ambiguous is an error with candidates and the flag
that chooses. Terraform's state is asked once at most, and only for what the code cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tfswap.discovery.consumers import Start, consumers
from tfswap.discovery.input_variables import Inputs, load
from tfswap.discovery.name_sources import NameMatch, dated
from tfswap.discovery.pipelines import pipelines
from tfswap.discovery.root_module import ENVIRONMENTS, find, tables
from tfswap.discovery.selection import Selection, select_tables
from tfswap.discovery.table_location import TableLocation, partition_of, table_location
from tfswap.edit.tfvars import split
from tfswap.hcl.parse_cache import ParseCache, user_cache
from tfswap.hcl.project import Project
from tfswap.hcl.referrers import Referrers
from tfswap.names import check_physical, parse_arn
from tfswap.swap import Swap, TableSwap

if TYPE_CHECKING:
    from tfswap.config import Config
    from tfswap.hcl.module_tree import ModuleTree
    from tfswap.hcl.scope import State

StateReader = Callable[[str, str], Mapping[str, Mapping[str, object]]]
"""Root module and workspace to attributes by state address."""


@dataclass(frozen=True)
class Discovery:
    """A repository read for the wanted tables: what every answer about them is taken from."""

    tree: ModuleTree
    inputs: Inputs
    config: Config
    chosen: Selection
    state: Callable[[], State | None]
    """Attributes by state address, asked once at most."""

    def directory(self, match: NameMatch) -> TableLocation:
        """Where a table lives: what the user says, its provider, the tfvars, the state."""
        return _home(match, self.chosen, self.inputs, self.config, self.state)


def discover(
    repo: Path,
    wanted: Sequence[str],
    config: Config,
    *,
    selected_workspace: Callable[[str], str | None] | None = None,
    state: StateReader | None = None,
    variables: Mapping[str, str] | None = None,
    cache: ParseCache | None = None,
) -> Swap:
    """Read the repository and return the swap that the wanted names mean.

    Takes and raises what ``read`` does.
    """
    return _swap(
        read(
            repo,
            wanted,
            config,
            selected_workspace=selected_workspace,
            state=state,
            variables=variables,
            cache=cache,
        )
    )


def read(
    repo: Path,
    wanted: Sequence[str],
    config: Config,
    *,
    selected_workspace: Callable[[str], str | None] | None = None,
    state: StateReader | None = None,
    variables: Mapping[str, str] | None = None,
    cache: ParseCache | None = None,
) -> Discovery:
    """Find root module, environment and tables for the wanted names.

    Args:
        repo: The repository's root.
        wanted: New table names as in the tfvars (``Lpas-20240715``), or physical ones.
        config: Everything the user set.
        selected_workspace: Returns what Terraform has selected in a root module, if anything.
        state: Reads a workspace's state; called only when needed, once for each workspace.
        variables: Values of ``TF_VAR_*``, by variable.
        cache: Where parsed files are kept; the user's cache by default.

    Raises:
        AmbiguousError: Several things match.
        UsageError: A wanted name cannot be used (``AlreadyNamedError``: it is in service already).
        RepoError: The repository lacks what is wanted, or a file cannot be read.
    """
    project = Project(repo, cache or user_cache())
    known = dict(variables or {})
    tree = find(project, config.root_module, lambda tree: _holds(tree, wanted, config, known))
    inputs = load(tree.root, config.tfvars, known)
    root = tree.root.folder.name
    asked = _once(state, root)
    selected = selected_workspace(root) if selected_workspace else None
    chosen = select_tables(tables(tree), inputs, wanted, config, selected, asked)
    return Discovery(tree, inputs, config, chosen, partial(asked, chosen.workspace))


def _holds(
    tree: ModuleTree, wanted: Sequence[str], config: Config, variables: Mapping[str, str]
) -> bool:
    """Say whether a root module's tfvars hold one of the wanted names under any date."""
    bases = {dated(name).base for name in wanted}
    files = load(tree.root, config.tfvars, variables).editable
    leaves = [leaf for file in files for leaf in file.leaves() if leaf.value]
    held = {dated(leaf.value).base for leaf in leaves}
    return any(base == name or base.endswith(f"-{name}") for name in held for base in bases)


def _once(state: StateReader | None, root_module: str) -> Callable[[str], State | None]:
    read: dict[str, State | None] = {}

    def ask(workspace: str) -> State | None:
        if state is None:
            return None
        if workspace not in read:
            read[workspace] = state(root_module, workspace)
        return read[workspace]

    return ask


def _swap(reading: Discovery) -> Swap:
    chosen, config = reading.chosen, reading.config
    homes = [reading.directory(match) for match in chosen.matches]
    units = Referrers()
    done = [
        _table(match, chosen, config, place.region, units, reading.state)
        for match, place in zip(chosen.matches, homes, strict=True)
    ]
    values = [match.new_value for match in chosen.matches]
    return Swap(
        environment=chosen.environment,
        environment_origin=chosen.origin,
        workspace=chosen.workspace,
        root_module=reading.tree.root.folder.name,
        account=homes[0].account,
        partition=homes[0].partition,
        branch=config.branch or _branch(chosen.environment, values),
        tables=tuple(done),
        release=config.release,
    )


def _table(
    match: NameMatch,
    chosen: Selection,
    config: Config,
    region: str,
    units: Referrers,
    state: Callable[[], State | None],
) -> TableSwap:
    check_physical(match.new_name)
    leaf, instance = match.leaf, match.table.instance
    variable, *path = split(leaf.pointer)
    # Consumers are a matter of the configuration: module paths without instance keys.
    module = instance.module.general
    start = Start(module, instance.block, variable, tuple(path))
    found = consumers(start, chosen.evaluator, units)
    return TableSwap(
        address=match.table.address,
        base=dated(match.new_value).base,
        leaf=leaf,
        new_value=match.new_value,
        old_name=match.old_name,
        new_name=match.new_name,
        region=region,
        consumers=tuple(item.consumer for item in found),
        pipelines=config.pipelines or pipelines(found, chosen.evaluator, state),
    )


def _home(
    match: NameMatch,
    chosen: Selection,
    inputs: Inputs,
    config: Config,
    state: Callable[[], State | None],
) -> TableLocation:
    told = table_location(chosen.evaluator, match.table.instance)
    region = config.region or told.region
    account = config.account or told.account or account_of(inputs, chosen.environment)
    if not (region and account):
        attributes = (state() or {}).get(match.table.address, {})
        arn = parse_arn(str(attributes.get("arn", "")))
        region = region or (arn.region if arn else "")
        account = account or (arn.account if arn else "")
    return TableLocation(region, account, told.partition or partition_of(region))


def account_of(inputs: Inputs, environment: str) -> str:
    """Return ``account_id`` of the environment in the tfvars, the runbook's own key for it."""
    values = inputs.values().get(ENVIRONMENTS)
    own = values.get(environment) if isinstance(values, dict) else None
    account = str(own.get("account_id", "")) if isinstance(own, dict) else ""
    return account if re.fullmatch(r"\d{12}", account) else ""


def _branch(environment: str, values: Sequence[str]) -> str:
    """Return the default branch, a legal git ref (git-check-ref-format)."""
    name = "-".join(dict.fromkeys(values))
    clean = [
        re.sub(r"[^A-Za-z0-9._-]+|\.{2,}", "-", part).strip(".") for part in (environment, name)
    ]
    return "restore/" + "/".join(clean).removesuffix(".lock").replace("/", "-")
