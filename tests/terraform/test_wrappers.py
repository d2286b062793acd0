"""Binaries that are not plainly terraform: wrappers, prefixes, OpenTofu's name.

Small scripts around the real terraform. No OpenTofu binary is to be had from a package registry, so
a stand-in gives terraform its name.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.terraform.test_scratch import scratch_of
from tfswap.errors import TerraformError
from tfswap.terraform import arguments
from tfswap.terraform.arguments import Binary
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import parse

Applied = Callable[..., Terraform]

GREETING = """\
echo "wrapper: running $@"
echo "wrapper: on standard error" >&2
"$REAL" "$@"; code=$?
echo '{"level":"info","msg":"done"}'
echo "wrapper: took 3 s"
exit $code
"""
SETUP_TERRAFORM = """\
echo "[command]$REAL $*"
"$REAL" "$@" | tee "$0.out"; code=$?
flat=$(sed 's/%/%25/g' "$0.out" | tr '\\n' '~' | sed 's/~/%0A/g')
echo "::debug::Terraform exited with code 0."
echo "::debug::stdout: $flat"
echo
echo "::set-output name=stdout::$flat"
exit $code
"""
"""How the wrapper of hashicorp/setup-terraform behaves where GITHUB_OUTPUT is not set: it echoes
the command, the output, and the output again in workflow commands on one line."""
TOFU = """\
"$REAL" "$@" | sed 's/^Terraform v/OpenTofu v/'
"""
PREFIXED = """\
"$REAL" "$@" | sed 's/^/12:00:00.000 STDOUT terraform: /'
"""


@pytest.fixture
def wrapped(
    applied: Applied, tmp_path: Path, terraform_binary: str
) -> Callable[[str, str], Terraform]:
    """Make Terraform in an applied root module, behind a script."""

    def make(body: str, name: str = "terraform-wrapper") -> Terraform:
        script = tmp_path / name
        real = shutil.which(terraform_binary)
        script.write_text(f"#!/bin/bash\nset -o pipefail\nREAL={real}\n{body}")
        script.chmod(0o755)
        return replace(applied(), binary=Binary(str(script)))

    return make


def goes_through(terraform: Terraform, repo: Path) -> None:
    """Do everything a rehearsal and a push do."""
    assert terraform.check_version().startswith("1.")
    assert terraform.workspaces() == ("default", "production")
    pulled = parse(terraform.pull())
    scratch = scratch_of(terraform, repo)
    scratch.bare.run(arguments.taint("terraform_data.table"), "taint")
    scratch.terraform.run(arguments.plan(out="x.plan"), "plan", accept=(0, 2))
    assert b'"replace_because_tainted"' in scratch.terraform.show("x.plan")
    file = repo / "next.tfstate"
    shutil.copy(scratch.state_file, file)
    from tfswap.terraform.state_file import with_serial

    file.write_bytes(with_serial(file.read_bytes(), pulled.serial + 1))
    terraform.run(arguments.state_push(str(file)), "push")
    assert parse(terraform.pull()).instances["terraform_data.table"].tainted


@pytest.mark.parametrize("body", [GREETING, SETUP_TERRAFORM], ids=["greeting", "setup-terraform"])
def test_a_wrapper_that_prints_around_it(
    wrapped: Callable[[str], Terraform], repo: Path, body: str
) -> None:
    goes_through(wrapped(body), repo)


def test_tofu(wrapped: Callable[[str, str], Terraform], repo: Path) -> None:
    goes_through(wrapped(TOFU, "tofu"), repo)


def test_a_prefix(applied: Applied, repo: Path) -> None:
    real = applied()
    binary = Binary("terraform", ("env", "GREETING=x", sys.executable, "-c", _EXEC))
    goes_through(replace(real, binary=binary), repo)


_EXEC = "import os, sys; print('signed in', flush=True); os.execvp(sys.argv[1], sys.argv[1:])"


def test_a_wrapper_that_changes_every_line_is_refused(
    wrapped: Callable[[str], Terraform],
) -> None:
    terraform = wrapped(PREFIXED)
    with pytest.raises(TerraformError, match="a wrapper changes it") as shown:
        terraform.pull()
    assert "TG_TF_FORWARD_STDOUT=true" in shown.value.hint
    assert "--terraform-bin" in shown.value.hint


def test_a_failure_behind_a_wrapper_is_told_apart_all_the_same(
    wrapped: Callable[[str], Terraform], repo: Path
) -> None:
    terraform = wrapped(GREETING)
    shutil.rmtree(terraform.root / ".terraform")
    with pytest.raises(TerraformError, match="not initialised") as shown:
        terraform.run(arguments.plan(), "plan")
    assert str(terraform.binary.name) in shown.value.hint


def test_a_partial_backend_configuration_stays_with_the_real_backend(
    applied: Applied, repo: Path
) -> None:
    """As in the runbook's .envrc: what init is given for the backend is nothing to the copy."""
    main = repo / "tf/environment/main.tf"
    path = 'path = "../../real/terraform.tfstate"'
    main.write_text(main.read_text().replace(path, ""))
    real = applied(TF_CLI_ARGS_init='-backend-config="path=../../real/terraform.tfstate"')
    assert (real.root / ".terraform/terraform.tfstate").is_file()
    assert os.path.isfile(repo / "real/terraform.tfstate") or list(repo.rglob("*.tfstate"))
    goes_through(real, repo)
