"""The table of docs/baseline.md, cell by cell: what a baseline plan settles, and what never."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.verify.baselines import baseline_of, change_in, judged
from tests.verify.plans import (
    APP_POLICY,
    FUNCTION,
    INTENT,
    NEW,
    OLD,
    SECURITY_GROUP,
    TABLE,
    TASK,
    Document,
    add,
    change,
    entry,
    load,
    report,
    resources,
    rules,
    state,
)
from tests.verify.test_effects import REFERS, configured, loader, triggered, write_only
from tfswap.verify.model.allowance import Allowance
from tfswap.verify.model.report_data import LeafKind, Report, Verdict

Damage = Callable[[Document], None]
PARAMETER = "aws_ssm_parameter.x"


def parameter(
    before: Any, after: Any, plan: Document | None = None, unknown: bool = False, **block: Any
) -> Document:
    """Return a plan in which one more parameter changes its value."""
    plan = plan or load()
    sides = {"before": {"name": "/x", "value": before}, "after": {"name": "/x", "value": after}}
    marks: Document = {}
    if unknown:
        sides["after"].pop("value")
        marks = {"value": True}
    add(plan, PARAMETER, "aws_ssm_parameter", ["update"], after_unknown=marks, **sides)
    configured(plan, PARAMETER, **(block or {"expressions": {"value": REFERS}}))
    held = {"address": PARAMETER, "mode": "managed", "type": "aws_ssm_parameter", "name": "x"}
    held["values"] = copy.deepcopy(sides["before"])  # type: ignore[assignment]
    plan["prior_state"]["values"]["root_module"]["resources"].append(held)
    return plan


def settled(plan: Document, baseline: Document | None = None) -> Report:
    """Verify without a baseline, which must not pass, and with one."""
    assert report(plan).verdict in (Verdict.REJECTED, Verdict.CANNOT_TELL)
    return judged(plan, baseline or baseline_of(plan))


def kinds(found: Report, address: str) -> set[LeafKind]:
    return {leaf.kind for c in found.changes if c.address == address for leaf in c.leaves}


# What it settles


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("lpas-of-production", "lpas-of-production-20240715"),
        ("PRODUCTION_LPAS-throttles", "PRODUCTION_LPAS_20240715-throttles"),
        ("3a7bd3e2360a3d29eea436fcfb7e44c7", "1f3870be274f6c49b3e31a0c6728957f"),
        ("production%2DLpas", "production%2DLpas%2D20240715"),
        ("15", "24"),
    ],
)
def test_names_made_of_the_table_s_name(before: str, after: str) -> None:
    found = settled(parameter(before, after))
    assert found.verdict is Verdict.READY
    assert kinds(found, PARAMETER) == {LeafKind.CAUSED}
    assert any("1 values changed only by the swap" in note for note in found.notes)


def test_values_known_only_after_apply() -> None:
    assert settled(parameter("abc", None, unknown=True)).verdict is Verdict.READY
    # It named the outgoing table: then a reference has to lead to the table.
    assert settled(parameter(f"x {OLD}", None, unknown=True)).verdict is Verdict.READY
    plan = parameter(
        f"x {OLD}", None, unknown=True, expressions={"value": {"references": ["var.a"]}}
    )
    assert settled(plan).verdict is not Verdict.READY


def test_what_was_the_table_s_stream_as_a_whole_is_written_out_nowhere() -> None:
    stream = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{OLD}/stream/2024-01-02T03:04:05.678"
    own = {"expressions": {"value": {"references": ["local.table.stream_arn", "local.table"]}}}
    assert settled(parameter(stream, None, unknown=True, **own)).verdict is Verdict.READY
    part = settled(parameter(f"{stream} {OLD}", None, unknown=True, **own))
    assert part.verdict is Verdict.CANNOT_TELL


def test_replace_triggered_by() -> None:
    plan = triggered()
    assert settled(plan).verdict is Verdict.READY


def made_by_name(plan: Document, kind: str = "aws_sns_topic", **values: Any) -> Document:
    """Let an object whose key is the table's name go, and another come."""
    sides = ({"name": name.lower(), **values} for name in (OLD, NEW))
    add(plan, f'{kind}.x["{OLD}"]', kind, ["delete"], before=next(sides))
    add(plan, f'{kind}.x["{NEW}"]', kind, ["create"], after=next(sides))
    for one, key in zip(plan["resource_changes"][-2:], (OLD, NEW), strict=True):
        one.update(name="x", index=key)
    return plan


