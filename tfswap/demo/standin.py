"""The stand-in AWS: moto's server on loopback, with what moto lacks, and able to fork.

Run as `python -m tfswap.demo.standin --port 0`; it prints its port as one line. It obeys
one-line commands on standard input and answers each with one line of JSON:

`fork`             a child process serves a copy of everything on a new port: `{"pid", "port"}`
`stop <pid>`       that child ends: `{"stopped"}`
`in <pid> <line>`  that child carries out the line; the answer is its own

The process ends with its standard input, that is with whoever started it, and every child
ends with the process (`--stay` lets it live until it is killed). Terraform's state lies in
moto's S3, so a forked process is a copy of a whole applied world, made in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import ThreadedWSGIServer

from tfswap.demo.moto_extensions import install_extensions
from tfswap.demo.server import HOST


class Gate:
    """Counts the requests under way, so that a fork happens only while there is none.

    Threads do not survive a fork: a request cut off half way would leave its locks held,
    and its data half written, in the child.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._under_way = 0
        self._quiet = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one WSGI request; waits while a fork is being made."""
        with self._quiet:
            self._under_way += 1
        try:
            return self._app(environ, start_response)
        finally:
            with self._quiet:
                self._under_way -= 1
                self._quiet.notify_all()

    def fork(self) -> int:
        """Wait for the last request to end, then `os.fork()`; returns what that returns."""
        with self._quiet:
            self._quiet.wait_for(lambda: self._under_way == 0)
            return os.fork()


class _QuietHandler(MotoRequestHandler):
    def log_request(self, *args: object) -> None:
        """Say nothing: a line per request would drown the demo's own story."""


class _Server(ThreadedWSGIServer):
    """A threaded server that knows its open connections, for a child to let go of them."""

    def __init__(self, port: int, app: Any) -> None:
        super().__init__(HOST, port, app, _QuietHandler)
        self.connections: set[socket.socket] = set()

    def get_request(self) -> tuple[Any, Any]:
        """Accept one connection and remember it."""
        connection, address = super().get_request()
        self.connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        self.connections.discard(request)
        super().shutdown_request(request)

    def abandon(self) -> None:
        """In a forked child: close the parent's sockets without touching its connections."""
        for connection in self.connections:
            connection.close()
        self.socket.close()


class StandIn:
    """One process of the stand-in: a server, a control channel, and its children."""

    def __init__(self, port: int, control: int | None, answers: int = 1) -> None:
        self._gate = Gate(DomainDispatcherApplication(create_backend_app))
        self._control, self._answers = control, answers
        self._children: dict[int, socket.socket] = {}
        self._listen(port)

    def _listen(self, port: int) -> None:
        self._server = _Server(port, self._gate)
        self.port = int(self._server.server_address[1])
        # moto puts this port into the addresses it hands out (SQS queues, for one).
        os.environ["MOTO_PORT"] = str(self.port)

    def serve(self) -> None:
        """Accept requests and obey commands until the control channel ends."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._server.socket, selectors.EVENT_READ)
            if self._control is not None:
                selector.register(self._control, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fd != self._control:
                        self._server.handle_request()
                    elif not self._handle_command():
                        return

    def _handle_command(self) -> bool:
        """Carry out one command; False when the channel has ended."""
        assert self._control is not None  # noqa: S101
        line = _read_line(self._control)
        if not line:
            return False
        self._say(self._answer(line.strip()))
        return True

    def _say(self, answer: dict[str, Any]) -> None:
        os.write(self._answers, json.dumps(answer).encode() + b"\n")

    def _answer(self, line: str) -> dict[str, Any]:
        verb, _, argument = line.partition(" ")
        if verb == "fork":
            return self._fork()
        if verb == "stop" and argument.isdigit():
            return self._stop(int(argument))
        child, _, inner = argument.partition(" ")
        if verb == "in" and child.isdigit() and int(child) in self._children:
            return _ask(self._children[int(child)], inner)
        return {"error": f"not understood: {verb} {argument}".strip()}

    def _fork(self) -> dict[str, Any]:
        ours, theirs = socket.socketpair()
        pid = self._gate.fork()
        if pid == 0:
            ours.close()
            self._keep_running(theirs)
        theirs.close()
        self._children[pid] = ours
        port = _read_line(ours.fileno()).strip()
        if not port:
            self._stop(pid)
            return {"error": "the copy did not come up"}
        return {"pid": pid, "port": int(port)}

    def _keep_running(self, parent: socket.socket) -> NoReturn:
        """The child's life: its own port and children, its parent's commands, an end with it."""
        try:
            self._server.abandon()
            for other in self._children.values():
                other.close()
            self._children.clear()
            _close_standard_streams()
            if self._control not in (None, 0):
                os.close(self._control)
            self._control = self._answers = parent.fileno()
            self._listen(0)
            os.write(self._answers, f"{self.port}\n".encode())
            self.serve()
        finally:
            os._exit(0)

    def _stop(self, pid: int) -> dict[str, Any]:
        if pid in self._children:
            self._children.pop(pid).close()
            os.waitpid(pid, 0)
        return {"stopped": pid}


def _ask(child: socket.socket, line: str) -> dict[str, Any]:
    child.sendall(f"{line}\n".encode())
    answer: dict[str, Any] = json.loads(_read_line(child.fileno()) or '{"error": "it has ended"}')
    return answer


def _read_line(descriptor: int) -> str:
    """Read up to a line's end and not one byte beyond; empty where there is nothing more."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(descriptor, 1)
        if not byte:
            return ""
        line += byte
    return line.decode()


def _close_standard_streams() -> None:
    """Point stdin and stdout elsewhere, so that the owner sees its own child's end of file."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def main(argv: list[str] | None = None) -> int:
    """Serve until standard input ends (or for ever with `--stay`); returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tfswap.demo.standin", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--stay", action="store_true", help="do not end with standard input")
    options = parser.parse_args(argv)
    install_extensions()
    standin = StandIn(options.port, None if options.stay else 0)
    print(standin.port, flush=True)
    standin.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
