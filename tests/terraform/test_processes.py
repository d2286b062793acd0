"""Which Terraforms of an ended tfswap are at work: by start time and group, not by number."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.journal_events import entries, event
from tfswap.journal.writer import Journal
from tfswap.terraform import processes
from tfswap.terraform.child_processes import ChildProcesses

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs proc(5)")
LEADER = """
import subprocess, sys, time
inner = subprocess.Popen([sys.argv[1], "60"])
print(inner.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def children(tmp_path: Path) -> ChildProcesses:
    return ChildProcesses(tmp_path / "children.jsonl")


def write(children: ChildProcesses, **facts: Any) -> None:
    entry = {"at": datetime.now(UTC).isoformat(), "host": socket.gethostname(), **facts}
    with children.path.open("a") as file:
        file.write(json.dumps(entry) + "\n")


@pytest.fixture
def left(tmp_path: Path) -> Iterator[Callable[[str], tuple[int, int]]]:
    """Kill a leader whose group holds a program of this name; returns both numbers."""
    begun: list[int] = []

    def leave(name: str) -> tuple[int, int]:
        program = shutil.which("sleep") or "/bin/sleep"
        shutil.copy(program, tmp_path / name)
        argv = [sys.executable, "-c", LEADER, str(tmp_path / name)]
        leader = subprocess.Popen(argv, stdout=subprocess.PIPE, process_group=0)
        assert leader.stdout is not None
        inner = int(leader.stdout.readline())
        begun.append(inner)
        deadline = time.monotonic() + 20
        while Path(f"/proc/{inner}/exe").readlink().name != name:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        identities[leader.pid] = processes.identity(leader.pid)
        leader.kill()
        leader.wait()
        return leader.pid, inner

    yield leave
    for pid in begun:
        os.kill(pid, signal.SIGKILL)


identities: dict[int, str] = {}


def test_an_orphaned_provider_is_named_and_is_no_work(
    children: ChildProcesses, left: Callable[[str], tuple[int, int]]
) -> None:
    leader, inner = left("terraform-provider-aws_v5")
    write(children, pid=leader, begun="apply", identity=identities[leader])
    assert children.is_running() is None
    assert [(each.pid, each.name) for each in children.orphans()] == [
        (inner, "terraform-provider-aws_v5")
    ]


def test_a_terraform_whose_wrapper_is_gone_is_at_work(
    children: ChildProcesses, left: Callable[[str], tuple[int, int]]
) -> None:
    leader, _ = left("terraform")
    write(children, pid=leader, begun="apply", identity=identities[leader])
    found = children.is_running()
    assert found is not None
    assert found.pid == leader
    assert children.orphans() == []


def test_a_number_used_again_is_another_process(children: ChildProcesses) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as sleeper:
        _used_again(children, sleeper.pid)
        sleeper.kill()


def _used_again(children: ChildProcesses, me: int) -> None:
    boot, _, start = processes.identity(me).partition("/")
    write(children, pid=me, begun="apply", identity=f"{boot}/{int(start) + 1}")
    assert children.is_running() is None
    write(children, pid=me, begun="apply", identity=f"another-boot/{start}")
    assert children.is_running() is None
    write(children, pid=me, begun="apply", identity=f"{boot}/{start}")
    assert children.is_running() is not None


@pytest.mark.parametrize("pid", [0, 1, -1, -2, 2**31, 10**30, True, "x", None, 1.5, [], {}])
def test_no_number_means_everybody(children: ChildProcesses, pid: object) -> None:
    write(children, pid=pid, begun="apply")
    assert children.is_running() is None
    assert children.orphans() == []


JUNK = (
    *(b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe", b"1" * 5000, b"null", b'"x"', b"{}", b"\0"),
    *(b'{"event": 5}', b'{"event": "apply", "at": 5}', b'{"event": "\\ud800"}', b"NaN", b"[]"),
    b'{"host": 1, "at": "2026-01-01T00:00:00", "pid": 1, "begun": []}',
)


@pytest.mark.parametrize("line", JUNK)
def test_junk_in_children_or_journal_tells_nothing(
    children: ChildProcesses, tmp_path: Path, line: bytes
) -> None:
    naive = {"host": socket.gethostname(), "at": "2026-01-01T00:00:00", "pid": os.getpgid(0)}
    naive_line = json.dumps({**naive, "begun": "apply"}).encode()
    children.path.write_bytes(line + b"\n" + naive_line + b"\n")
    assert children.is_running() is None
    assert children.at(datetime.now(UTC)) is None
    journal = Journal(tmp_path / "journal.jsonl")
    journal.path.write_bytes(line + b"\n")
    journal.note(event("prepared"))
    events = [entry["event"] for entry in entries(journal.path)]
    assert events[-1] == "prepared"
    assert len(events) <= 2
    assert len(events) + len(journal.read().skipped) == 2


def test_a_stopped_terraform_is_still_at_work(
    children: ChildProcesses,
) -> None:
    """It holds the lock, and goes on where it was when it is continued."""
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, process_group=0
    )
    try:
        children.begun(child.pid, "apply")
        os.kill(child.pid, signal.SIGSTOP)
        found = children.is_running()
        assert found is not None
        assert found.pid == child.pid
        os.kill(child.pid, signal.SIGCONT)
    finally:
        child.communicate(b"\n")
    children.ended(child.pid)
    assert children.is_running() is None
