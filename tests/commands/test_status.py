"""What ``status`` says of things left behind, and of a Terraform that goes on alone."""

from __future__ import annotations

import getpass
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from tests.commands.conftest import Clone
from tests.commands.test_prepare_again import state_of
from tests.commands.test_unfinished_applies import saved
from tests.journal_events import event
from tests.report.documents import document
from tfswap.commands.status.command import leftovers
from tfswap.journal.writer import Journal
from tfswap.report.documents import PHASE_CODES, SwapPhase
from tfswap.steps import verdict as verdicts
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.child_processes import ChildProcesses

NAME = "Lpas-20240715"


def test_a_terraform_whose_tfswap_was_killed_is_waited_for(clone: Clone) -> None:
    assert clone.tfswap("prepare", NAME).code == 0
    children = ChildProcesses(SwapDirectory(clone.repo).children)
    children.begun(os.getpgid(0), "apply")
    shown = clone.tfswap("status", "--offline").out
    assert f"· terraform apply is still running (process {os.getpgid(0)}" in shown
    assert "next: wait until it ends, then tfswap status" in shown
    children.ended(os.getpgid(0))
    assert "is still running" not in clone.tfswap("status", "--offline").out


def test_no_line_is_wider_than_the_terminal(clone: Clone) -> None:
    """But for an address, path or command, which is never broken."""
    assert clone.tfswap("prepare", NAME).code == 0
    shown = clone.tfswap("status", "--offline", COLUMNS="50").out.splitlines()
    assert "  production-Lpas -> production-Lpas-20240715 at" in shown
    assert "    aws_dynamodb_table.lpas_table" in shown
    clone.git("switch", "--quiet", "main")
    shown = clone.tfswap("status", "--offline", COLUMNS="50").out.splitlines()
    assert "    checked out (checked out: main)" in shown
    assert shown[-1] == "next: tfswap prepare Lpas-20240715"


def test_once_it_is_merged_nothing_is_to_be_prepared_again(clone: Clone) -> None:
    assert clone.tfswap("prepare", NAME).code == 0
    clone.git("switch", "--quiet", "--create", "merged")
    assert clone.tfswap("status", "--offline").out.endswith(f"next: tfswap prepare {NAME}\n")
    Journal(SwapDirectory(clone.repo).journal).note(
        event("finished", branch=f"restore/production-{NAME}")
    )
    shown = clone.tfswap("status").out
    assert "✓ finished, and merged has the edit" in shown
    assert "next: when it is in production, end the change freeze." in shown
    assert "tfswap retire production-Lpas --dry-run" in shown


def test_an_unsaved_state_is_named_offline_too(clone: Clone) -> None:
    assert clone.tfswap("prepare", NAME).code == 0
    (clone.repo / "terraform/environment/errored.tfstate").write_text("{}")
    assert "? errored.tfstate exists" in clone.tfswap("status", "--offline").out


def test_leftovers_are_named(tmp_path: Path) -> None:
    directory = SwapDirectory(tmp_path)
    directory.make()
    assert leftovers(directory) == []
    directory.scratch.mkdir()
    directory.applying.write_bytes(b"x")
    (directory.folder / "begun-0123456789abcdef.plan").write_bytes(b"y")
    lines = leftovers(directory)
    assert "rehearsal/" in lines[0]
    assert lines[1].endswith("begun-0123456789abcdef.plan, applying.plan")


def test_live_work_is_seen_and_whose_it_is(clone: Clone) -> None:
    assert clone.tfswap("prepare", NAME).code == 0
    directory = SwapDirectory(clone.repo)
    (directory.folder / "rehearsal").mkdir()
    work = "import sys, time, pathlib; sys.argv = ['tfswap', 'run']\n"
    work += "from tfswap.swap_directory import SwapDirectory\n"
    work += f"SwapDirectory(pathlib.Path({str(clone.repo)!r})).lock(); print(1, flush=True)\n"
    work += "time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", work], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        shown = clone.tfswap("status", "--offline").out
        other.kill()
    assert f"running: tfswap run of {getpass.getuser()}, process {other.pid} since" in shown
    assert "next: wait until it ends, then tfswap status" in shown
    assert "killed" not in shown
    assert "killed" not in clone.tfswap("status", "--offline").out


