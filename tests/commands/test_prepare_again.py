"""The wrong date corrected, an edit made by hand, ``.tfswap/`` lost: ``prepare`` goes on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.commands.conftest import TFVARS, Clone
from tfswap.swap import Swap, decode

NAME, OTHER = "Lpas-20240715", "Lpas-20240716"
TABLE = "aws_dynamodb_table.lpas_table"


def prepared(clone: Clone) -> Swap:
    return decode((clone.repo / ".tfswap" / "swap.json").read_bytes())


def edit_by_hand(clone: Clone, old: str = "Lpas", new: str = NAME) -> None:
    """Change production's one string as an editor does."""
    text = clone.tfvars.read_text()
    before, after = text.rsplit(f'"lpas_table_name":   "{old}"', 1)
    clone.tfvars.write_text(f'{before}"lpas_table_name":   "{new}"{after}')


def good(clone: Clone, *arguments: str) -> str:
    done = clone.tfswap(*arguments)
    assert done.code == 0, done.text
    return done.text


def assert_prepared(clone: Clone, name: str) -> None:
    """The swap leads from the outgoing table to this one, and the tree holds nothing else."""
    table = prepared(clone).tables[0]
    assert (table.leaf.value, table.new_value) == ("Lpas", name)
    assert (table.old_name, table.new_name) == ("production-Lpas", f"production-{name}")
    lines = clone.git("diff", "--unified=0", "origin/main", "--", ".").splitlines()
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert len(changed) == 2
    assert f'"{name}"' in changed[1]
    assert clone.git("branch", "--show-current").strip() == prepared(clone).branch


def state_of(folder: Path, name: str | None) -> str:
    """A terraform whose state holds this table, or none."""
    table = {"schema_version": 1, "attributes": {"name": name, "id": name}}
    held = [{"mode": "managed", "type": "aws_dynamodb_table", "name": "lpas_table"}]
    role = {"mode": "managed", "type": "aws_iam_role", "name": "r", "provider": "p"}
    resources = [{**one, "provider": "p", "instances": [table]} for one in held if name]
    state = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 7,
        "lineage": "l",
        "outputs": {},
        "resources": [*resources, {**role, "instances": [table]}],
    }
    (folder / "state.json").write_text(json.dumps(state))
    binary = folder / "terraform"
    binary.write_text(
        '#!/bin/sh\ncase "$1 $2" in\n'
        f'"state pull") cat {folder}/state.json ;;\n'
        '"workspace list") echo "* production" ;;\n*) exit 1 ;;\nesac\n'
    )
    binary.chmod(0o755)
    return str(binary)


def test_a_wrong_date_is_corrected_by_preparing_the_right_one(clone: Clone) -> None:
    good(clone, "prepare", NAME)
    shown = good(clone, "prepare", OTHER, "--dry-run")
    assert "outgoing  production-Lpas\n" in shown
    assert prepared(clone).tables[0].new_value == NAME
    assert "replaces the swap to production-Lpas-20240715" in good(clone, "prepare", OTHER)
    assert_prepared(clone, OTHER)
    assert NAME not in clone.git("branch", "--list")
    assert "next: tfswap prepare" not in good(clone, "status", "--offline")
    good(clone, "rollback", "--yes")
    assert clone.git("status", "--porcelain") == ""
    assert clone.git("branch", "--show-current").strip() == "main"


def test_a_wrong_table_is_corrected_too(clone: Clone) -> None:
    good(clone, "prepare", "Sessions-20240715", NAME)
    good(clone, "prepare", NAME)
    assert_prepared(clone, NAME)


