"""The argv of every command, with no options and with all."""

from __future__ import annotations

import pytest

from tfswap.terraform import arguments
from tfswap.terraform.arguments import Binary, Words

ADDRESS = 'module.m["a b"].aws_osis_pipeline.p[0]'


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (arguments.version(), "version -json"),
        (arguments.init(), "init"),
        (arguments.init_scratch(None), "init -no-color -get=false"),
        (arguments.init_scratch("/p"), "init -no-color -get=false -plugin-dir=/p"),
        (arguments.workspace_select("production"), "workspace select production"),
        (arguments.workspace_list(), "workspace list"),
        (arguments.state_pull(), "state pull"),
        (arguments.state_push("/f"), "state push /f"),
        (arguments.plan(), "plan"),
        (arguments.plan("/f"), "plan -out=/f"),
        (arguments.show_json("/f"), "show -json /f"),
        (arguments.apply("/f"), "apply -no-color /f"),
        (arguments.apply("/f", messages=True), "apply -json /f"),
    ],
)
def test_words(words: Words, expected: str) -> None:
    assert " ".join(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (arguments.state_rm(ADDRESS), ("state", "rm", ADDRESS)),
        (arguments.import_(ADDRESS, "a b"), ("import", ADDRESS, "a b")),
        (arguments.taint(ADDRESS), ("taint", ADDRESS)),
    ],
)
def test_an_address_stays_one_word(words: Words, expected: Words) -> None:
    assert words == expected


def test_the_prefix_stands_before_the_binary() -> None:
    binary = Binary("tofu", ("aws-vault", "exec", "identity", "--"))
    assert binary.argv(("plan",)) == ("aws-vault", "exec", "identity", "--", "tofu", "plan")
    assert Binary().argv(("plan",)) == ("terraform", "plan")
