"""Which plans of unfinished applies count when the rest is verified, and which never do."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.verify.plans import FOLDER, INTENT
from tfswap.commands import begun
from tfswap.commands.workbench import Workbench
from tfswap.console import Console
from tfswap.home import Home
from tfswap.steps import verdict as verdicts
from tfswap.steps.journal import Journal
from tfswap.terraform.client import Terraform
from tfswap.verify.intent import Intent


def saved(path: Path, serial: int = 5, lineage: str = "l", more: str = "") -> Path:
    """A file in the shape of a saved plan; real ones are begun in tests/e2e."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tfplan", more)
        state = {"version": 4, "lineage": lineage, "serial": serial, "resources": []}
        archive.writestr("tfstate", json.dumps(state))
    path.write_bytes(buffer.getvalue())
    return path


@dataclass
class Night:
    """A folder with a journal, and a Terraform that shows recorded plans."""

    home: Home
    shows: dict[str, str] = field(default_factory=dict)
    """File name -> recorded plan; ``good`` for any other."""

    @property
    def bench(self) -> Workbench:
        journal = Journal(self.home.journal)
        found = SimpleNamespace(home=self.home, journal=journal, console=Console(quiet=True))
        return cast(Workbench, found)

    def show(self, path: str) -> bytes:
        return (FOLDER / self.shows.get(Path(path).name, "good") / "plan.json").read_bytes()

    def apply(self, **facts: Any) -> str:
        sha256 = verdicts.digest(self.home.applying)
        facts = {"plan_sha256": sha256, "serial": 5, "workspace": "production", **facts}
        self.bench.journal.note("apply", **facts)
        return str(facts["plan_sha256"])

    def intent(self, serial: int = 7, lineage: str = "l") -> Intent:
        plan = saved(self.home.plan, serial, lineage, "next")
        terraform = cast(Terraform, SimpleNamespace(show=self.show))
        intent = Intent(INTENT.tables, workspace="production")
        return begun.with_begun(self.bench, terraform, intent, plan)


@pytest.fixture
def night(tmp_path: Path) -> Night:
    home = Home(tmp_path)
    home.make()
    saved(home.applying)
    return Night(home)


def test_without_an_apply_nothing_counts(night: Night) -> None:
    assert night.intent().begun == ()
    night.home.journal.write_bytes(b"not a journal\n[]\n")
    assert night.intent().begun == ()


def test_the_plan_of_an_apply_that_did_not_end_counts(night: Night) -> None:
    night.apply()
    [found] = night.intent().begun
    assert "@" in found.who
    assert "UTC" in found.at


def test_so_does_one_that_failed_and_was_verified_since(night: Night) -> None:
    night.bench.journal.note("apply-failed", plan_sha256=night.apply())
    night.bench.journal.note("verified", verdict="rejected")
    assert len(night.intent().begun) == 1
    assert len(night.intent().begun) == 1


@pytest.mark.parametrize(
    ("event", "facts"), [("applied", {}), ("verified", {"verdict": "applied"})]
)
def test_once_applied_it_is_over(night: Night, event: str, facts: dict[str, str]) -> None:
    night.apply()
    night.bench.journal.note(event, **facts)
    assert night.intent().begun == ()


def test_an_apply_that_began_nothing_does_not_count(night: Night) -> None:
    night.bench.journal.note("apply-refused", plan_sha256=night.apply())
    assert night.intent().begun == ()


def test_another_file_than_the_one_applied_never_counts(night: Night) -> None:
    night.apply()
    saved(night.home.applying, more="exchanged")
    assert night.intent().begun == ()
    night.home.applying.unlink()
    assert night.intent().begun == ()


def test_another_workspace_never_counts(night: Night) -> None:
    night.apply(workspace="preproduction")
    assert night.intent().begun == ()


@pytest.mark.parametrize(("serial", "lineage"), [(4, "l"), (7, "m")])
def test_an_older_state_and_another_lineage_never_count(
    night: Night, serial: int, lineage: str
) -> None:
    night.apply()
    assert night.intent(serial, lineage).begun == ()


@pytest.mark.parametrize("case", ["ride-image", "replace", "applied", "errored"])
def test_a_plan_that_is_not_ready_never_counts(night: Night, case: str) -> None:
    night.shows = {"applying.plan": case}
    night.apply()
    assert night.intent().begun == ()


def test_several_failed_applies_count_in_their_order(night: Night) -> None:
    first = night.apply()
    begun.set_aside(night.home)
    saved(night.home.applying, 6, more="second")
    second = night.apply()
    assert [verdicts.digest(path) for path in night.home.begun] == [first, second]
    assert len(night.intent().begun) == 2
    before = begun.before_apply(night.bench)
    assert before is not None
    assert before.serial == 6
    begun.forget(night.home)
    assert night.home.begun == []
    assert night.intent().begun == ()
    assert begun.before_apply(night.bench) is None


def test_kept_plans_stay_private(night: Night) -> None:
    night.home.applying.chmod(0o600)
    begun.set_aside(night.home)
    [kept] = night.home.begun
    assert kept.name.startswith("begun-")
    assert kept.stat().st_mode & 0o777 == 0o600