def test_a_wrong_date_that_was_committed_is_corrected_on_top(clone: Clone) -> None:
    clone.git("switch", "--quiet", "--create", "mine")
    edit_by_hand(clone)
    clone.commit()
    good(clone, "prepare", NAME)
    good(clone, "prepare", OTHER)
    assert prepared(clone).tables[0].old_name == "production-Lpas"
    assert f'"{OTHER}"' in clone.tfvars.read_text()
    assert "neither the outgoing nor the restored name" not in good(clone, "status", "--offline")
    assert good(clone, "rollback", "--yes")
    assert clone.git("status", "--porcelain") == ""
    assert clone.git("branch", "--show-current").strip() == "mine"
    good(clone, "prepare", OTHER)


def test_a_typing_error_in_the_second_leaves_the_first(clone: Clone) -> None:
    good(clone, "prepare", NAME)
    before = clone.everything()
    assert clone.tfswap("prepare", "Lbas-20240716").code == 2
    after = clone.everything()
    assert {k: v for k, v in after.items() if not k.startswith(".tfswap/")} == {
        k: v for k, v in before.items() if not k.startswith(".tfswap/")
    }
    assert prepared(clone).tables[0].new_value == NAME


def test_in_the_state_the_first_stays_the_outgoing_one(clone: Clone, tmp_path: Path) -> None:
    good(clone, "prepare", NAME)
    binary = state_of(tmp_path, f"production-{NAME}")
    good(clone, "prepare", OTHER, "--terraform-bin", binary)
    table = prepared(clone).tables[0]
    assert (table.old_name, table.new_name) == (f"production-{NAME}", f"production-{OTHER}")


def test_one_that_never_got_into_the_state_is_replaced(clone: Clone, tmp_path: Path) -> None:
    good(clone, "prepare", NAME)
    good(clone, "prepare", OTHER, "--terraform-bin", state_of(tmp_path, "production-Lpas"))
    assert_prepared(clone, OTHER)


def test_a_state_without_the_table_comes_first(clone: Clone, tmp_path: Path) -> None:
    good(clone, "prepare", NAME)
    done = clone.tfswap("prepare", OTHER, "--terraform-bin", state_of(tmp_path, None))
    assert done.code == 2
    assert "tfswap run. To undo it: tfswap rollback" in done.err


def test_a_state_that_cannot_be_read_is_not_guessed_at(clone: Clone) -> None:
    good(clone, "prepare", NAME)
    with (clone.repo / ".tfswap" / "journal.jsonl").open("a") as journal:
        journal.write('{"event": "push", "pulled_serial": 7}\n')
    done = clone.tfswap("prepare", OTHER)
    assert done.code == 2
    assert "is unknown" in done.err
    assert prepared(clone).tables[0].new_value == NAME


def test_going_back_before_the_push_is_rollback(clone: Clone) -> None:
    good(clone, "prepare", NAME)
    done = clone.tfswap("prepare", "Lpas")
    assert done.code == 2
    assert "not written" in done.err
    assert "tfswap rollback" in done.err


def test_an_edit_made_by_hand_is_taken_up(clone: Clone) -> None:
    edit_by_hand(clone)
    assert "outgoing  production-Lpas\n" in good(clone, "prepare", NAME, "--dry-run")
    assert not (clone.repo / ".tfswap" / "swap.json").exists()
    good(clone, "prepare", NAME)
    assert_prepared(clone, NAME)


def test_so_is_a_staged_one(clone: Clone) -> None:
    edit_by_hand(clone)
    clone.git("add", "--all")
    good(clone, "prepare", NAME)
    assert_prepared(clone, NAME)


@pytest.mark.parametrize("branch", ["mine", f"restore/production-{NAME}", "main"])
def test_an_edit_committed_by_hand_is_taken_up(clone: Clone, branch: str) -> None:
    if branch != "main":
        clone.git("switch", "--quiet", "--create", branch)
    edit_by_hand(clone)
    clone.commit()
    assert "already committed" in good(clone, "prepare", NAME)
    assert_prepared(clone, NAME)
    expected = f"restore/production-{NAME}" if branch == "main" else branch
    assert prepared(clone).branch == expected
    assert "Already prepared" in good(clone, "prepare", NAME)


