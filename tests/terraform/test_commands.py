"""The argv of every command, with no options and with all."""

from __future__ import annotations

import pytest

from tfswap.terraform import commands
from tfswap.terraform.commands import Binary, Words

ADDRESS = 'module.m["a b"].aws_osis_pipeline.p[0]'


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (commands.version(), "version -json"),
        (commands.init(), "init"),
        (commands.init_scratch(None), "init -no-color -get=false"),
        (commands.init_scratch("/p"), "init -no-color -get=false -plugin-dir=/p"),
        (commands.workspace_select("production"), "workspace select production"),
        (commands.workspace_list(), "workspace list"),
        (commands.state_pull(), "state pull"),
        (commands.state_push("/f"), "state push /f"),
        (commands.plan(), "plan"),
        (commands.plan("/f"), "plan -out=/f"),
        (commands.show_json("/f"), "show -json /f"),
        (commands.apply("/f"), "apply -no-color /f"),
        (commands.apply("/f", messages=True), "apply -json /f"),
    ],
)
def test_words(words: Words, expected: str) -> None:
    assert " ".join(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (commands.state_rm(ADDRESS), ("state", "rm", ADDRESS)),
        (commands.import_(ADDRESS, "a b"), ("import", ADDRESS, "a b")),
        (commands.taint(ADDRESS), ("taint", ADDRESS)),
    ],
)
def test_an_address_stays_one_word(words: Words, expected: Words) -> None:
    assert words == expected


def test_the_prefix_stands_before_the_binary() -> None:
    binary = Binary("tofu", ("aws-vault", "exec", "identity", "--"))
    assert binary.argv(("plan",)) == ("aws-vault", "exec", "identity", "--", "tofu", "plan")
    assert Binary().argv(("plan",)) == ("terraform", "plan")
