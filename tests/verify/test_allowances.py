"""Allowances: what they cover, what they never cover, and that nobody forgets about them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.verify.plans import (
    APP_POLICY,
    BACKUP,
    FUNCTION,
    INTENT,
    NEW,
    OLD,
    OTHER_TABLE,
    SECURITY_GROUP,
    TABLE,
    TASK,
    Document,
    change,
    entry,
    finding,
    load,
    report,
    rules,
)
from tests.verify.test_effects import triggered
from tfswap.names import Rename
from tfswap.swap import Consumer
from tfswap.verify.model.allowance import Allowance, objection
from tfswap.verify.model.allowances import Allowances
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import LeafKind, Report, Verdict

TODAY = date(2026, 11, 23)


def allowing(*pairs: tuple[str, str], expires: date = date(2026, 12, 31)) -> Intent:
    listed = tuple(Allowance(address, path, "agreed in OPS-1", expires) for address, path in pairs)
    return Intent(tables=INTENT.tables, allowances=listed, today=TODAY)


def memory() -> Document:
    plan = load()
    change(plan, FUNCTION)["after"]["memory_size"] = 2048
    return plan


def shown(found: Report, text: str) -> bool:
    return any(text in note for note in found.notes)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (FUNCTION, "memory_size"),
        ("*.aws_lambda_function.*", "memory_size"),
        ("module.eu_west_?[0].*.lambda_function", "mem*"),
    ],
)
def test_an_allowed_change_is_explained(address: str, path: str) -> None:
    assert report(memory()).verdict is Verdict.REJECTED
    found = report(memory(), allowing((address, path)))
    assert found.verdict is Verdict.READY
    leaf = next(
        leaf
        for c in found.changes
        if c.address == FUNCTION
        for leaf in c.leaves
        if leaf.path == "memory_size"
    )
    assert leaf.kind is LeafKind.ALLOWED
    assert leaf.reason == "allowed until 2026-12-31: agreed in OPS-1"
    assert shown(found, "Allowed until 2026-12-31")


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (FUNCTION, "memory"),
        (FUNCTION, "timeout"),
        (FUNCTION.replace("[0]", ""), "memory_size"),
        ("aws_lambda_function.lambda_function", "memory_size"),
        ("*.aws_lambda_function", "memory_size"),
        (FUNCTION, "memory_size.x"),
    ],
)
def test_another_address_or_attribute_allows_nothing(address: str, path: str) -> None:
    found = report(memory(), allowing((address, path)))
    assert found.verdict is Verdict.REJECTED
    assert shown(found, "matches nothing in this plan")


def test_the_last_day_counts_and_the_next_does_not() -> None:
    last = report(memory(), allowing((FUNCTION, "memory_size"), expires=TODAY))
    assert last.verdict is Verdict.READY
    over = report(memory(), allowing((FUNCTION, "memory_size"), expires=date(2026, 11, 22)))
    assert over.verdict is Verdict.REJECTED
    assert "expired on 2026-11-22" in finding(over, "TFS401").message
    assert shown(over, "expired on 2026-11-22 and is ignored")


def test_today_is_the_real_one_where_none_is_given() -> None:
    past = Allowance(FUNCTION, "memory_size", "x", date(2020, 1, 1))
    assert Allowances([past]).expired == (past,)
    future = Allowance(FUNCTION, "memory_size", "x", date(2999, 1, 1))
    assert Allowances([future]).valid == (future,)


def test_what_is_beneath_the_path_is_covered() -> None:
    plan = load()
    change(plan, FUNCTION)["after"]["environment"][0]["variables"]["SEARCH_ENDPOINT"] = "other"
    assert report(plan, allowing((FUNCTION, "environment"))).verdict is Verdict.READY
    assert report(plan, allowing((FUNCTION, "environment[0].variables"))).verdict is Verdict.READY
    assert report(plan, allowing((FUNCTION, "environment[0].var"))).verdict is Verdict.REJECTED


def test_an_image_may_be_allowed_by_name() -> None:
    path = [("*aws_ecs_task_definition.app", "container_definitions[0].image")]
    path += [("*.lambda_function", "image_uri"), ("aws_ssm_parameter.*", "value")]
    path += [("output.container_version", "value"), ("aws_ssm_parameter.*", "insecure_value")]
    found = report("ride-image", allowing(*path))
    assert found.verdict is Verdict.READY


EVERYTHING = [(address, f"*{letter}*") for address in ("*a*", "output.*") for letter in "aeion"]
"""As wide as allowances can be written."""


def test_they_are_wide_indeed() -> None:
    plan = memory()
    change(plan, FUNCTION)["after"]["timeout"] = 5
    assert report(plan, allowing(*EVERYTHING)).verdict is Verdict.READY


def policy(plan: Document) -> None:
    body = change(plan, APP_POLICY)
    text = json.loads(body["after"]["policy"])
    text["Statement"].pop()
    body["after"]["policy"] = json.dumps(text)


def other_name(plan: Document) -> None:
    variables = change(plan, FUNCTION)["after"]["environment"][0]["variables"]
    variables["LPAS_TABLE"] = "production-Other"


def hidden_name(plan: Document) -> None:
    other_name(plan)
    body = change(plan, FUNCTION)
    body["before_sensitive"] = body["after_sensitive"] = {"environment": True}


def backup_empty(plan: Document) -> None:
    change(plan, BACKUP)["after"]["resources"] = []


def unprotected(plan: Document) -> None:
    entry(plan, SECURITY_GROUP)["type"] = "aws_db_instance"
    body = change(plan, SECURITY_GROUP)
    body["actions"] = ["update"]
    body["before"] = {**body["before"], "deletion_protection": True}
    body["after"] = {**body["after"], "deletion_protection": False}


def unprotected_in_a_block(plan: Document) -> None:
    body = change(plan, SECURITY_GROUP)
    body["actions"] = ["update"]
    body["before"] = {**body["before"], "settings": [{"deletion_protection": True}]}
    body["after"] = {**body["after"], "settings": []}


def bucket_replaced(plan: Document) -> None:
    entry(plan, SECURITY_GROUP)["type"] = "aws_s3_bucket"
    body = change(plan, SECURITY_GROUP)
    body.update(actions=["delete", "create"], replace_paths=[["name"]])
    body["after"] = {**body["after"], "name": "other"}


def other_table(plan: Document) -> None:
    body = change(plan, OTHER_TABLE)
    body.update(actions=["update"], after={**body["after"], "billing_mode": "PROVISIONED"})


def service_gone(plan: Document) -> None:
    change(plan, SECURITY_GROUP).update(actions=["delete"], after=None)


@pytest.mark.parametrize(
    ("rule", "damage"),
    [
        ("TFS104", lambda p: change(p, TABLE)["after"].update(range_key="Other")),
        ("TFS208", lambda p: change(p, TABLE)["after"].update(deletion_protection_enabled=False)),
        ("TFS209", other_table),
        ("TFS307", policy),
        ("TFS401", other_name),
        ("TFS401", hidden_name),
        ("TFS401", backup_empty),
        ("TFS401", unprotected),
        ("TFS401", unprotected_in_a_block),
        ("TFS102", bucket_replaced),
        ("TFS404", service_gone),
    ],
)
def test_no_allowance_covers_what_keeps_data_safe(rule: str, damage: Any) -> None:
    plan = load()
    damage(plan)
    found = report(plan, allowing(*EVERYTHING))
    assert rule in rules(found)
    assert found.verdict in (Verdict.REJECTED, Verdict.CANNOT_TELL)


def test_why_an_allowance_does_not_count_is_said() -> None:
    plan = load()
    other_name(plan)
    found = report(plan, allowing((FUNCTION, "environment")))
    assert "names a table of the swap" in finding(found, "TFS401").message


def test_an_allowance_that_is_not_needed_is_noted_and_harmless() -> None:
    found = report(load(), allowing((TASK, "cpu")))
    assert found.verdict is Verdict.READY
    assert shown(found, "matches nothing in this plan")


@pytest.mark.parametrize(
    ("address", "path", "why"),
    [
        ("", "a", "address is empty"),
        ("*", "a", "address matches everything"),
        ("*.*", "a", "address matches everything"),
        ("a.b", " ", "attribute is empty"),
        ("a.b", "*", "attribute matches everything"),
    ],
)
def test_too_wide_an_allowance_is_refused(address: str, path: str, why: str) -> None:
    one = Allowance(address, path, "x", date(2999, 1, 1))
    assert why in objection(one)
    found = report(memory(), Intent(tables=INTENT.tables, allowances=(one,), today=TODAY))
    assert found.verdict is Verdict.REJECTED
    assert shown(found, why)


def test_a_good_one_has_no_objection() -> None:
    assert not objection(Allowance("aws_*.x", "tags", "because", TODAY))
    assert objection(Allowance("aws_*.x", "tags", " ", TODAY)) == "reason is empty"


def test_allowances_reach_the_verifier_from_bare_names_too() -> None:
    one = Allowance(FUNCTION, "memory_size", "x", date(2999, 1, 1))
    bare = Intent.from_renames([Rename(OLD, NEW)], allowances=[one], today=TODAY)
    assert report(memory(), bare).verdict is Verdict.READY


def unknown_value(plan: Document) -> None:
    body = change(plan, FUNCTION)
    body["after"].pop("memory_size")
    body["after_unknown"]["memory_size"] = True


def test_an_unknown_value_may_be_allowed_unless_it_named_the_outgoing_table() -> None:
    plan = load()
    unknown_value(plan)
    assert report(plan).verdict is Verdict.CANNOT_TELL
    assert report(plan, allowing((FUNCTION, "memory_size"))).verdict is Verdict.READY
    variables = change(plan, FUNCTION)["after"]["environment"][0]["variables"]
    name = next(key for key, value in variables.items() if value == NEW)
    variables.pop(name)
    marks = change(plan, FUNCTION)["after_unknown"]
    marks["environment"] = [{"variables": {name: True}}]
    assert report(plan, allowing(*EVERYTHING)).verdict is not Verdict.READY


def test_replace_triggered_by_is_allowed_in_words_or_explained_by_the_repository() -> None:
    assert report(triggered()).verdict is Verdict.CANNOT_TELL
    assert report(triggered(), allowing(*EVERYTHING)).verdict is Verdict.CANNOT_TELL
    allowed = allowing(("terraform_data.after", "replace_triggered_by"))
    assert report(triggered(), allowed).verdict is Verdict.READY
    consumer = Consumer("terraform_data.after", "resource", TABLE, "main.tf", 3)
    table = replace(INTENT.tables[0], address=TABLE, consumers=(consumer,))
    assert report(triggered(), replace(INTENT, tables=(table,))).verdict is Verdict.READY


def test_it_does_not_cover_what_holds_data() -> None:
    plan = triggered()
    entry(plan, "terraform_data.after").update(type="aws_s3_bucket", address="aws_s3_bucket.after")
    allowed = allowing(("aws_s3_bucket.after", "replace_triggered_by"))
    assert report(plan, allowed).verdict is Verdict.REJECTED


def test_a_type_stands_for_all_its_resources() -> None:
    assert report(memory(), allowing(("aws_lambda_function", "memory_size"))).verdict is (
        Verdict.READY
    )
    assert report(memory(), allowing(("aws_lambda", "memory_size"))).verdict is Verdict.REJECTED


def output(after: Any) -> Document:
    plan = load()
    plan["output_changes"]["x"] = {"actions": ["create"], "before": None, "after": after}
    plan["configuration"]["root_module"].setdefault("outputs", {})["x"] = {"expression": {}}
    return plan


def test_an_output_that_comes_may_be_allowed_unless_it_names_the_outgoing_table() -> None:
    allowed = allowing(("output.x", "value"))
    assert report(output("1")).verdict is Verdict.REJECTED
    assert report(output("1"), allowed).verdict is Verdict.READY
    assert report(output(OLD), allowed).verdict is Verdict.REJECTED


def test_what_only_allowances_cover_after_an_apply_is_applied() -> None:
    plan = {**load("applied"), "applyable": True}
    group = change(plan, SECURITY_GROUP)
    group.update(actions=["update"], after={**group["after"], "description": "new"})
    assert report(plan).verdict is Verdict.REJECTED
    found = report(plan, allowing((SECURITY_GROUP, "description")))
    assert found.verdict is Verdict.APPLIED
    assert shown(found, f"are allowed in tfswap.toml and not part of the swap: {SECURITY_GROUP}")
    assert "allowed in tfswap.toml" in found.summary
    # The swap itself is ahead: an allowance beside it makes nothing applied.
    assert report(memory(), allowing((FUNCTION, "memory_size"))).verdict is Verdict.READY
