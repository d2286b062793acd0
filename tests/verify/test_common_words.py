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
