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

from tests.journal_events import event
from tests.verify.plans import FOLDER, INTENT
from tfswap.console import Console
from tfswap.context import unfinished_applies
from tfswap.context.command_context import CommandContext
from tfswap.journal.writer import Journal
from tfswap.steps import verdict as verdicts
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.client import Terraform
from tfswap.verify.model.intent import Intent


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

    directory: SwapDirectory
    shows: dict[str, str] = field(default_factory=dict)
    """File name -> recorded plan; ``good`` for any other."""

    @property
    def context(self) -> CommandContext:
        journal = Journal(self.directory.journal)
        found = SimpleNamespace(
            directory=self.directory, journal=journal, console=Console(quiet=True)
        )
        return cast(CommandContext, found)

    def show(self, path: str) -> bytes:
        return (FOLDER / self.shows.get(Path(path).name, "good") / "plan.json").read_bytes()

    def apply(self, **facts: Any) -> str:
        sha256 = verdicts.digest(self.directory.applying)
        facts = {"plan_sha256": sha256, "serial": 5, "workspace": "production", **facts}
        self.context.journal.note(event("apply", **facts))
        return str(facts["plan_sha256"])

    def intent(self, serial: int = 7, lineage: str = "l") -> Intent:
        plan = saved(self.directory.plan, serial, lineage, "next")
        terraform = cast(Terraform, SimpleNamespace(show=self.show))
        intent = Intent(INTENT.tables, workspace="production")
        return unfinished_applies.with_unfinished(self.context, terraform, intent, plan)


@pytest.fixture
def guided_run(tmp_path: Path) -> Night:
    directory = SwapDirectory(tmp_path)
    directory.make()
    saved(directory.applying)
    return Night(directory)


def test_without_an_apply_nothing_counts(guided_run: Night) -> None:
    assert guided_run.intent().begun == ()
    guided_run.directory.journal.write_bytes(b"not a journal\n[]\n")
    assert guided_run.intent().begun == ()


def test_the_plan_of_an_apply_that_did_not_end_counts(guided_run: Night) -> None:
    guided_run.apply()
    [found] = guided_run.intent().begun
    assert "@" in found.who
    assert "UTC" in found.at


def test_so_does_one_that_failed_and_was_verified_since(guided_run: Night) -> None:
    guided_run.context.journal.note(event("apply-failed", plan_sha256=guided_run.apply()))
    guided_run.context.journal.note(event("verified", verdict="rejected"))
    assert len(guided_run.intent().begun) == 1
    assert len(guided_run.intent().begun) == 1


@pytest.mark.parametrize(("word", "facts"), [("applied", {}), ("verified", {"verdict": "applied"})])
def test_once_applied_it_is_over(guided_run: Night, word: str, facts: dict[str, str]) -> None:
    guided_run.apply()
    guided_run.context.journal.note(event(word, **facts))
    assert guided_run.intent().begun == ()


def test_an_apply_that_began_nothing_does_not_count(guided_run: Night) -> None:
    guided_run.context.journal.note(event("apply-refused", plan_sha256=guided_run.apply()))
    assert guided_run.intent().begun == ()


def test_another_file_than_the_one_applied_never_counts(guided_run: Night) -> None:
    guided_run.apply()
    saved(guided_run.directory.applying, more="exchanged")
    assert guided_run.intent().begun == ()
    guided_run.directory.applying.unlink()
    assert guided_run.intent().begun == ()


def test_another_workspace_never_counts(guided_run: Night) -> None:
    guided_run.apply(workspace="preproduction")
    assert guided_run.intent().begun == ()


@pytest.mark.parametrize(("serial", "lineage"), [(4, "l"), (7, "m")])
def test_an_older_state_and_another_lineage_never_count(
    guided_run: Night, serial: int, lineage: str
) -> None:
    guided_run.apply()
    assert guided_run.intent(serial, lineage).begun == ()


@pytest.mark.parametrize("case", ["ride-image", "replace", "applied", "errored"])
def test_a_plan_that_is_not_ready_never_counts(guided_run: Night, case: str) -> None:
    guided_run.shows = {"applying.plan": case}
    guided_run.apply()
    assert guided_run.intent().begun == ()


def test_several_failed_applies_count_in_their_order(guided_run: Night) -> None:
    first = guided_run.apply()
    unfinished_applies.keep_unfinished(guided_run.directory)
    saved(guided_run.directory.applying, 6, more="second")
    second = guided_run.apply()
    assert [verdicts.digest(path) for path in guided_run.directory.begun] == [first, second]
    assert len(guided_run.intent().begun) == 2
    before = unfinished_applies.before_apply(guided_run.context)
    assert before is not None
    assert before.serial == 6
    unfinished_applies.forget_unfinished(guided_run.directory)
    assert guided_run.directory.begun == []
    assert guided_run.intent().begun == ()
    assert unfinished_applies.before_apply(guided_run.context) is None


def test_kept_plans_stay_private(guided_run: Night) -> None:
    guided_run.directory.applying.chmod(0o600)
    unfinished_applies.keep_unfinished(guided_run.directory)
    [kept] = guided_run.directory.begun
    assert kept.name.startswith("begun-")
    assert kept.stat().st_mode & 0o777 == 0o600
