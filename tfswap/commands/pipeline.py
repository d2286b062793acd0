"""``tfswap pipeline status|stop|start``: the OpenSearch Ingestion pipeline of the environment.

Runbook, "Turn off the Opensearch ingestion pipeline". Stopping what is stopped does nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from tfswap.aws import osis
from tfswap.aws.osis import Goal, Pipeline
from tfswap.aws.session import Aws
from tfswap.aws.wait import REAL, Clock, Patience, going_on
from tfswap.commands.aws_access import open_aws
from tfswap.commands.lookup import selected_workspace, terraform_variables
from tfswap.commands.target import as_prepared, known_place, prepared_swap, tell_place
from tfswap.commands.workbench import Workbench
from tfswap.errors import AmbiguousError, ExitCode, RepoError
from tfswap.repo.locate import pipelines
from tfswap.repo.neighbours import Neighbour

GOALS = {"stop": Goal.STOPPED, "start": Goal.ACTIVE}
"""What the verbs of the command line lead to."""
_EFFECT = {
    Goal.STOPPED: "The search index no longer follows the table until a pipeline runs again.",
    Goal.ACTIVE: "The search index follows the table its configuration names.",
}


@dataclass(frozen=True)
class _Found:
    """The pipelines meant, and the door to their account and region."""

    names: tuple[str, ...]
    aws: Aws
    environment: str


def status(bench: Workbench, name: str | None) -> int:
    """Say what the pipelines of the environment do; reads only.

    Args:
        bench: The command's surroundings.
        name: One pipeline; all that the environment has without.

    Returns:
        The exit code.
    """
    found = _find(bench, name, "status")
    client = found.aws.client("osis")
    for each in found.names:
        _show(bench, osis.describe(client, each))
    return 0


def move(
    bench: Workbench,
    name: str | None,
    goal: Goal,
    *,
    yes: bool,
    timeout: float | None = None,
    flags: Sequence[str] = (),
    clock: Clock = REAL,
) -> int:
    """Stop or start a pipeline and wait until it is.

    Args:
        bench: The command's surroundings.
        name: Which; the environment's only one without.
        goal: What it shall become.
        yes: Do not ask.
        timeout: Seconds to wait; None waits for ever.
        flags: What was typed, for the command that goes on waiting.
        clock: The time.

    Returns:
        The exit code.

    Raises:
        AmbiguousError: The environment has several.
        AwsError: It cannot be, or it ended in another state.
    """
    found = _find(bench, name, goal.doing)
    if len(found.names) > 1:
        raise AmbiguousError(
            f"There are several pipelines; which is to {goal.doing}?",
            hint=f"Name it: {_typed(goal, found.names[0], flags)}",
            details=found.names,
        )
    chosen, client = found.names[0], found.aws.client("osis")
    again = _typed(goal, chosen, flags)
    patience = Patience(timeout, bench.console.say, clock)
    with going_on(f"What the pipeline {chosen} is doing", again):
        now = osis.settle(client, chosen, patience)
    if now.status == goal.value:
        bench.console.out(f"{chosen} is {now.status} already; nothing was done.")
        return 0
    osis.check_goal(now, goal)
    place = f"account {found.aws.account}, {found.aws.region}, environment {found.environment}"
    bench.console.out(f"{chosen}\n  {now.words}\n  {place}\n  {_EFFECT[goal]}")
    if not bench.console.confirm(f"{goal.doing.capitalize()} {chosen}?", yes=yes):
        bench.console.note(f"Nothing was changed. next: {again}")
        return int(ExitCode.INTERRUPTED)
    bench.home.make()
    bench.journal.note(f"pipeline-{goal.doing}", pipeline=chosen, account=found.aws.account)
    with going_on(f"The {goal.doing} of {chosen}", again, begun=False):
        osis.begin(client, chosen, goal)
    with going_on(f"The {goal.doing} of {chosen}", again):
        done = osis.arrive(client, chosen, goal, patience, again)
    ended = "stopped" if goal is Goal.STOPPED else "started"
    bench.journal.note(f"pipeline-{ended}", pipeline=chosen, account=found.aws.account)
    bench.console.out(f"{chosen} is {done.status}.")
    return 0


def _typed(goal: Goal, name: str, flags: Sequence[str]) -> str:
    """Return the command that does it."""
    return shlex.join(["tfswap", "pipeline", goal.doing, name, *flags])


def _show(bench: Workbench, pipeline: Pipeline) -> None:
    lines = [pipeline.name, f"  {pipeline.words}"]
    if pipeline.reason:
        lines.append(f"  {pipeline.reason}")
    bench.console.out("\n".join(lines))


def _find(bench: Workbench, name: str | None, verb: str) -> _Found:
    """Find the pipelines meant: the named one, those of the prepared swap, or all."""
    swap = prepared_swap(bench)
    config = as_prepared(bench.config, swap) if swap else bench.config
    there = pipelines(
        bench.git.root,
        config,
        selected_workspace=selected_workspace(bench),
        variables=terraform_variables(bench),
    )
    chosen = _chosen(there.found, name, swap.pipelines if swap else ())
    if not chosen and name is None:
        raise RepoError(
            f"The repository has no OSIS pipeline in {there.environment} whose name can be told.",
            hint=f"Name it: tfswap pipeline {verb} NAME",
        )
    home = next((p.home for p in (*chosen, *there.found)), None)
    region = config.region or (home.region if home else "") or _region_of(bench)
    account = known_place(there.account or (swap.account if swap else ""), region)
    told = bench.remembering(swap) if swap else bench
    tell_place(told, there.environment, there.origin)
    aws = open_aws(told, region=region, account=account, partition=there.partition)
    return _Found((name,) if name else tuple(p.name for p in chosen), aws, there.environment)


def _chosen(
    found: Sequence[Neighbour], name: str | None, prepared: Sequence[str]
) -> list[Neighbour]:
    if name is not None:
        return [pipeline for pipeline in found if pipeline.name == name]
    of_swap = [pipeline for pipeline in found if pipeline.address in prepared]
    return of_swap or list(found)


def _region_of(bench: Workbench) -> str:
    """Return the prepared tables' region, for a pipeline whose provider tells none."""
    swap = prepared_swap(bench)
    return swap.tables[0].region if swap else ""
