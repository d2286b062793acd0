"""From the names typed by the user to a ``Swap``: the story of reading a repository.

Root module, tfvars, environment, leaf and table, then consumers, pipelines, region and account.
Everything found can be overridden; what stays ambiguous is an error with candidates and the flag
that chooses. Terraform's state is asked once at most, and only for what the code cannot tell.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tfswap.discovery.consumers import Start, consumers
from tfswap.discovery.holders import holders
from tfswap.discovery.input_variables import Inputs
from tfswap.discovery.name_sources import NameMatch, dated
from tfswap.discovery.pipelines import pipelines
from tfswap.discovery.root_module import ENVIRONMENTS
from tfswap.discovery.root_search import RootSearch
from tfswap.discovery.selection import Selection
from tfswap.discovery.table_location import (
    TableLocation,
    assume_settings,
    partition_of,
    table_location,
)
from tfswap.errors import TfswapError, UsageError
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.instances import Instance
from tfswap.hcl.parse_cache import ParseCache, user_cache
from tfswap.hcl.project import Project
from tfswap.hcl.referrers import Referrers
from tfswap.names import check_physical, parse_arn, parse_dated
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
        return _location(match, self.chosen, self.inputs, self.config, self.state)


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
    if not wanted:
        raise UsageError("No table name is given.", hint="Example: Lpas-20240715")
    for name in wanted:
        parse_dated(name)  # which says so where its date does not exist
    project = Project(repo, cache or user_cache())
    search = RootSearch(project, config, wanted, dict(variables or {}), selected_workspace)
    asked = functools.cache(state) if state else None
    chosen = search.run(None)
    if chosen is None:
        if (refusal := search.elsewhere()) is not None:
            raise refusal
        chosen = search.run(asked) if asked else None
    if chosen is None:
        raise search.trouble()
    view = chosen.view
    attributes = partial(asked, view.root, view.workspace) if asked else lambda: None
    return Discovery(view.tree, view.inputs, config, chosen, attributes)


def _swap(reading: Discovery) -> Swap:
    chosen, config = reading.chosen, reading.config
    locations = [reading.directory(match) for match in chosen.matches]
    referrers = Referrers()
    done = [
        _table(match, chosen, config, place.region, referrers, reading.state)
        for match, place in zip(chosen.matches, locations, strict=True)
    ]
    values = [match.new_value for match in chosen.matches]
    return Swap(
        environment=chosen.environment,
        environment_origin=chosen.origin,
        workspace=chosen.workspace,
        root_module=reading.tree.root.folder.name,
        account=locations[0].account,
        partition=locations[0].partition,
        branch=config.branch or _branch(chosen.environment, values),
        tables=tuple(done),
        release=config.release,
        assume=assume_settings(chosen.evaluator, chosen.matches[0].table.instance),
        var_files=tuple(_from_root(reading, file) for file in reading.inputs.var_files),
    )


def _from_root(reading: Discovery, file: str) -> str:
    """Return a file's path as Terraform takes it: from the root module, where it runs."""
    return os.path.relpath(file, reading.tree.root.folder.name)


def _table(
    match: NameMatch,
    chosen: Selection,
    config: Config,
    region: str,
    referrers: Referrers,
    state: Callable[[], State | None],
) -> TableSwap:
    check_physical(match.new_name)
    leaf, instance = match.leaf, match.table.instance
    # Consumers are a matter of the configuration: module paths without instance keys.
    module = instance.module.general
    start = Start(module, instance.block, holders(chosen.view, leaf))
    found = consumers(start, chosen.evaluator, referrers)
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
        sets_region=_sets_region(chosen.evaluator, instance),
    )


def _sets_region(evaluator: Evaluator, instance: Instance) -> bool:
    """Say whether a table has a region of its own; modules hand on null where it has none."""
    region = evaluator.attribute(instance.block, "region", instance.module, None)
    return "region" in instance.block.attributes and region is not None


def _location(
    match: NameMatch,
    chosen: Selection,
    inputs: Inputs,
    config: Config,
    state: Callable[[], State | None],
) -> TableLocation:
    location = table_location(chosen.evaluator, match.table.instance)
    region = config.region or location.region
    account = config.account or location.account or account_of(inputs, chosen.environment)
    if not (region and account):
        attributes = _attributes(state, needed=not region).get(match.table.address, {})
        arn = parse_arn(str(attributes.get("arn", "")))
        region = region or (arn.region if arn else "")
        account = account or (arn.account if arn else "")
    return TableLocation(region, account, location.partition or partition_of(region))


def _attributes(state: Callable[[], State | None], *, needed: bool) -> State:
    """Ask the state; without an account a swap can go on, so nobody need be signed in for that."""
    try:
        return state() or {}
    except TfswapError:
        if needed:
            raise
        return {}


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
