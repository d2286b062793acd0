"""Region, role, profile and endpoint: what was said holds for every call of every command."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from botocore.client import BaseClient

from tests.commands.lab import ACCOUNT, Lab
from tfswap.commands.backups import backups
from tfswap.commands.compare.command import compare_tables
from tfswap.commands.pipeline import status
from tfswap.commands.restore.command import restore
from tfswap.commands.restore.target import RestoreRequest
from tfswap.context.command_context import CommandContext
from tfswap.errors import TfswapError


def compare(context: CommandContext) -> int:
    return compare_tables(context, "Lpas-20240715", scan_count=False, yes=True, as_json=False)


COMMANDS: list[Callable[[CommandContext], int]] = [
    lambda context: backups(context, "Lpas"),
    lambda context: restore(context, ["Lpas"], RestoreRequest(), yes=True, dry_run=True),
    lambda context: status(context, None),
    compare,
]
every_command = pytest.mark.parametrize(
    "command", COMMANDS, ids=["backups", "restore", "pipeline", "compare"]
)


class Call(NamedTuple):
    service: str
    operation: str
    region: str
    endpoint: str
    key: str
    arguments: dict[str, Any]


@pytest.fixture
def calls(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """Every call to AWS, and with whose key."""
    made: list[Call] = []
    through: Any = BaseClient._make_api_call

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        key = client._request_signer._credentials.access_key
        meta = client.meta
        service = meta.service_model.service_name
        made.append(Call(service, operation, meta.region_name, meta.endpoint_url, key, arguments))
        return through(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return made


def run(
    command: Callable[[CommandContext], int], context: CommandContext, calls: list[Call]
) -> list[Call]:
    """Run it, whatever comes of it, and return the calls about something."""
    # In another region or account there is nothing to be found: what was asked counts.
    with suppress(TfswapError):
        command(context)
    about = [call for call in calls if call.service != "sts"]
    assert about
    return about


@every_command
def test_the_region(lab: Lab, calls: list[Call], command: Callable[[CommandContext], int]) -> None:
    for region in ("eu-west-1", "eu-west-2"):
        calls.clear()
        given = {} if region == "eu-west-1" else {"region": region}
        about = run(command, lab.context(**given), calls)
        # IAM has no regions.
        assert {c.region for c in about if c.service != "iam"} == {region}


SESSION_NAME = '    session_name = "lpa-terraform-session"\n'


@every_command
@pytest.mark.parametrize("named", [True, False])
def test_the_role_and_its_session_name(
    lab: Lab, calls: list[Call], command: Callable[[CommandContext], int], named: bool
) -> None:
    """The provider's own where its block has one: a trust policy may ask for it."""
    providers = lab.clone.repo / "terraform/environment/terraform.tf"
    text = providers.read_text()
    assert SESSION_NAME in text
    if not named:
        providers.write_text(text.replace(SESSION_NAME, ""))
    about = run(command, lab.context(role="oncall"), calls)
    [assumed] = [call for call in calls if call.operation == "AssumeRole"]
    assert assumed.arguments["RoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/oncall"
    told = "lpa-terraform-session" if named else f"tfswap-{getpass.getuser()}"
    assert assumed.arguments["RoleSessionName"] == told
    assert assumed.key == "testing"
    assert "testing" not in {call.key for call in about}


@every_command
def test_no_role_where_it_is_said_to_be_none(
    lab: Lab, calls: list[Call], command: Callable[[CommandContext], int]
) -> None:
    about = run(command, lab.context(role=""), calls)
    assert {call.key for call in about} == {"testing"}
    assert "AssumeRole" not in {call.operation for call in calls}


@every_command
def test_the_profile_and_its_endpoint(
    lab: Lab,
    calls: list[Call],
    command: Callable[[CommandContext], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = "aws_access_key_id = known\naws_secret_access_key = x\n"
    # The same server under another name, so that it is told from the variable's.
    endpoint = lab.endpoint.replace("127.0.0.1", "localhost")
    (tmp_path / "config").write_text(f"[profile known]\n{keys}endpoint_url = {endpoint}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "known")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    about = run(command, lab.context(), calls)
    assert {call.endpoint for call in calls} == {endpoint}
    assert {call.key for call in calls if call.operation == "AssumeRole"} == {"known"}
    assert "known" not in {call.key for call in about}


@every_command
def test_the_endpoint_of_the_shell(
    lab: Lab, calls: list[Call], command: Callable[[CommandContext], int]
) -> None:
    run(command, lab.context(), calls)
    assert {call.endpoint for call in calls} == {lab.endpoint}
