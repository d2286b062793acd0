"""Files become bytes: read when small, mapped when large, refused with a message otherwise."""

from __future__ import annotations

import gc
import mmap
import os
import threading
from pathlib import Path

import pytest

from tfswap.errors import PlanError
from tfswap.plan import plan_file
from tfswap.plan.document import open_plan
from tfswap.plan.plan_file import collector_off, map_plan

GOOD = Path(__file__).parents[2] / "fixtures" / "plans" / "good" / "plan.json"


def test_a_small_file_is_read() -> None:
    assert map_plan(GOOD) == GOOD.read_bytes()


def test_a_large_file_is_mapped_and_gives_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    small = open_plan(GOOD)
    monkeypatch.setattr(plan_file, "SMALL", 1000)
    assert isinstance(map_plan(GOOD), mmap.mmap)
    large = open_plan(GOOD)
    assert [c.address for c in large.changes] == [c.address for c in small.changes]
    assert [c.after for c in large.changes] == [c.after for c in small.changes]
    assert large.state.managed == small.state.managed


def test_a_pipe_is_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_file, "SMALL", 1000)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(GOOD.read_bytes()))
    writer.start()
    assert bytes(map_plan(pipe)) == GOOD.read_bytes()
    writer.join()


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_cannot_be_read_is_a_plan_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(PlanError, match="cannot be read") as caught:
        open_plan(tmp_path / name)
    assert caught.value.hint


def test_an_empty_file_is_a_plan_error(tmp_path: Path) -> None:
    (tmp_path / "plan.json").touch()
    with pytest.raises(PlanError, match="empty"):
        open_plan(tmp_path / "plan.json")


def test_the_collector_comes_back_only_if_it_was_on() -> None:
    assert gc.isenabled()
    with pytest.raises(ValueError, match="x"), collector_off():
        assert not gc.isenabled()
        raise ValueError("x")
    assert gc.isenabled()
    gc.disable()
    try:
        with collector_off():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
