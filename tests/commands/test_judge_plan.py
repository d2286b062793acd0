"""Names given by hand: which ``tfswap.toml`` counts is said, and so is that none does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Clone
from tests.test_cli import PAIR, run
from tests.verify.plans import FOLDER, FUNCTION, change, load

ALLOW = """\
[[allow]]
address = "aws_lambda_function"
attribute = "memory_size"
reason = "agreed in OPS-1"
expires = 2999-12-31
"""


@pytest.mark.parametrize(
    ("case", "code", "says"),
    [("good", 0, "READY."), ("ride-image", 1, "REJECTED: do not apply this plan.")],
)
def test_the_verdict_on_a_given_plan_of_the_prepared_swap_is_said_once_more(
    clone: Clone, case: str, code: int, says: str
) -> None:
    assert clone.tfswap("prepare", "Lpas-20240715", "-e", "production").code == 0
    done = clone.tfswap("verify-plan", str(FOLDER / case / "plan.json"))
    assert done.code == code
    assert says in done.err
    # JSON cannot be applied: only a saved plan is kept for that.
    assert "tfswap apply" not in done.err


def test_the_repository_s_own_allowances_count_and_are_named(tmp_path: Path) -> None:
    plan = load()
    change(plan, FUNCTION)["after"]["memory_size"] = 2048
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    below = tmp_path / "repo" / "terraform"
    below.mkdir(parents=True)
    words = ("verify-plan", str(tmp_path / "plan.json"), *PAIR)
    without = run(*words, cwd=tmp_path)
    assert without.returncode == 1
    assert "tfswap.toml: not found in" in without.stderr
    (tmp_path / "repo" / ".git").mkdir()
    (tmp_path / "repo" / "tfswap.toml").write_text(ALLOW)
    done = run(*words, cwd=below)
    assert done.returncode == 0
    shown = f"tfswap.toml read: {tmp_path}/repo/tfswap.toml (1 [[allow]])"
    assert shown in " ".join(done.stderr.split())
