"""A real Terraform without any provider: its built-in ``terraform_data`` needs none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tfswap.terraform.arguments import Binary
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import CommandRunner, terraform_environment

MAIN = """\
terraform {
  backend "local" {
    path = "../../real/terraform.tfstate"
  }
}
variable "size" {
  type    = string
  default = "small"
}
resource "terraform_data" "table" {
  input = "production-Lpas-${var.size}"
}
module "child" {
  source = "../modules/child"
}
"""

CHILD = """\
resource "terraform_data" "child" {
  input = file("${path.module}/note.txt")
}
"""


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with a root module, a module beside it, and a file git would not know."""
    top = tmp_path / "repo"
    for name, text in {
        "tf/environment/main.tf": MAIN,
        "tf/modules/child/main.tf": CHILD,
        "tf/modules/child/note.txt": "hello",
        "tf/environment/built.zip": "ignored by git",
    }.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    return top


@pytest.fixture
def applied(repo: Path, terraform_binary: str) -> Callable[..., Terraform]:
    """Make Terraform in the root module, initialised and applied in a workspace."""

    def make(workspace: str = "production", **env: str) -> Terraform:
        runner = CommandRunner(terraform_environment({}, {**os.environ, **env}))
        terraform = Terraform(Binary(terraform_binary), runner, repo / "tf/environment", workspace)
        bare = Terraform(terraform.binary, runner, terraform.root)
        bare.run(("init",), "init")
        if workspace != "default":
            bare.run(("workspace", "new", workspace), "make the workspace")
            bare.run(("workspace", "select", "default"), "go back")
        terraform.run(("apply", "-auto-approve"), "apply")
        return terraform

    return make
