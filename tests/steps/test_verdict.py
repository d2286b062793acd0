"""A verdict holds for one plan file, one state, one workspace and a while."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from tfswap.errors import PlanError, RejectedError, RepoError
from tfswap.steps import verdict as verdicts
from tfswap.steps.verdict import BoundVerdict
from tfswap.swap import Swap

HOUR = timedelta(hours=1)


def bind(word: str, plan: Path, swap: Swap) -> BoundVerdict:
    return verdicts.bind(word, plan, verdicts.digest(plan), swap)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A file in the shape of a saved plan; real ones are bound in tests/e2e."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tfplan", b"\0")
        archive.writestr("tfstate", json.dumps({"lineage": "l", "serial": 9}))
    (tmp_path / "plan").write_bytes(buffer.getvalue())
    return tmp_path / "plan"


def test_it_survives_the_disk(plan: Path, tmp_path: Path, swap: Swap) -> None:
    bound = bind("ready", plan, swap)
    verdicts.save(tmp_path / "v", bound)
    assert verdicts.load(tmp_path / "v") == bound
    assert (bound.lineage, bound.serial) == ("l", 9)
    assert verdicts.check_plan(bound, swap, HOUR) is bound
    verdicts.check_state(bound, "l", 9)


def test_what_was_never_verified_is_refused(tmp_path: Path, swap: Swap) -> None:
    assert verdicts.load(tmp_path / "none") is None
    with pytest.raises(RejectedError, match="No plan is verified") as caught:
        verdicts.check_plan(None, swap, HOUR)
    assert "tfswap verify-plan" in caught.value.hint


@pytest.mark.parametrize("word", ["rejected", "cannot tell", "applied", "READY", ""])
def test_only_ready_is_ready(plan: Path, word: str, swap: Swap) -> None:
    with pytest.raises(RejectedError, match="verdict is"):
        verdicts.check_plan(bind(word, plan, swap), swap, HOUR)


def test_a_changed_plan_is_refused(plan: Path, swap: Swap) -> None:
    bound = bind("ready", plan, swap)
    plan.write_bytes(plan.read_bytes() + b" ")
    with pytest.raises(RejectedError, match="changed since"):
        verdicts.check_plan(bound, swap, HOUR)
    plan.unlink()
    with pytest.raises(RejectedError, match="does not exist any more"):
        verdicts.check_plan(bound, swap, HOUR)


def test_another_workspace_is_refused(plan: Path, swap: Swap) -> None:
    bound = bind("ready", plan, msgspec.structs.replace(swap, workspace="staging"))
    with pytest.raises(RejectedError, match="'staging', not 'production'"):
        verdicts.check_plan(bound, swap, HOUR)


@pytest.mark.parametrize(
    ("age", "says"), [(61, "is 61 minutes old"), (-5, "this machine's clock was set back")]
)
def test_an_old_verdict_and_one_from_the_future_are_refused(
    plan: Path, age: int, says: str, swap: Swap
) -> None:
    bound = bind("ready", plan, swap)
    aged = msgspec.structs.replace(bound, at=bound.at - timedelta(minutes=age))
    with pytest.raises(RejectedError, match=says) as caught:
        verdicts.check_plan(aged, swap, HOUR)
    assert "tfswap verify-plan" in caught.value.hint


@pytest.mark.parametrize(("lineage", "serial"), [("l", 10), ("l", 8), ("m", 9)])
def test_a_state_that_moved_is_refused(plan: Path, lineage: str, serial: int, swap: Swap) -> None:
    with pytest.raises(RejectedError, match="state changed"):
        verdicts.check_state(bind("ready", plan, swap), lineage, serial)


@pytest.mark.parametrize("data", [b"", b"{}", b"PK\x03\x04 cut off"])
def test_what_is_no_saved_plan_is_refused(tmp_path: Path, data: bytes, swap: Swap) -> None:
    (tmp_path / "p").write_bytes(data)
    with pytest.raises(PlanError, match="not a plan"):
        bind("ready", tmp_path / "p", swap)


def test_a_damaged_verdict_says_to_verify_again(tmp_path: Path) -> None:
    (tmp_path / "v").write_text("{")
    with pytest.raises(RepoError) as caught:
        verdicts.load(tmp_path / "v")
    assert "verify-plan" in caught.value.hint


def test_a_plan_replaced_while_it_was_verified_gets_no_verdict(plan: Path, swap: Swap) -> None:
    before = verdicts.digest(plan)
    plan.write_bytes(plan.read_bytes() + b" ")
    with pytest.raises(PlanError, match="changed while it was verified"):
        verdicts.bind("ready", plan, before, swap)


def test_another_swap_is_refused(plan: Path, swap: Swap) -> None:
    bound = bind("ready", plan, swap)
    other = msgspec.structs.replace(swap, tables=swap.tables[:1])
    with pytest.raises(RejectedError, match="another swap"):
        verdicts.check_plan(bound, other, HOUR)


def test_what_is_applied_is_a_copy_of_what_was_verified(
    plan: Path, swap: Swap, tmp_path: Path
) -> None:
    bound = bind("ready", plan, swap)
    verdicts.copy_private(bound, tmp_path / "copy")
    assert verdicts.digest(tmp_path / "copy") == bound.sha256
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
    plan.write_bytes(b"another")
    with pytest.raises(RejectedError, match="changed since"):
        verdicts.copy_private(bound, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_time_without_a_zone_is_no_verdict(plan: Path, tmp_path: Path, swap: Swap) -> None:
    bound = bind("ready", plan, swap)
    verdicts.save(tmp_path / "v", bound)
    text = re.sub(r'"at":"[^"]+"', '"at":"2026-01-02T03:04:05"', (tmp_path / "v").read_text())
    (tmp_path / "v").write_text(text)
    with pytest.raises(RepoError, match="cannot be read as a verdict"):
        verdicts.load(tmp_path / "v")
