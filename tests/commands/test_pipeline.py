"""``tfswap pipeline``, over HTTP against the stand-in."""

from __future__ import annotations

import pytest

from tests.aws.clock import Hand
from tests.commands.conftest import Clone
from tests.commands.faults import Faults
from tests.commands.lab import PIPELINE, Lab
from tfswap.aws import ingestion_pipeline
from tfswap.aws.errors import DeniedError, ExpiredError, MissingError
from tfswap.aws.ingestion_pipeline import Goal, Pipeline
from tfswap.commands.pipeline import move, status
from tfswap.errors import RepoError


@pytest.fixture
def faults(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Faults:
    return Faults(monkeypatch)


def run(lab: Lab, goal: Goal, *, yes: bool = True, name: str | None = None) -> int:
    return move(lab.context(), name, goal, yes=yes, timeout=1800, clock=Hand().clock)


def test_stop_and_start_as_typed(lab: Lab) -> None:
    assert f"{PIPELINE}\n  ACTIVE" in lab.tfswap("pipeline", "status").out
    declined = lab.tfswap("pipeline", "stop", stdin="no\n")
    assert declined.code == 130
    assert "Nothing was changed" in declined.err
    done = lab.tfswap("pipeline", "stop", "--yes")
    assert done.code == 0
    assert done.out.endswith(f"{PIPELINE} is STOPPED.\n")
    assert "is already STOPPED" in lab.tfswap("pipeline", "stop", "--yes").out


def test_the_status_shows_awss_reason(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = Pipeline(PIPELINE, "UPDATE_FAILED", "the role cannot be assumed")
    monkeypatch.setattr(ingestion_pipeline, "describe_pipeline", lambda *_: failed)
    assert status(lab.context(), None) == 0
    assert capsys.readouterr().out.endswith("\n  the role cannot be assumed\n")


def test_without_a_yes_nothing_is_written(
    lab: Lab, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tfswap.console.Console.confirm", lambda *_, **__: False)
    assert run(lab, Goal.STOPPED, yes=False) == 130
    assert faults.writes == []
    assert not (lab.clone.repo / ".tfswap").exists()


def test_a_start_says_what_aws_does_and_asks(lab: Lab) -> None:
    assert lab.tfswap("pipeline", "stop", "--yes").code == 0
    declined = lab.tfswap("pipeline", "start", stdin="no\n")
    assert declined.code == 130
    shown = " ".join(declined.out.split())
    assert "processes its source again from the beginning" in shown
    assert "Nothing was changed" in declined.err
    assert lab.client("osis").get_pipeline(PipelineName=PIPELINE)["Pipeline"]["Status"] == "STOPPED"


def test_stopping_again_asks_nothing_and_writes_nothing(lab: Lab, faults: Faults) -> None:
    assert run(lab, Goal.STOPPED) == 0
    before = list(faults.writes)
    assert run(lab, Goal.STOPPED) == 0
    assert faults.writes == before == ["StopPipeline"]
    assert [entry["event"] for entry in lab.journal()] == ["pipeline-stop", "pipeline-stopped"]


def test_there_and_back(lab: Lab, faults: Faults) -> None:
    run(lab, Goal.STOPPED)
    assert run(lab, Goal.ACTIVE) == 0
    assert faults.writes == ["StopPipeline", "StartPipeline"]


def test_an_expired_token_in_mid_wait_names_the_command_that_goes_on(
    lab: Lab, faults: Faults
) -> None:
    faults.refuse("GetPipeline", "ExpiredTokenException", 2)
    with pytest.raises(ExpiredError) as expired:
        run(lab, Goal.STOPPED)
    assert expired.value.hint == f"Renew your credentials, then: tfswap pipeline stop {PIPELINE}"
    assert run(lab, Goal.STOPPED) == 0
    assert faults.writes == ["StopPipeline"]


def test_a_lost_network_in_mid_wait_is_sat_out(lab: Lab, faults: Faults) -> None:
    faults.cut("GetPipeline", 2, 3)
    assert run(lab, Goal.STOPPED) == 0


def test_who_may_not_stop_it_is_told_so(lab: Lab, faults: Faults) -> None:
    faults.refuse("StopPipeline", "AccessDeniedException")
    with pytest.raises(DeniedError, match=f"Could not stop the pipeline {PIPELINE}"):
        run(lab, Goal.STOPPED)


def test_another_name_is_looked_for_in_the_same_account(lab: Lab) -> None:
    with pytest.raises(MissingError, match="no pipeline another") as shown:
        run(lab, Goal.STOPPED, name="another")
    assert shown.value.details == (PIPELINE,)


def test_a_repository_without_a_pipeline_asks_for_its_name(lab: Lab, clone: Clone) -> None:
    (clone.repo / "terraform/environment/opensearch_ingestion_pipeline.tf").unlink()
    with pytest.raises(RepoError, match="no OSIS pipeline in production"):
        status(lab.context(), None)
