"""Starting, copying and stopping the stand-in, from the process that uses it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfswap.demo.standin import HOST
from tfswap.errors import TfswapError


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

    def fork(self) -> Server:
        """A second server with a copy of everything this one holds; needs no request under way."""
        if self._child is not None:
            raise StandInError("A forked stand-in cannot be forked again.", hint="Fork the first one.")
        answer = self._tell("fork")
        return Server(int(answer["port"]), self._process, int(answer["pid"]))

    def stop(self) -> None:
        """End it, and with it its forks. Harmless when it has ended already."""
        if self._process.poll() is not None:
            return
        if self._child is not None:
            self._tell(f"stop {self._child}")
            return
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def _tell(self, command: str) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": "it has ended"}
        if "error" in answer:
            raise StandInError(f"The stand-in refused `{command}`: {answer['error']}")
        return answer


def start(log: Path) -> Server:
    """Start a stand-in on a free port; what it says on stderr goes to `log`.

    Raises StandInError when it does not come up, with the end of the log.
    """
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tfswap.demo.standin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    if line.strip().isdigit():
        return Server(int(line), process)
    process.wait(timeout=30)
    tail = log.read_text(errors="replace").strip().splitlines()[-1:]
    raise StandInError(
        f"The stand-in AWS did not start: {''.join(tail) or 'it said nothing'}",
        hint="Install the demo's extra: pip install 'tfswap[demo]'.",
    )
