"""What no test may touch: the real home folder, real AWS credentials, the user's settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_OURS = ("TFSWAP_E2E", "TFSWAP_PLUGIN_DIR")
_PROVIDERS = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR")
_FOREIGN = ("AWS_", "TF_", "TFSWAP_", "GIT_", "CI", "GITHUB_", "GH_")
"""First characters of variables that change what tfswap or its tools do; CI's own among them."""


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
