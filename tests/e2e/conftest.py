"""Worlds for end-to-end tests: each stage of a swap is built once, each test gets its own copy.

A test asks for the stage it begins at: ``world`` (applied, and no table is restored), ``prepared``,
``pushed``, ``verified`` or ``swapped`` (the swap is applied).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.stages import STAGES, Visit, visit
from tests.required import missing
from tfswap.demo.provider_plugins import find_plugin_dir
from tfswap.demo.server import StandInError
from tfswap.demo.world import World

_VISIT = pytest.StashKey[Visit]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder runs the real Terraform; what needs a late stage comes last."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(900))
    stages = ["stages", *STAGES]
    items.sort(key=lambda item: max((stages.index(n) for n in _names(item) & {*stages}), default=0))


def _names(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def pytest_collection_finish(session: pytest.Session) -> None:
    """With several workers, have the stages built while they are at other tests."""
    config = session.config
    wanted = {name for item in session.items for name in _names(item)}
    if getattr(config, "workerinput", {}).get("workerid") != "gw0" or "stages" not in wanted:
        return
    last = [name for name in ("applied", *STAGES) if name in wanted | {"applied"}][-1]
    _visit(session.config).send(f"ahead {last}")


def _visit(config: pytest.Config) -> Visit:
    if _VISIT not in config.stash:
        base = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        shared = base.parent if hasattr(config, "workerinput") else base
        config.stash[_VISIT] = visit(shared / "e2e")
    return config.stash[_VISIT]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The host ends when the last worker has hung up."""
    if _VISIT in config.stash:
        config.stash[_VISIT].connection.close()


@pytest.fixture(scope="session")
def stages(terraform_binary: str, request: pytest.FixtureRequest) -> Callable[[str], World]:
    """A stage by its name: fork it, do not change it."""

    def stage(name: str) -> World:
        try:
            return _visit(request.config).stage(name)
        except StandInError as error:
            if find_plugin_dir() is None and "init" in error.message:
                missing("the AWS provider is neither here nor to be had by terraform init")
            raise

    return stage


@pytest.fixture
def fork(stages: Callable[[str], World], tmp_path: Path) -> Iterator[Callable[[str], World]]:
    """Make a copy of a stage: own server, own state, own git repo with an origin."""
    made: list[World] = []

    def copy(name: str) -> World:
        made.append(stages(name).fork(tmp_path / f"world{len(made) or ''}"))
        return made[-1]

    yield copy
    for world in made:
        world.close()


@pytest.fixture
def world(fork: Callable[[str], World]) -> World:
    """The environment is applied; no table is restored."""
    return fork("applied")


@pytest.fixture
def prepared(fork: Callable[[str], World]) -> World:
    """Lpas is restored and the swap prepared."""
    return fork("prepared")


@pytest.fixture
def pushed(fork: Callable[[str], World]) -> World:
    """The state holds the restored table."""
    return fork("pushed")


@pytest.fixture
def verified(fork: Callable[[str], World]) -> World:
    """A plan is verified ready."""
    return fork("verified")


@pytest.fixture
def swapped(fork: Callable[[str], World]) -> World:
    """The plan is applied: the restored table is in service."""
    return fork("swapped")
