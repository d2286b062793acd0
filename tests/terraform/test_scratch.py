"""The scratch folder, with a real Terraform: complete, and without a trace on the real one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tfswap.errors import TerraformError
from tfswap.terraform import arguments
from tfswap.terraform import scratch as workdir
from tfswap.terraform.arguments import Binary
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import CommandRunner
from tfswap.terraform.state_file import parse

Applied = Callable[..., Terraform]
TRACKED = ("tf/environment/main.tf", "tf/modules/child/main.tf", "tf/modules/child/note.txt")


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and ".tfswap" not in path.parts
    }


def scratch_of(real: Terraform, repo: Path, workspace: str = "production") -> workdir.Scratch:
    folder = repo / ".tfswap" / "rehearsal"
    scratch = workdir.prepare(real, repo, TRACKED, folder, workspace)
    scratch.place(real.pull())
    return scratch


@pytest.mark.parametrize("workspace", ["production", "default"])
def test_a_plan_on_the_copy_is_the_plan_of_the_original(
    applied: Applied, repo: Path, workspace: str
) -> None:
    real = applied(workspace)
    before = snapshot(repo.parent)
    scratch = scratch_of(real, repo, workspace)
    words = ("plan", "-detailed-exitcode")
    assert scratch.terraform.run(words, "plan").code == 0
    scratch.bare.run(arguments.state_rm("terraform_data.table"), "rm")
    assert scratch.terraform.run(words, "plan", accept=(2,)).code == 2
    assert "terraform_data.table" not in parse(scratch.state_file.read_bytes()).instances
    scratch.discard()
    assert snapshot(repo.parent) == before
    assert "terraform_data.table" in parse(real.pull()).instances


def test_ignored_files_of_the_root_module_come_along(applied: Applied, repo: Path) -> None:
    scratch = scratch_of(applied(), repo)
    assert (scratch.terraform.root / "built.zip").read_text() == "ignored by git"
    assert not list(scratch.terraform.root.glob("*.tfstate"))


def test_the_state_copy_is_private(applied: Applied, repo: Path) -> None:
    scratch = scratch_of(applied(), repo)
    assert scratch.state_file.stat().st_mode & 0o777 == 0o600
    assert scratch.folder.stat().st_mode & 0o777 == 0o700


def test_what_concerns_the_real_backend_stays_out(applied: Applied, repo: Path) -> None:
    real = applied()
    args = '-backend-config="assume_role={role_arn=\\"arn:aws:iam::1:role/x\\"}" -reconfigure'
    env = {**real.runner.env, "TF_CLI_ARGS_init": args, "TF_WORKSPACE": "elsewhere"}
    odd = Terraform(real.binary, CommandRunner(env), real.root, "production")
    scratch = workdir.prepare(odd, repo, TRACKED, repo / ".tfswap" / "r", "production")
    scratch.place(real.pull())
    assert scratch.terraform.run(("plan", "-detailed-exitcode"), "plan").code == 0


def test_arguments_for_the_plan_are_honoured(applied: Applied, repo: Path) -> None:
    real = applied(TF_CLI_ARGS_plan="-var=size=large")
    scratch = scratch_of(real, repo)
    assert scratch.terraform.run(("plan", "-detailed-exitcode"), "plan", accept=(2,)).code == 2


def test_a_data_directory_elsewhere_is_found(applied: Applied, repo: Path, tmp_path: Path) -> None:
    real = applied(TF_DATA_DIR=str(tmp_path / "data"))
    assert not (real.root / ".terraform").exists()
    scratch = scratch_of(real, repo)
    assert scratch.terraform.run(("plan", "-detailed-exitcode"), "plan").code == 0


def test_a_killed_runs_leftovers_are_cleared_and_links_not_followed(
    applied: Applied, repo: Path, tmp_path: Path
) -> None:
    real = applied()
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    leftover = repo / ".tfswap" / "rehearsal"
    leftover.mkdir(parents=True)
    (leftover / "link").symlink_to(precious)
    scratch_of(real, repo).discard()
    assert (precious / "file").exists()
    assert not leftover.exists()


def test_without_init_it_says_so(repo: Path, terraform_binary: str) -> None:
    real = Terraform(
        Binary(terraform_binary), CommandRunner(dict(os.environ)), repo / "tf/environment"
    )
    with pytest.raises(TerraformError, match="tf/environment is not initialised") as caught:
        workdir.prepare(real, repo, TRACKED, repo / ".tfswap" / "r", "production")
    assert "terraform init" in caught.value.hint


def test_a_concurrent_write_makes_the_push_fail(applied: Applied, repo: Path) -> None:
    """The heart of compare-and-swap: pulled serial + 1 loses against any write in between."""
    from tfswap.errors import StateMovedError
    from tfswap.journal.writer import Journal
    from tfswap.steps.push import push
    from tfswap.swap_directory import SwapDirectory

    real = applied()
    directory = SwapDirectory(repo)
    directory.make()
    pulled = real.pull()
    scratch = scratch_of(real, repo)
    scratch.terraform.run(arguments.state_rm("terraform_data.table"), "rm")
    real.run(arguments.taint("module.child.terraform_data.child"), "somebody else writes")
    theirs = real.pull()
    with pytest.raises(StateMovedError) as caught:
        push(
            real,
            directory,
            Journal(directory.journal),
            parse(pulled),
            scratch.state_file.read_bytes(),
        )
    assert "tfswap run" in caught.value.hint
    assert real.pull() == theirs


def test_an_undisturbed_push_lands(applied: Applied, repo: Path) -> None:
    from tfswap.journal.writer import Journal
    from tfswap.steps.push import push
    from tfswap.swap_directory import SwapDirectory

    real = applied()
    directory = SwapDirectory(repo)
    directory.make()
    pulled = parse(real.pull())
    scratch = scratch_of(real, repo)
    scratch.terraform.run(arguments.state_rm("terraform_data.table"), "rm")
    serial = push(
        real, directory, Journal(directory.journal), pulled, scratch.state_file.read_bytes()
    )
    assert serial == pulled.serial + 2
    assert "terraform_data.table" not in parse(real.pull()).instances
    assert len(directory.all_pushed("production")) == 1


def test_a_held_lock_is_told_apart(applied: Applied, repo: Path) -> None:
    import json

    from tfswap.errors import StateLockedError

    real = applied()
    state = repo / "tf/real/terraform.tfstate"
    states = [*repo.rglob("*.tfstate"), state]
    held = next(path for path in states if "production" in str(path) and path.is_file())
    import fcntl

    with held.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        info = {
            "ID": "1-2-3",
            "Operation": "apply",
            "Who": "sam@desk",
            "Created": "2026-01-01T00:00:00Z",
        }
        held.with_name(f".{held.name}.lock.info").write_text(json.dumps(info))
        with pytest.raises(StateLockedError) as caught:
            real.run(arguments.taint("terraform_data.table"), "mark it")
    shown = "\n".join(caught.value.details)
    assert "sam@desk" in shown
    assert "force-unlock" in caught.value.hint


def test_an_override_that_comes_later_never_gives_the_copy_the_real_backend(
    applied: Applied, repo: Path
) -> None:
    """Terraform merges override files in the order of their names; the last backend is used."""
    real = applied()
    before = parse(real.pull())
    backend = (
        'terraform {\n  backend "local" {\n    path = "../../real/terraform.tfstate"\n  }\n}\n'
    )
    names = ("zz_tfswap_override.tf", "zzzz_override.tf", "~_override.tf", "\u07ff_override.tf")
    for name in names:
        (real.root / name).write_text(backend)
    scratch = scratch_of(real, repo)
    scratch.terraform.run(("state", "rm", "terraform_data.table"), "rm")
    for name in names:
        assert (scratch.terraform.root / name).read_text() == backend
        (real.root / name).unlink()
    assert parse(real.pull()) == before


def test_a_copy_without_a_local_backend_of_its_own_is_refused(
    applied: Applied, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = applied()
    (real.root / "zzz_override.tf").write_text(
        'terraform {\n  backend "local" {\n    path = "elsewhere"\n  }\n}\n'
    )
    monkeypatch.setattr(workdir, "OVERRIDE", "_not_last.txt")
    with pytest.raises(TerraformError, match="has no local backend") as caught:
        scratch_of(real, repo)
    assert "*_override.tf" in caught.value.hint


def test_nothing_is_written_through_links_of_the_repository(
    applied: Applied, repo: Path, tmp_path: Path
) -> None:
    real = applied()
    outside = tmp_path / "outside"
    outside.mkdir()
    (real.root / ".terraform.lock.hcl").symlink_to(outside / "lock")
    written = {"lock": "", "empty": "", "file": "mine"}
    for name, text in written.items():
        (outside / name).write_text(text)
    (real.root / "zz_tfswap_override.tf").symlink_to(outside / "empty")
    (repo / "away").symlink_to(outside)
    # As many steps up as lead out of the copy, which lies deeper than the repository.
    up = "../" * (len(real.root.parts) - 1)
    (real.root / "far").symlink_to(f"{up}{str(repo)[1:]}/tf/environment/main.tf")
    files = (*TRACKED, "away/file", "tf/environment/far")
    scratch = workdir.prepare(real, repo, files, repo / ".tfswap" / "rehearsal", "production")
    copy = scratch.folder / "repo"
    assert (copy / "tf/environment/far").resolve() == copy / "tf/environment/main.tf"
    scratch.discard()
    assert {path.name: path.read_text() for path in outside.iterdir()} == written


def test_a_root_module_behind_a_link_out_of_the_repository_is_refused(
    applied: Applied, repo: Path, tmp_path: Path
) -> None:
    real = applied()
    real.root.rename(tmp_path / "outside")
    real.root.symlink_to(tmp_path / "outside")
    before = snapshot(tmp_path / "outside")
    with pytest.raises(TerraformError, match="by a link out of the repository"):
        scratch_of(real, repo)
    assert snapshot(tmp_path / "outside") == before
