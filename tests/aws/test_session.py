"""Whose credentials, which account, which role; and every failure in one sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from tfswap.aws.calls import AwsError, DeniedError, ExpiredError, ThrottledError, calling
from tfswap.aws.session import Aws, _is_session_of


def test_a_client_comes_for_the_right_account(aws: Aws) -> None:
    assert aws.client("dynamodb").list_tables()["TableNames"] == []


def test_another_account_is_refused_before_any_call(aws: Aws) -> None:
    with pytest.raises(AwsError, match="for account 123456789012; the environment is in 9") as told:
        replace(aws, account="999999999999").client("dynamodb")
    assert "--role" in told.value.hint


def test_a_role_is_assumed_across_accounts(aws: Aws) -> None:
    there = replace(aws, account="999999999999", role="breakglass")
    assert there.caller.account == "999999999999"
    assert "assumed-role/breakglass/tfswap-" in there.caller.arn


def test_a_whole_role_arn_is_taken_as_it_is(aws: Aws) -> None:
    arn = "arn:aws:iam::999999999999:role/teams/breakglass"
    there = replace(aws, account="999999999999", role=arn)
    assert there.caller.account == "999999999999"


def test_a_role_needs_an_account(aws: Aws) -> None:
    with pytest.raises(AwsError, match="account is not known"):
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
    with pytest.raises(AwsError, match="credentials") as told:
        _ = aws.caller
    assert "--prefix" in told.value.hint


def test_an_unreachable_endpoint_is_a_matter_of_the_network(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(AwsError) as told:
        _ = aws.caller
    assert "network" in told.value.hint


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


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ExpiredTokenException", ExpiredError),
        ("AccessDeniedException", DeniedError),
        ("ThrottlingException", ThrottledError),
        ("InvalidClientTokenId", AwsError),
        ("SomethingNew", AwsError),
    ],
)
def test_what_aws_answers_becomes_one_sentence(code: str, kind: type[AwsError]) -> None:
    with pytest.raises(kind, match=f"Could not look: {code}: no") as told, calling("look"):
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "Look")
    assert told.value.hint


def test_what_botocore_raises_itself_becomes_one_sentence() -> None:
    with pytest.raises(ExpiredError), calling("look"):
        raise exceptions.TokenRetrievalError(provider="sso", error_msg="expired")
    with pytest.raises(AwsError, match="profile"), calling("look"):
        raise exceptions.ProfileNotFound(profile="profile")
