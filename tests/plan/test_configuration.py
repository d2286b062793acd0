"""Expressions and references in plan JSON's configuration."""

from __future__ import annotations

from tfswap.plan.address import AddressStep
from tfswap.plan.configuration import Configuration, expression_at, references

TREE = {
    "root_module": {
        "resources": [
            {"mode": "managed", "type": "aws_x", "name": "y", "provider_config_key": "p"}
        ],
        "outputs": {"o": {"expression": {"references": ["aws_x.y.id", "aws_x.y"]}}},
        "variables": {"secret": {"sensitive": True}, "open": {}},
        "module_calls": {
            "m": {
                "expressions": {"in": {"references": ["aws_x.y.arn", "aws_x.y"]}},
                "module": {"resources": [{"mode": "data", "type": "aws_d", "name": "e"}]},
            }
        },
    }
}


def test_lookups() -> None:
    configuration = Configuration(TREE)
    inside = (AddressStep("m", 0),)
    assert configuration.resource((), "managed", "aws_x", "y")
    assert configuration.resource(inside, "data", "aws_d", "e")
    assert configuration.resource((), "data", "aws_x", "y") is None
    assert configuration.resource((AddressStep("n"),), "data", "aws_d", "e") is None
    assert configuration.call(inside) is not None
    assert configuration.call(()) is None
    assert configuration.output((), "o")
    assert configuration.is_sensitive_variable("secret")
    assert configuration.is_sensitive_variable("undeclared")
    assert not configuration.is_sensitive_variable("open")
    assert configuration.provider_keys[("", "aws_x", "y")] == "p"


def test_only_the_longest_reference_counts() -> None:
    listed = ["a.b.c", "a.b", "a.bc", "d.e[0].f", "d.e[0]", "d.e"]
    assert references({"references": listed}) == ("a.b.c", "a.bc", "d.e[0].f")


def test_expressions_of_blocks() -> None:
    block = {"expressions": {"a": [{"b": {"constant_value": 1}}], "c": {"references": ["x.y"]}}}
    assert expression_at(block, ("a", 0, "b")) == {"constant_value": 1}
    assert expression_at(block, ("a", 1, "b")) is None
    assert expression_at(block, ("c", "deeper")) == {"references": ["x.y"]}
    assert expression_at(block, ("d",)) is None


def test_a_damaged_tree_has_nothing() -> None:
    configuration = Configuration({"root_module": {"resources": 3, "module_calls": []}})
    assert configuration.resource((), "managed", "a", "b") is None
    assert configuration.provider_keys == {}
