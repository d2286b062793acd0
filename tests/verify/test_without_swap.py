"""Plans that are no swap: what they take away, and what they only keep for a shorter time."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from tests.verify.plans import OTHER_TABLE, Document, add, change, load
from tfswap.plan.document import read_plan
from tfswap.verify.model.allowance import Allowance
from tfswap.verify.model.report_data import Report, Severity, Verdict
from tfswap.verify.model.stateful_types import holds_data, lost
from tfswap.verify.without_swap import judge_without_swap

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/production-Sessions"
INDEX = {"name": "ByDay", "hash_key": "PK"}


def quiet() -> Document:
    """A plan that changes nothing."""
    plan = load()
    for entry in plan["resource_changes"]:
        body = entry["change"]
        if entry["mode"] == "managed":
            body.update(actions=["no-op"], after=body["before"], after_unknown={}, replace_paths=[])
            entry.pop("action_reason", None)
    for output in plan.get("output_changes", {}).values():
        output.update(actions=["no-op"], after=output["before"], after_unknown=False)
    return plan


def guard(plan: Document, *allowances: Allowance) -> Report:
    return judge_without_swap(read_plan(json.dumps(plan).encode()), allowances)


def update(plan: Document, before: Document, after: Document) -> None:
    body = change(plan, OTHER_TABLE)
    body["actions"] = ["update"]
    base = body["before"]
    body["before"], body["after"] = {**base, **before}, {**base, **after}
    for resource in plan["prior_state"]["values"]["root_module"]["resources"]:
        if resource["address"] == OTHER_TABLE:
            resource["values"] = body["before"]


TABLES: dict[str, tuple[Document, Document]] = {
    "replica": ({"replica": [{"region_name": "eu-west-2"}]}, {"replica": []}),
    "index": ({"global_secondary_index": [INDEX]}, {"global_secondary_index": []}),
    "protection": ({"deletion_protection_enabled": True}, {"deletion_protection_enabled": False}),
    "recovery": (
        {"point_in_time_recovery": [{"enabled": True}]},
        {"point_in_time_recovery": [{"enabled": False}]},
    ),
    "ttl": (
        {"ttl": [{"enabled": False, "attribute_name": ""}]},
        {"ttl": [{"enabled": True, "attribute_name": "t"}]},
    ),
}


def test_a_plan_that_changes_nothing_passes() -> None:
    assert guard(quiet()).verdict is Verdict.PASSED


@pytest.mark.parametrize("case", TABLES)
def test_a_table_that_loses_something_in_place_is_refused(case: str) -> None:
    plan = quiet()
    update(plan, *TABLES[case])
    found = guard(plan)
    assert found.verdict is Verdict.REJECTED
    assert [(one.rule, one.address) for one in found.findings] == [("TFS108", OTHER_TABLE)]
    back = quiet()
    update(back, *reversed(TABLES[case]))
    assert guard(back).verdict is Verdict.PASSED


def test_ttl_that_comes_on_with_recovery_is_told() -> None:
    """So it does for a table just restored whose swap is not at hand."""
    plan = quiet()
    ttl, recovery = TABLES["ttl"], TABLES["recovery"]
    update(plan, ttl[0] | recovery[1], ttl[1] | recovery[0])
    assert [(one.rule, one.severity) for one in guard(plan).findings] == [
        ("TFS108", Severity.WARNING)
    ]


def rule(days: int) -> Document:
    return {"rule": [{"rule_name": "daily", "lifecycle": [{"delete_after": days}]}]}


BACKUPS: dict[str, tuple[str, Any, Any]] = {
    "retention": ("aws_backup_plan", rule(90), rule(7)),
    "retention without an end": ("aws_backup_plan", rule(0), rule(7)),
    "rule": ("aws_backup_plan", rule(90), {"rule": []}),
    "plan": ("aws_backup_plan", rule(90), None),
    "lock": (
        "aws_backup_vault_lock_configuration",
        {"min_retention_days": 30},
        {"min_retention_days": 1},
    ),
    "lock removed": ("aws_backup_vault_lock_configuration", {"min_retention_days": 30}, None),
    "selection": ("aws_backup_selection", {"resources": [ARN]}, {"resources": []}),
    "selection but": ("aws_backup_selection", {"not_resources": []}, {"not_resources": [ARN]}),
    "every table": ("aws_backup_selection", {"resources": ["*"]}, {"resources": ["arn:x"]}),
    "by tag": (
        "aws_backup_selection",
        {"selection_tag": [{"type": "STRINGEQUALS", "key": "a", "value": "b"}]},
        {"selection_tag": []},
    ),
    "selection deleted": ("aws_backup_selection", {"resources": [ARN]}, None),
}


@pytest.mark.parametrize("case", BACKUPS)
def test_backups_that_are_kept_less_are_refused(case: str) -> None:
    kind, before, after = BACKUPS[case]
    for one, other, refused in ((before, after, True), (after, before, False)):
        verbs = ["create"] if one is None else ["delete"] if other is None else ["update"]
        plan = quiet()
        add(plan, f"{kind}.x", kind, verbs, before=one, after=other)
        found = guard(plan)
        assert (found.verdict is Verdict.REJECTED) is refused
        assert ("TFS108" in {each.rule for each in found.findings}) is refused


ELSEWHERE: dict[str, tuple[str, Document, Document]] = {
    "logs": ("aws_cloudwatch_log_group", {"retention_in_days": 0}, {"retention_in_days": 1}),
    "database": ("aws_db_instance", {"deletion_protection": True}, {"deletion_protection": False}),
    "bucket": ("aws_s3_bucket", {"force_destroy": False}, {"force_destroy": True}),
    "lifecycle": ("aws_s3_bucket_lifecycle_configuration", {"rule": []}, {"rule": [{"id": "x"}]}),
    "versioning": (
        "aws_s3_bucket_versioning",
        {"versioning_configuration": [{"status": "Enabled"}]},
        {"versioning_configuration": [{"status": "Suspended"}]},
    ),
    "stack": ("aws_cloudformation_stack", {"template_body": "a"}, {"template_body": "b"}),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_what_keeps_less_elsewhere_is_told_by_name(case: str) -> None:
    kind, before, after = ELSEWHERE[case]
    plan = quiet()
    add(plan, f"{kind}.x", kind, ["update"], before=before, after=after)
    found = guard(plan)
    assert found.verdict is Verdict.PASSED
    assert [(f.rule, f.address, f.severity) for f in found.findings] == [
        ("TFS109", f"{kind}.x", Severity.WARNING)
    ]
    assert "Check the findings" in found.summary


def test_a_hidden_value_is_not_told() -> None:
    plan = quiet()
    kind = "aws_cloudwatch_log_group"
    sides = {"before": {"retention_in_days": 731}, "after": {"retention_in_days": 1}}
    marks = {f"{side}_sensitive": {"retention_in_days": True} for side in ("before", "after")}
    add(plan, f"{kind}.x", kind, ["update"], **sides, **marks)
    assert "731" not in guard(plan).findings[0].message


def test_a_type_of_which_nothing_is_known_is_told() -> None:
    plan = quiet()
    add(plan, "acme_thing.x", "acme_thing", ["delete"], before={})
    found = guard(plan)
    assert [(f.rule, f.severity) for f in found.findings] == [("TFS107", Severity.WARNING)]


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        ("aws_dynamodb_global_secondary_index", True),
        ("aws_cloudformation_stack", True),
        ("aws_directory_service_directory", True),
        ("aws_instance", True),
        ("aws_iam_role", False),
        ("aws_ecs_task_definition", False),
        ("terraform_data", False),
        ("null_resource", False),
        ("time_sleep", False),
        ("awscc_dynamodb_table", True),
        ("awscc_anything", True),
        ("kubernetes_persistent_volume_claim_v1", True),
        ("kubernetes_config_map", False),
        ("google_storage_bucket", True),
        ("google_sql_database_instance", True),
        ("azurerm_cosmosdb_account", True),
        ("azurerm_storage_account", True),
        ("mongodbatlas_cluster", True),
        ("random_password", True),
        ("random_id", True),
        ("tls_private_key", True),
        ("acme_thing", None),
        ("aws_of_a_later_version", None),
    ],
)
def test_which_types_hold_data(kind: str, holds: bool | None) -> None:
    assert holds_data(kind) is holds


def test_what_the_configuration_writes_again_is_not_lost_when_replaced() -> None:
    for kind in ("aws_secretsmanager_secret_version", "aws_ssm_parameter"):
        assert lost(kind, replaced=False)
        assert not lost(kind, replaced=True)
    assert lost("aws_secretsmanager_secret", replaced=True)


def test_an_allowance_says_where_a_table_went() -> None:
    plan = quiet()
    change(plan, OTHER_TABLE).update(actions=["forget"], after=None)
    assert guard(plan).verdict is Verdict.REJECTED
    went = Allowance(OTHER_TABLE, "forget", "the sessions repository has it", date(2999, 1, 1))
    assert guard(plan, went).verdict is Verdict.PASSED
    for other in (
        Allowance(OTHER_TABLE, "forget", "too late", date(2000, 1, 1)),
        Allowance("aws_dynamodb_table.another", "forget", "another", date(2999, 1, 1)),
        Allowance(OTHER_TABLE, "name", "not that", date(2999, 1, 1)),
    ):
        assert guard(plan, other).verdict is Verdict.REJECTED


def test_the_plan_itself_says_where_a_table_went() -> None:
    plan = quiet()
    body = change(plan, OTHER_TABLE)
    at = "module.new.aws_dynamodb_table.sessions"
    entry = add(
        plan, at, "aws_dynamodb_table", ["no-op"], before=body["before"], after=body["before"]
    )
    entry["module_address"] = "module.new"
    body.update(actions=["forget"], after=None)
    found = {one.rule: one.severity for one in guard(plan).findings}
    assert found["TFS106"] is Severity.WARNING
