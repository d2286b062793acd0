"""An argument dropped from an object that is replaced anyway looks just like a computed one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verify.plans import BACKUP, TASK, Document, change, load, report
from tfswap.verify.model.report_data import Verdict
from tfswap.verify.values.attribute_kinds import why_not_computed


def drop(plan: Document, address: str, name: str, before: Any) -> Document:
    body = change(plan, address)
    body["before"][name] = before
    body["after"].pop(name, None)
    body["after_unknown"][name] = True
    return plan


@pytest.mark.parametrize(
    ("address", "name", "before"),
    [
        (BACKUP, "not_resources", ["arn:aws:dynamodb:eu-west-1:123456789012:table/other"]),
        (BACKUP, "condition", [{"string_equals": [{"key": "k", "value": "v"}]}]),
        (TASK, "enable_fault_injection", True),
    ],
)
def test_what_was_set_and_is_unknown_now_was_dropped(address: str, name: str, before: Any) -> None:
    assert report(drop(load(), address, name, before)).verdict is Verdict.CANNOT_TELL


def test_what_was_set_and_is_gone_was_dropped() -> None:
    plan = load()
    change(plan, TASK)["before"]["ipc_mode"] = "host"
    assert report(plan).verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("kind", "name", "before", "dropped"),
    [
        ("aws_lambda_event_source_mapping", "maximum_retry_attempts", 3, True),
        ("aws_lambda_event_source_mapping", "maximum_retry_attempts", -1, False),
        ("aws_lambda_event_source_mapping", "maximum_retry_attempts", 0, False),
        ("aws_lambda_event_source_mapping", "state", "Enabled", False),
        ("aws_lambda_event_source_mapping", "kms_key_arn", "arn:aws:kms:x:1:key/1", True),
        ("aws_ecs_task_definition", "network_mode", "awsvpc", True),
        ("aws_ecs_task_definition", "revision", 7, False),
        ("aws_appautoscaling_target", "suspended_state", [{"scheduled": False}], False),
        ("aws_appautoscaling_target", "suspended_state", [{"scheduled": True}], True),
        ("aws_appautoscaling_target", "role_arn", "arn:aws:iam::1:role/mine", True),
        ("aws_appautoscaling_target", "role_arn", "arn:aws:iam::1:role/aws-service-role/d", False),
        ("aws_iam_policy", "name_prefix", "mine-", True),
        ("aws_iam_role", "name", "terraform-20240715101112000000000001", False),
        ("aws_iam_role", "name", "terraform-reads-tables", True),
        ("aws_dynamodb_resource_policy", "revision_id", "1", False),
        ("google_bigquery_dataset", "id", "x", False),
        ("google_bigquery_dataset", "access", [{"role": "x"}], True),
    ],
)
def test_the_schema_says_what_the_provider_makes(
    kind: str, name: str, before: Any, dropped: bool
) -> None:
    assert bool(why_not_computed(kind, (name,), before, new_object=True)) is dropped


@pytest.mark.parametrize(
    ("kind", "name", "before", "dropped"),
    [
        ("aws_ssm_document", "hash", "abc", False),
        ("aws_batch_job_definition", "arn", "arn:aws:batch:x", False),
        ("aws_sfn_state_machine", "revision_id", "1", False),
        ("aws_launch_template", "latest_version", 3, False),
        ("terraform_data", "output", {"a": 1}, False),
        ("aws_lambda_function", "id", "f", True),
        ("aws_lambda_function", "logging_config", [{"log_format": "JSON"}], True),
        ("google_bigquery_dataset", "etag", "x", True),
        ("google_bigquery_dataset", "etag", "", False),
    ],
)
def test_an_object_that_stays(kind: str, name: str, before: Any, dropped: bool) -> None:
    assert bool(why_not_computed(kind, (name,), before, new_object=False)) is dropped


def test_parts_of_blocks_are_judged_by_the_schema_too() -> None:
    path = ("global_secondary_index", 1, "read_capacity")
    assert not why_not_computed("aws_dynamodb_table", path, 0, new_object=False)
    assert why_not_computed("aws_dynamodb_table", path, 5, new_object=False)
    path = ("global_secondary_index", 1, "hash_key")
    assert why_not_computed("aws_dynamodb_table", path, "", new_object=False)
