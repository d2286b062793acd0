"""``tfswap rollback`` before anything was written, and ``log``, as a user types them."""

from __future__ import annotations

import json

from tests.commands.conftest import TFVARS, Clone

NAME = "Lpas-20240715"
BRANCH = f"restore/production-{NAME}"


def without_tfswap(clone: Clone) -> dict[str, bytes]:
    return {k: v for k, v in clone.everything().items() if not k.startswith(".tfswap/")}


def flat(text: str) -> str:
    return " ".join(text.split())


def test_it_takes_back_what_prepare_did_byte_for_byte(clone: Clone) -> None:
    before = without_tfswap(clone)
    clone.tfswap("prepare", NAME)
    done = clone.tfswap("rollback", "--yes")
    assert done.code == 0, done.text
    assert without_tfswap(clone) == before
    left = {path.name for path in (clone.repo / ".tfswap").iterdir()}
    assert left <= {".gitignore", "journal.jsonl", "lock", "terraform.log", "children.jsonl"}
    assert "No swap is prepared" in clone.tfswap("status").out


def test_it_shows_first_and_asks(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    before = clone.everything()
    shown = clone.tfswap("rollback", "--dry-run")
    assert shown.code == 0
    for part in (f"{TFVARS}:", "back to 'Lpas'", "check out main", f"delete the branch {BRANCH}"):
        assert part in flat(shown.out)
    assert max(map(len, shown.out.splitlines())) <= 80
    refused = clone.tfswap("rollback", stdin="y\nno\n")
    assert refused.code == 130
    assert "Type 'yes' to continue" in refused.err
    after = clone.everything()
    for changing in (".tfswap/terraform.log", ".tfswap/lock"):
        before.pop(changing, None)
        after.pop(changing, None)
    assert after == before


def test_a_stopped_pipeline_is_named_with_what_starting_it_does(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    with (clone.repo / ".tfswap" / "journal.jsonl").open("a") as journal:
        journal.write('{"v": 1, "event": "pipeline-stopped", "pipeline": "lpas-stream"}\n')
    done = clone.tfswap("rollback", "--yes")
    assert done.code == 0, done.text
    shown = flat(done.err)
    assert "pipeline lpas-stream was stopped and not started again" in shown
    assert "tfswap pipeline start lpas-stream" in shown
    assert "processes its source again from the beginning" in shown


def test_nothing_prepared_is_nothing_to_roll_back(clone: Clone) -> None:
    before = clone.everything()
    done = clone.tfswap("rollback", "--yes")
    assert (done.code, "nothing to roll back" in done.out) == (0, True)
    assert clone.everything() == before


def test_two_tables_and_a_detached_head(clone: Clone) -> None:
    clone.git("switch", "--quiet", "--detach")
    before = without_tfswap(clone)
    assert clone.tfswap("prepare", NAME, "Sessions-20240715", "--branch", "back").code == 0
    assert clone.tfswap("rollback", "--yes").code == 0
    assert without_tfswap(clone) == before


def test_a_branch_that_was_there_before_stays(clone: Clone) -> None:
    clone.git("branch", BRANCH)
    clone.tfswap("prepare", NAME)
    done = clone.tfswap("rollback", "--yes")
    assert "tfswap did not create it" in flat(done.out)
    assert BRANCH in clone.git("branch", "--list")
    assert clone.git("branch", "--show-current").strip() == "main"


def test_what_a_killed_write_left_beside_the_tfvars_goes(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    (clone.repo / ".tfswap" / ".new-x.tfswap").write_text("half")
    assert clone.tfswap("rollback", "--yes").code == 0
    assert clone.git("status", "--porcelain") == ""


def test_any_other_change_still_stops_prepare(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    clone.tfvars.write_text(clone.tfvars.read_text().replace("eu-west-1", "eu-west-3", 1) + "\n")
    done = clone.tfswap("prepare", "Lpas")
    assert done.code == 2
    assert "would be included" in done.err


def test_the_log_names_the_pair_wherever_it_was_given(clone: Clone) -> None:
    clone.tfswap("prepare", NAME, "--pair", "Ana, Sam")
    clone.tfswap("rollback", "--yes", TFSWAP_PAIR="Kim, Lee")
    text = clone.tfswap("log").out
    assert "pair: Ana, Sam; later Kim, Lee" in text
    assert "rolled back" in text
    record = clone.tfswap("log", "--format", "markdown").out
    assert "| time (UTC) | who | what |" in record
    document = json.loads(clone.tfswap("log", "--format", "json").out)
    assert [each["event"] for each in document["events"]][-1] == "rolled-back"


def test_a_damaged_swap_does_not_hide_the_log(clone: Clone) -> None:
    clone.tfswap("prepare", NAME)
    (clone.repo / ".tfswap" / "swap.json").write_text("{")
    done = clone.tfswap("log")
    assert done.code == 0
    assert "prepared the swap" in done.out


def test_direct_has_no_report_to_format(clone: Clone) -> None:
    done = clone.tfswap("run", "--direct", "--format", "json")
    assert done.code == 2
    assert "--direct cannot be combined with --format" in done.err
