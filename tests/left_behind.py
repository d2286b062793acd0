"""What a test may leave behind: no process, no listening port, no file, no changed surroundings."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_OBJECTS = b"git\0cat-file\0--batch"
"""GitPython's reader of objects: it ends with the repository's object, which a fixture may hold."""
_TOOLS = {".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
"""What tools keep in the working folder, from their first run in a clone on."""
_GRACE = 5.0
"""Seconds for a process that was told to end."""


@dataclass(frozen=True)
class Traces:
    """What could be left behind, as it is now."""

    processes: frozenset[str]
    ports: frozenset[int]
    files: frozenset[str]
    folder: str
    variables: frozenset[tuple[str, str]]

    def left_since(self, before: Traces, test: str) -> list[str]:
        """Say what is there that was not there before the test."""
        said = [f"port {port} is open" for port in sorted(self.ports - before.ports)]
        said += [f"file {path}" for path in sorted(self.files - before.files)]
        if self.folder != before.folder:
            said.append(f"the working folder is {self.folder}")
        changed = {name for name, _ in self.variables ^ before.variables}
        said += [f"variable {name} is changed" for name in sorted(changed)]
        return said + list(_started_by(test, self.processes - before.processes))


def traces() -> Traces:
    """Look at this process, its temporary folder and its working folder."""
    variables = {pair for pair in os.environ.items() if not pair[0].startswith("PYTEST_")}
    return Traces(
        frozenset(_pids()),
        frozenset(_ports()),
        frozenset(_files()),
        str(Path.cwd()),
        frozenset(variables),
    )


def _pids() -> list[str]:
    """Every process; only on Linux can one be asked which test started it."""
    return [name for name in os.listdir(_PROC) if name.isdigit()] if _PROC.is_dir() else []


def _started_by(test: str, pids: frozenset[str]) -> Iterator[str]:
    """What lives of a test's processes, orphans too: they inherit the variable pytest sets.

    And the run's own temporary folder: somebody else may run the same test at the same time.
    """
    marks = [f"PYTEST_CURRENT_TEST={test} (".encode(), f"TMPDIR={tempfile.gettempdir()}".encode()]
    deadline = time.monotonic() + _GRACE
    for pid in pids:
        if _read(pid, "cmdline").startswith(_OBJECTS):
            continue
        while _has(pid, marks):
            if time.monotonic() > deadline:
                yield f"process {pid}: {_read(pid, 'cmdline').decode(errors='replace')[:200]}"
                break
            time.sleep(0.02)


def _has(pid: str, marks: list[bytes]) -> bool:
    variables = _read(pid, "environ").split(b"\0")
    return all(any(each.startswith(mark) for each in variables) for mark in marks)


def _read(pid: str, name: str) -> bytes:
    """Empty for a process that has ended, or is not ours."""
    try:
        return (_PROC / pid / name).read_bytes()
    except OSError:
        return b""


def _ports() -> Iterator[int]:
    """Ports this process listens on."""
    descriptors = _PROC / "self" / "fd"
    for name in os.listdir(descriptors) if descriptors.is_dir() else ():
        try:
            if not os.readlink(descriptors / name).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(name))) as one:
                if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    address = one.getsockname()
                    if isinstance(address, tuple):
                        yield address[1]
        except OSError:
            continue


def _files() -> Iterator[str]:
    for folder in (tempfile.gettempdir(), os.getcwd()):
        for entry in os.scandir(folder):
            # A Terraform that was killed cannot take its providers' sockets along.
            if entry.name not in _TOOLS and not (
                entry.name.startswith("plugin") and stat.S_ISSOCK(entry.stat().st_mode)
            ):
                yield entry.path
