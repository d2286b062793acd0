"""Whose a lock is: told from what Terraform says of it, and from the Terraforms started here."""

from __future__ import annotations

import getpass
import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tfswap.errors import StateLockedError
from tfswap.terraform.child_processes import ChildProcess, ChildProcesses
from tfswap.terraform.command_runner import Result
from tfswap.terraform.diagnostics import failure
from tfswap.terraform.state_lock import LockInfo, advice, parse_lock

ME = f"{getpass.getuser()}@{socket.gethostname()}"
UNLOCK = "cd /repo/tf && TF_WORKSPACE=production aws-vault exec id -- terraform force-unlock"
TEXT = """\
Error: Error acquiring the state lock

Error message: operation error S3: PutObject, https response error StatusCode:
412, RequestID: 5T7, HostID: , api error PreconditionFailed: At least one of
the pre-conditions you specified did not hold
Lock Info:
  ID:        11111111-2222-3333-4444-555555555555
  Path:      bucket/env:/production/terraform.tfstate
  Operation: OperationTypeApply
  Who:       {who}
  Version:   1.11.4
  Created:   {created}
  Info:

Terraform acquires a state lock to protect the state from being written
by multiple users at the same time. Please resolve the issue above and try
again. For most commands, you can disable locking with the "-lock=false"
flag, but this is not recommended.
"""


def go_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S.%f} +0000 UTC"


def locked(who: str, moment: datetime, children: ChildProcesses | None = None) -> StateLockedError:
    text = TEXT.format(who=who, created=go_time(moment))
    result = Result(("terraform", "plan"), 1, b"", text.encode())
    error = failure(result, "plan", "init", UNLOCK, children)
    assert isinstance(error, StateLockedError)
    return error


@pytest.fixture
def children(tmp_path: Path) -> ChildProcesses:
    return ChildProcesses(tmp_path / "children.jsonl")


def write(children: ChildProcesses, **facts: object) -> None:
    entry = {"at": datetime.now(UTC).isoformat(), "host": socket.gethostname(), **facts}
    with children.path.open("a") as file:
        file.write(json.dumps(entry) + "\n")


def gone() -> int:
    """The id of a process that is no more."""
    import subprocess

    ended = subprocess.Popen(["true"], process_group=0)
    ended.wait()
    return ended.pid


def test_the_holder_comes_first_and_the_answer_of_s3_not_at_all() -> None:
    error = locked("sam@desk", datetime.now(UTC))
    assert error.details[:3] == (
        "lock    11111111-2222-3333-4444-555555555555",
        "held by sam@desk",
        "for     apply",
    )
    assert not any("412" in line or "S3" in line for line in error.details)
    assert "Ask sam@desk" in error.hint
    assert "Never force-unlock" in error.hint
    assert UNLOCK not in error.hint


def test_the_same_in_terraforms_messages() -> None:
    text = TEXT.format(who="sam@desk", created=go_time(datetime.now(UTC)))
    summary, _, detail = text.partition("\n\n")
    body = {"severity": "error", "summary": summary.removeprefix("Error: "), "detail": detail}
    line = json.dumps({"@message": "…", "type": "diagnostic", "diagnostic": body})
    error = failure(Result(("terraform",), 1, line.encode(), b""), "apply")
    assert isinstance(error, StateLockedError)
    assert "held by sam@desk" in error.details


def test_ones_own_that_is_not_alive_names_the_command(children: ChildProcesses) -> None:
    begun = datetime.now(UTC)
    write(children, pid=gone(), begun="apply")
    hint = locked(ME, begun + timedelta(seconds=1), children).hint
    assert "left by your terraform apply" in hint
    assert f"{UNLOCK} 11111111-2222-3333-4444-555555555555 ." in hint
    assert "Make sure that nobody else is working" in hint


def test_a_lock_terraform_left_though_it_ended_is_ones_own_too(children: ChildProcesses) -> None:
    """A lock request whose answer is lost meets its own lock when it is sent again."""
    write(children, pid=gone(), begun="plan")
    at = datetime.now(UTC)
    children.ended(json.loads(children.path.read_text())["pid"])
    assert UNLOCK in locked(ME, at, children).hint


def test_ones_own_that_is_alive_is_waited_for(children: ChildProcesses) -> None:
    import os

    write(children, pid=os.getpgid(0), begun="apply")
    hint = locked(ME, datetime.now(UTC), children).hint
    assert "still running" in hint
    assert "force-unlock" not in hint


@pytest.mark.parametrize("hours", [-2, 2])
def test_ones_own_of_another_time_names_no_command(children: ChildProcesses, hours: int) -> None:
    write(children, pid=(pid := gone()), begun="apply")
    children.ended(pid)
    hint = locked(ME, datetime.now(UTC) + timedelta(hours=hours), children).hint
    assert UNLOCK not in hint
    assert "not from tfswap in this repository" in hint


def test_somebody_elses_is_never_ones_own(children: ChildProcesses) -> None:
    write(children, pid=gone(), begun="apply")
    assert UNLOCK not in locked("sam@desk", datetime.now(UTC), children).hint


def test_a_child_of_another_machine_tells_nothing(children: ChildProcesses) -> None:
    write(children, pid=gone(), begun="apply", host="elsewhere")
    assert children.at(datetime.now(UTC)) is None
    assert children.is_running() is None


@pytest.mark.parametrize("text", ["", "Lock Info:\n", "Lock Info:\n  Who: x@y\n"])
def test_a_lock_that_tells_nothing(text: str) -> None:
    assert parse_lock(text) is None
    assert "Never force-unlock" in advice(None, None, UNLOCK)


@pytest.mark.parametrize("created", ["", "yesterday", "2024-13-99 10:00:00 +0000 UTC"])
def test_a_lock_of_an_unknown_time_names_no_command(created: str, children: ChildProcesses) -> None:
    write(children, pid=gone(), begun="apply")
    lock = LockInfo("1", ME, created=created)
    assert lock.moment is None
    assert UNLOCK not in advice(lock, children, UNLOCK)


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"at": "x"}', b"null", b'{"pid": 1}'])
def test_a_damaged_line_tells_nothing(children: ChildProcesses, line: bytes) -> None:
    children.path.write_bytes(line + b"\n")
    write(children, pid=gone(), begun="plan")
    found = children.at(datetime.now(UTC))
    assert found is not None
    assert found.command == "plan"


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    ChildProcesses(tmp_path / "none" / "x").begun(1, "plan")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    ChildProcesses(tmp_path / "link").begun(1, "plan")
    assert not (tmp_path / "elsewhere").exists()


def test_a_child_that_ended_is_not_alive() -> None:
    now = datetime.now(UTC)
    assert not ChildProcess(1, "apply", now, now).alive


def test_a_waiting_lock_is_told_when_patience_ends(
    applied: Callable[..., object], children: ChildProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    from dataclasses import replace

    from tfswap.terraform import arguments, client
    from tfswap.terraform.client import Terraform

    terraform = applied()
    assert isinstance(terraform, Terraform)
    watched = replace(terraform, runner=replace(terraform.runner, children=children))
    write(children, pid=os.getpgid(0), begun="apply")
    monkeypatch.setattr(client, "PATIENCE", 0.0)
    with pytest.raises(StateLockedError, match="terraform apply of an earlier tfswap is still"):
        watched.run(arguments.plan(), "plan")
    assert watched.pull()
