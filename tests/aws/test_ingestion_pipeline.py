"""The pipeline: every state in words, what may follow, and who was faster."""

from __future__ import annotations

from typing import Any

import pytest

from tests.aws import stubs
from tests.aws.clock import Hand
from tfswap.aws import ingestion_pipeline
from tfswap.aws.errors import DeniedError, MissingError
from tfswap.aws.ingestion_pipeline import (
    Goal,
    Pipeline,
    check_goal,
    request_goal,
    wait_for_goal,
    wait_stable,
)
from tfswap.aws.wait import WaitOptions
from tfswap.errors import AwsError

NAME = "lpas-production-stream"
AGAIN = f"tfswap pipeline start {NAME}"
STATES = [*stubs.enum("osis", "PipelineStatus"), "STOP_FAILED"]
"""Botocore's, and one more that the developer guide lists."""


def shown(status: str, reason: str = "") -> dict[str, Any]:
    described = {"PipelineName": NAME, "Status": status}
    return {"Pipeline": {**described, "StatusReason": {"Description": reason}}}


def wait_options(said: list[str] | None = None) -> WaitOptions:
    return WaitOptions(None, (said if said is not None else []).append, Hand().clock)


def move(client: Any, goal: Goal, said: list[str] | None = None) -> Pipeline:
    request_goal(client, NAME, goal)
    return wait_for_goal(client, NAME, goal, wait_options(said), AGAIN)


@pytest.mark.parametrize("status", STATES)
def test_every_state_of_botocores_model_is_told_in_words(status: str) -> None:
    assert "unknown status" not in Pipeline(NAME, status, "").words


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("goal", Goal)
def test_every_state_passes_or_leads_to_the_goal_or_is_refused(status: str, goal: Goal) -> None:
    pipeline = Pipeline(NAME, status, "the reason")
    if pipeline.passing:
        return
    possible = {
        Goal.STOPPED: {"STOPPED", "ACTIVE", "UPDATE_FAILED", "STOP_FAILED"},
        Goal.ACTIVE: {"ACTIVE", "STOPPED", "START_FAILED"},
    }
    if status in possible[goal]:
        check_goal(pipeline, goal)
    else:
        with pytest.raises(AwsError) as refused:
            check_goal(pipeline, goal)
        assert refused.value.hint
        assert "console" not in refused.value.hint, "say it in words of our own"
        assert refused.value.details == ("the reason",)


def test_what_takes_nothing_in_needs_no_stop_and_what_runs_needs_no_start() -> None:
    for status in ("CREATE_FAILED", "START_FAILED"):
        with pytest.raises(AwsError, match=f"cannot be stopped: {status}: it could not") as raised:
            check_goal(Pipeline(NAME, status, ""), Goal.STOPPED)
        assert "need not be stopped" in raised.value.hint
        assert raised.value.hint.endswith("tfswap status")
    with pytest.raises(AwsError, match="cannot be started: UPDATE_FAILED") as raised:
        check_goal(Pipeline(NAME, "UPDATE_FAILED", ""), Goal.ACTIVE)
    assert "already running" in raised.value.hint


def test_a_state_of_tomorrow_is_left_alone() -> None:
    with pytest.raises(AwsError, match=r"PAUSED \(unknown status\)") as raised:
        check_goal(Pipeline(NAME, "PAUSED", ""), Goal.STOPPED)
    assert "console" in raised.value.hint


def test_it_is_stopped_and_waited_for() -> None:
    client = stubs.client("osis", "stop_pipeline", {"Pipeline": {}})
    stubs.add(client.stubber, "get_pipeline", shown("STOPPING"), shown("STOPPED"))
    said: list[str] = []
    assert move(client, Goal.STOPPED, said).status == "STOPPED"
    assert said == ["STOPPING: it is stopping"]


def test_a_start_that_fails_says_awss_reason() -> None:
    client = stubs.client("osis", "start_pipeline", {"Pipeline": {}})
    stubs.add(client.stubber, "get_pipeline", shown("STARTING"), shown("START_FAILED", "no role"))
    with pytest.raises(AwsError, match="START_FAILED: it could not be started") as failed:
        move(client, Goal.ACTIVE)
    assert failed.value.details == ("no role",)
    assert failed.value.hint == f"Fix the error AWS reported, then: {AGAIN}"


def test_a_pipeline_that_vanishes_in_mid_wait_is_said_to() -> None:
    client = stubs.client("osis", "stop_pipeline", {"Pipeline": {}})
    stubs.add(client.stubber, "get_pipeline", shown("STOPPING"), "ResourceNotFoundException")
    stubs.add(client.stubber, "list_pipelines", {"Pipelines": []})
    with pytest.raises(AwsError, match="could not be stopped: it was deleted") as gone:
        move(client, Goal.STOPPED)
    assert gone.value.hint.endswith("tfswap status")


def test_a_pipeline_that_comes_back_by_itself_is_not_called_stopped() -> None:
    client = stubs.client("osis", "stop_pipeline", {"Pipeline": {}})
    stubs.add(client.stubber, "get_pipeline", shown("STOPPING"), shown("ACTIVE"))
    with pytest.raises(AwsError, match="could not be stopped: ACTIVE"):
        move(client, Goal.STOPPED)


def test_a_colleague_who_was_faster_is_no_failure() -> None:
    client = stubs.client("osis", "stop_pipeline", "ConflictException")
    stubs.add(client.stubber, "get_pipeline", shown("STOPPING"), shown("STOPPED"))
    assert move(client, Goal.STOPPED).status == "STOPPED"


def test_a_conflict_with_something_else_is_one() -> None:
    client = stubs.client("osis", "stop_pipeline", "ConflictException")
    stubs.add(client.stubber, "get_pipeline", shown("UPDATING"))
    with pytest.raises(AwsError, match="ConflictException"):
        move(client, Goal.STOPPED)


def test_who_may_not_is_told_so() -> None:
    with pytest.raises(DeniedError, match=f"stop the pipeline {NAME}"):
        ingestion_pipeline.request_goal(
            stubs.client("osis", "stop_pipeline", "AccessDeniedException"), NAME, Goal.STOPPED
        )


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    client = stubs.client("osis", "get_pipeline", "ResourceNotFoundException")
    pages = ({"Pipelines": [{"PipelineName": "beta"}], "NextToken": "t"},)
    stubs.add(client.stubber, "list_pipelines", *pages, {"Pipelines": [{"PipelineName": "alpha"}]})
    with pytest.raises(MissingError) as missing:
        ingestion_pipeline.describe_pipeline(client, NAME)
    assert missing.value.details == ("alpha", "beta")


def test_what_passes_is_waited_for() -> None:
    client = stubs.client("osis", "get_pipeline", shown("UPDATING"), shown("ACTIVE"))
    assert wait_stable(client, NAME, wait_options()).status == "ACTIVE"
