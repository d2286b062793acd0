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
from tfswap.aws.wait import WaitOptions, wait_until
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
    "ACTIVE": "is running and ingests data",
    "UPDATING": "is being updated; it still ingests data",
    "DELETING": "is being deleted",
    "CREATE_FAILED": "could not be created",
    "UPDATE_FAILED": "could not be updated; it runs with its previous configuration",
    "STARTING": "is starting",
    "START_FAILED": "could not be started",
    "STOPPING": "is stopping",
    "STOP_FAILED": "could not be stopped; it may still ingest data",
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
        meaning = _WORDS.get(self.status)
        return f"{self.status}: it {meaning}" if meaning else f"{self.status} (unknown status)"

    @property
    def passing(self) -> bool:
        """Whether the status leads to another by itself."""
        return self.status in _PASSING


EFFECTS = {
    Goal.STOPPED: "The search index does not follow the table until a pipeline runs again. AWS "
    "removes the pipeline's endpoints in the meantime.",
    Goal.ACTIVE: "The search index follows the table named in the pipeline's configuration. A "
    "pipeline that pulls its data (from DynamoDB, S3, Kafka) processes its source again "
    "from the beginning.",
}
"""What AWS does (OpenSearch Service developer guide, "Stopping and starting … pipelines")."""


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
            hint="Choose an existing pipeline, or check --account, --region and --environment.",
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


def wait_stable(osis: Any, name: str, wait_options: WaitOptions) -> Pipeline:
    """Wait until the pipeline is in a state that does not pass by itself, and return it.

    Raises:
        AwsError: It cannot be described, or the time is up.
    """
    return wait_until(
        lambda: describe_pipeline(osis, name),
        lambda seen: not seen.passing,
        what=f"the status of the pipeline {name}",
        words=lambda seen: seen.words,
        wait_options=wait_options,
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


_GONE_SOON = "Wait until it is deleted (tfswap pipeline status). Terraform recreates it."
_ELSEWHERE = "Check it in the OpenSearch console under Ingestion, Pipelines."
_REMEDY = {
    Goal.STOPPED: {
        "CREATE_FAILED": "It ingests nothing, so it need not be stopped. The apply recreates "
        "it. For the next step: tfswap status",
        "START_FAILED": "It ingests nothing, so it need not be stopped. Fix the error AWS reported "
        "before you start it again. For the next step: tfswap status",
        "DELETING": _GONE_SOON,
    },
    Goal.ACTIVE: {
        "CREATE_FAILED": "It cannot be started. Fix the error AWS reported; the next apply "
        "recreates it.",
        "UPDATE_FAILED": "It is already running with its previous configuration. Fix the error AWS "
        "reported; the next apply updates it.",
        "STOP_FAILED": "It was not stopped, so it need not be started. Fix the error AWS reported.",
        "DELETING": _GONE_SOON,
    },
}
"""What is next where no call leads to the goal."""


def wait_for_goal(
    osis: Any, name: str, goal: Goal, wait_options: WaitOptions, again: str
) -> Pipeline:
    """Wait until a pipeline that was asked to stop or start has done so.

    Args:
        osis: A boto3 client.
        name: The pipeline's name.
        goal: What it shall become.
        wait_options: Time-out, voice and clock.
        again: The command that does this, for the hint.

    Raises:
        AwsError: It ends in another state; the message holds AWS's reason.
    """
    try:
        seen = wait_stable(osis, name, wait_options)
    except MissingError as error:
        raise AwsError(
            f"The pipeline {name} could not be {_past(goal)}: it was deleted.",
            hint="Find out who deleted it (CloudTrail, DeletePipeline). Terraform recreates "
            "it. For the next step: tfswap status",
        ) from error
    if seen.status != goal.value:
        raise AwsError(
            f"The pipeline {name} could not be {_past(goal)}: {seen.words}.",
            hint=f"Fix the error AWS reported, then: {again}",
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
