"""Which words of TF_CLI_ARGS* are refused, in every spelling Terraform takes."""

from __future__ import annotations

import fcntl
import subprocess
from collections.abc import Callable

import pytest

from tfswap.errors import TerraformError
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import terraform_environment

UNLOCKED = (
    *("-lock=false", "--lock=false", "-lock=f", "-lock=F", "-lock=False", "-lock=FALSE", "-lock=0"),
    *('-lock="0"', "-lock='f'", '"-lock=false"', "'-lock'=false", '-"lock"=false', "-l\\ock=false"),
    *('-lo""ck=f"al"se', "-no-color  -lock=false", "-no-color\t-lock=0", '"-l\\ock=false"'),
)
ELSEWHERE = ("-force", "--force", "-force=1", "-force=t", "-f'orce'", "-ignore-remote-version")
STATES = ("-state=x", "--state-out=x", "-state x", "'-state=x'")
HARMLESS = (
    *("", "-lock=true", "-lock", "-lock=1", "-lock-timeout=5m", "-force=false", "-no-color"),
    *("-var=lock=false", "-var-file=state", "-parallelism=2", "lock=false", "-force-copy", "-- -"),
)


@pytest.mark.parametrize("value", [*UNLOCKED, *ELSEWHERE, *STATES])
@pytest.mark.parametrize("name", ["TF_CLI_ARGS", "TF_CLI_ARGS_state_push"])
def test_what_takes_away_lock_or_compare_and_swap_is_refused(name: str, value: str) -> None:
    with pytest.raises(TerraformError, match=f"{name} contains -") as caught:
        terraform_environment({}, {name: value})
    assert f"unset {name}" in caught.value.hint


@pytest.mark.parametrize("value", HARMLESS)
def test_the_rest_is_honoured(value: str) -> None:
    assert terraform_environment({}, {"TF_CLI_ARGS": value})["TF_CLI_ARGS"] == value


def test_terraform_itself_reads_each_spelling_as_no_lock(applied: Callable[..., Terraform]) -> None:
    """So that what is refused here is what Terraform would have taken: somebody holds the lock."""
    terraform = applied("default")

    def taint(arguments: str) -> int:
        env = {**terraform.runner.env, "TF_CLI_ARGS_taint": arguments}
        argv = ["terraform", "taint", "-allow-missing", "terraform_data.none"]
        return subprocess.run(argv, cwd=terraform.root, env=env, capture_output=True).returncode

    state = (terraform.root / "../../real/terraform.tfstate").resolve()
    with state.open("r+") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        assert taint("") == 1
        assert [value for value in UNLOCKED if taint(value) != 0] == []
