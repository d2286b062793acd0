"""What goes wrong with a real Terraform, and how it is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tfswap.errors import AwsError, TerraformError
from tfswap.terraform import arguments
from tfswap.terraform.arguments import Binary
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import CommandRunner, Result, terraform_environment
from tfswap.terraform.diagnostics import failure, plain


def in_folder(folder: Path, binary: str = "terraform", workspace: str | None = None) -> Terraform:
    return Terraform(Binary(binary), CommandRunner(terraform_environment({})), folder, workspace)


def fake(folder: Path, text: str, code: int = 0) -> str:
    """A binary that prints ``text``: for versions and wrappers that cannot be had here."""
    path = folder / "terraform-fake"
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


def test_the_version_is_read(tmp_path: Path, terraform_binary: str) -> None:
    assert in_folder(tmp_path).check_version().startswith("1.")


def test_too_old_a_version_is_refused(tmp_path: Path) -> None:
    binary = fake(tmp_path, '{"terraform_version": "1.4.7"}')
    with pytest.raises(TerraformError, match=r"is version 1\.4\.7; tfswap needs 1\.5") as caught:
        in_folder(tmp_path, binary).check_version()
    assert "--terraform-bin" in caught.value.hint


@pytest.mark.parametrize("text", ["", "Usage: something else", '{"terraform_version": "x"}', "{}"])
def test_what_is_no_terraform_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TerraformError, match="does not print its version"):
        in_folder(tmp_path, fake(tmp_path, text)).check_version()


def test_a_wrapper_may_print_lines_of_its_own(tmp_path: Path) -> None:
    text = 'time=now level=info\n{"terraform_version": "1.11.4-beta1"}'
    assert in_folder(tmp_path, fake(tmp_path, text)).check_version() == "1.11.4-beta1"
    shown = 'wrapped: show\n{"format_version":"1.2"}'
    assert in_folder(tmp_path, fake(tmp_path, shown)).show("p") == b'{"format_version":"1.2"}'


def test_no_init(repo: Path, terraform_binary: str) -> None:
    with pytest.raises(TerraformError, match="is not initialised") as caught:
        in_folder(repo / "tf/environment").run(arguments.plan(), "plan")
    assert "terraform init" in caught.value.hint


def test_workspaces_are_listed(applied: Callable[..., Terraform]) -> None:
    assert set(applied().workspaces()) == {"default", "production"}


def test_a_required_version_that_does_not_fit(repo: Path, terraform_binary: str) -> None:
    root = repo / "tf/environment"
    (root / "version.tf").write_text('terraform {\n  required_version = "> 99"\n}\n')
    with pytest.raises(TerraformError, match="required_version"):
        in_folder(root).run(arguments.init(), "init")


def test_a_variable_that_is_not_set(applied: Callable[..., Terraform]) -> None:
    real = applied()
    (real.root / "more.tf").write_text('variable "needed" {\n  type = string\n}\n')
    with pytest.raises(TerraformError, match="variable without default") as caught:
        real.run(arguments.plan(), "plan")
    assert any("needed" in line for line in caught.value.details)


def test_an_address_already_managed(applied: Callable[..., Terraform]) -> None:
    with pytest.raises(TerraformError, match="already in the state"):
        applied().run(arguments.import_("terraform_data.table", "x"), "import it")


def test_an_unknown_failure_shows_terraforms_own_words(
    applied: Callable[..., Terraform],
) -> None:
    with pytest.raises(TerraformError, match="exit 1") as caught:
        applied().run(arguments.taint("terraform_data.none"), "mark it")
    assert caught.value.details[0].startswith("Error: No such resource instance")
    assert "terraform taint terraform_data.none" in caught.value.message


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        (
            "Error: Cannot import non-existent remote object\n\nWhile attempting to import",
            "restored table does not exist",
        ),
        ("Error: No valid credential sources found", "No valid AWS credentials"),
        ("Error: api error ExpiredToken: The security token", "No valid AWS credentials"),
        ("Error: Cannot assume IAM Role: AccessDenied", "lacks a permission"),
    ],
)
def test_aws_failures_are_told_apart(text: str, phrase: str) -> None:
    error = failure(Result(("terraform", "x"), 1, b"", text.encode()), "import it")
    assert isinstance(error, AwsError)
    assert phrase in error.message
    assert error.hint


def test_a_warning_before_the_error_is_left_out(tmp_path: Path) -> None:
    text = "Warning: Unable to open CLI configuration file\nnoise\nError: Real\nbecause"
    error = failure(Result(("terraform",), 1, b"", text.encode()), "plan")
    assert error.details == ("Error: Real", "because")


def test_frames_and_colours_are_taken_off() -> None:
    assert plain("\x1b[31m╷\x1b[0m\n│ \x1b[1mError: x\x1b[0m\n╵") == "\nError: x\n"


def test_a_missing_cli_configuration_file_is_no_failure(
    tmp_path: Path, terraform_binary: str
) -> None:
    env = {**os.environ, "TF_CLI_CONFIG_FILE": str(tmp_path / "none")}
    terraform = Terraform(Binary(), CommandRunner(terraform_environment({}, env)), tmp_path)
    assert terraform.check_version()


def test_a_lock_left_after_a_good_push_is_told(tmp_path: Path) -> None:
    shown: list[str] = []
    binary = fake(tmp_path, "╷\n│ Error: Error releasing the state lock\n╵")
    terraform = replace(in_folder(tmp_path, binary, "production"), warn=shown.append)
    terraform.run(arguments.state_push("/f"), "push")
    assert "could not release its lock" in shown[0]
    assert "force-unlock <ID>" in shown[0]
    terraform.run(arguments.show_json("/f"), "show")
    assert len(shown) == 1


@pytest.mark.parametrize("name", ["a.tf", "b.tf.json", "c.auto.tfvars", ".terraform.lock.hcl"])
def test_terraform_is_not_left_waiting_for_a_fifo(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(TerraformError, match=r"is not a regular file") as caught:
        in_folder(tmp_path, fake(tmp_path, "{}")).pull()
    assert str(tmp_path / name) in caught.value.message
