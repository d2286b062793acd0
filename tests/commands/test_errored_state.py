"""``errored.tfstate`` of a real Terraform whose backend is lost while it applies."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.commands.test_unfinished_applies import Night
from tfswap.context import errored_state
from tfswap.context.command_context import CommandContext
from tfswap.errors import TerraformError
from tfswap.swap import Swap
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform import arguments
from tfswap.terraform.arguments import Binary
from tfswap.terraform.client import Terraform
from tfswap.terraform.command_runner import CommandRunner, terraform_environment
from tfswap.terraform.state_file import parse

MAIN = """\
terraform {
  backend "http" {
    address   = "http://127.0.0.1:%d/state"
    retry_max = 0
  }
}
variable "more" {
  type    = map(string)
  default = {}
}
resource "terraform_data" "made" {
  for_each = var.more
  input    = each.value
}
"""


@dataclass
class Backend:
    """Terraform's ``http`` backend in memory; it can be lost."""

    data: bytes = b""
    lost: bool = False
    port: int = 0


@pytest.fixture
def backend() -> Iterator[Backend]:
    held = Backend()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self.send_response(200 if held.data else 404)
            self.send_header("Content-Length", str(len(held.data)))
            self.end_headers()
            self.wfile.write(held.data)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(503 if held.lost else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            held.data = held.data if held.lost else body

    server = HTTPServer(("127.0.0.1", 0), Handler)
    held.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield held
    server.shutdown()
    server.server_close()


@dataclass
class Lost:
    """A root module whose second apply could not save its state."""

    terraform: Terraform
    guided_run: Night
    backend: Backend
    swap: Swap

    def look(self) -> errored_state.ErroredState | None:
        context = self.guided_run.context
        context.git = SimpleNamespace(root=self.terraform.root)  # type: ignore[misc,assignment]
        now = parse(self.terraform.pull())
        return errored_state.find_errored_state(
            cast(CommandContext, context), self.swap, self.terraform, now
        )


@pytest.fixture
def lost(terraform_binary: str, tmp_path: Path, backend: Backend) -> Lost:
    root = tmp_path / "tf"
    root.mkdir()
    (root / "main.tf").write_text(MAIN % backend.port)
    terraform = Terraform(Binary(), CommandRunner(terraform_environment({})), root)
    directory = SwapDirectory(tmp_path)
    directory.make()
    terraform.run(("init",), "init")
    made = Lost(terraform, Night(directory), backend, cast(Swap, SimpleNamespace(root_module=".")))
    change(made, one="1")
    made.terraform.run((*plan(one="1", two="2"), f"-out={directory.applying}"), "plan")
    made.guided_run.apply()
    backend.lost = True
    with pytest.raises(TerraformError) as caught:
        made.terraform.run(arguments.apply(str(directory.applying), messages=True), "apply")
    assert any("errored.tfstate" in line for line in caught.value.details)
    backend.lost = False
    return made


def plan(**values: str) -> tuple[str, ...]:
    return ("plan", f"-var=more={json.dumps(values)}")


def change(lost: Lost, **values: str) -> None:
    lost.terraform.run(("apply", "-auto-approve", *plan(**values)[1:]), "apply")


def test_the_way_named_saves_it_and_then_the_file_may_go(lost: Lost) -> None:
    found = lost.look()
    assert found is not None
    assert "was not saved" in found.text
    assert "when nobody else is working on it: cd " in found.following
    assert "terraform state push errored.tfstate ;" in found.following
    lost.terraform.run(arguments.state_push(errored_state.NAME), "push")
    after = lost.look()
    assert after is not None
    assert "it is saved" in after.text
    assert after.following == ""
    assert (lost.terraform.root / errored_state.NAME).is_file()


def test_another_plan_is_refused_until_it_is_saved(lost: Lost) -> None:
    context = lost.guided_run.context
    context.git = SimpleNamespace(root=lost.terraform.root)  # type: ignore[misc,assignment]
    now = parse(lost.terraform.pull())
    with pytest.raises(TerraformError, match="was not saved") as caught:
        errored_state.refuse_unsaved(context, lost.swap, lost.terraform, now)
    assert "state push errored.tfstate" in caught.value.hint


def test_where_somebody_wrote_since_no_push_is_named(lost: Lost) -> None:
    """Terraform itself would take the push: the file's serial is higher."""
    kept = lost.terraform.root / errored_state.NAME
    state = json.loads(kept.read_text())
    kept.write_text(json.dumps({**state, "serial": state["serial"] + 7}, indent=2))
    change(lost, one="another hand")
    found = lost.look()
    assert found is not None
    assert "written in the meantime" in found.text
    assert 'terraform_data.made["one"]' in found.text
    assert "do not push it" in found.following


def test_without_the_plan_it_is_said_what_to_make_sure_of(lost: Lost) -> None:
    lost.guided_run.directory.applying.unlink()
    found = lost.look()
    assert found is not None
    assert "if you are sure that nobody wrote the state since" in found.following


@pytest.mark.parametrize(
    ("damage", "shown", "stops"),
    [
        (lambda state: {**state, "lineage": "other"}, "another workspace", False),
        (lambda state: {**state, "version": 9}, "cannot be read", True),
    ],
)
def test_what_is_not_of_this_state(
    lost: Lost, damage: Callable[[Any], Any], shown: str, stops: bool
) -> None:
    kept = lost.terraform.root / errored_state.NAME
    kept.write_text(json.dumps(damage(json.loads(kept.read_text())), indent=2))
    found = lost.look()
    assert found is not None
    assert shown in found.text
    assert bool(found.following) is stops


def test_without_the_file_there_is_nothing_to_say(lost: Lost) -> None:
    (lost.terraform.root / errored_state.NAME).unlink()
    assert lost.look() is None