@pytest.mark.parametrize("committed", [False, True])
def test_a_lost_folder_is_made_again(clone: Clone, committed: bool) -> None:
    good(clone, "prepare", NAME)
    if committed:
        clone.commit()
    before = prepared(clone)
    shutil.rmtree(clone.repo / ".tfswap")
    good(clone, "prepare", NAME)
    assert_prepared(clone, NAME)
    assert prepared(clone).tables == before.tables


def test_a_broken_swap_file_is_made_again(clone: Clone) -> None:
    good(clone, "prepare", NAME)
    whole = prepared(clone)
    (clone.repo / ".tfswap" / "swap.json").write_text('{"version": 1, "tables": ')
    shown = clone.tfswap("status")
    assert "tfswap prepare" in shown.text
    good(clone, "prepare", NAME)
    assert prepared(clone).tables == whole.tables


def test_an_edit_that_is_more_than_the_swap_is_refused(clone: Clone) -> None:
    edit_by_hand(clone)
    clone.tfvars.write_text(clone.tfvars.read_text().replace("eu-west-1", "eu-west-3", 1))
    before = clone.everything()
    done = clone.tfswap("prepare", NAME)
    assert done.code == 2
    assert "be included" in done.err
    assert clone.everything() == before


def test_another_environments_edit_is_not_this_swap(clone: Clone) -> None:
    text = clone.tfvars.read_text()
    old = '"lpas_table_name": "Lpas"'
    clone.tfvars.write_text(text.replace(old, old.replace("Lpas", NAME), 1))
    done = clone.tfswap("prepare", NAME)
    assert done.code == 2
    assert "git restore" in done.err


def test_another_date_by_hand_gets_one_order(clone: Clone) -> None:
    """``status``, ``run`` and ``prepare`` agree on what to do about a third value."""
    good(clone, "prepare", NAME)
    edit_by_hand(clone, NAME, OTHER)
    for command in ("status", "run", "apply"):
        assert f"tfswap prepare {NAME}" in clone.tfswap(command).text, command
    good(clone, "prepare", NAME)
    assert_prepared(clone, NAME)
    edit_by_hand(clone, NAME, OTHER)
    good(clone, "prepare", OTHER)
    assert_prepared(clone, OTHER)


def test_repeating_it_keeps_the_verified_plan(clone: Clone) -> None:
    good(clone, "prepare", NAME)
    verdict = clone.repo / ".tfswap" / "verdict.json"
    verdict.write_text("{}")
    good(clone, "prepare", NAME, "--prefix", "env")
    assert verdict.exists()


def test_a_swap_back_that_was_never_pushed_is_not_merged(clone: Clone, tmp_path: Path) -> None:
    good(clone, "prepare", NAME)
    binary = state_of(tmp_path, f"production-{NAME}")
    good(clone, "prepare", "Lpas", "--terraform-bin", binary)
    shown = good(clone, "rollback", "--dry-run", "--terraform-bin", binary)
    assert "merged" not in shown
    assert f"'Lpas' changes back to '{NAME}'" in " ".join(shown.split())
    good(clone, "rollback", "--yes", "--terraform-bin", binary)
    assert NAME in clone.tfvars.read_text()
    good(clone, "prepare", NAME)
    assert_prepared(clone, NAME)


def test_lines_that_differ_only_in_a_date() -> None:
    from tfswap.discovery.renamed import renamed

    assert renamed(b'"a": "Lpas"', b'"a": "Lpas-20240715"') == {"Lpas": "Lpas-20240715"}
    assert renamed(b"n = Lpas-20240101 # x", b"n = Lpas # x") == {"Lpas-20240101": "Lpas"}
    assert renamed(b"a: Lpas", b"a: Lpas") == {}
    for other in (b"a: Sessions", b"a:  Lpas-20240715", b"a: Lpas-20240715\n", b"a: Lpas-2024"):
        assert renamed(b"a: Lpas", other) is None
    assert TFVARS.endswith(".json")
