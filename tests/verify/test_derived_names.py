"""Names made of a table's name follow it; names that only look like it do not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.verify.plans import (
    NEW,
    OLD,
    OTHER_TABLE,
    TABLE,
    Document,
    add,
    change,
    load,
    report,
    rules,
)
from tfswap.verify.model.report_data import Verdict

NAME = [f"{TABLE}.name", TABLE]


def consumer(
    kind: str,
    name: str,
    before: Any,
    after: Any,
    references: list[str] | None = None,
    *,
    replaced: bool = True,
) -> Document:
    plan = load()
    verbs = ["delete", "create"] if replaced else ["update"]
    address = f"{kind}.made"
    added = add(plan, address, kind, verbs, before={name: before}, after={name: after})
    added["change"]["replace_paths"] = [[name]] if replaced else []
    block = {"address": address, "mode": "managed", "type": kind, "name": "made"}
    expressions = {name: {"references": NAME if references is None else references}}
    plan["configuration"]["root_module"]["resources"].append({**block, "expressions": expressions})
    return plan


MADE: list[tuple[str, str, str]] = [
    ("aws_cloudwatch_metric_alarm", "alarm_name", "{}-throttles"),
    ("aws_cloudwatch_metric_alarm", "alarm_name", "throttles_{}Read"),
    ("aws_cloudwatch_dashboard", "dashboard_name", "{}-board"),
    ("aws_ssm_parameter", "name", "/tables/{}-arn"),
    ("aws_iam_role", "name", "{}-autoscaling"),
    ("aws_iam_policy", "name", "read-{}-only"),
    ("aws_appautoscaling_policy", "name", "DynamoDBReadCapacityUtilization:table/{}-read"),
]


@pytest.mark.parametrize(("kind", "name", "form"), MADE)
def test_a_name_made_of_the_tables_name(kind: str, name: str, form: str) -> None:
    before, after = form.format(OLD), form.format(NEW)
    assert report(consumer(kind, name, before, after)).verdict is Verdict.READY
    # Not without the reference, nor with anything more, nor towards another name.
    assert report(consumer(kind, name, before, after, [])).verdict is not Verdict.READY
    assert report(consumer(kind, name, before, f"{after}2")).verdict is not Verdict.READY
    assert report(consumer(kind, name, before, form.format(f"{OLD}-x"))).verdict is Verdict.REJECTED
    other = [f"{OTHER_TABLE}.name", OTHER_TABLE]
    assert report(consumer(kind, name, before, after, other)).verdict is not Verdict.READY


def test_names_in_another_alphabet() -> None:
    kind, name = "aws_glue_crawler", "description"
    for form in (str.lower, lambda text: text.replace("-", "_")):
        plan = consumer(kind, name, f"of {form(OLD)}s", f"of {form(NEW)}s", replaced=False)
        assert report(plan).verdict is Verdict.READY


def test_a_log_group_named_after_the_table_holds_its_logs() -> None:
    plan = consumer("aws_cloudwatch_log_group", "name", f"/x/{OLD}-app", f"/x/{NEW}-app")
    assert "TFS102" in rules(report(plan))


def test_a_name_of_a_thing_that_was_named_after_the_table() -> None:
    kind = "aws_cloudwatch_metric_alarm"
    plan = consumer(kind, "alarm_name", f"{OLD}-throttles", f"{NEW}-throttles")
    composite = "aws_cloudwatch_composite_alarm"
    sides = {
        "before": {"alarm_rule": f"ALARM({OLD}-throttles)"},
        "after": {"alarm_rule": f"ALARM({NEW}-throttles)"},
    }
    add(plan, f"{composite}.c", composite, ["update"], **sides)
    block = {"address": f"{composite}.c", "mode": "managed", "type": composite, "name": "c"}
    block["expressions"] = {"alarm_rule": {"references": [f"{kind}.made.alarm_name"]}}  # type: ignore[assignment]
    plan["configuration"]["root_module"]["resources"].append(block)
    assert report(plan).verdict is Verdict.READY
    block["expressions"] = {"alarm_rule": {"references": [f"{kind}.made.description"]}}  # type: ignore[assignment]
    assert report(plan).verdict is Verdict.REJECTED


def test_a_policy_about_things_named_after_the_table() -> None:
    def policy(name: str, action: str = "logs:PutLogEvents") -> str:
        resource = f"arn:aws:logs:eu-west-1:123456789012:log-group:/x/{name}-app:*"
        statement = {"Effect": "Allow", "Action": action, "Resource": resource}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    kind = "aws_iam_role_policy"
    plan = consumer(kind, "policy", policy(OLD), policy(NEW), replaced=False)
    assert report(plan).verdict is Verdict.READY
    wider = consumer(kind, "policy", policy(OLD), policy(NEW, "logs:*"), replaced=False)
    assert report(wider).verdict is Verdict.REJECTED


def test_the_name_of_another_table_is_not_made_of_this_ones() -> None:
    """The plan would point at a table that nobody has."""
    plan = consumer(
        "aws_lambda_function", "description", f"{OLD}-archive", f"{NEW}-archive", replaced=False
    )
    assert report(plan).verdict is Verdict.READY
    for side in ("before", "after"):
        change(plan, OTHER_TABLE)[side]["name"] = f"{OLD}-archive"
    assert report(plan).verdict is not Verdict.READY
