"""Credentials from behind a prefix, and a prefix that asks."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import Clone
from tfswap.context.credentials import sign_in
from tfswap.errors import AwsError


@pytest.fixture(autouse=True)
def asked_anew() -> None:
    sign_in.cache_clear()


def script(folder: Path, body: str) -> str:
    path = folder / "vault"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_without_a_prefix_there_is_nothing_to_ask() -> None:
    assert sign_in(()) == {}


def test_what_the_prefix_gives_is_asked_for_once(tmp_path: Path) -> None:
    vault = script(tmp_path, f'echo hello; echo x >> {tmp_path}/calls; AWS_REGION=r exec "$@"')
    assert sign_in((vault,))["AWS_REGION"] == "r"
    assert sign_in((vault,))["AWS_REGION"] == "r"
    assert (tmp_path / "calls").read_text() == "x\n"


def test_one_that_fails_names_the_command_to_sign_in_with(tmp_path: Path) -> None:
    vault = script(tmp_path, "echo Enter MFA code: >&2; read code || exit 3")
    with pytest.raises(AwsError, match="exited with 3") as shown:
        sign_in((vault, "exec", "identity", "--"))
    assert f"{vault} exec identity -- true" in shown.value.hint
    assert shown.value.details == ("Enter MFA code:",)


def test_one_that_swallows_the_answer(tmp_path: Path) -> None:
    with pytest.raises(AwsError, match="was lost"):
        sign_in((script(tmp_path, "echo '[1]'; echo no"),))


def test_on_a_terminal_it_may_ask(tmp_path: Path) -> None:
    """The question reaches the terminal, the answer the prefix."""
    vault = script(
        tmp_path, 'printf "Enter MFA code: " >&2; read code; AWS_REGION="r-$code" exec "$@"'
    )
    code = (
        "from tfswap.context.credentials import sign_in\n"
        f"print('got', sign_in(({vault!r},))['AWS_REGION'])"
    )
    master, slave = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=slave,
        stderr=slave,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    os.close(slave)
    shown = b""
    while b"MFA code: " not in shown:
        shown += os.read(master, 1000)
    os.write(master, b"123456\n")
    out, _ = child.communicate(timeout=30)
    os.close(master)
    assert out.strip() == "got r-123456"


def test_a_remembered_prefix_can_be_cleared(clone: Clone) -> None:
    def prepared(*more: str) -> str:
        done = clone.tfswap("prepare", "Lpas-20240715", "--offline", *more)
        assert done.code == 0, done.text
        return (clone.repo / ".tfswap/commands.sh").read_text()

    assert "vault -- terraform" in prepared("--prefix", "vault --")
    assert "vault -- terraform" in prepared()
    assert "vault" not in prepared("--prefix", "")
    assert "vault" not in prepared()


@pytest.mark.parametrize(
    ("flag", "value"), [("--account", "1234"), ("--account", "12345678901a"), ("--region", "Eu")]
)
def test_what_cannot_be_an_account_or_region(clone: Clone, flag: str, value: str) -> None:
    done = clone.tfswap("prepare", "Lpas-20240715", "--offline", flag, value)
    assert done.code == 2
    assert f"{value!r} ({flag}) is not a valid AWS {flag[2:]}" in done.err


def test_a_binary_given_by_a_relative_path_is_found_from_other_folders(clone: Clone) -> None:
    tool = clone.repo.parent / "tofu"
    tool.write_text('#!/bin/sh\nexec terraform "$@"\n')
    tool.chmod(0o755)
    done = clone.tfswap("prepare", "Lpas-20240715", "--offline", "--terraform-bin", "../tofu")
    assert done.code == 0, done.text
    text = (clone.repo / ".tfswap/commands.sh").read_text()
    assert str(clone.repo / "../tofu") in text or str(tool) in text


def test_a_prefix_that_gives_an_endpoint_is_asked_there_while_it_serves(tmp_path: Path) -> None:
    """As ``aws-vault exec --ecs-server``: the endpoint ends with the prefix's child."""
    vault = tmp_path / "vault"
    vault.write_text(f"#!{sys.executable}\n{_ENDPOINT}")
    vault.chmod(0o755)
    shown = sign_in((str(vault),))
    assert shown["AWS_ACCESS_KEY_ID"] == "from-the-endpoint"
    assert shown["AWS_SESSION_TOKEN"] == "token"
    assert shown["AWS_CREDENTIAL_EXPIRATION"].startswith("2099-01-01T00:00:00")


_ENDPOINT = """
import http.server, json, os, subprocess, sys, threading
KEYS = {"AccessKeyId": "from-the-endpoint", "SecretAccessKey": "s", "Token": "token",
        "Expiration": "2099-01-01T00:00:00Z"}
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        good = self.headers["Authorization"] == "secret"
        self.send_response(200 if good else 403)
        self.end_headers()
        self.wfile.write(json.dumps(KEYS).encode())
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
keep = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
where = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{server.server_port}/",
         "AWS_CONTAINER_AUTHORIZATION_TOKEN": "secret"}
sys.exit(subprocess.run(sys.argv[1:], env={**keep, **where, "NO_PROXY": "*"}).returncode)
"""
