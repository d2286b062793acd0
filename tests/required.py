"""What a test needs and this machine may lack, and what it must not touch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

_OURS = ("TFSWAP_E2E", "TFSWAP_PLUGIN_DIR")
_PROVIDERS = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR")
_FOREIGN = ("AWS_", "TF_", "TFSWAP_", "GIT_", "CI", "GITHUB_", "GH_")
"""First characters of variables that change what tfswap or its tools do; CI's own among them."""
_GO = {"GOGC": "off", "GOMEMLIMIT": "400MiB"}
"""Collect garbage late: it takes a third of what a short-lived Terraform and its provider cost."""


def missing(reason: str) -> NoReturn:
    """Skip, or fail where the tests on the real Terraform are required."""
    if os.environ.get("TFSWAP_E2E") == "required":
        pytest.fail(f"TFSWAP_E2E=required, but {reason}", pytrace=False)
    pytest.skip(reason)


def clean_environment(home: Path) -> dict[str, str]:
    """Return this process's variables without what ``_FOREIGN`` names, for a life in ``home``."""
    kept = _real_home_settings()
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_FOREIGN) or name in _OURS
    }
    places = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    fixed = {"AWS_EC2_METADATA_DISABLED": "true", "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(home)}
    return {**_GO, **own, **kept, **fixed, **{name: str(home / name.lower()) for name in places}}


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
