"""A baseline plan handed in: taken as JSON, refused as anything else, and in `check` as well."""

from __future__ import annotations

import json
from pathlib import Path

from tests.test_cli import PAIR, run
from tests.verify.baselines import baseline_of
from tests.verify.test_baseline import parameter


def test_it_is_handed_in_with_a_plan(tmp_path: Path) -> None:
    plan = parameter("15", "24")
    files = {"plan.json": plan, "baseline.json": baseline_of(plan)}
    for name, document in files.items():
        (tmp_path / name).write_text(json.dumps(document))
    words = ("verify-plan", "plan.json", *PAIR)
    assert run(*words, cwd=tmp_path).returncode == 1
    done = run(*words, "--baseline", "baseline.json", cwd=tmp_path)
    assert done.returncode == 0
    none = run(*words, "--baseline", "plan.json", cwd=tmp_path)
    assert none.returncode == 1
    assert "TFS014" in none.stdout


def test_what_is_no_plan_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(parameter("15", "24")))
    (tmp_path / "saved").write_bytes(b"PK\x03\x04")
    done = run("verify-plan", "plan.json", *PAIR, "--baseline", "saved", cwd=tmp_path)
    assert done.returncode == 3
    assert "terraform show -json" in done.stderr
    alone = run("verify-plan", "--baseline", "saved", cwd=tmp_path)
    assert alone.returncode == 2
    assert "needs a plan" in alone.stderr