def test_objects_that_come_and_go_with_the_name() -> None:
    assert settled(made_by_name(load())).verdict is Verdict.READY


def test_outputs_that_follow() -> None:
    plan = load()
    plan["output_changes"]["x"] = {"actions": ["update"], "before": "4", "after": "7"}
    plan["configuration"]["root_module"].setdefault("outputs", {})["x"] = {"expression": {}}
    assert settled(plan).verdict is Verdict.READY


# What it never settles


def image(plan: Document) -> None:
    body = change(plan, TASK)
    body["after"]["container_definitions"] = body["after"]["container_definitions"].replace(
        "app:", "app-2:"
    )
    text = json.loads(body["after"]["container_definitions"])
    text[0]["image"] = "elsewhere/app:2"
    body["after"]["container_definitions"] = json.dumps(text)


def table_index(plan: Document) -> None:
    change(plan, TABLE)["after"]["range_key"] = "Other"


def protection_off(plan: Document) -> None:
    change(plan, TABLE)["after"]["deletion_protection_enabled"] = False


def policy_widened(plan: Document) -> None:
    body = change(plan, APP_POLICY)
    text = json.loads(body["after"]["policy"])
    text["Statement"][0]["Action"] = "*"
    body["after"]["policy"] = json.dumps(text)


def network(plan: Document) -> None:
    body = change(plan, SECURITY_GROUP)
    body.update(actions=["update"], after={**body["after"], "description": "open"})


def network_of_a_function(plan: Document) -> None:
    body = change(plan, FUNCTION)
    for side, groups in (("before", ["sg-1"]), ("after", ["sg-2"])):
        body[side]["vpc_config"] = [{"security_group_ids": groups}]


def bucket(plan: Document) -> None:
    made_by_name(plan, "aws_s3_bucket")


def role_policy_created(plan: Document) -> None:
    made_by_name(plan, "aws_iam_policy", policy='{"Version": "2012-10-17", "Statement": []}')


def updated(plan: Document, kind: str, name: str, before: Any, after: Any) -> None:
    sides = {"before": {"name": "x", name: before}, "after": {"name": "x", name: after}}
    add(plan, f"{kind}.x", kind, ["update"], **sides)


def protection_of_a_database_off(plan: Document) -> None:
    updated(plan, "aws_db_instance", "deletion_protection", True, False)


def protection_in_a_block_off(plan: Document) -> None:
    updated(plan, "aws_sns_topic", "settings", [{"kms_key": "k"}], [])


def backups_kept_shorter(plan: Document) -> None:
    rules = [[{"lifecycle": [{"delete_after": days}]}] for days in (30, 1)]
    updated(plan, "aws_backup_plan", "rule", *rules)


def logs_kept_shorter(plan: Document) -> None:
    updated(plan, "aws_cloudwatch_log_group", "retention_in_days", 30, 1)


def backup_selection_gone(plan: Document) -> None:
    made_by_name(plan, "aws_backup_selection")


def key_granted(plan: Document) -> None:
    made_by_name(plan, "aws_kms_grant")


def other_code(plan: Document) -> None:
    updated(plan, "aws_lambda_function", "s3_key", "a.zip", "b.zip")


def of_another_provider(plan: Document) -> None:
    made_by_name(plan, "acme_vault")


def forgotten(plan: Document) -> None:
    body = change(plan, SECURITY_GROUP)
    body.update(actions=["forget"], after=None)


def tainted(plan: Document) -> None:
    body = change(plan, FUNCTION)
    body.update(actions=["delete", "create"])
    entry(plan, FUNCTION)["action_reason"] = "replace_because_tainted"


def left_behind(plan: Document) -> None:
    parameter("x", f"still {OLD}", plan)