def test_a_state_that_cannot_be_read_is_no_answer(clone: Clone) -> None:
    assert clone.tfswap("prepare", NAME).code == 0
    assert clone.tfswap("status").code == 3
    assert clone.tfswap("status", "--offline").code == 0


def test_an_old_verdict_is_judged_as_apply_does(clone: Clone, tmp_path: Path) -> None:
    assert clone.tfswap("prepare", NAME).code == 0
    directory = SwapDirectory(clone.repo)
    swap = directory.load()
    plan = saved(directory.plan, serial=7)
    bound = verdicts.bind("ready", plan, verdicts.digest(plan), swap)
    binary = state_of(tmp_path, f"production-{NAME}")
    for minutes, following in ((1, "tfswap apply"), (24 * 60, "tfswap verify-plan")):
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        verdicts.save(directory.verdict, msgspec.structs.replace(bound, at=at))
        shown = clone.tfswap("status", "--terraform-bin", binary)
        assert f"next: {following}\n" in shown.out, shown.text
    assert "minutes old" in shown.out


def test_a_rollback_that_did_not_end_goes_on_backwards(clone: Clone, tmp_path: Path) -> None:
    assert clone.tfswap("prepare", NAME).code == 0
    binary = state_of(tmp_path, "production-Lpas")
    branch = f"restore/production-{NAME}"
    Journal(SwapDirectory(clone.repo).journal).note(event("rollback-begun", branch=branch))
    shown = clone.tfswap("status", "--terraform-bin", binary).out
    assert "a rollback was started and not completed" in shown
    assert "next: tfswap rollback" in shown
    clone.git("restore", ".")
    assert "next: tfswap rollback" in clone.tfswap("status").out
    assert clone.tfswap("prepare", NAME).code == 0
    assert "rollback" not in clone.tfswap("status", "--terraform-bin", binary).out


def test_a_phase_of_the_guided_run_names_no_next_command(clone: Clone) -> None:
    assert "next:" not in clone.tfswap("prepare", NAME, TFSWAP_GUIDED="1").text
    assert clone.tfswap("prepare", NAME).out.count("next:") == 1


def phase(clone: Clone, *options: str) -> str:
    """The phase that JSON tells, which the exit code tells, too."""
    done = clone.typed("status", "--format", "json", "--exit-code", *options)
    found = document("status", done.out)
    assert done.code == found["phase_code"] == PHASE_CODES[SwapPhase(found["phase"])]
    assert clone.typed("status", *options).code in (0, 3)
    return str(found["phase"])


def test_programs_read_the_phase(clone: Clone) -> None:
    assert phase(clone) == "none"
    assert clone.typed("prepare", NAME).code == 0
    assert phase(clone, "--offline") == "unknown"
    found = document("status", clone.typed("status", "--offline", "--format", "json").out)
    assert found["tables"][0]["outgoing"] == "production-Lpas"
    states = [line["state"] for line in found["lines"]]
    assert states == ["note", "done", "done", "unknown"]
    directory = SwapDirectory(clone.repo)
    children = ChildProcesses(directory.children)
    children.begun(os.getpgid(0), "apply")
    assert phase(clone) == "busy"
    children.ended(os.getpgid(0))
    clone.git("switch", "--quiet", "main")
    assert phase(clone) == "edit"
    branch, journal = f"restore/production-{NAME}", Journal(directory.journal)
    journal.note(event("rollback-begun", branch=branch))
    assert phase(clone) == "interrupted"
    clone.git("switch", "--quiet", "--create", "merged", branch)
    journal.note(event("finished", branch=branch))
    assert phase(clone) == "finished"


def test_the_help_tells_every_code() -> None:
    from tfswap.cli.look import status

    text = str(status.__doc__)
    assert all(re.search(rf"\b{code}\s", text) for code in PHASE_CODES.values())
