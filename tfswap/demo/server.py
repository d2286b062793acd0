"""Starting, copying and stopping the stand-in, from the process that uses it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfswap.errors import TfswapError

HOST = "127.0.0.1"
"""Loopback only: the stand-in believes any credentials."""


class StandInError(TfswapError):
    """The stand-in server did not start, or did not do as it was told."""


@dataclass
class Server:
    """One running stand-in."""

    port: int
    """Where it listens, on loopback."""
    _process: subprocess.Popen[str] = field(repr=False)
    _child: int | None = None

    @property
    def endpoint(self) -> str:
        """The value for `AWS_ENDPOINT_URL`."""
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """The process that serves it."""
        return self._child or self._process.pid

    def fork(self) -> Server:
        """A second server with a copy of everything this one holds; waits for open requests.

        Raises StandInError for a fork, for a server that stays, and for one that has ended.
        """
        if self._child is not None or self._process.stdin is None:
            raise StandInError(
                "Only a stand-in that ends with this process can be copied, and no copy of one.",
                hint="Fork the first one, started without `stay`.",
            )
        answer = self._tell("fork")
        return Server(int(answer["port"]), self._process, int(answer["pid"]))

    def stop(self) -> None:
        """End it, and with it its forks. Harmless when it has ended already."""
        if self._process.poll() is not None:
            return
        if self._child is not None:
            self._tell(f"stop {self._child}")
        elif self._process.stdin is None:
            self._process.terminate()
            self._process.wait(timeout=30)
        else:
            self._process.stdin.close()
            self._process.wait(timeout=30)

    def _tell(self, command: str) -> dict[str, Any]:
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        try:
            self._process.stdin.write(f"{command}\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline() or "{}")
        except (BrokenPipeError, ValueError):  # the other end, or ours, is closed
            answer = {}
        if "error" in answer or not answer:
            why = answer.get("error", "it has ended")
            raise StandInError(f"The stand-in for AWS did not do `{command}`: {why}.")
        return answer


def start(log: Path, *, stay: bool = False) -> Server:
    """Start a stand-in on a free port; what it says on standard error goes to `log`.

    It ends with this process, unless it shall `stay`. Raises StandInError when it does not
    come up, with the last line of the log.
    """
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tfswap.demo.standin", *(["--stay"] if stay else [])],
            stdin=subprocess.DEVNULL if stay else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # A Ctrl-C at the terminal is for tfswap, which then stops the stand-in in good order.
            start_new_session=True,
        )
    assert process.stdout is not None  # noqa: S101
    line = process.stdout.readline()
    if line.strip().isdigit():
        return Server(int(line), process)
    process.wait(timeout=30)
    tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    raise StandInError(
        f"The stand-in for AWS did not start: {''.join(tail) or 'it said nothing'}",
        hint="Install the demo's extra: pip install 'tfswap[demo]'.",
    )
