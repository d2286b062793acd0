"""Record the lab's plans anew: ``python -m tests.lab``, part of ``make fixtures``."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from tests.lab.lab import CONFIGURATION, PLANS, WORLDS, World
from tests.lab.state import empty, grown, swapped
from tests.schema.provider import schemas
from tfswap.demo.provider_plugins import find_plugin_dir

Document = dict[str, Any]


class _StepFunctions(BaseHTTPRequestHandler):
    """Says that a state machine is valid: the provider asks AWS even when it plans."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b'{"result": "OK", "diagnostics": []}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def step_functions() -> Iterator[str]:
    """Answer for Step Functions on this machine."""
    server = HTTPServer(("127.0.0.1", 0), _StepFunctions)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Terraform:
    """Terraform in a copy of the lab's configuration."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder = folder
        shutil.copytree(CONFIGURATION, folder, dirs_exist_ok=True)
        self._env = {**os.environ, "AWS_ENDPOINT_URL_SFN": endpoint}

    def run(self, *words: str) -> bytes:
        """Run a command; its standard output."""
        argv = ["terraform", *words]
        done = subprocess.run(argv, cwd=self.folder, env=self._env, capture_output=True)
        assert done.returncode == 0, f"{argv}\n{done.stdout.decode()}\n{done.stderr.decode()}"
        return done.stdout

    def plan(self, state: Document, table: str) -> Document:
        """Plan on a state."""
        (self.folder / "terraform.tfstate").write_text(json.dumps(state))
        words = ("-refresh=false", "-input=false", "-out=lab.tfplan", f"-var=table_name={table}")
        self.run("plan", *words)
        found: Document = json.loads(self.run("show", "-json", "lab.tfplan"))
        return found


def record(terraform: Terraform, known: dict[str, Any], world: World) -> tuple[Document, Document]:
    """Return the swap's plan and the baseline of a world."""
    state = empty()
    while True:
        plan = terraform.plan(state, world.old)
        wrong = [_differing(e) for e in plan["resource_changes"] if _is_wrong(e)]
        assert not wrong, "the state made up does not fit:\n" + "\n".join(wrong)
        if not any(e["change"]["actions"] == ["create"] for e in plan["resource_changes"]):
            break
        state = grown(state, plan, known)
    return terraform.plan(swapped(state, world.old, world.new), world.new), plan


def _is_wrong(entry: Document) -> bool:
    return entry["change"]["actions"] not in (["create"], ["no-op"], ["read"])


def _differing(entry: Document) -> str:
    body = entry["change"]
    sides = [{**(body[s] or {})} for s in ("before", "after")]
    names = {n for n in {*sides[0], *sides[1]} if sides[0].get(n) != sides[1].get(n)}
    shown = {n: [side.get(n) for side in sides] for n in sorted(names)}
    return f"{entry['address']} {body.get('replace_paths', '')}: {shown}"


def main() -> int:
    """Record both plans of every world."""
    PLANS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, step_functions() as endpoint:
        known: dict[str, Any] = {}
        (Path(folder) / "schema").mkdir()
        for provider in schemas(Path(folder) / "schema", find_plugin_dir()).values():
            known |= provider.get("resource_schemas", {})
        for world in WORLDS:
            terraform = Terraform(Path(folder) / world.name, endpoint)
            plugins = find_plugin_dir()
            terraform.run("init", *([f"-plugin-dir={plugins}"] if plugins else []))
            for name, plan in zip(
                ("swap", "baseline"), record(terraform, known, world), strict=True
            ):
                plan["timestamp"] = "2024-07-15T21:30:00Z"
                data = json.dumps(plan, separators=(",", ":"), ensure_ascii=False).encode()
                path = PLANS / f"{world.name}-{name}.json.gz"
                path.write_bytes(gzip.compress(data, 9, mtime=0))
                print(f"{path.name}: {len(data)} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
