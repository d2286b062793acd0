"""Whose credentials, which account, which role; and every failure in one sentence."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.client import BaseClient

from tfswap.aws.session import Aws, _arguments, _is_session_of
from tfswap.errors import AwsError


def test_a_client_comes_for_the_right_account(aws: Aws) -> None:
    assert aws.client("dynamodb").list_tables()["TableNames"] == []


def test_another_account_is_refused_before_any_call(aws: Aws) -> None:
    with pytest.raises(
        AwsError, match="for account 123456789012; the environment is in 9"
    ) as shown:
        replace(aws, account="999999999999").client("dynamodb")
    assert "--role" in shown.value.hint


def test_a_role_is_assumed_across_accounts(aws: Aws) -> None:
    there = replace(aws, account="999999999999", role="breakglass")
    assert there.caller.account == "999999999999"
    assert "assumed-role/breakglass/tfswap-" in there.caller.arn


def test_a_whole_role_arn_is_taken_as_it_is(aws: Aws) -> None:
    arn = "arn:aws:iam::999999999999:role/teams/breakglass"
    there = replace(aws, account="999999999999", role=arn)
    assert there.caller.account == "999999999999"


def test_a_role_needs_an_account(aws: Aws) -> None:
    with pytest.raises(AwsError, match="account is unknown"):
        _ = replace(aws, account="", role="breakglass").caller


def test_credentials_from_a_prefix_go_before_the_shells(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    given = {"AWS_ACCESS_KEY_ID": "other", "AWS_SECRET_ACCESS_KEY": "secret-sentinel"}
    there = replace(aws, environ=given)
    assert there.caller.account == "123456789012"
    assert "secret-sentinel" not in repr(there)


def test_no_credentials_is_said_with_the_way_to_sign_in(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(AwsError, match="credentials") as shown:
        _ = aws.caller
    assert "--prefix" in shown.value.hint


def test_an_unreachable_endpoint_is_a_matter_of_the_network(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(AwsError) as shown:
        _ = aws.caller
    assert shown.value.message.startswith("AWS could not be reached at http://127.0.0.1:9: ")
    assert "AWS_ENDPOINT_URL" in shown.value.hint


@pytest.mark.parametrize(
    ("caller", "role", "same"),
    [
        ("arn:aws:sts::1:assumed-role/breakglass/x", "arn:aws:iam::1:role/breakglass", True),
        ("arn:aws:sts::1:assumed-role/breakglass/x", "arn:aws:iam::1:role/team/breakglass", True),
        ("arn:aws:sts::2:assumed-role/breakglass/x", "arn:aws:iam::1:role/breakglass", False),
        ("arn:aws:sts::1:assumed-role/breakglass2/x", "arn:aws:iam::1:role/breakglass", False),
        ("arn:aws:iam::1:user/breakglass", "arn:aws:iam::1:role/breakglass", False),
    ],
)
def test_a_session_of_the_role_is_known(caller: str, role: str, same: bool) -> None:
    assert _is_session_of(caller, role) is same


def test_a_setting_botocore_cannot_use_is_a_sentence(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "many")
    with pytest.raises(AwsError, match=r"an AWS setting is invalid .*'many'") as shown:
        _ = aws.caller
    assert "AWS_MAX_ATTEMPTS=many" in shown.value.details
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nowhere")
    with pytest.raises(AwsError, match=r"setting is invalid .*Invalid endpoint: nowhere"):
        _ = replace(aws).caller


PROFILES = """
[profile known]
aws_access_key_id = known
aws_secret_access_key = secret
endpoint_url = {endpoint}
[profile mfa]
role_arn = arn:aws:iam::123456789012:role/x
source_profile = known
mfa_serial = arn:aws:iam::123456789012:mfa/me
"""


@pytest.fixture
def profiles(
    aws: Aws, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    """A shell that has no keys and no endpoint but in its profiles."""
    (tmp_path / "config").write_text(PROFILES.format(endpoint=endpoint))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.parametrize("role", ["", "breakglass"])
@pytest.mark.parametrize("by_prefix", [False, True])
def test_a_profile_gives_keys_and_endpoint_also_beneath_a_role(
    aws: Aws, profiles: pytest.MonkeyPatch, endpoint: str, role: str, by_prefix: bool
) -> None:
    if not by_prefix:
        profiles.setenv("AWS_PROFILE", "known")
    environ = {"AWS_PROFILE": "known"} if by_prefix else {}
    there = replace(aws, role=role, environ=environ)
    assert there.caller.account == "123456789012"
    assert there.client("dynamodb").meta.endpoint_url == endpoint


def test_an_mfa_code_nobody_can_type_is_said(profiles: pytest.MonkeyPatch) -> None:
    profiles.setenv("AWS_PROFILE", "mfa")
    done = subprocess.run(
        [sys.executable, "-c", "from tfswap.aws.session import Aws; Aws('eu-west-1').caller"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # getpass would find the developer's terminal otherwise
    )
    assert "needs an MFA code, and there is no terminal to prompt on." in done.stderr


@pytest.mark.parametrize("region", [None, "eu-west-2"])
def test_a_client_is_of_the_region_asked_for(aws: Aws, region: str | None) -> None:
    assert aws.client("dynamodb", region).meta.region_name == (region or "eu-west-1")


def test_calls_are_retried_in_standard_mode_unless_the_shell_says_otherwise(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert aws.client("backup").meta.config.retries["mode"] == "standard"
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptive")
    assert aws.client("backup").meta.config.retries["mode"] == "adaptive"


def test_the_role_is_assumed_as_the_provider_does() -> None:
    """A trust policy may ask for each of these, and refuse whoever leaves them out."""
    shown = {
        "external_id": "x",
        "session_name": "terraform",
        "duration": "1h30m",
        "tag:team": "lpa",
    }
    assert _arguments(shown) == {
        "ExternalId": "x",
        "RoleSessionName": "terraform",
        "DurationSeconds": 5400,
        "Tags": [{"Key": "team", "Value": "lpa"}],
    }
    assert _arguments({}) == _arguments({"duration": "soon"}) == {}


@pytest.mark.parametrize("session_name", [None, "terraform"])
def test_the_settings_reach_sts(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, session_name: str | None
) -> None:
    """The session is named tfswap-<user> in CloudTrail, unless the provider names its own."""
    monkeypatch.setenv("LOGNAME", "ana")
    asked: list[dict[str, object]] = []
    through = BaseClient._make_api_call

    def call(client: BaseClient, operation: str, arguments: dict[str, object]) -> object:
        if operation == "AssumeRole":
            asked.append(arguments)
        return through(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    told = {"external_id": "x-1"} | ({"session_name": session_name} if session_name else {})
    there = replace(aws, account="999999999999", role="breakglass", assume=told)
    assert there.caller.account == "999999999999"
    assert asked[0]["ExternalId"] == "x-1"
    assert asked[0]["RoleSessionName"] == (session_name or "tfswap-ana")
    assert there.caller.arn.endswith(f"/breakglass/{session_name or 'tfswap-ana'}")


def test_a_service_a_region_does_not_have_is_not_asked(aws: Aws) -> None:
    assert aws.offers("osis", "eu-west-1")
    assert aws.offers("osis", "eu-west-99")
    assert not replace(aws, partition="aws-iso").offers("osis", "us-iso-east-1")
