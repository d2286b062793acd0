"""Starting, copying and stopping the stand-in, from the process that uses it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tfswap.errors import TfswapError

HOST = "127.0.0.1"
"""Loopback only: the stand-in believes any credentials."""


class StandInError(TfswapError):
    """The stand-in server did not start, or did not do as it was told."""


class Control(Protocol):
    """Where commands to a stand-in go, and to the copies of it."""

    def send(self, command: str) -> dict[str, Any]:
        """Have a command carried out. Raises StandInError when it was not."""

    def end(self) -> None:
        """End the stand-in with all its copies. Harmless when it has ended already."""


@dataclass
class Owner:
    """The process that started a stand-in, in which it ends."""

    process: subprocess.Popen[str] = field(repr=False)

    def send(self, command: str) -> dict[str, Any]:
        """Have a command carried out. Raises StandInError for a server that stays or has ended."""
        if self.process.stdin is None or self.process.stdout is None:
            raise StandInError(
                "Only a stand-in that ends with this process can be copied.",
                hint="Fork one that was started without `stay`.",
            )
        try:
            self.process.stdin.write(f"{command}\n")
            self.process.stdin.flush()
            answer: dict[str, Any] = json.loads(self.process.stdout.readline() or "{}")
        except (BrokenPipeError, ValueError):  # the other end, or ours, is closed
            answer = {}
        if "error" in answer or not answer:
            why = answer.get("error", "it has ended")
            raise StandInError(f"The stand-in for AWS did not do `{command}`: {why}.")
        return answer

    def end(self) -> None:
        """End the stand-in with all its copies."""
        if self.process.poll() is not None:
            return
        if self.process.stdin is None:
            self.process.terminate()
        else:
            self.process.stdin.close()
        self.process.wait(timeout=30)


@dataclass(frozen=True)
class Server:
    """One running stand-in."""

    port: int
    """Where it listens, on loopback."""
    pid: int
    """The process that serves it."""
    control: Control = field(repr=False)
    """The door to the first of its family."""
    line: tuple[int, ...] = ()
    """For a copy: the processes from the first one's child down to it."""

    @property
    def endpoint(self) -> str:
        """The value for `AWS_ENDPOINT_URL`."""
        return f"http://{HOST}:{self.port}"

    def fork(self) -> Server:
        """A second server with a copy of everything this one holds; waits for open requests.

        Raises StandInError for a server that stays, and for one that has ended.
        """
        answer = self.control.send(_within(self.line, "fork"))
        pid = int(answer["pid"])
        return Server(int(answer["port"]), pid, self.control, (*self.line, pid))

    def stop(self) -> None:
        """End it, and with it its forks. Harmless when it has ended already."""
        if not self.line:
            self.control.end()
            return
        with suppress(StandInError):  # one further up may have ended, and it with that
            self.control.send(_within(self.line[:-1], f"stop {self.line[-1]}"))


def _within(line: tuple[int, ...], command: str) -> str:
    return "".join(f"in {pid} " for pid in line) + command


def start(log: Path, *, detached: bool = False) -> Server:
    """Start a stand-in on a free port; what it says on standard error goes to `log`.

    It ends with this process, unless it shall `stay`. Raises StandInError when it does not
    come up, with the last line of the log.
    """
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tfswap.demo.standin", *(["--stay"] if detached else [])],
            stdin=subprocess.DEVNULL if detached else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # A Ctrl-C at the terminal is for tfswap, which then stops the stand-in in good order.
            start_new_session=True,
        )
    assert process.stdout is not None  # noqa: S101
    line = process.stdout.readline()
    if line.strip().isdigit():
        return Server(int(line), process.pid, Owner(process))
    process.wait(timeout=30)
    tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    raise StandInError(
        f"The stand-in for AWS did not start: {''.join(tail) or 'no output'}",
        hint="Install the demo's extra: pip install 'tfswap[demo]'.",
    )
