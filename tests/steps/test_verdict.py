"""A verdict holds for one plan file, one state, one workspace and a while."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from tfswap.errors import PlanError, RejectedError, RepoError
from tfswap.steps import verdict as verdicts

HOUR = timedelta(hours=1)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A file in the shape of a saved plan; real ones are bound in tests/e2e."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tfplan", b"\0")
        archive.writestr("tfstate", json.dumps({"lineage": "l", "serial": 9}))
    (tmp_path / "plan").write_bytes(buffer.getvalue())
    return tmp_path / "plan"


def test_it_survives_the_disk(plan: Path, tmp_path: Path) -> None:
    bound = verdicts.bind("ready", plan, "production")
    verdicts.save(tmp_path / "v", bound)
    assert verdicts.load(tmp_path / "v") == bound
    assert (bound.lineage, bound.serial) == ("l", 9)
    assert verdicts.check_plan(bound, "production", HOUR) is bound
    verdicts.check_state(bound, "l", 9)


def test_what_was_never_verified_is_refused(tmp_path: Path) -> None:
    assert verdicts.load(tmp_path / "none") is None
    with pytest.raises(RejectedError, match="No plan was verified") as caught:
        verdicts.check_plan(None, "production", HOUR)
    assert "tfswap verify-plan" in caught.value.hint


@pytest.mark.parametrize("word", ["rejected", "cannot tell", "applied", "READY", ""])
def test_only_ready_is_ready(plan: Path, word: str) -> None:
    with pytest.raises(RejectedError, match="verdict is"):
        verdicts.check_plan(verdicts.bind(word, plan, "production"), "production", HOUR)


def test_a_changed_plan_is_refused(plan: Path) -> None:
    bound = verdicts.bind("ready", plan, "production")
    plan.write_bytes(plan.read_bytes() + b" ")
    with pytest.raises(RejectedError, match="changed since"):
        verdicts.check_plan(bound, "production", HOUR)
    plan.unlink()
    with pytest.raises(RejectedError, match="is gone"):
        verdicts.check_plan(bound, "production", HOUR)


def test_another_workspace_is_refused(plan: Path) -> None:
    bound = verdicts.bind("ready", plan, "staging")
    with pytest.raises(RejectedError, match="'staging', not 'production'"):
        verdicts.check_plan(bound, "production", HOUR)


@pytest.mark.parametrize("age", [timedelta(minutes=61), timedelta(minutes=-5)])
def test_an_old_verdict_and_one_from_the_future_are_refused(plan: Path, age: timedelta) -> None:
    bound = verdicts.bind("ready", plan, "production")
    aged = msgspec.structs.replace(bound, at=bound.at - age)
    with pytest.raises(RejectedError, match="minutes old"):
        verdicts.check_plan(aged, "production", HOUR)


@pytest.mark.parametrize(("lineage", "serial"), [("l", 10), ("l", 8), ("m", 9)])
def test_a_state_that_moved_is_refused(plan: Path, lineage: str, serial: int) -> None:
    with pytest.raises(RejectedError, match="state moved"):
        verdicts.check_state(verdicts.bind("ready", plan, "p"), lineage, serial)


@pytest.mark.parametrize("data", [b"", b"{}", b"PK\x03\x04 cut off"])
def test_what_is_no_saved_plan_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "p").write_bytes(data)
    with pytest.raises(PlanError, match="not a plan"):
        verdicts.bind("ready", tmp_path / "p", "production")


def test_a_damaged_verdict_says_to_verify_again(tmp_path: Path) -> None:
    (tmp_path / "v").write_text("{")
    with pytest.raises(RepoError) as caught:
        verdicts.load(tmp_path / "v")
    assert "verify-plan" in caught.value.hint
