"""``--explain``: one resource, why, and how the table leads to it."""

from __future__ import annotations

import json

import pytest

from tests.verify.plans import (
    APP,
    DOCUMENT,
    FUNCTION,
    INTENT,
    NEW,
    OLD,
    PIPELINE_POLICY,
    SECURITY_GROUP,
    SERVICE,
    TABLE,
    Document,
    change,
    load,
)
from tests.verify.test_by_reference import full
from tfswap.errors import UsageError
from tfswap.plan.document import read_plan
from tfswap.report.explain_text import explain_address
from tfswap.verify.model.intent import Intent
from tfswap.verify.verifier import verify


def explained(document: Document | str, address: str, intent: Intent = INTENT) -> str:
    plan = read_plan(json.dumps(load(document) if isinstance(document, str) else document).encode())
    return explain_address(plan, intent, verify(plan, intent, patches=False), address)


def test_a_resource_that_passed_tells_its_values_way_and_patch() -> None:
    text = explained("good", PIPELINE_POLICY)
    assert text.startswith(f"{PIPELINE_POLICY}\n  passed: update in place;")
    assert f"  {TABLE}\n  -> {DOCUMENT}\n  -> {PIPELINE_POLICY}\n" in text
    assert "policy: renamed" in text
    assert "replace /policy" in text
    assert "(known after apply)" in text


def test_the_way_carries_file_and_line_where_the_repository_was_read() -> None:
    text = explained("good", SERVICE, full())
    assert "-> module.eu_west_1.module.app.local.app\n" in text
    assert "\n       terraform/environment/region/modules/app/ecs.tf:1\n" in text


def test_a_resource_that_failed_says_for_what() -> None:
    text = explained("ride-image", f"{APP}.aws_ecs_task_definition.app")
    assert "FAILED" in text.splitlines()[1]
    assert "TFS402" in text
    assert "container_definitions[0].image: unexplained" in text
    other = " ".join(explained("ride-image", "output.container_version").split())
    assert "reported for module.eu_west_1[0].module.app.aws_ecs_task_definition.app" in " ".join(
        other.split()
    )


def test_what_does_not_change_is_explained_too() -> None:
    text = explained("good", SECURITY_GROUP)
    assert "unaffected: no change" in text
    assert "it has no reference to the table" in text
    assert "Values" not in text
    assert "Patch" not in text


def test_the_table_itself() -> None:
    text = explained("good", TABLE)
    assert "it is a table of the swap" in text
    assert "restored protection" in text


def test_every_address_of_a_plan_can_be_explained() -> None:
    for case in ("good", "replica", "replace", "destroy"):
        plan = read_plan(json.dumps(load(case)).encode())
        found = verify(plan, INTENT)
        for one in (*plan.changes, *plan.outputs):
            text = explain_address(plan, INTENT, found, one.address)
            assert text.startswith(one.address)


def test_a_name_behind_a_local_says_so() -> None:
    assert "which plan JSON does not show" in " ".join(explained("good", FUNCTION).split())


@pytest.mark.parametrize(
    "short",
    [
        "….aws_ecs_service.app",
        "aws_ecs_service.app",
        "module.eu_west_1.module.app.aws_ecs_service.app",
    ],
)
def test_an_address_may_be_short_where_it_is_the_only_one(short: str) -> None:
    assert explained("good", short).startswith(SERVICE)


def test_an_address_that_fits_several_lists_them() -> None:
    with pytest.raises(UsageError) as caught:
        explained("good", "aws_iam_role_policy.lambda")
    assert "names several" in caught.value.message
    assert len(caught.value.details) == 2


def test_an_unknown_address_lists_near_ones() -> None:
    with pytest.raises(UsageError) as caught:
        explained("good", "aws_dynamodb_table.lpa_table")
    assert TABLE in caught.value.details
    with pytest.raises(UsageError) as caught:
        explained("good", "zzz")
    assert not caught.value.details
    assert caught.value.hint


def test_no_secret_and_no_escape_sequence_is_shown() -> None:
    plan = load()
    body = change(plan, FUNCTION)
    body["before_sensitive"] = body["after_sensitive"] = {"environment": True}
    body["after"]["environment"][0]["variables"]["KEY"] = "SENTINEL"
    body["after"]["description"] = "\x1b[2K"
    text = explained(plan, FUNCTION)
    assert "SENTINEL" not in text
    assert "\x1b" not in text
    assert OLD not in text.partition("Values")[2]
    assert NEW not in text.partition("Values")[2]
