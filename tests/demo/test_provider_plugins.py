"""Finding a provider on the machine: the order of the places, and how deep it looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfswap.demo import provider_plugins


def mirror(folder: Path) -> Path:
    (folder / "registry.terraform.io" / "hashicorp" / "aws" / "5.100.0").mkdir(parents=True)
    return folder


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with nothing but a home folder; what is installed lies below `software`."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("TFSWAP_PLUGIN_DIR", "TF_PLUGIN_CACHE_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "share"))
    monkeypatch.setattr(provider_plugins, "software_folders", lambda: (tmp_path / "software",))
    monkeypatch.setattr("sys.platform", "linux")
    return tmp_path


def test_nothing_anywhere(bare: Path) -> None:
    assert provider_plugins.find_plugin_dir() is None


def test_the_first_place_that_holds_the_provider_wins(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = mirror(bare / "software" / "terraform" / "mirror")
    assert provider_plugins.find_plugin_dir() == installed
    implied = mirror(bare / "home" / ".terraform.d" / "plugins")
    assert provider_plugins.find_plugin_dir() == implied
    cache = mirror(bare / "cache")
    monkeypatch.setenv("TF_PLUGIN_CACHE_DIR", str(cache))
    assert provider_plugins.find_plugin_dir() == cache
    named = mirror(bare / "named")
    monkeypatch.setenv("TFSWAP_PLUGIN_DIR", str(named))
    assert provider_plugins.find_plugin_dir() == named


def test_an_empty_cache_is_passed_over(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_PLUGIN_CACHE_DIR", str(bare / "cache"))
    (bare / "cache" / "registry.terraform.io" / "hashicorp" / "aws").mkdir(parents=True)
    installed = mirror(bare / "software" / "mirror")
    assert provider_plugins.find_plugin_dir() == installed


def test_it_looks_only_a_few_levels_deep_and_follows_no_links(bare: Path) -> None:
    mirror(bare / "software" / "a" / "b" / "c" / "d")
    (bare / "software" / "link").symlink_to(mirror(bare / "elsewhere"), target_is_directory=True)
    assert provider_plugins.find_plugin_dir() is None


def test_the_system_wide_implied_folder(bare: Path) -> None:
    shared = mirror(bare / "share" / "terraform" / "plugins")
    assert provider_plugins.find_plugin_dir() == shared
