"""The small world, applied once, and the stages at which commands begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import stage as stages
from tests.faults.play import play
from tests.faults.stage import Stage


@pytest.fixture(scope="session")
def bare_stage(terraform_binary: str, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Applied; nothing prepared."""
    return stages.build(tmp_path_factory.mktemp("stage") / "bare")


def _after(stage: Stage, act: str, folder: Path) -> Stage:
    copy = stage.fork(folder)
    done = play(copy, act)
    assert done.code == 0, done.text
    return copy


@pytest.fixture(scope="session")
def prepared_stage(bare_stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Branch made, tfvars edited."""
    return _after(bare_stage, "prepare", tmp_path_factory.mktemp("stage") / "prepared")


@pytest.fixture(scope="session")
def pushed_stage(prepared_stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The state holds the restored table."""
    return _after(prepared_stage, "run", tmp_path_factory.mktemp("stage") / "pushed")
