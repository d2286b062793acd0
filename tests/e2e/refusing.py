"""A door before the stand-in that turns single calls away, so that a real apply fails midway."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tfswap.demo.server import HOST
from tfswap.demo.world import World

_NO = b'{"__type": "AccessDeniedException", "message": "refused by the test"}'
_HOP = {"connection", "transfer-encoding", "content-length", "host", "date", "server"}


@dataclass(frozen=True)
class Call:
    """One request to AWS, as it may be recognised."""

    method: str
    path: str
    target: str
    """The header that names the operation, in the services that have one."""
    body: bytes = field(repr=False)


@contextmanager
def refusing(world: World, refuses: Callable[[Call], bool], status: int = 403) -> Iterator[World]:
    """Yield the world behind a door that answers ``status`` to the calls ``refuses`` names."""
    runner = _server(world.server.port, refuses, status)
    thread = threading.Thread(target=runner.serve_forever, daemon=True)
    thread.start()
    url = f"http://{HOST}:{runner.server_address[1]}"
    try:
        yield replace(world, env={**world.env, "AWS_ENDPOINT_URL": url})
    finally:
        runner.shutdown()
        runner.server_close()


def _server(port: int, refuses: Callable[[Call], bool], status: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = self.headers.get("X-Amz-Target", "")
            if refuses(Call(self.command, self.path, target, body)):
                self._answer(status, [("x-amzn-errortype", "AccessDeniedException")], _NO)
                return
            onward = http.client.HTTPConnection(HOST, port, timeout=120)
            # The host goes along as it came: the stand-in tells services apart by it.
            onward.request(self.command, self.path, body, dict(self.headers))
            answer = onward.getresponse()
            self._answer(answer.status, answer.getheaders(), answer.read(), answer)
            onward.close()

        def _answer(
            self,
            code: int,
            headers: list[tuple[str, str]],
            body: bytes,
            answer: http.client.HTTPResponse | None = None,
        ) -> None:
            self.send_response_only(code)
            for name, value in headers:
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            length = answer.getheader("Content-Length") if answer else None
            head = self.command == "HEAD" and length
            self.send_header("Content-Length", length if head and length else str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = _serve

    return ThreadingHTTPServer((HOST, 0), Handler)
