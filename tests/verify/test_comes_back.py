"""Table class and replica blocks come back; TTL does where the outgoing table had it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verify.plans import INTENT, TABLE, Document, change, load, report, state
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import Verdict

REPLICA = {"region_name": "eu-west-2", "propagate_tags": False}


def table(plan: Document, name: str, before: Any, after: Any, written: Any) -> Document:
    body = change(plan, TABLE)
    body["before"][name], body["after"][name] = before, after
    state(plan, TABLE)[name] = before
    blocks = plan["configuration"]["root_module"]["resources"]
    block = next(one for one in blocks if one["address"] == TABLE)
    block["expressions"][name] = written
    return plan


def known(**outgoing: Any) -> Intent:
    body = change(load(), TABLE)
    was = {**body["after"], **outgoing}
    return Intent(tables=INTENT.tables, outgoing={TABLE: was})


CHEAP = "STANDARD_INFREQUENT_ACCESS"


@pytest.mark.parametrize(
    ("before", "after", "intent", "verdict"),
    [
        ("STANDARD", CHEAP, INTENT, Verdict.READY),
        ("STANDARD", CHEAP, known(table_class=CHEAP), Verdict.READY),
        ("STANDARD", CHEAP, known(table_class="STANDARD"), Verdict.REJECTED),
        (CHEAP, "STANDARD", INTENT, Verdict.REJECTED),
    ],
)
def test_table_class(before: str, after: str, intent: Intent, verdict: Verdict) -> None:
    plan = table(load(), "table_class", before, after, {"constant_value": after})
    assert report(plan, intent).verdict is verdict


def test_a_table_class_that_is_not_the_configurations() -> None:
    plan = table(load(), "table_class", "STANDARD", CHEAP, {"constant_value": "STANDARD"})
    assert report(plan).verdict is Verdict.REJECTED


WRITTEN = [{"region_name": {"constant_value": "eu-west-2"}}]


@pytest.mark.parametrize(
    ("after", "written", "intent", "verdict"),
    [
        ([REPLICA], WRITTEN, INTENT, Verdict.READY),
        ([REPLICA], [], known(replica=[REPLICA]), Verdict.READY),
        ([REPLICA], WRITTEN, known(replica=[]), Verdict.REJECTED),
        ([REPLICA | {"region_name": "eu-west-3"}], WRITTEN, INTENT, Verdict.REJECTED),
    ],
)
def test_replica_blocks(after: Any, written: Any, intent: Intent, verdict: Verdict) -> None:
    plan = table(load(), "replica", [], after, written)
    assert report(plan, intent).verdict is verdict


def test_a_replica_block_that_goes_is_refused() -> None:
    assert report(table(load(), "replica", [REPLICA], [], [])).verdict is Verdict.REJECTED


def test_ttl_comes_back_to_a_table_that_had_it() -> None:
    on, off = change(load(), TABLE)["after"]["ttl"], [{"enabled": False, "attribute_name": ""}]
    assert report(load(), known(ttl=on)).verdict is Verdict.READY
    assert report(load(), known(ttl=off)).verdict is Verdict.REJECTED
    without = known()
    bare = {k: v for k, v in without.outgoing[TABLE].items() if k != "ttl"}
    assert report(load(), Intent(tables=INTENT.tables, outgoing={TABLE: bare})).verdict is (
        Verdict.REJECTED
    )
    shown = report(load())
    assert shown.verdict is Verdict.READY
    assert any("TTL will be enabled" in note for note in shown.notes)
    assert not any("TTL will be enabled" in note for note in report(load(), known(ttl=on)).notes)