def a_name_lost_on_the_way(plan: Document) -> None:
    """Where the outgoing table was named, the restored one has to be, as often."""
    plan.clear()
    text = json.dumps({"a": OLD, "b": f"x/{OLD}"})
    plan.update(parameter(text, text.replace(OLD, NEW, 1).replace(OLD, f"{OLD}-20240714")))


def a_key_lost_on_the_way(plan: Document) -> None:
    plan.clear()
    plan.update(parameter(json.dumps({OLD: []}), json.dumps({f"{OLD}-20240714": []})))


def runs_a_program(plan: Document) -> None:
    plan.clear()
    plan.update(loader({"constant_value": "./load"}))


def hidden_write_only(plan: Document) -> None:
    plan.clear()
    plan.update(write_only())


@pytest.mark.parametrize(
    "damage",
    [
        image,
        table_index,
        protection_off,
        policy_widened,
        network,
        network_of_a_function,
        bucket,
        role_policy_created,
        protection_of_a_database_off,
        protection_in_a_block_off,
        backups_kept_shorter,
        logs_kept_shorter,
        backup_selection_gone,
        key_granted,
        other_code,
        of_another_provider,
        forgotten,
        tainted,
        left_behind,
        a_name_lost_on_the_way,
        a_key_lost_on_the_way,
        runs_a_program,
        hidden_write_only,
    ],
)
def test_what_it_never_settles(damage: Damage) -> None:
    plan = load()
    damage(plan)
    found = settled(plan)
    assert found.verdict in (Verdict.REJECTED, Verdict.CANNOT_TELL)
    assert "TFS014" not in rules(found)


@pytest.mark.parametrize(
    ("kind", "name", "before", "after"),
    [
        (
            "aws_apprunner_service",
            "source",
            [{"image_identifier": "a"}],
            [{"image_identifier": "b"}],
        ),
        ("aws_s3_bucket_acl", "acl", "private", "public-read"),
        ("aws_lambda_function_url", "authorization_type", "AWS_IAM", "NONE"),
        ("aws_cognito_user_pool", "mfa_configuration", "ON", "OFF"),
        ("aws_sqs_queue", "sqs_managed_sse_enabled", True, False),
        ("aws_batch_job_definition", "container_properties", "{}", '{"privileged": true}'),
        ("aws_cloudformation_stack", "template_body", '{"Resources": {"A": {}}}', "{}"),
        ("aws_glue_job", "default_arguments", {"t": OLD}, {"t": f"{NEW}\0"}),
        ("aws_glue_job", "default_arguments", {"t": OLD}, {"t": f"{NEW} "}),
        ("aws_glue_job", "default_arguments", {"t": OLD}, {"t": f"{NEW}\u200b"}),
        ("aws_glue_job", "default_arguments", {"t": OLD}, {"t": f"x/{NEW}"}),
    ],
)
def test_values_it_never_settles(kind: str, name: str, before: Any, after: Any) -> None:
    plan = load()
    updated(plan, kind, name, before, after)
    assert settled(plan).verdict in (Verdict.REJECTED, Verdict.CANNOT_TELL)


# What is pending


def test_what_is_pending_is_told_first_and_rejects() -> None:
    plan = parameter("1", "2")
    baseline = baseline_of(plan)
    change_in(baseline, PARAMETER, value="2")
    found = judged(plan, baseline)
    assert found.verdict is Verdict.REJECTED
    assert [one.rule for one in found.findings] == ["TFS013"]
    shown = found.findings[0]
    assert shown.message == "Pending on main without the swap: 1 change."
    assert shown.evidence == f'{PARAMETER}: update in place value; value: "1" -> "2"'
    assert "allow them" in shown.hint


def test_pending_and_allowed_passes() -> None:
    plan = parameter("1", "2")
    baseline = baseline_of(plan)
    change_in(baseline, PARAMETER, value="2")
    allowed = Allowance(PARAMETER, "value", "agreed in OPS-1", date(2026, 12, 31))
    intent = replace(INTENT, allowances=(allowed,), today=date(2026, 11, 23))
    assert judged(plan, baseline, intent).verdict is Verdict.READY


