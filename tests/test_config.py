"""Settings: what wins over what, and what is refused."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from tfswap.config import Config, Overrides, Setting, load
from tfswap.config_file import Allow
from tfswap.errors import ConfigError

ALLOW = """\
[[allow]]
address = 'aws_ssm_parameter.*'
attribute = 'value'
reason = 'because'
expires = 2026-12-31
"""


def write(repo: Path, text: str) -> None:
    (repo / "tfswap.toml").write_text(text)


def test_nothing_set_is_the_default(tmp_path: Path) -> None:
    assert load(tmp_path, Overrides(), {}) == Config()


def test_flags_over_variables_over_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'environment = "file"\nprefix = "a b"\nworkspace = "w"\n')
    env = {"TFSWAP_ENVIRONMENT": "variable", "TF_WORKSPACE": "t"}
    by_file = load(tmp_path, Overrides(), {})
    by_variable = load(tmp_path, Overrides(), env)
    by_flag = load(tmp_path, Overrides(environment="flag"), env)
    assert by_file.environment == Setting("file", "tfswap.toml")
    assert by_variable.environment == Setting("variable", "TFSWAP_ENVIRONMENT")
    assert by_flag.environment == Setting("flag", "--environment")
    assert by_file.prefix == ("a", "b")
    assert by_flag.workspace == "w"
    assert by_flag.tf_workspace == Setting("t", "TF_WORKSPACE")


def test_the_role_of_the_shell_is_carried_on(tmp_path: Path) -> None:
    config = load(tmp_path, Overrides(), {"TF_VAR_default_role": "operator"})
    assert config.terraform_variables() == {"TF_VAR_default_role": "operator"}
    config = load(tmp_path, Overrides(role="breakglass"), {"TF_VAR_default_role": "operator"})
    assert config.terraform_variables() == {"TF_VAR_default_role": "breakglass"}


def test_variables_and_another_role_variable(tmp_path: Path) -> None:
    write(tmp_path, 'role = "r"\nrole_variable = "role"\n[variables]\nimage = "v1"\n')
    assert load(tmp_path, Overrides(), {}).terraform_variables() == {
        "TF_VAR_role": "r",
        "TF_VAR_image": "v1",
    }


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("prefx = 'x'", "tfswap.toml:1: unknown key 'prefx'"),
        ("prefix = ", "not valid TOML"),
        ("prefix = 3", "prefix must be a string, not a number"),
        ("environment = ''", "environment must not be empty"),
        ("role = 'r'\n\n[variables]\nx = 1", r"toml:3: \[variables\] a value must be a string"),
        ("allow = 'everything'", "toml:1: allow must be a list, not a string"),
        ("[[allow]]\naddress = 'a'", r"toml:1: \[allow\] attribute is missing"),
        (
            ALLOW.replace("2026-12-31", "'2026-12-31'"),
            "toml:5: .*expires must be a date, not a str",
        ),
        (
            ALLOW.replace("2026-12-31", "2026-12-31T00:00:00Z"),
            "must be a date, not a date with a t",
        ),
        (ALLOW.replace("'because'", "' '"), "toml:4: .*reason must not be empty"),
        (ALLOW + ALLOW + "adress = 'b'\n", "toml:11: .*unknown key 'adress'"),
        ("[hooks]\nmaintenance_on = 'x'\nmaintenance_of = 'x'", "toml:3: .*'maintenance_of'"),
        ("protect = 'yes'", "protect must be true or false, not a string"),
        ("[deep]\nx = " + "[" * 5000, "toml"),
        ('prefix = "aws-vault \'exec"', "cannot be parsed"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, text: str, phrase: str) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigError, match=phrase) as caught:
        load(tmp_path, Overrides(), {})
    assert caught.value.hint


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tfswap.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load(tmp_path, Overrides(), {})


def test_what_prepare_was_told_is_remembered_unless_something_else_is_set(tmp_path: Path) -> None:
    shell = load(tmp_path, Overrides(), {"TF_VAR_default_role": "operator"})
    later = shell.or_else(("vault", "--"), "tofu", "breakglass")
    assert (later.prefix, later.terraform_bin) == (("vault", "--"), "tofu")
    assert later.role == Setting("breakglass", "tfswap prepare")
    shown = load(tmp_path, Overrides(role="other", prefix="x"), {"TF_VAR_default_role": "operator"})
    now = shown.or_else(("vault", "--"), "tofu", "breakglass")
    assert (now.prefix, now.role) == (("x",), Setting("other", "--role"))
    assert shell.or_else((), "", "").role == Setting("operator", "TF_VAR_default_role")


def test_an_allowance_has_a_reason_and_an_end(tmp_path: Path) -> None:
    write(tmp_path, ALLOW)
    [allow] = load(tmp_path, Overrides(), {}).allow
    assert allow == Allow("aws_ssm_parameter.*", "value", "because", date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "meant"),
    [("prefx = 'x'", "prefix"), ("[hook]\nx = 'y'", "hooks"), (f"{ALLOW}adress = 'b'", "address")],
)
def test_a_mistyped_key_is_answered_with_the_nearest(tmp_path: Path, text: str, meant: str) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, Overrides(), {})
    assert caught.value.hint.startswith(f"Did you mean {meant}? It takes: ")


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tfswap.toml")
    with pytest.raises(ConfigError, match=r"tfswap\.toml cannot be read: not a regular file"):
        load(tmp_path, Overrides(), {})
