"""Nothing a plan marks sensitive reaches a report, in any format, whatever goes wrong."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from tests.verify.good_plans import good_plans
from tests.verify.plans import (
    APP_POLICY,
    DOCUMENT,
    FUNCTION,
    INTENT,
    NEW,
    OLD,
    OTHER_TABLE,
    PIPELINE_POLICY,
    SECURITY_GROUP,
    SERVICE,
    TABLE,
    TASK,
    Document,
    change,
    load,
    noop,
    report,
    rules,
)
from tests.verify.test_policy_documents import split
from tfswap.report import Format, render
from tfswap.verify.model.report_data import Report

SENTINEL = "s3ntinel"
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/"


def shown(found: Report) -> str:
    texts = [render(found, format, width=10_000) for format in Format]
    return "\n".join([*texts, render(found, Format.TEXT, width=40, colour=True), repr(found)])


def hide(plan: Document, address: str, name: str, before: Any, after: Any) -> None:
    body = change(plan, address)
    for side, value in (("before", before), ("after", after)):
        if isinstance(body[side], dict):
            body[side] = {**body[side], name: value}
        marks = body.get(f"{side}_sensitive")
        body[f"{side}_sensitive"] = {**(marks if isinstance(marks, dict) else {}), name: True}


POLICY = json.dumps({"Statement": [{"Sid": SENTINEL, "Resource": OLD}]})
HIDDEN: list[tuple[str, str, Any, Any]] = [
    (FUNCTION, "description", f"{SENTINEL} 1", f"{SENTINEL} 2"),
    (FUNCTION, "environment", [{"variables": {SENTINEL: OLD}}], [{"variables": {SENTINEL: "x"}}]),
    (FUNCTION, "environment", [{"variables": {SENTINEL: OLD}}], [{"variables": {SENTINEL: OLD}}]),
    (FUNCTION, "image_uri", f"a:{SENTINEL}1", f"a:{SENTINEL}2"),
    (FUNCTION, "layers", [SENTINEL], [SENTINEL, f"{SENTINEL}x"]),
    (TASK, "container_definitions", f'[{{"image":"{SENTINEL}"}}]', '[{"image":"x"}]'),
    (APP_POLICY, "policy", POLICY, "{}"),
    (PIPELINE_POLICY, "policy", POLICY, None),
    (TABLE, "name", SENTINEL, f"{SENTINEL}x"),
    (TABLE, "tags_all", {SENTINEL: "1"}, {SENTINEL: SENTINEL}),
    (TABLE, "attribute", [{"name": SENTINEL}], []),
    (OTHER_TABLE, "name", SENTINEL, SENTINEL),
    (SERVICE, "task_definition", SENTINEL, None),
    (SECURITY_GROUP, "name", f"{SENTINEL} {OLD}", f"{SENTINEL} {OLD}"),
]


@pytest.mark.parametrize(("address", "name", "before", "after"), HIDDEN)
def test_no_sentinel_in_any_report(address: str, name: str, before: Any, after: Any) -> None:
    plan = load()
    hide(plan, address, name, before, after)
    assert SENTINEL not in shown(report(plan))


NESTED: list[tuple[Any, Any, Any]] = [
    ([{"variables": {"A": SENTINEL}}], None, False),
    ([{"variables": {"A": SENTINEL}}], "x", False),
    ([{"variables": {"A": SENTINEL}}], [], False),
    ([], [{"variables": {"A": SENTINEL}}], False),
    ([{"variables": {"A": SENTINEL}}], None, True),
    ([{"variables": {"A": SENTINEL}}], [{"variables": {}}], [{"variables": {"A": True}}]),
]


@pytest.mark.parametrize(("before", "after", "unknown"), NESTED)
def test_no_sentinel_from_a_part_that_is_hidden(before: Any, after: Any, unknown: Any) -> None:
    plan = load()
    body = change(plan, FUNCTION)
    body["before"]["environment"], body["after"]["environment"] = before, after
    for side in ("before_sensitive", "after_sensitive"):
        body[side]["environment"] = [{"variables": {"A": True}}]
    body["after_unknown"]["environment"] = unknown
    assert SENTINEL not in shown(report(plan))


def test_a_pattern_in_a_hidden_value_is_not_told() -> None:
    plan = load()
    noop(plan, SECURITY_GROUP, description=f"table/production-*Lpas* table/*?Lpas{SENTINEL}*")
    noop(plan, SECURITY_GROUP, name="table/prod*-Lpas")
    for side in ("before_sensitive", "after_sensitive"):
        change(plan, SECURITY_GROUP)[side] = {"description": True, "name": True}
    text = shown(report(plan))
    assert SENTINEL not in text
    assert "prod*" not in text


@pytest.mark.parametrize("verbs", [["delete"], ["delete", "create"], ["create"], ["evolve"]])
def test_no_sentinel_whatever_the_action(verbs: list[str]) -> None:
    plan = load()
    for address in (TABLE, OTHER_TABLE, FUNCTION, TASK):
        hide(plan, address, "name", SENTINEL, f"{SENTINEL}x")
        change(plan, address)["actions"] = verbs
    assert SENTINEL not in shown(report(plan))


def test_a_whole_resource_may_be_hidden() -> None:
    plan = load()
    body = change(plan, FUNCTION)
    body["after"]["description"] = SENTINEL
    body.update(before_sensitive=True, after_sensitive=True)
    assert SENTINEL not in shown(report(plan))


def test_sensitive_outputs_and_documents() -> None:
    plan = load()
    plan["output_changes"]["secret"] = {
        "actions": ["update"],
        "before": {SENTINEL: f"{SENTINEL} {OLD}"},
        "after": {SENTINEL: f"{SENTINEL} {OLD} x"},
        "after_unknown": False,
        "before_sensitive": True,
        "after_sensitive": True,
    }
    hide(plan, DOCUMENT, "statement", None, [{"sid": SENTINEL, "actions": [SENTINEL]}])
    assert SENTINEL not in shown(report(plan))


def test_sensitive_names_that_still_hold_the_old_table_are_found_all_the_same() -> None:
    plan = load()
    noop(plan, SECURITY_GROUP, description=f"{SENTINEL} {OLD}")
    for side in ("before_sensitive", "after_sensitive"):
        change(plan, SECURITY_GROUP)[side] = {"description": True}
    found = report(plan)
    assert "TFS301" in {finding.rule for finding in found.findings}
    assert SENTINEL not in shown(found)


@pytest.mark.parametrize("name", ["id", "arn", "stream_view_type"])
def test_what_tells_which_table_it_is_may_be_hidden(name: str) -> None:
    plan = load()
    value = f"{ARN}{SENTINEL}" if name == "arn" else SENTINEL
    hide(plan, TABLE, name, value, value)
    change(plan, TABLE)["after"]["stream_enabled"] = True
    assert SENTINEL not in shown(report(plan))


def test_the_account_of_a_hidden_arn_is_not_told() -> None:
    plan = load()
    hide(plan, TABLE, "arn", f"{ARN}{NEW}", f"{ARN}{NEW}")
    (good,) = [good for good in good_plans() if good.name == "good"]
    found = report(plan, dataclasses.replace(good.intent, account="210987654321"))
    assert "TFS205" in rules(found)
    assert "account of the swap is 210987654321, the plan's is another" in shown(found)


def test_keys_of_hidden_tags_are_not_told() -> None:
    plan = load()
    hide(plan, TABLE, "tags_all", {}, {"a": "b"})
    outgoing = {TABLE: {"tags_all": {SENTINEL: "1"}}}
    found = report(plan, dataclasses.replace(INTENT, outgoing=outgoing))
    assert "TFS208" in rules(found)
    assert SENTINEL not in shown(found)


def test_an_input_nobody_declares_may_be_sensitive() -> None:
    plan = load()
    plan["variables"]["environments"]["value"]["production"]["dynamodb"] = {
        "lpas_table_name": SENTINEL
    }
    del plan["configuration"]
    (good,) = [good for good in good_plans() if good.name == "good"]
    found = report(plan, good.intent)
    assert "TFS206" in rules(found)
    assert SENTINEL not in shown(found)


@pytest.mark.parametrize("mark", [{"x": True}, [True]])
def test_a_mark_of_another_shape_than_its_value_hides_it(mark: Any) -> None:
    plan = load()
    body = change(plan, FUNCTION)
    body["after"]["description"] = SENTINEL
    body["after_sensitive"] = {"description": mark}
    assert SENTINEL not in shown(report(plan))


def test_an_output_that_was_hidden_is_no_evidence() -> None:
    plan = load()
    output = plan["output_changes"]["workspace_name"]
    output.update(before=SENTINEL, after=SENTINEL, before_sensitive=True)
    found = report(plan, dataclasses.replace(INTENT, workspace="production"))
    assert SENTINEL not in shown(found)


@pytest.mark.parametrize("damage", ["wider", "twice"])
def test_a_document_that_merges_a_hidden_one_is_hidden_too(damage: str) -> None:
    names = ["one", "two"]
    sids = [SENTINEL, SENTINEL] if damage == "twice" else None
    plan = split(names, "override_policy_documents", sids)
    for name in names:
        body = change(plan, f"data.aws_iam_policy_document.{name}")
        body["after_sensitive"] = {"statement": True}
    body["after"]["statement"][0]["actions"].append(SENTINEL)
    assert SENTINEL not in shown(report(plan))
