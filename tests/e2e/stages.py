"""One applied world for all workers, and the stages of a swap as snapshots that tests fork.

``python -m tests.e2e.stages FOLDER`` is the host: it builds each stage once, from the one before,
when somebody first asks for it, and ends when the last worker has gone. It listens on a socket in
FOLDER and answers each line with one line of JSON: ``stage NAME`` with where that stage is,
``ahead NAME`` at once, while it goes on building; anything else is a command to the stand-in
(``tfswap/demo/standin.py``), by which a worker forks what it was shown.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.required import clean_environment
from tfswap.demo import world as demo_world
from tfswap.demo.demo_env import child_env
from tfswap.demo.server import Server, StandInError
from tfswap.demo.world import World
from tfswap.errors import TfswapError

SOCKET = "host.socket"
_PATIENCE = 60


def _prepare(world: World) -> None:
    world.restore("Lpas", "20240715")
    _tfswap(world, "prepare", "Lpas-20240715", "--pair", "Ana, Sam")


def _tfswap(world: World, *words: str) -> None:
    done = world.tfswap(*words)
    (world.folder / "said").write_text(done.text)
    if done.code:
        raise StandInError(f"tfswap {words[0]} failed:\n{done.text}")


def _run(world: World) -> None:
    _tfswap(world, "run", "--yes", "--write", f"html={world.folder}/plan.html")


STAGES: Mapping[str, tuple[str, Callable[[World], None]]] = {
    "prepared": ("applied", _prepare),
    "pushed": ("prepared", _run),
    "verified": ("pushed", lambda world: _tfswap(world, "verify-plan")),
    "swapped": ("verified", lambda world: _tfswap(world, "apply", "--yes")),
}
"""Each stage: the one it is made from, and how; what its command said is in the file ``said``.

The first, ``applied``, is the demo's world.
"""


class Host:
    """Builds the stages and answers workers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._built: dict[str, World | str] = {}
        self._locks = {name: threading.Lock() for name in ("applied", *STAGES)}
        self._telling = threading.Lock()

    def stage(self, name: str) -> World | str:
        """Return a stage, built now if it is not; or why it could not be built."""
        with self._locks[name]:
            if name not in self._built:
                try:
                    self._built[name] = self._build(name)
                except (TfswapError, OSError) as error:
                    self._built[name] = f"{error}\n" + "\n".join(getattr(error, "details", ()))
            return self._built[name]

    def _build(self, name: str) -> World | str:
        if name == "applied":
            return demo_world.build(self.folder / name)
        before, act = STAGES[name]
        source = self.stage(before)
        if isinstance(source, str):
            return source
        with self._telling:
            world = source.fork(self.folder / name)
        act(world)
        return world

    def answer(self, line: str) -> dict[str, Any]:
        """Answer one line of a worker."""
        verb, _, name = line.partition(" ")
        if verb == "ahead":
            threading.Thread(target=self.stage, args=(name,), daemon=True).start()
            return {"ahead": name}
        if verb == "stage":
            found = self.stage(name)
            if isinstance(found, str):
                return {"error": found}
            server = found.server
            return {"folder": str(found.folder), "port": server.port, "line": server.line}
        first = self.stage("applied")
        if isinstance(first, str):
            return {"error": first}
        try:
            with self._telling:
                return first.server.control.send(line)
        except StandInError as error:
            return {"error": error.message}

    def serve(self) -> None:
        """Answer until the last guest has gone."""
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(self.folder / SOCKET))
            door.listen()
            door.settimeout(_PATIENCE)
            guests: list[threading.Thread] = []
            while not guests or any(guest.is_alive() for guest in guests):
                try:
                    guest, _ = door.accept()
                except TimeoutError:
                    if not guests:
                        break
                    continue
                door.settimeout(0.5)
                guests.append(threading.Thread(target=self._host, args=(guest,), daemon=True))
                guests[-1].start()
            (self.folder / SOCKET).unlink()
        first = self._built.get("applied")
        if isinstance(first, World):
            first.close()

    def _host(self, guest: socket.socket) -> None:
        with guest, guest.makefile("rw") as lines:
            for line in lines:
                lines.write(json.dumps(self.answer(line.strip())) + "\n")
                lines.flush()


@dataclass(frozen=True)
class Visit:
    """A worker's connection to the host; a stand-in's ``Control``, which never ends the first."""

    folder: Path
    connection: socket.socket

    def send(self, command: str) -> dict[str, Any]:
        """Send a line and wait for its answer. Raises StandInError where the host says no."""
        self.connection.sendall(f"{command}\n".encode())
        with self.connection.makefile("r") as lines:
            answer: dict[str, Any] = json.loads(lines.readline() or '{"error": "no host"}')
        if "error" in answer:
            raise StandInError(answer["error"])
        return answer

    def end(self) -> None:
        """The host ends the first stand-in, after the last visit."""

    def stage(self, name: str) -> World:
        """Return a stage: fork it, do not change it."""
        found = self.send(f"stage {name}")
        line = tuple(found["line"])
        server = Server(found["port"], line[-1] if line else 0, self, line)
        return World(Path(found["folder"]), server, child_env(server.endpoint))


def visit(folder: Path) -> Visit:
    """Connect to the host in a folder that workers share; the first to come starts it."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / SOCKET).exists():
            env = clean_environment(home)
            # It outlives the test that happens to be the first.
            env.pop("PYTEST_CURRENT_TEST", None)
            with (folder / "host.log").open("a") as log:
                subprocess.Popen(
                    [sys.executable, "-m", "tests.e2e.stages", str(folder)],
                    cwd=Path(__file__).parents[2],
                    env=env,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        return Visit(folder, _connected(folder))


def _connected(folder: Path) -> socket.socket:
    deadline = time.monotonic() + _PATIENCE
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(folder / SOCKET))
        except OSError:
            connection.close()
            assert time.monotonic() < deadline, (folder / "host.log").read_text()
            time.sleep(0.05)
        else:
            return connection


def main() -> None:
    """Be the host."""
    os.umask(0o077)
    Host(Path(sys.argv[1])).serve()


if __name__ == "__main__":
    main()
