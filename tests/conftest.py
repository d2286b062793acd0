"""What every test has: the three runs (quick, test, full), and a machine it cannot touch.

Options of the runs are in CONTRIBUTING, "Which test command for what".
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from tests import rotation
from tests.required import missing

_OURS = ("TFSWAP_E2E", "TFSWAP_PLUGIN_DIR")
_PROVIDERS = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR")
_FOREIGN = ("AWS_", "TF_", "TFSWAP_", "GIT_", "CI", "GITHUB_", "GH_")
"""First characters of variables that change what tfswap or its tools do; CI's own among them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the runs."""
    ours = parser.getgroup("tfswap")
    ours.addoption("--full", action="store_true", help="run every case, not only a rotating part")
    ours.addoption("--seed", type=int, help="repeat the rotating part that a run has printed")
    ours.addoption("--shuffle", action="store_true", help="random order, by the same seed")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed; pytest-xdist hands it to its workers with the other options."""
    if config.option.seed is None:
        config.option.seed = random.SystemRandom().randrange(1_000_000)
    rotation.begin(config.option.seed, full=config.option.full)
    # Read by hypothesis' own plugin, which is configured after this one.
    config.option.hypothesis_seed = config.option.hypothesis_seed or str(config.option.seed)
    settings.register_profile("part", deadline=None, max_examples=25)
    settings.register_profile("full", deadline=None)
    settings.load_profile("full" if config.option.full else "part")


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
    full = [item for item in items if item.get_closest_marker("full")]
    if full and not config.option.full:
        config.hook.pytest_deselected(items=full)
        items[:] = [item for item in items if item not in set(full)]
    if config.option.shuffle:
        random.Random(config.option.seed).shuffle(items)
    elif config.getoption("dist", "no") != "no":
        # Workers share out what is left: long tests at the end would leave one of them idle.
        items.sort(key=lambda item: item.get_closest_marker("e2e") is None)


@pytest.fixture(scope="session")
def terraform_binary() -> str:
    """The terraform on the PATH; whoever needs it asks for this."""
    if shutil.which("terraform") is None:
        missing("terraform is not on the PATH")
    return "terraform"


def _real_home_settings() -> dict[str, str]:
    """Where Terraform finds providers below the real home, as variables that outlive it."""
    config = Path.home() / ".terraformrc"
    found = {name: os.environ[name] for name in _PROVIDERS if os.environ.get(name)}
    if config.is_file():
        found.setdefault("TF_CLI_CONFIG_FILE", str(config))
    plugins = Path.home() / ".terraform.d" / "plugins"
    if plugins.is_dir():
        found.setdefault("TF_PLUGIN_CACHE_DIR", str(plugins))
    return found


@pytest.fixture(scope="session", autouse=True)
def no_real_surroundings(tmp_path_factory: pytest.TempPathFactory) -> object:
    """HOME is an empty folder, and what ``_FOREIGN`` names is unset, for every test."""
    kept = _real_home_settings()
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(_FOREIGN) and name not in _OURS:
                patch.delenv(name)
        for name, value in kept.items():
            patch.setenv(name, value)
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(home if name == "HOME" else home / name.lower()))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield home
        assert not (home / ".aws").exists(), "a test wrote AWS settings to HOME"
