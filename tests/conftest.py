"""What every test has: the three runs (quick, test, full), and a machine it cannot touch.

Options of the runs are in CONTRIBUTING, "Which test command for what".
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests import rotation
from tests.left_behind import traces
from tests.required import clean_environment, missing

if TYPE_CHECKING:
    from tfswap.demo.server import Server


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the runs."""
    ours = parser.getgroup("tfswap")
    ours.addoption("--full", action="store_true", help="run every case, not only a rotating part")
    ours.addoption("--seed", type=int, help="repeat the rotating part that a run has printed")
    ours.addoption("--shuffle", action="store_true", help="random order, by the same seed")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed, or take the one the whole run has."""
    if config.option.seed is None:
        chosen = random.SystemRandom().randrange(1_000_000)
        config.option.seed = getattr(config, "workerinput", {}).get("seed", chosen)
    rotation.begin(config.option.seed, full=config.option.full)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # As a shell starts what runs in the background; every child would be deaf to Ctrl-C, too.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Read by hypothesis' own plugin, which is configured after this one.
    config.option.hypothesis_seed = config.option.hypothesis_seed or str(config.option.seed)
    settings.register_profile("part", deadline=None, max_examples=25)
    settings.register_profile("full", deadline=None, max_examples=300)
    settings.load_profile("full" if config.option.full else "part")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand a worker the seed."""
    node.workerinput["seed"] = node.config.option.seed


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how to repeat this run's rotating part."""
    words = f"--seed {config.option.seed}{' --shuffle' * config.option.shuffle}"
    terminalreporter.write_line(f"The same cases again: python -m pytest {words}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs Terraform, leave out what only the full run has, put the longest first."""
    for item in items:
        if "terraform_binary" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.terraform)
    left_out = set() if config.option.full else {*_only_full(items), *_not_chosen(items)}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    if config.option.shuffle:
        random.Random(config.option.seed).shuffle(items)
    elif hasattr(config, "workerinput"):
        items[:] = _spread(items, config.workerinput["workercount"])


def _only_full(items: list[pytest.Item]) -> list[pytest.Item]:
    return [item for item in items if item.get_closest_marker("full")]


def _not_chosen(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return all but one of each group of tests that are marked ``one_of`` it."""
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        if mark := item.get_closest_marker("one_of"):
            groups.setdefault(mark.args[0], []).append(item)
    return [
        item for group in groups.values() for item in group if item not in rotation.part(group, 1)
    ]


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves a process, a port, a file or changed surroundings behind."""
    before = traces()
    yield
    # In a name of its own: pytest would show what it is made of, and that holds variables' values.
    left = traces().left_since(before, request.node.nodeid)
    assert not left


@pytest.fixture(scope="session")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A stand-in for AWS with nothing in it: fork it (a start takes seconds), do not change it."""
    from tfswap.demo import server

    running = server.start(tmp_path_factory.mktemp("standin") / "log")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def terraform_binary() -> str:
    """The terraform on the PATH; whoever needs it asks for this."""
    if shutil.which("terraform") is None:
        missing("terraform is not on the PATH")
    return "terraform"


def _spread(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Give each worker's first share whole swaps in the middle.

    The stages they begin at are built meanwhile, and a long test at the end would leave the other
    workers idle. (--dist worksteal begins with shares of equal length.)
    """
    long = [item for item in items if item.get_closest_marker("e2e")]
    short = [item for item in items if not item.get_closest_marker("e2e")]
    spread: list[pytest.Item] = []
    for number in range(workers):
        mine = short[len(short) * number // workers : len(short) * (number + 1) // workers]
        third = len(mine) // 3
        spread += [*mine[:third], *long[number::workers], *mine[third:]]
    return spread


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A worker more than every two cores: an apply mostly waits for AWS, and Terraform for it."""
    cores = os.cpu_count() or 1
    return cores + (cores + 1) // 2


@pytest.fixture(scope="session", autouse=True)
def no_real_surroundings(tmp_path_factory: pytest.TempPathFactory) -> object:
    """HOME is an empty folder, and nothing of the user's settings is set, for every test."""
    home = tmp_path_factory.mktemp("home")
    wanted = clean_environment(home)
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - wanted.keys():
            patch.delenv(name)
        for name, value in wanted.items():
            patch.setenv(name, value)
        scratch = tmp_path_factory.mktemp("scratch")
        patch.setenv("TMPDIR", str(scratch))
        patch.setattr(tempfile, "tempdir", str(scratch))
        yield home
        assert not (home / ".aws").exists(), "a test wrote AWS settings to HOME"
