"""A miniature of the runbook's repository, and a way to vary it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tfswap.config import Config
from tfswap.discovery.discover import discover
from tfswap.hcl.parse_cache import ParseCache
from tfswap.swap import Swap

ROOT = "terraform/environment"

MINIATURE = {
    f"{ROOT}/terraform.tf": """
terraform {
  backend "s3" {
    bucket = "state"
  }
}
variable "default_role" {
  default = "ci"
}
provider "aws" {
  alias  = "eu_west_1"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::${local.environment.account_id}:role/${var.default_role}"
  }
}
""",
    f"{ROOT}/variables.tf": """
variable "environments" {
  type = map(object({
    account_id = string
    regions    = list(string)
    replica    = optional(bool, false)
    dynamodb   = object({ lpas_table_name = string, sessions_table_name = string })
  }))
}
locals {
  environment_name = lower(replace(terraform.workspace, "_", "-"))
  environment = contains(keys(var.environments), local.environment_name) ? (
    var.environments[local.environment_name]
  ) : var.environments["default"]
}
""",
    f"{ROOT}/dynamodb.tf": """
resource "aws_dynamodb_table" "lpas_table" {
  name     = "${local.environment_name}-${local.environment.dynamodb.lpas_table_name}"
  hash_key = "PK"
  provider = aws.eu_west_1
}
resource "aws_dynamodb_table" "sessions_table" {
  name     = "${local.environment_name}-${local.environment.dynamodb.sessions_table_name}"
  provider = aws.eu_west_1
}
""",
    f"{ROOT}/terraform.tfvars.json": """{
  "environments": {
    "default": {
        "account_id": "111111111111", "regions": ["eu-west-1"],
        "dynamodb": { "lpas_table_name": "Lpas", "sessions_table_name": "Sessions" }
    },
    "test": {
      "account_id": "111111111111", "regions": ["eu-west-1"],
      "dynamodb": { "lpas_table_name": "Lpas-20240101", "sessions_table_name": "Sessions" }
    },
    "production": {
      "account_id": "222222222222", "regions": ["eu-west-1"],
      "dynamodb": {
        "lpas_table_name": "Lpas",
        "sessions_table_name": "Sessions"
      }
    }
  }
}
""",
}

Make = Callable[..., Path]
Find = Callable[..., Swap]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that writes the miniature with some files changed (None: left out)."""

    def write(files: Mapping[str, str | None] | None = None, *, bare: bool = False) -> Path:
        merged = ({} if bare else MINIATURE) | dict(files or {})
        for name, text in merged.items():
            if text is not None:
                path = tmp_path / "repo" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        return tmp_path / "repo"

    return write


@pytest.fixture
def find() -> Find:
    """Return ``discover`` without a cache, and with an empty config unless one is given."""

    def run(repo: Path, *wanted: str, config: Config | None = None, **more: object) -> Swap:
        names = wanted or ("Lpas-20240715",)
        cache = ParseCache(None)
        return discover(repo, names, config or Config(), cache=cache, **more)  # type: ignore[arg-type]

    return run
