"""``tfswap pipeline status|stop|start``: the OpenSearch Ingestion pipeline of the environment.

Runbook, "Turn off the Opensearch ingestion pipeline". Stopping what is stopped does nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from tfswap.aws import ingestion_pipeline
from tfswap.aws.ingestion_pipeline import Goal, Pipeline
from tfswap.aws.session import Aws
from tfswap.aws.wait import REAL, Clock, WaitOptions, continuing_in_aws
from tfswap.context.command_context import CommandContext
from tfswap.context.credentials import open_aws
from tfswap.context.table_target import as_prepared, known_place, prepared_swap, say_location
from tfswap.context.terraform_facts import selected_workspace, terraform_variables
from tfswap.discovery.locate import pipelines
from tfswap.discovery.related_resources import RelatedResource
from tfswap.errors import AmbiguousError, ExitCode, RepoError
from tfswap.journal.events import PipelineStart, PipelineStarted, PipelineStop, PipelineStopped
from tfswap.report.wrap import wrap

GOALS = {"stop": Goal.STOPPED, "start": Goal.ACTIVE}
"""What the verbs of the command line lead to."""


@dataclass(frozen=True)
class _Found:
    """The pipelines meant, and the door to their account and region."""

    names: tuple[str, ...]
    aws: Aws
    environment: str


def status(context: CommandContext, name: str | None) -> int:
    """Say what the pipelines of the environment do; reads only.

    Args:
        context: The command's surroundings.
        name: One pipeline; all that the environment has without.

    Returns:
        The exit code.
    """
    found = _find(context, name, "status")
    client = found.aws.client("osis")
    for each in found.names:
        _show(context, ingestion_pipeline.describe_pipeline(client, each))
    return 0


def move(
    context: CommandContext,
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
        context: The command's surroundings.
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
    found = _find(context, name, goal.doing)
    if len(found.names) > 1:
        raise AmbiguousError(
            f"There are several pipelines; which one should {goal.doing}?",
            hint=f"Name one: {_typed(goal, found.names[0], flags)}",
            details=found.names,
        )
    chosen, client = found.names[0], found.aws.client("osis")
    again = _typed(goal, chosen, flags)
    wait_options = WaitOptions(timeout, context.console.say, clock)
    with continuing_in_aws(f"The status of the pipeline {chosen}", again):
        now = ingestion_pipeline.wait_stable(client, chosen, wait_options)
    if now.status == goal.value:
        context.console.out(f"{chosen} is already {now.status}; nothing was done.")
        return 0
    ingestion_pipeline.check_goal(now, goal)
    place = f"account {found.aws.account}, {found.aws.region}, environment {found.environment}"
    context.console.out(f"{chosen}\n  {now.words}\n  {place}")
    context.console.out(
        "\n".join(wrap(ingestion_pipeline.EFFECTS[goal], context.console.width, "  ", "  "))
    )
    if not context.console.confirm(f"{goal.doing.capitalize()} {chosen}?", yes=yes):
        context.console.note(f"Nothing was changed. next: {again}")
        return int(ExitCode.INTERRUPTED)
    context.directory.make()
    begun, ended = _EVENTS[goal]
    context.journal.note(begun(pipeline=chosen, account=found.aws.account))
    with (
        continuing_in_aws(f"The {goal.doing} of {chosen}", again, begun=False),
        context.console.writing(f"ask AWS to {goal.doing} {chosen}"),
    ):
        ingestion_pipeline.request_goal(client, chosen, goal)
    with continuing_in_aws(f"The {goal.doing} of {chosen}", again):
        done = ingestion_pipeline.wait_for_goal(client, chosen, goal, wait_options, again)
    context.journal.note(ended(pipeline=chosen, account=found.aws.account))
    context.console.out(f"{chosen} is {done.status}.")
    return 0


_EVENTS = {
    Goal.STOPPED: (PipelineStop, PipelineStopped),
    Goal.ACTIVE: (PipelineStart, PipelineStarted),
}


def _typed(goal: Goal, name: str, flags: Sequence[str]) -> str:
    """Return the command that does it."""
    return shlex.join(["tfswap", "pipeline", goal.doing, name, *flags])


def _show(context: CommandContext, pipeline: Pipeline) -> None:
    lines = [pipeline.name, f"  {pipeline.words}"]
    if pipeline.reason:
        lines.append(f"  {pipeline.reason}")
    context.console.out("\n".join(lines))


def _find(context: CommandContext, name: str | None, verb: str) -> _Found:
    """Find the pipelines meant: the named one, those of the prepared swap, or all."""
    swap = prepared_swap(context)
    config = as_prepared(context.config, swap) if swap else context.config
    there = pipelines(
        context.git.root,
        config,
        selected_workspace=selected_workspace(context),
        variables=terraform_variables(context),
    )
    chosen = _chosen(there.found, name, swap.pipelines if swap else ())
    if not chosen and name is None:
        raise RepoError(
            f"The repository has no OSIS pipeline in {there.environment} with a known name.",
            hint=f"Name it: tfswap pipeline {verb} NAME",
        )
    first = next(iter((*chosen, *there.found)), None)
    directory = first.directory if first else None
    region = config.region or (directory.region if directory else "") or _region_of(context)
    account = known_place(there.account or (swap.account if swap else ""), region)
    saved = context.remembering(swap) if swap else context
    say_location(saved, there.environment, there.origin)
    aws = open_aws(
        saved,
        region=region,
        account=account,
        partition=there.partition,
        assume=dict(first.assume) if first else {},
    )
    return _Found((name,) if name else tuple(p.name for p in chosen), aws, there.environment)


def _chosen(
    found: Sequence[RelatedResource], name: str | None, prepared: Sequence[str]
) -> list[RelatedResource]:
    if name is not None:
        return [pipeline for pipeline in found if pipeline.name == name]
    of_swap = [pipeline for pipeline in found if pipeline.address in prepared]
    return of_swap or list(found)


def _region_of(context: CommandContext) -> str:
    """Return the prepared tables' region, for a pipeline whose provider tells none."""
    swap = prepared_swap(context)
    return swap.tables[0].region if swap else ""
