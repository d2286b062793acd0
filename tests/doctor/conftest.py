"""A repository with a root module on a local backend, and a scene around it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tfswap.aws.session import Aws
from tfswap.config import Config
from tfswap.demo import fixture
from tfswap.doctor.context import DoctorContext
from tfswap.doctor.result import CheckResult, Level
from tfswap.errors import TfswapError
from tfswap.git.open_repo import open_repo
from tfswap.swap import NameSource, Swap, TableSwap
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.arguments import Binary
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import CommandRunner, terraform_environment

OLD, NEW, TABLE = "production-Lpas", "production-Lpas-20240715", "aws_dynamodb_table.lpas_table"

MAIN = """\
terraform {
  required_version = ">= 1.5, < 99.0"
  backend "local" { path = "../../real/terraform.tfstate" }
}
variable "size" { type = string }
variable "tag" { default = "latest" }
variable "open" { default = false }
variable "other" { default = "x" }
resource "terraform_data" "one" { input = var.tag }
module "child" {
  source = "./child"
  given  = var.size
}
output "open" { value = var.open }
output "both" { value = "${var.other}!" }
"""
CHILD = 'variable "given" {}\nresource "terraform_data" "two" { input = var.given }\n'


def swap(**changed: Any) -> Swap:
    leaf = NameSource("tf/env/terraform.tfvars.json", "/x", 1, 1, "Lpas")
    table = TableSwap(TABLE, "Lpas", leaf, "Lpas-20240715", OLD, NEW, "eu-west-1")
    basic: dict[str, Any] = {
        "environment": "production",
        "environment_origin": "a test",
        "workspace": "production",
        "root_module": "tf/env",
        "account": "123456789012",
        "partition": "aws",
        "branch": "main",
        "tables": (table,),
    }
    return Swap(**basic | changed)


def said(lines: list[CheckResult], level: Level) -> str:
    return "\n".join(f"{line.text} {line.hint}" for line in lines if line.level is level)


def asked(look: Callable[[DoctorContext], Any], context: DoctorContext) -> list[CheckResult]:
    return list(look(context))


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A git repository with the root module ``tf/env``."""
    top = tmp_path / "repo"
    (top / "tf/env/child").mkdir(parents=True)
    (top / "tf/env/main.tf").write_text(MAIN)
    (top / "tf/env/child/main.tf").write_text(CHILD)
    (top / ".gitignore").write_text(".terraform/\nterraform.tfstate*\n")
    fixture.git(top, "init", "--quiet", "--initial-branch=main")
    for key, value in (("name", "x"), ("email", "x@x.example")):
        fixture.git(top, "config", f"user.{key}", value)
    fixture.commit(top, "Begin")
    return top


@pytest.fixture
def context(repo: Path) -> Callable[..., DoctorContext]:
    """Make the scene; ``env`` are variables on top of the process's own."""

    def make(
        binary: str = "terraform",
        prepared: Swap | None = None,
        state: TfswapError | Any = None,
        aws: Callable[[str], Aws] | None = None,
        offline: bool = False,
        **env: str,
    ) -> DoctorContext:
        environ = {**os.environ, **env}
        runner = CommandRunner(terraform_environment({}, environ))

        def terraform_in(root: str, workspace: str | None) -> Terraform:
            return Terraform(Binary(binary), runner, repo / root, workspace)

        config = Config(root_module="tf/env", workspace="production")
        git, directory = open_repo(repo), SwapDirectory(repo)
        made = DoctorContext(
            git, config, directory, prepared, terraform_in, aws or Aws, offline, environ
        )
        if state is not None:
            made.answers["state",] = state, None
        return made

    return make
