"""A whole swap for each kind of place that a table's name can be written at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import rotation
from tests.e2e.test_swap import NEW, OLD, TABLE, good, state_of
from tfswap.demo import fixture
from tfswap.demo.world import World

_OLD_NAME = '"${local.environment_name}-${local.environment.dynamodb.lpas_table_name}"'
_VARIABLE = 'variable "lpas_names" {\n  type    = map(string)\n  default = {%s}\n}\n'
_LOCALS = "locals {\n  lpas_names = %s\n}\n"
_MAP = '{ production = "production-Lpas" }'
_OF = f"lookup(%s, terraform.workspace, {_OLD_NAME})"

KINDS = {
    # kind: the name's expression, a further .tf file, another file and what it holds
    "literal": (_OF % _MAP, "", "", ""),
    "variable default": (
        _OF % "var.lpas_names",
        _VARIABLE % ' production = "production-Lpas" ',
        "",
        "",
    ),
    "local": (_OF % "local.lpas_names", _LOCALS % _MAP, "", ""),
    "hcl tfvars": (
        _OF % "var.lpas_names",
        _VARIABLE % "",
        "names.auto.tfvars",
        f"lpas_names = {_MAP}\n",
    ),
    "var file": (
        _OF % "var.lpas_names",
        _VARIABLE % "",
        "env/production.tfvars",
        f"lpas_names = {_MAP}\n",
    ),
    "yaml": (
        _OF % "local.lpas_names",
        _LOCALS % 'yamldecode(file("${path.module}/names.yaml"))',
        "names.yaml",
        "production: production-Lpas\n",
    ),
    "terragrunt": (
        _OF % "var.lpas_names",
        _VARIABLE % "",
        "terragrunt.hcl",
        f"inputs = {{\n  lpas_names = {_MAP}\n}}\n",
    ),
}
TERRAGRUNT = """#!/bin/sh
# Hands inputs on to Terraform as terragrunt does.
export TF_VAR_lpas_names="$(sed -n 's/^ *lpas_names = //p' terragrunt.hcl)"
exec terraform "$@"
"""


# One kind will do on every change: the commands take the edit through one interface.
@pytest.mark.parametrize("kind", rotation.part(list(KINDS), 1))
def test_a_swap_and_its_way_back(world: World, kind: str, tmp_path: Path) -> None:
    expression, code, name, text = KINDS[kind]
    tables = world.root / "dynamodb.tf"
    assert _OLD_NAME in tables.read_text()
    tables.write_text(tables.read_text().replace(_OLD_NAME, expression))
    (world.root / "names.tf").write_text(code)
    if name:
        (world.root / name).parent.mkdir(exist_ok=True)
        (world.root / name).write_text(text)
    fixture.commit(world.repo, "Say the table's name elsewhere")
    fixture.git(world.repo, "push", "--quiet", "origin", "HEAD")
    before = fixture.git(world.repo, "rev-parse", "HEAD^{tree}")

    world.restore("Lpas", "20240715")
    flags = ()
    if kind == "terragrunt":
        program = tmp_path / "terragrunt"
        program.write_text(TERRAGRUNT)
        program.chmod(0o755)
        flags = ("--terraform-bin", str(program))
    good(world, "prepare", NEW, *flags)
    assert good(world, "status").splitlines()[-1] == "next: tfswap run"
    good(world, "run", "--yes", "--no-baseline")
    assert state_of(world).instances[TABLE].attributes["name"] == NEW
    good(world, "rollback", "--yes")
    assert state_of(world).instances[TABLE].attributes["name"] == OLD
    assert fixture.git(world.repo, "status", "--porcelain") == ""
    assert fixture.git(world.repo, "rev-parse", "HEAD^{tree}") == before

    if not rotation.run().full:
        return
    good(world, "prepare", NEW, *flags)
    good(world, "run", "--yes")
    good(world, "verify-plan")
    good(world, "apply", "--yes")
    assert "**Applied.**" in good(world, "finish", "--yes")
    changed = fixture.git(world.repo, "diff", "--numstat", "HEAD~1")
    assert changed.split()[:2] == ["1", "1"]
    assert len(changed.splitlines()) == 1
