"""A front before the stand-in that answers some calls with an error, over HTTP as AWS does."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Refuser:
    """What is refused, and how often that was asked."""

    def __init__(self, behind: str) -> None:
        self.behind = behind
        """The stand-in's address."""
        self.endpoint = ""
        self.asked = 0
        """Calls that were refused."""
        self._needle, self._code, self._said = "", "", ""
        self._clock, self._after = timedelta(), ""

    def refuse(
        self,
        needle: str,
        code: str,
        said: str = "",
        clock: timedelta = timedelta(),
        after: str = "",
    ) -> None:
        """Refuse every call whose path, target or body holds a text.

        Args:
            needle: E.g. ``recovery-points``, ``DescribeTable``, ``GetCallerIdentity``.
            code: AWS's error code.
            said: AWS's message.
            clock: How far AWS's clock is ahead of this machine's.
            after: Only once a call that holds this text has passed.
        """
        self._needle, self._code, self._said, self._clock = needle, code, said, clock
        self._after = after

    def answer(self, text: str) -> tuple[bytes, str] | None:
        """Return body and date of a refusal; None where the call shall pass."""
        if self._after:
            self._after = "" if self._after in text else self._after
            return None
        if not self._needle or self._needle not in text:
            return None
        self.asked += 1
        if "GetCallerIdentity" in text:
            shown = f"<Code>{self._code}</Code><Message>{self._said}</Message>"
            body = f"<ErrorResponse><Error><Type>Sender</Type>{shown}</Error></ErrorResponse>"
        else:
            body = json.dumps({"__type": self._code, "message": self._said})
        return body.encode(), format_datetime(datetime.now(UTC) + self._clock, usegmt=True)


@contextmanager
def standing_before(behind: str) -> Iterator[Refuser]:
    """Serve a refuser on loopback while the block runs."""
    refuser = Refuser(behind)

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = self.headers.get("X-Amz-Target", "")
            refusal = refuser.answer(f"{self.path} {target} {body.decode('utf-8', 'replace')}")
            if refusal is None:
                self._pass_on(body)
                return
            kind = refuser._code
            self._reply(400, refusal[0], {"Date": refusal[1], "x-amzn-errortype": kind})

        do_GET = do_POST = do_PUT = do_DELETE = _do

        def _pass_on(self, body: bytes) -> None:
            headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            request = urllib.request.Request(
                refuser.behind + self.path, body or None, headers, method=self.command
            )
            try:
                with urllib.request.urlopen(request) as answer:
                    self._reply(answer.status, answer.read(), dict(answer.headers))
            except urllib.error.HTTPError as error:
                self._reply(error.code, error.read(), dict(error.headers))

        def _reply(self, code: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response_only(code)
            for name, value in headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    refuser.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield refuser
    finally:
        server.shutdown()
        server.server_close()
