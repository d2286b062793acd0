"""``rollback`` at every stage, on the real Terraform: what it undoes, and what it must not."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.faults.faults import Fault
from tests.faults.play import play, until_done
from tests.faults.stage import NEW, OLD, SWAP, TABLE, TFVARS, Stage, named
from tests.journal_events import entries, event
from tfswap.demo import fixture
from tfswap.errors import StateMovedError
from tfswap.journal.writer import Journal
from tfswap.steps.rollback import RollbackBlocked, RollbackPlan, push_backup, rollback_plan
from tfswap.terraform import state_file as states
from tfswap.terraform.arguments import Binary
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import CommandRunner, terraform_environment

BYSTANDER = "terraform_data.bystander[2]"
IMPORT = 4
"""Terraform's number, in a direct run, of the import: version, pull, rm and pull come before."""


@pytest.fixture
def prepared(prepared_stage: Stage, tmp_path: Path) -> Stage:
    return prepared_stage.fork(tmp_path / "stage")


@pytest.fixture
def pushed(pushed_stage: Stage, tmp_path: Path) -> Stage:
    return pushed_stage.fork(tmp_path / "stage")


def instances(stage: Stage) -> dict[str, object]:
    parsed = states.parse(stage.state_file.read_bytes())
    return {address: each.raw for address, each in parsed.instances.items()}


def user_tree(stage: Stage) -> dict[str, object]:
    return {key: value for key, value in stage.tree().items() if key != "kept"}


def refused(stage: Stage, *words: str) -> None:
    """Rollback says these words, ends with 2, and changes nothing."""
    before = stage.ending()
    done = play(stage, "rollback")
    assert done.code == 2, done.text
    flat = " ".join(done.text.split())
    for word in words:
        assert word in flat, done.text
    assert stage.ending() == before


def test_before_the_push_only_branch_and_tfvars_go_back(bare_stage: Stage, prepared: Stage) -> None:
    serial = prepared.ending()["serial"]
    done = play(prepared, "rollback")
    assert done.code == 0, done.text
    assert prepared.ending()["serial"] == serial
    assert user_tree(prepared) == user_tree(bare_stage)
    assert "nothing to roll back" in play(prepared, "rollback").text


def test_after_the_push_the_backed_up_state_goes_back(bare_stage: Stage, pushed: Stage) -> None:
    serial = pushed.ending()["serial"]
    done = play(pushed, "rollback")
    assert done.code == 0, done.text
    assert instances(pushed) == instances(bare_stage)
    assert pushed.ending()["outputs"] == bare_stage.ending()["outputs"]
    assert pushed.ending()["serial"] == serial + 2
    assert user_tree(pushed) == user_tree(bare_stage)


def test_after_a_push_killed_between_the_two_writes_of_a_local_backend(
    bare_stage: Stage, pushed: Stage
) -> None:
    """The first has our content with the serial it was given, the second raises that."""
    [kept] = pushed.directory.all_pushed("production")
    pushed.state_file.write_bytes(kept.read_bytes())
    done = play(pushed, "rollback")
    assert done.code == 0, done.text
    assert instances(pushed) == instances(bare_stage)


def test_rolled_back_and_swapped_again(pushed: Stage) -> None:
    assert play(pushed, "rollback").code == 0
    assert play(pushed, "prepare").code == 0
    done = play(pushed, "run")
    assert done.code == 0, done.text
    assert states.parse(pushed.state_file.read_bytes()).instances[TABLE].attributes["id"] == NEW
    assert play(pushed, "rollback").code == 0
    assert states.parse(pushed.state_file.read_bytes()).instances[TABLE].attributes["id"] == OLD


def test_somebody_wrote_since_the_push(pushed: Stage) -> None:
    pushed.terraform("taint", BYSTANDER)
    refused(pushed, "Someone wrote the state after", f"changed since: {BYSTANDER}", "Lpas")


def test_somebody_wrote_and_took_it_back(pushed: Stage) -> None:
    pushed.terraform("taint", BYSTANDER)
    pushed.terraform("untaint", BYSTANDER)
    serial = pushed.ending()["serial"]
    refused(
        pushed,
        "Someone wrote the state after",
        f"serial now {serial}; tfswap wrote {serial - 2}",
        "no resource differs",
    )


def test_another_state_altogether(pushed: Stage) -> None:
    data = json.loads(pushed.state_file.read_bytes())
    pushed.state_file.write_text(json.dumps({**data, "lineage": "another"}, indent=2))
    refused(pushed, ".tfswap/ has no backup")


def test_an_apply_that_was_begun_is_answered_with_a_swap_back(pushed: Stage) -> None:
    """Seen in the journal, even where the state shows nothing yet."""
    Journal(pushed.directory.journal).note(event("apply"))
    before = pushed.ending()
    done = play(pushed, "rollback", dry=True)
    assert done.code == 0
    assert "An apply was started" in done.text
    assert "next: tfswap prepare Lpas" in done.text
    assert pushed.ending() == before


def test_an_apply_that_only_the_state_tells_of(pushed: Stage) -> None:
    """By hand, or by a pipeline: consumers in the state name the restored table."""
    pushed.terraform("apply", "-auto-approve")
    done = play(pushed, "rollback", dry=True)
    assert "An apply was started" in done.text
    assert "next: tfswap prepare Lpas" in done.text


def test_direct_stopped_half_way_goes_back(bare_stage: Stage, prepared: Stage) -> None:
    play(prepared, "direct", Fault("terraform", IMPORT + 1, "before"))
    assert TABLE not in instances(prepared)
    done = play(prepared, "rollback")
    assert done.code == 0, done.text
    assert f"has NO table at {TABLE}" in " ".join(done.text.split())
    assert instances(prepared) == instances(bare_stage)
    assert user_tree(prepared) == user_tree(bare_stage)


