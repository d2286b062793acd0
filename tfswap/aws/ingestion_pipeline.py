"""The OpenSearch Ingestion pipeline: its state, and stopping and starting it.

States and what may follow: OpenSearch Ingestion API reference, data type ``Pipeline``
(``PipelineStatus`` in botocore's model of ``osis``); Amazon OpenSearch Service developer guide,
"Viewing Amazon OpenSearch Ingestion pipelines", which lists ``Stop failed`` too, and "Starting and
stopping Amazon OpenSearch Ingestion pipelines". Which states AWS takes a call in is said in its
refusals (``ConflictException``), and moto has it from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from tfswap.aws.calls import calling, candidates, every
from tfswap.aws.errors import MissingError, code_of
from tfswap.aws.wait import Patience, wait_until
from tfswap.errors import AwsError


class Goal(Enum):
    """What a pipeline shall become."""

    STOPPED = "STOPPED"
    ACTIVE = "ACTIVE"

    @property
    def doing(self) -> str:
        """As in "could not … pipeline x"."""
        return "stop" if self is Goal.STOPPED else "start"


_WORDS = {
    "CREATING": "is being created",
    "ACTIVE": "is running and takes data in",
    "UPDATING": "is being updated; it still takes data in",
    "DELETING": "is being deleted",
    "CREATE_FAILED": "could not be created",
    "UPDATE_FAILED": "could not be updated; it runs as it was before",
    "STARTING": "is starting",
    "START_FAILED": "could not be started",
    "STOPPING": "is stopping",
    "STOP_FAILED": "could not be stopped; it may still take data in",
    "STOPPED": "is stopped",
}
_PASSING = {"CREATING", "UPDATING", "STARTING", "STOPPING"}
"""States that lead to another by themselves."""
_FROM = {
    Goal.STOPPED: {"ACTIVE", "UPDATE_FAILED", "STOP_FAILED"},
    Goal.ACTIVE: {"STOPPED", "START_FAILED"},
}
"""States in which AWS takes the call."""


@dataclass(frozen=True)
class Pipeline:
    """A pipeline as AWS describes it."""

    name: str
    status: str
    reason: str
    """AWS's own words on the status; may be empty."""

    @property
    def words(self) -> str:
        """The status, in words where we have some."""
        told = _WORDS.get(self.status)
        return f"{self.status}: it {told}" if told else f"{self.status} (a status unknown here)"

    @property
    def passing(self) -> bool:
        """Whether the status leads to another by itself."""
        return self.status in _PASSING


def describe_pipeline(osis: Any, name: str) -> Pipeline:
    """Return a pipeline.

    Args:
        osis: A boto3 client.
        name: The pipeline's name.

    Raises:
        MissingError: There is none of that name; the details list those there are.
        AwsError: Any other failure.
    """
    try:
        with calling(f"look at the pipeline {name}"):
            found = osis.get_pipeline(PipelineName=name)["Pipeline"]
    except MissingError as error:
        raise MissingError(
            f"There is no pipeline {name} in {osis.meta.region_name}.",
            hint="Name one of those there are, or check --account, --region and --environment.",
            details=candidates(lambda: names(osis)),
        ) from error
    reason = found.get("StatusReason", {}).get("Description", "")
    return Pipeline(found["PipelineName"], found["Status"], reason)


def names(osis: Any) -> list[str]:
    """Return the names of the pipelines in the client's account and region.

    Raises:
        AwsError: They cannot be listed.
    """
    with calling("list the pipelines"):
        return sorted(each["PipelineName"] for each in every(osis.list_pipelines, "Pipelines"))


def wait_stable(osis: Any, name: str, patience: Patience) -> Pipeline:
    """Wait until the pipeline is in a state that does not pass by itself, and return it.

    Raises:
        AwsError: It cannot be described, or the time is up.
    """
    return wait_until(
        lambda: describe_pipeline(osis, name),
        lambda seen: not seen.passing,
        what=f"the pipeline {name} to settle",
        words=lambda seen: seen.words,
        patience=patience,
    )


def check_goal(pipeline: Pipeline, goal: Goal) -> None:
    """Refuse what AWS would refuse: no call leads from this state to the goal.

    Raises:
        AwsError: With AWS's reason for the state.
    """
    if pipeline.status == goal.value or pipeline.status in _FROM[goal]:
        return
    raise AwsError(
        f"The pipeline {pipeline.name} cannot be {_past(goal)}: {pipeline.words}.",
        hint=_REMEDY[goal].get(pipeline.status, _ELSEWHERE),
        details=(pipeline.reason,) if pipeline.reason else (),
    )


_GONE_SOON = "Wait until it is gone: tfswap pipeline status tells. Terraform makes it anew."
_ELSEWHERE = "See it in the OpenSearch console, Ingestion, Pipelines."
_REMEDY = {
    Goal.STOPPED: {
        "CREATE_FAILED": "It takes nothing in, so nothing needs stopping; the swap makes it anew. "
        "What comes next: tfswap status",
        "START_FAILED": "It takes nothing in, so nothing needs stopping; mend what AWS names "
        "before it is started again. What comes next: tfswap status",
        "DELETING": _GONE_SOON,
    },
    Goal.ACTIVE: {
        "CREATE_FAILED": "There is nothing to start. Mend what AWS names; the next plan and apply "
        "make it anew.",
        "UPDATE_FAILED": "It runs already, as it was before the update, so nothing needs starting. "
        "Mend what AWS names; the next plan and apply update it.",
        "STOP_FAILED": "It was not stopped, so nothing needs starting before it is. Mend what AWS "
        "names.",
        "DELETING": _GONE_SOON,
    },
}
"""What is next where no call leads to the goal."""


def wait_for_goal(osis: Any, name: str, goal: Goal, patience: Patience, again: str) -> Pipeline:
    """Wait until a pipeline that was asked to stop or start has done so.

    Args:
        osis: A boto3 client.
        name: The pipeline's name.
        goal: What it shall become.
        patience: Time-out, voice and clock.
        again: The command that does this, for the hint.

    Raises:
        AwsError: It ends in another state; the message holds AWS's reason.
    """
    try:
        seen = wait_stable(osis, name, patience)
    except MissingError as error:
        raise AwsError(
            f"The pipeline {name} was to be {_past(goal)}, but it is gone: somebody deleted it.",
            hint="Find out who (CloudTrail, DeletePipeline); Terraform makes it anew. What comes "
            "next: tfswap status",
        ) from error
    if seen.status != goal.value:
        raise AwsError(
            f"The pipeline {name} was to be {_past(goal)}, but {seen.words}.",
            hint=f"Mend what AWS names, then: {again}",
            details=(seen.reason,) if seen.reason else (),
        )
    return seen


def request_goal(osis: Any, name: str, goal: Goal) -> None:
    """Ask for it. A colleague who was faster is no failure: the pipeline is on its way then.

    Raises:
        AwsError: AWS refuses.
    """
    call = osis.stop_pipeline if goal is Goal.STOPPED else osis.start_pipeline
    try:
        with calling(f"{goal.doing} the pipeline {name}"):
            call(PipelineName=name)
    except AwsError as error:
        if code_of(error.__cause__ or error) != "ConflictException":
            raise
        now = describe_pipeline(osis, name)
        if now.status not in (goal.value, "STOPPING" if goal is Goal.STOPPED else "STARTING"):
            raise


def _past(goal: Goal) -> str:
    return "stopped" if goal is Goal.STOPPED else "started"