def test_a_pending_change_covers_no_other_value_of_the_same_argument() -> None:
    plan = parameter("1", "2 and more")
    baseline = baseline_of(plan)
    change_in(baseline, PARAMETER, value="2")
    assert judged(plan, baseline).verdict is Verdict.REJECTED
    baseline = baseline_of(plan)
    change_in(baseline, PARAMETER, name="/y")  # Another argument: value is caused by the swap.
    assert judged(plan, baseline).verdict is Verdict.READY


# What must be equal


def other_variable(plan: Document) -> None:
    plan["variables"]["container_version"]["value"] = "v2"


def one_more_name(plan: Document) -> None:
    plan["variables"]["default_role"]["value"] = "Lpas"


def other_configuration(plan: Document) -> None:
    plan["configuration"]["root_module"]["resources"][0]["schema_version"] = 77


def other_terraform(plan: Document) -> None:
    plan["terraform_version"] = "1.9.0"


def another_day(plan: Document) -> None:
    plan["timestamp"] = "2024-07-13T21:30:00Z"


def not_before(plan: Document) -> None:
    state(plan, TABLE)["name"] = NEW


def partial(plan: Document) -> None:
    plan["complete"] = False


def broken(plan: Document) -> None:
    plan["errored"] = True


@pytest.mark.parametrize(
    "damage",
    [
        other_variable,
        one_more_name,
        other_configuration,
        other_terraform,
        another_day,
        not_before,
        partial,
        broken,
    ],
)
def test_a_plan_of_something_else_settles_nothing(damage: Damage) -> None:
    plan = parameter("15", "24")
    baseline = baseline_of(plan)
    if damage is one_more_name:
        plan["variables"]["default_role"]["value"] = "Lpas-20240715"
    damage(baseline)
    found = judged(plan, baseline)
    assert found.verdict is Verdict.REJECTED
    assert {"TFS014", "TFS401"} <= rules(found)


def test_the_same_object_in_both_plans_or_no_cover() -> None:
    plan = parameter("15", "24")
    baseline = baseline_of(plan)
    body = entry(baseline, PARAMETER)["change"]
    for side in ("before", "after"):
        body[side]["name"] = "/other"
    assert judged(plan, baseline).verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("reference", "verdict"),
    [
        ("aws_cloudtrail.dynamodb[0].arn", Verdict.READY),
        ("aws_cloudtrail.dynamodb[0].name", Verdict.REJECTED),
        ("aws_cloudtrail.dynamodb[0]", Verdict.REJECTED),
        ("local.anything", Verdict.REJECTED),
    ],
)
def test_what_refers_to_something_that_moved_has_no_cover(reference: str, verdict: Verdict) -> None:
    plan = parameter("15", "24", expressions={"value": {"references": [reference]}})
    baseline = baseline_of(plan)
    held = next(r for r in resources(baseline) if r["address"] == "aws_cloudtrail.dynamodb[0]")
    held["values"]["name"] = "moved"
    found = judged(plan, baseline)
    assert found.verdict is verdict
    assert (verdict is Verdict.READY) != any("does not cover" in note for note in found.notes)


def test_data_sources_that_follow_the_name_have_not_moved() -> None:
    plan = parameter("15", "24", expressions={"value": {"references": ["data.aws_x.y.text"]}})
    seen = {"address": "data.aws_x.y", "mode": "data", "type": "aws_x", "name": "y"}
    seen["values"] = {"text": f"for {NEW}", "id": "123"}  # type: ignore[assignment]
    plan["prior_state"]["values"]["root_module"]["resources"].append(seen)
    configured(plan, "data.aws_x.y")
    baseline = baseline_of(plan)
    other = next(r for r in resources(baseline) if r["address"] == "data.aws_x.y")
    other["values"] = {"text": f"for {OLD}", "id": "456"}
    assert judged(plan, baseline).verdict is Verdict.READY
    other["values"] = {"text": "something newer", "id": "456"}
    assert judged(plan, baseline).verdict is Verdict.REJECTED


def test_the_good_plan_is_as_good_with_its_baseline() -> None:
    found = judged(load(), baseline_of(load()))
    assert found.verdict is Verdict.READY
    assert LeafKind.CAUSED not in {leaf.kind for c in found.changes for leaf in c.leaves}
