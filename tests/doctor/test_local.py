"""The checks on Terraform, backend and repository, with a real Terraform and no provider."""

from __future__ import annotations

import fcntl
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.doctor.conftest import asked, said, swap
from tfswap.demo import fixture
from tfswap.doctor import backend, disk, init_state, state_lock, variables, working_tree
from tfswap.doctor import terraform_binary as binary
from tfswap.doctor.context import DoctorContext
from tfswap.doctor.result import Level

Make = Callable[..., DoctorContext]
OK, WARNING, STOP = Level.OK, Level.WARNING, Level.STOP


def terraform(repo: Path, *words: str) -> None:
    env = {"TF_VAR_size": "small", "TF_VAR_tag": "v1.48.0", "TF_VAR_open": "true"}
    import os

    done = subprocess.run(
        ["terraform", *words], cwd=repo / "tf/env", env={**os.environ, **env}, capture_output=True
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def applied(repo: Path, terraform_binary: str) -> Path:
    """The repository with its root module applied in ``production``."""
    terraform(repo, "init")
    terraform(repo, "workspace", "new", "production")
    terraform(repo, "apply", "-auto-approve")
    return repo


def rewrite(repo: Path, old: str, new: str) -> None:
    main = repo / "tf/env/main.tf"
    assert old in main.read_text()
    main.write_text(main.read_text().replace(old, new))


def test_the_binary_fits(context: Make, terraform_binary: str) -> None:
    (line,) = asked(binary.check_binary, context())
    assert line.level is OK
    assert line.text.startswith("Terraform 1.")
    assert "required_version is >= 1.5, < 99.0" in line.text


@pytest.mark.parametrize(
    ("constraint", "level", "text"),
    [('"~> 0.12"', STOP, "requires ~> 0.12"), ('"newest"', WARNING, "cannot be read")],
)
def test_the_binary_does_not_fit(
    context: Make, repo: Path, terraform_binary: str, constraint: str, level: Level, text: str
) -> None:
    rewrite(repo, '">= 1.5, < 99.0"', constraint)
    (line,) = asked(binary.check_binary, context())
    assert line.level is level
    assert "tf/env/main.tf:2" in line.text
    assert text in line.text


def test_opentofu_says_its_own_name(context: Make, tmp_path: Path, repo: Path) -> None:
    """No OpenTofu can be had here: a stand-in that answers as OpenTofu does."""
    tofu = tmp_path / "tofu"
    tofu.write_text(
        '#!/bin/sh\n[ "$2" = -json ] && echo \'{"terraform_version": "1.8.2"}\' && exit\n'
        "echo OpenTofu v1.8.2\n"
    )
    tofu.chmod(0o755)
    (repo / "tf/env/more.tofu").touch()
    (line,) = asked(binary.check_binary, context(str(tofu)))
    assert line.text.startswith("OpenTofu 1.8.2")


def test_files_that_terraform_does_not_read(
    context: Make, repo: Path, terraform_binary: str
) -> None:
    (repo / "tf/env/more.tofu").touch()
    assert "--terraform-bin tofu" in said(asked(binary.check_binary, context()), WARNING)


def test_init(context: Make, repo: Path, terraform_binary: str) -> None:
    assert "terraform init" in said(asked(init_state.check_init, context()), STOP)
    terraform(repo, "init")
    lines = asked(init_state.check_init, context())
    assert said(lines, STOP) == ""
    assert "backend local" in said(lines, OK)
    assert "no .terraform.lock.hcl" in said(lines, WARNING)


def test_a_backend_that_changed_since_init(context: Make, applied: Path) -> None:
    rewrite(applied, "../../real/", "../../elsewhere/")
    assert "backend changed since init: path" in said(asked(init_state.check_init, context()), STOP)
    rewrite(applied, '"local" {', '"s3" {')
    assert "its type" in said(asked(init_state.check_init, context()), STOP)


def test_a_provider_that_is_locked_and_not_there(context: Make, applied: Path) -> None:
    name = "registry.terraform.io/hashicorp/aws"
    lock_file = applied / "tf/env/.terraform.lock.hcl"
    lock_file.write_text(f'provider "{name}" {{\n  version = "5.1.0"\n}}\n')
    assert f"{name}/5.1.0" in said(asked(init_state.check_init, context()), STOP)
    (applied / f"tf/env/.terraform/providers/{name}/5.1.0/linux_amd64").mkdir(parents=True)
    assert said(asked(init_state.check_init, context()), STOP) == ""


def test_a_data_directory_elsewhere(context: Make, applied: Path) -> None:
    (applied / "tf/env/.terraform").rename(applied / "tf/env/.data")
    assert "not initialised" in said(asked(init_state.check_init, context()), STOP)
    lines = asked(init_state.check_init, context(TF_DATA_DIR=".data"))
    assert said(lines, STOP) == ""
    assert "TF_DATA_DIR is .data" in said(lines, OK)


def test_the_workspace_is_looked_for_and_never_made(context: Make, applied: Path) -> None:
    assert "has the workspace production" in said(asked(backend.workspace, context()), OK)
    there = context(prepared=swap(workspace="nowhere"))
    assert "no workspace 'nowhere'; it has default, production" in said(
        asked(backend.workspace, there), STOP
    )
    from tfswap.errors import TerraformError

    with pytest.raises(TerraformError, match="was not read"):
        asked(backend.state, there)
    assert "nowhere" not in there.terraform.workspaces()


def test_another_workspace_in_the_environment(context: Make, applied: Path) -> None:
    lines = asked(backend.workspace, context(TF_WORKSPACE="default"))
    assert "TF_WORKSPACE is default" in said(lines, WARNING)


def test_the_state_is_read(context: Make, applied: Path) -> None:
    assert "2 resources" in said(asked(backend.state, context()), OK)
    empty = context(prepared=swap(workspace="default"))
    from tfswap.errors import TerraformError

    with pytest.raises(TerraformError, match="nothing was ever applied"):
        asked(backend.state, empty)


def test_a_held_lock_is_told_with_its_holder(context: Make, applied: Path) -> None:
    assert said(asked(state_lock.check_lock, context()), OK) == "the state is not locked "
    held = next(applied.rglob("terraform.tfstate.d/production/terraform.tfstate"))
    info = {"ID": "1-2", "Operation": "OperationTypeApply", "Who": "sam@desk", "Created": "2026-01"}
    held.with_name(".terraform.tfstate.lock.info").write_text(json.dumps(info))
    assert "a leftover file" in said(asked(state_lock.check_lock, context()), WARNING)
    holder = subprocess.Popen(
        [
            "python3",
            "-c",
            f"import fcntl, sys\nf = open({str(held)!r}, 'r+b')\n"
            "fcntl.lockf(f, fcntl.LOCK_EX)\nprint('held', flush=True)\nsys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout and holder.stdout.readline()
    try:
        text = said(asked(state_lock.check_lock, context()), STOP)
    finally:
        holder.communicate()
    assert "locked by sam@desk since 2026-01Z (OperationTypeApply, ID 1-2)" in text
    assert "Never force-unlock" in text


def test_a_lock_that_cannot_be_read_is_no_free_one(context: Make, applied: Path) -> None:
    path = applied / "tf/env/.terraform/terraform.tfstate"
    path.write_text(json.dumps({"backend": {"type": "gcs", "config": {}}}))
    assert "is unknown" in said(asked(state_lock.check_lock, context()), WARNING)
    config = {"bucket": "b", "key": "k", "region": "r", "endpoints": {"s3": "x"}}
    path.write_text(json.dumps({"backend": {"type": "s3", "config": config}}))
    assert "the backend sets endpoints" in said(asked(state_lock.check_lock, context()), WARNING)


@pytest.mark.parametrize(
    ("env", "text"),
    [
        ({}, "size (tf/env/main.tf:5) has no default and is not set export TF_VAR_size=…"),
        ({"TF_CLI_ARGS_plan": "-var=size=1"}, "not set for terraform import"),
        ({"TF_CLI_ARGS_import": "-var 'size=1'"}, "not set for terraform plan"),
    ],
)
def test_a_variable_that_is_not_set(context: Make, env: dict[str, str], text: str) -> None:
    assert text in said(asked(variables.check_variables, context(**env, offline=True)), STOP)


@pytest.mark.parametrize(
    ("env", "file"),
    [
        ({"TF_VAR_size": ""}, ""),
        ({"TF_CLI_ARGS": "-var size=1"}, ""),
        (
            {
                "TF_CLI_ARGS_plan": "-var-file=../x.tfvars",
                "TF_CLI_ARGS_import": "-var-file ../x.tfvars",
            },
            "tf/x.tfvars",
        ),
        ({}, "tf/env/terraform.tfvars"),
        ({}, "tf/env/zone.auto.tfvars"),
    ],
)
def test_every_way_to_set_one(context: Make, repo: Path, env: dict[str, str], file: str) -> None:
    if file:
        (repo / file).write_text('size = "1"\n')
    lines = asked(variables.check_variables, context(**env, offline=True))
    assert said(lines, STOP) == ""
    assert "1 variable without default, all set" in said(lines, OK)


@pytest.mark.parametrize("arguments", ["-var 'size=1", "-var-file=nowhere.tfvars"])
def test_arguments_that_cannot_be_read_pass_nothing(context: Make, arguments: str) -> None:
    lines = asked(variables.check_variables, context(TF_CLI_ARGS=arguments, offline=True))
    assert "cannot be read" in said(lines, WARNING)
    assert "size" in said(lines, WARNING)
    assert "all set" not in said(lines, OK)


def test_defaults_that_what_is_applied_contradicts(context: Make, applied: Path) -> None:
    lines = asked(variables.check_variables, context(TF_VAR_size="small"))
    text = said(lines, WARNING)
    assert "variable tag is not set" in text
    assert "terraform_data.one.input" in text
    assert "variable open" in text
    assert "output open" in text
    # Not exactly the variable: nothing can be told soundly.
    assert "using defaults: other" in said(lines, OK)


def test_a_default_that_is_what_is_applied_is_no_warning(context: Make, applied: Path) -> None:
    rewrite(applied, 'default = "latest"', 'default = "v1.48.0"')
    text = said(
        asked(variables.check_variables, context(TF_VAR_size="x", TF_VAR_open="true")), WARNING
    )
    assert text == ""


def test_the_work_tree(context: Make, repo: Path) -> None:
    assert said(asked(working_tree.check_working_tree, context()), STOP) == ""
    rewrite(repo, "latest", "newest")
    assert "uncommitted changes: tf/env/main.tf" in said(
        asked(working_tree.check_working_tree, context()), STOP
    )
    prepared = context(prepared=swap(branch="restore/x"))
    assert "besides the swap's" in said(asked(working_tree.check_working_tree, prepared), WARNING)
    assert "prepared on restore/x; main is" in said(
        asked(working_tree.check_working_tree, prepared), STOP
    )


def test_the_remote(context: Make, repo: Path, tmp_path: Path) -> None:
    assert "no remote" in said(asked(working_tree.check_remote, context()), WARNING)
    fixture.add_origin(repo, tmp_path / "origin.git")
    assert "HEAD contains the latest origin/main" in said(
        asked(working_tree.check_remote, context()), OK
    )
    other = tmp_path / "other"
    fixture.git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), str(other))
    for key, value in (("name", "x"), ("email", "x@x.example")):
        fixture.git(other, "config", f"user.{key}", value)
    (other / "more").touch()
    fixture.commit(other, "More")
    fixture.git(other, "push", "--quiet")
    assert "has commits that are not in HEAD" in said(
        asked(working_tree.check_remote, context()), STOP
    )
    assert "git pull" in said(asked(working_tree.check_remote, context()), STOP)
    (tmp_path / "origin.git").rename(tmp_path / "gone.git")
    assert "cannot be read" in said(asked(working_tree.check_remote, context()), WARNING)


def test_room_and_folder(context: Make, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "a rehearsal needs 50 MB" in said(asked(disk.check_disk_space, context()), OK)
    assert "does not exist yet" in said(asked(disk.check_folder, context()), OK)
    made = context()
    made.directory.make()
    assert said(asked(disk.check_folder, made), OK) == ".tfswap is private "
    (made.directory.folder / "plan").touch(0o644)
    (made.directory.folder / "swap.json").symlink_to("/nowhere")
    lines = asked(disk.check_folder, made)
    assert "other users can read plan" in said(lines, WARNING)
    assert "swap.json is a symbolic link" in said(lines, STOP)
    import shutil
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1, 1, 1_000_000))
    assert "1 MB are free" in said(asked(disk.check_disk_space, made), STOP)


def test_the_lock_of_a_missing_file_is_free(context: Make, applied: Path) -> None:
    assert not state_lock._is_held(applied / "nowhere")
    with (applied / "mine").open("wb") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        # POSIX locks do not hold against their own process.
        assert not state_lock._is_held(applied / "mine")
