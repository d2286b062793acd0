"""Tables called by a plain word: the word elsewhere is no table."""

from __future__ import annotations

import json

import pytest

from tests.verify.plans import (
    FUNCTION,
    OLD,
    SECURITY_GROUP,
    Document,
    change,
    load,
    noop,
    rules,
    state,
)
from tfswap.names import Rename, mentions_table
from tfswap.plan.document import read_plan
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import Report, Verdict
from tfswap.verify.values.common_words import is_other_word
from tfswap.verify.verifier import verify

WORDS = ("orders", "users", "events", "data")


def judged(plan: Document, word: str) -> Report:
    text = json.dumps(plan).replace(OLD, word)
    return verify(read_plan(text.encode()), Intent.from_renames([Rename(word, f"{word}-20240715")]))


@pytest.mark.parametrize("word", WORDS)
def test_a_good_plan_is_ready_whatever_the_table_is_called(word: str) -> None:
    plan = load()
    noop(plan, SECURITY_GROUP, description=f"Takes {OLD} from the queue", name=OLD)
    state(plan, SECURITY_GROUP).update(change(plan, SECURITY_GROUP)["before"])
    assert judged(plan, word).verdict is Verdict.READY


@pytest.mark.parametrize("word", WORDS)
def test_what_can_only_be_the_table_is_still_left_behind(word: str) -> None:
    for text in (
        f"arn:aws:dynamodb:eu-west-1:123456789012:table/{OLD}/index/x",
        f"table/{OLD}",
        OLD,
    ):
        plan = load()
        noop(plan, SECURITY_GROUP, description=text)
        state(plan, SECURITY_GROUP)["description"] = text
        assert "TFS301" in rules(judged(plan, word))
    plan = load()
    change(plan, FUNCTION)["after"]["environment"] = change(plan, FUNCTION)["before"]["environment"]
    assert judged(plan, word).verdict is not Verdict.READY


def test_where_a_word_is_a_table() -> None:
    assert mentions_table("orders", "orders") == [(0, 6)]
    assert mentions_table("x:table/orders/stream/1", "orders") == [(8, 14)]
    assert not mentions_table("the orders of today", "orders")
    assert mentions_table("the production-Lpas of today", "production-Lpas")


def named(plan: Document, name: str, where: str) -> None:
    """Let the function, or its parameter's JSON, call something by the word before and after."""
    body = change(plan, FUNCTION)
    for side in ("before", "after"):
        values = body[side]["environment"][0]["variables"]
        values |= {name: OLD} if where == "variable" else {"CONFIG": json.dumps({"a": {name: OLD}})}
    state(plan, FUNCTION).update(json.loads(json.dumps(body["before"])))


@pytest.mark.parametrize("where", ["variable", "JSON"])
@pytest.mark.parametrize("word", WORDS)
def test_what_else_is_called_by_the_word(word: str, where: str) -> None:
    for name in ("SERVICE", "serviceName", "DD_SERVICE", "app", "PROJECT"):
        plan = load()
        named(plan, name, where)
        assert judged(plan, word).verdict is Verdict.READY
    for name in ("TABLE", "ORDERS", "service_table", "DYNAMODB_SERVICE", "STORE"):
        plan = load()
        named(plan, name, where)
        assert judged(plan, word).verdict is Verdict.REJECTED


def test_a_name_that_is_no_plain_word_is_the_table_whatever_it_is_called() -> None:
    plan = load()
    named(plan, "SERVICE", "variable")
    assert judged(plan, OLD).verdict is Verdict.REJECTED


def test_where_a_word_is_something_else() -> None:
    listed = [{"name": "SERVICE", "value": "orders"}, {"name": "TABLE", "value": "orders"}]
    assert is_other_word(listed, (0, "value"))
    assert not is_other_word(listed, (1, "value"))
    assert not is_other_word({"tables": {"service": "orders"}}, ("tables", "service"))
    assert not is_other_word({"service": "production-Lpas"}, ("service",))
    assert not is_other_word("orders", ())


def test_json_that_may_not_be_shown_is_read_value_by_value() -> None:
    plan = load()
    body = change(plan, FUNCTION)
    for side, table in (("before", OLD), ("after", f"{OLD}-20240715")):
        text = json.dumps({"service": OLD, "table": table})
        body[side]["environment"][0]["variables"]["CONFIG"] = text
        body[f"{side}_sensitive"] = {"environment": True}
    state(plan, FUNCTION).update(json.loads(json.dumps(body["before"])))
    assert judged(plan, "orders").verdict is Verdict.READY
    wrong = json.dumps({"service": "more", "table": f"{OLD}-20240715"})
    body["after"]["environment"][0]["variables"]["CONFIG"] = wrong
    assert judged(plan, "orders").verdict is Verdict.REJECTED
