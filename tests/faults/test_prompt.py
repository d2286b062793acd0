"""What is answered where ``run`` asks before it pushes: anything but ``yes`` changes nothing."""

from __future__ import annotations

import pty
from pathlib import Path
from typing import Any

import pytest

from tests.faults.play import perform, play
from tests.faults.stage import NEW, TABLE, Stage
from tests.terminal import answered
from tfswap.terraform.state_file import parse

ASKED = "run, asked"


def answer(stage: Stage, keys: bytes) -> tuple[int, str]:
    child, terminal = pty.fork()
    if child == 0:
        perform(stage, ASKED)
    code, seen = answered(child, terminal, b"Type 'yes' to continue:", keys)
    return code, seen.decode()


def as_it_is(stage: Stage) -> dict[str, Any]:
    """State, files and branches; the baseline plan stays for ``verify-plan``."""
    return {key: value for key, value in stage.ending().items() if key != "kept"}


@pytest.fixture
def prepared(prepared_stage: Stage, tmp_path: Path) -> Stage:
    return prepared_stage.fork(tmp_path / "stage")


@pytest.mark.parametrize(
    ("keys", "ends"),
    [(b"\x03", 130), (b"no\n", 130), (b"\n", 130), (b"x\n", 130), (b"\x04", 2)],
)
def test_anything_but_yes_changes_nothing(prepared: Stage, keys: bytes, ends: int) -> None:
    before = as_it_is(prepared)
    code, seen = answer(prepared, keys)
    assert code == ends, seen
    assert "Traceback" not in seen
    assert as_it_is(prepared) == before
    assert not prepared.directory.scratch.exists()


def test_a_rehearsal_ends_before_the_question(prepared: Stage) -> None:
    before = as_it_is(prepared)
    done = play(prepared, "rehearse")
    assert done.code == 0
    assert "next: tfswap run" in done.text
    assert as_it_is(prepared) == before


def test_yes_pushes(prepared: Stage) -> None:
    code, seen = answer(prepared, b"yes\n")
    assert code == 0, seen
    assert parse(prepared.state_file.read_bytes()).instances[TABLE].attributes["id"] == NEW


def test_nobody_at_the_prompt_is_said(prepared: Stage) -> None:
    before = as_it_is(prepared)
    done = play(prepared, ASKED)
    assert done.code == 2
    assert "--yes" in done.text
    assert as_it_is(prepared) == before
