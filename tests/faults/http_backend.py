"""A state kept behind HTTP on this machine, whose server misbehaves once when it is told to.

Terraform's ``http`` backend (Terraform docs, "Backend Type: http"): GET, POST, LOCK and UNLOCK. It
knows no workspaces, so the stage's swap is in ``default`` there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec

from tests.faults.stage import MAIN, ROOT, TABLE, Stage
from tfswap.demo import fixture
from tfswap.terraform.state_file import parse

MISBEHAVIOURS = ("500", "half", "page", "cut", "late-500")
"""500; half an answer; a proxy's page; no answer; the work done, and 500 all the same."""
_PAGE = b"<html>Service temporarily unavailable</html>"


class Server(ThreadingHTTPServer):
    """Holds one state and one lock."""

    daemon_threads = True

    def __init__(self, state: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state, self.lock = state, b""
        self.tally: Counter[str] = Counter()
        self.fault: tuple[str, int, str] | None = None
        """Method, which of its requests from 1, and how it is answered."""
        self.lost = 0
        """How many states without a table were written."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/state"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self) -> None:
        server, method = self.server, self.command
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server.tally[method] += 1
        mine = server.fault and server.fault[:2] == (method, server.tally[method])
        moment = server.fault[2] if server.fault and mine else ""
        if moment in ("500", "page"):
            self._answer(500 if moment == "500" else 200, _PAGE)
            return
        if moment == "cut":
            self.close_connection = True
            return
        code, answer = self._work(method, body)
        if moment == "half":
            self._answer(code, answer[: len(answer) // 2], len(answer) or 10)
            self.close_connection = True
            return
        self._answer(500 if moment == "late-500" else code, answer)

    do_GET = do_POST = do_LOCK = do_UNLOCK = do_DELETE = _serve

    def _work(self, method: str, body: bytes) -> tuple[int, bytes]:
        server = self.server
        if method == "LOCK":
            if server.lock:
                return 423, server.lock
            server.lock = body
        elif method == "UNLOCK":
            server.lock = b""
        elif method == "POST":
            server.lost += TABLE not in parse(body).instances
            server.state = body
        return 200, server.state if method == "GET" else b""

    def _answer(self, code: int, body: bytes, length: int | None = None) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def behind_http(begin: Stage, folder: Path) -> Iterator[tuple[Stage, Server]]:
    """Yield a copy of a prepared stage whose state is behind HTTP."""
    stage = begin.fork(folder)
    document = json.loads(stage.state_file.read_bytes())
    server = Server(json.dumps(document).encode())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        _move(stage, server)
        server.tally.clear()
        yield stage, server
    finally:
        server.shutdown()
        server.server_close()


def _move(stage: Stage, server: Server) -> None:
    start, rest = MAIN.index('  backend "local"'), MAIN.index('variable "table_name"')
    lines = "\n".join(
        f'    {key} = "{server.address}"' for key in ("address", "lock_address", "unlock_address")
    )
    backend = f'  backend "http" {{\n{lines}\n    retry_max = 0\n  }}\n}}\n'
    (stage.repo / ROOT / "main.tf").write_text(MAIN[:start] + backend + MAIN[rest:])
    fixture.commit(stage.repo, "Keep the state behind HTTP")
    shutil.rmtree(stage.repo / ROOT / ".terraform")
    argv = ["terraform", f"-chdir={stage.repo / ROOT}", "init"]
    subprocess.run(argv, check=True, capture_output=True)
    swap = stage.directory.load()
    stage.directory.save(msgspec.structs.replace(swap, workspace="default"))
