"""Worlds for end-to-end tests: one is applied, each test gets a copy of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.required import missing
from tfswap.demo import world as demo_world
from tfswap.demo.provider_plugins import find_plugin_dir
from tfswap.demo.world import World, WorldError


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder runs the real Terraform."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def base_world(terraform_binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The applied world all others are copied from. Read it, do not change it."""
    try:
        built = demo_world.build(tmp_path_factory.mktemp("base"))
    except WorldError as error:
        if find_plugin_dir() is None and "init" in error.message:
            missing("the AWS provider is neither on this machine nor to be had by terraform init")
        raise
    yield built
    built.close()


@pytest.fixture
def world(base_world: World, tmp_path: Path) -> Iterator[World]:
    """A fresh copy of the applied world: own server, own state, own git repo with an origin."""
    copied = base_world.fork(tmp_path / "world")
    yield copied
    copied.close()
