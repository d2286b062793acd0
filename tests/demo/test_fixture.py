"""The fixture as a git repo, and the environment its children run in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tfswap.demo import demo_env, fixture
from tfswap.errors import TfswapError


def test_the_fixture_becomes_a_clean_repo_that_follows_its_origin(tmp_path: Path) -> None:
    repo = fixture.make_repo(tmp_path / "repo", tmp_path / "origin.git")
    assert fixture.git(repo, "status", "--porcelain", "--branch").strip() == "## main...origin/main"
    assert fixture.git(repo, "rev-list", "--count", "HEAD").strip() == "1"


def test_a_copied_repo_gets_an_origin_of_its_own(tmp_path: Path) -> None:
    repo = fixture.make_repo(tmp_path / "repo", tmp_path / "one.git")
    fixture.add_origin(repo, tmp_path / "two.git")
    assert fixture.git(repo, "remote", "get-url", "origin").strip() == str(tmp_path / "two.git")


def test_git_that_fails_is_a_plain_error(tmp_path: Path) -> None:
    with pytest.raises(TfswapError, match="git status failed"):
        fixture.git(tmp_path, "status")


def test_the_tfvars_hold_what_people_leave_there() -> None:
    path = fixture.find_fixture() / fixture.ROOT_MODULE / "terraform.tfvars.json"
    environments = json.loads(path.read_text())["environments"]
    assert list(environments) == ["default", "demo", "ur", "preproduction", "production"]
    names = {name: each["dynamodb"]["lpas_table_name"] for name, each in environments.items()}
    assert names["production"] == "Lpas"
    assert names["ur"] == "Lpas-20240101"
    indents = {
        len(line) - len(line.lstrip(" "))
        for line in path.read_text().splitlines()
        if '"lpas_table_name"' in line
    }
    assert len(indents) == 3


def test_a_childs_environment_holds_nothing_of_the_users_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "TF_WORKSPACE", "TF_VAR_default_role"):
        monkeypatch.setenv(name, "mine")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "missing"))
    monkeypatch.setenv("TFSWAP_PLUGIN_DIR", str(plugin_dir(tmp_path)))
    env = demo_env.child_env("http://127.0.0.1:1")
    assert env["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert env["TF_VAR_default_role"] == "breakglass"
    assert "mine" not in env.values()
    assert "TF_CLI_CONFIG_FILE" not in env
    assert env["TF_CLI_ARGS_init"] == f"'-plugin-dir={tmp_path / 'with space'}'"


def plugin_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "with space"
    (folder / "registry.terraform.io" / "hashicorp" / "aws" / "5.100.0").mkdir(parents=True)
    return folder