def test_direct_to_its_end_goes_back(bare_stage: Stage, prepared: Stage) -> None:
    assert play(prepared, "direct").code == 0
    done = play(prepared, "rollback")
    assert done.code == 0, done.text
    assert instances(prepared) == instances(bare_stage)


def test_direct_half_way_and_somebody_wrote(prepared: Stage) -> None:
    play(prepared, "direct", Fault("terraform", IMPORT + 1, "before"))
    prepared.terraform("taint", BYSTANDER)
    refused(prepared, "Someone wrote", BYSTANDER, "table is missing from the state", "tfswap run")
    done = play(prepared, "run")
    assert done.code == 0, done.text
    assert TABLE in instances(prepared)


def test_direct_half_way_then_run_then_back(bare_stage: Stage, prepared: Stage) -> None:
    """The push came from a state without the table; the way back is to the one before that."""
    play(prepared, "direct", Fault("terraform", IMPORT + 1, "before"))
    assert play(prepared, "run").code == 0
    done = play(prepared, "rollback")
    assert done.code == 0, done.text
    assert instances(prepared) == instances(bare_stage)


def test_commands_by_hand_go_back_from_the_state_the_script_kept(
    bare_stage: Stage, prepared: Stage
) -> None:
    kept = prepared.directory.folder / "before-commands-20240716010203-1.tfstate"
    kept.write_bytes(prepared.state_file.read_bytes())
    prepared.terraform("state", "rm", TABLE)
    prepared.terraform("import", TABLE, NEW)
    done = play(prepared, "rollback")
    assert done.code == 0, done.text
    assert instances(prepared) == instances(bare_stage)


def test_a_backend_out_of_reach_before_anything_was_written(
    bare_stage: Stage, prepared: Stage
) -> None:
    prepared.backend.rename(prepared.folder / "away")
    prepared.backend.write_text("")
    done = play(prepared, "rollback")
    assert done.code == 0, done.text
    assert "no write to it" in done.text
    assert user_tree(prepared) == user_tree(bare_stage)


def test_a_backend_out_of_reach_after_the_push(pushed: Stage) -> None:
    before = user_tree(pushed)
    pushed.backend.rename(pushed.folder / "away")
    pushed.backend.write_text("")
    assert play(pushed, "rollback").code == 2
    assert user_tree(pushed) == before


def stage_terraform(stage: Stage) -> Terraform:
    root = stage.repo / TFVARS.parent
    return Terraform(Binary(), CommandRunner(terraform_environment({})), root, "production")


@pytest.fixture
def with_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """``terraform_data`` with a name, in this very process."""
    monkeypatch.setattr(states, "StateInstance", named)


@pytest.mark.usefixtures("with_names")
def test_a_writer_between_the_look_and_the_push_is_not_lost(pushed: Stage) -> None:
    journal = Journal(pushed.directory.journal)
    terraform = stage_terraform(pushed)
    way = rollback_plan(SWAP, terraform.pull(), pushed.directory, journal.progress().writes)
    assert isinstance(way, RollbackPlan)
    pushed.terraform("taint", BYSTANDER)
    theirs = pushed.state_file.read_bytes()
    with pytest.raises(StateMovedError):
        push_backup(terraform, pushed.directory, journal, way)
    assert pushed.state_file.read_bytes() == theirs
    assert isinstance(
        rollback_plan(SWAP, terraform.pull(), pushed.directory, journal.progress().writes),
        RollbackBlocked,
    )


@pytest.mark.parametrize("moment", ["orphan", "before", "child"])
def test_a_push_of_unknown_end_cannot_land_after_the_rollback(
    bare_stage: Stage, prepared: Stage, moment: str
) -> None:
    """tfswap is killed and its Terraform goes on; rollback at once, then wait for it."""
    play(prepared, "run", Fault("terraform", 10, moment))
    assert [e["event"] for e in entries(prepared.directory.journal)][-1] in (
        "push",
        "push-failed",
    )
    done = until_done(prepared, "rollback")
    assert done.code == 0, done.text
    time.sleep(0.5)
    assert instances(prepared) == instances(bare_stage)
    assert user_tree(prepared) == user_tree(bare_stage)


def test_a_branch_with_a_commit_of_its_own_stays(bare_stage: Stage, pushed: Stage) -> None:
    fixture.commit(pushed.repo, "Use the restored table")
    done = play(pushed, "rollback")
    assert done.code == 0, done.text
    assert "has other commits" in " ".join(done.text.split())
    assert SWAP.branch in fixture.git(pushed.repo, "branch", "--list")
    assert (pushed.repo / TFVARS).read_bytes() == (bare_stage.repo / TFVARS).read_bytes()
    assert fixture.git(pushed.repo, "branch", "--show-current").strip() == "main"
    assert instances(pushed) == instances(bare_stage)


def test_a_leaf_that_somebody_edited_stays(prepared: Stage) -> None:
    tfvars = prepared.repo / TFVARS
    tfvars.write_text(tfvars.read_text().replace("20240715", "20240901"))
    done = play(prepared, "rollback")
    assert "neither the outgoing nor the restored name" in " ".join(done.text.split())
    assert "20240901" in tfvars.read_text()


def test_once_merged_the_way_back_is_a_swap(pushed: Stage) -> None:
    fixture.commit(pushed.repo, "Use the restored table")
    fixture.git(pushed.repo, "switch", "--quiet", "main")
    fixture.git(pushed.repo, "merge", "--quiet", SWAP.branch)
    before = pushed.ending()
    done = play(pushed, "rollback", dry=True)
    assert "is merged" in " ".join(done.text.split())
    assert pushed.ending() == before
