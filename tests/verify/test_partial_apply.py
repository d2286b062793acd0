"""The rest of an interrupted apply passes with its begun plan, and only as that allowed."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest

from tests.verify.plans import (
    BACKUP,
    INTENT,
    PIPELINE,
    SERVICE,
    TABLE,
    TASK,
    Document,
    add,
    change,
    entry,
    finding,
    load,
    report,
    resources,
    rules,
    state,
)
from tfswap.plan.document import read_plan
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.partial_apply import UnfinishedApply
from tfswap.verify.model.report_data import LeafKind, Severity, Status, Verdict

NEW_TASK = "arn:aws:ecs:eu-west-1:123456789012:task-definition/production-app:2"


def begun(document: Document | None = None) -> Intent:
    """The intent of a night in which the good plan, or another, was begun."""
    plan = read_plan(json.dumps(document or load()).encode())
    return replace(INTENT, begun=(UnfinishedApply(plan, "02:13 UTC on 15 Jul", "sam@desk"),))


def half_deleted(document: Document, address: str) -> None:
    """Leave of a replacement what Terraform plans once the old object is gone."""
    change(document, address).update(actions=["create"], before=None, before_sensitive=False)
    change(document, address).pop("replace_paths", None)
    entry(document, address).pop("action_reason", None)
    drop_from_state(document, address)


def drop_from_state(document: Document, address: str) -> None:
    queue = [document["prior_state"]["values"]["root_module"]]
    while queue:
        module = queue.pop()
        module["resources"] = [
            one for one in module.get("resources", []) if one["address"] != address
        ]
        queue += module.get("child_modules", [])


def task_made() -> Document:
    """The new task definition is there, the service not yet moved, the old one deposed."""
    document = load()
    body = change(document, TASK)
    old = copy.deepcopy(body["before"])
    made = {**body["after"], "arn": NEW_TASK, "id": old["id"], "revision": 2}
    made |= {"arn_without_revision": old["arn_without_revision"], "enable_fault_injection": False}
    body.update(actions=["no-op"], before=made, after=made, after_unknown={})
    body.pop("replace_paths", None)
    entry(document, TASK).pop("action_reason", None)
    for one in resources(document):
        if one["address"] == TASK:
            one["values"] = made
    service = change(document, SERVICE)
    service["after"]["task_definition"] = NEW_TASK
    service["after_unknown"].pop("task_definition", None)
    left = copy.deepcopy(entry(document, TASK))
    left["deposed"] = "00e1f2a3"
    left["change"].update(actions=["delete"], before=old, after=None, after_unknown={})
    document["resource_changes"].append(left)
    return document


@pytest.mark.parametrize("address", [BACKUP, PIPELINE])
def test_what_is_already_deleted_is_created(address: str) -> None:
    document = load()
    half_deleted(document, address)
    assert report(document).verdict is Verdict.REJECTED
    found = report(document, begun())
    assert found.verdict is Verdict.READY
    assert any("started by sam@desk at 02:13 UTC" in note for note in found.notes)


def test_what_was_half_made_is_made_again() -> None:
    document = load()
    made = copy.deepcopy(change(document, BACKUP)["after"])
    body = change(document, BACKUP)
    body["before"] = {**body["before"], **{k: v for k, v in made.items() if v is not None}}
    state(document, BACKUP).update(body["before"])
    body.pop("replace_paths", None)
    entry(document, BACKUP)["action_reason"] = "replace_because_tainted"
    assert "TFS405" in rules(report(document))
    assert report(document, begun()).verdict is Verdict.READY


def test_the_old_half_of_create_before_destroy_goes() -> None:
    document = task_made()
    assert {"TFS408", "TFS401"} <= rules(report(document))
    found = report(document, begun())
    assert found.verdict is Verdict.READY, found.findings
    assert finding(found, "TFS408").severity is Severity.INFO
    [line] = [item for item in found.checklist if item.key == "ecs-service"]
    assert line.status is Status.SATISFIED
    [service] = [one for one in found.changes if one.address == SERVICE]
    assert LeafKind.COMPUTED in {leaf.kind for leaf in service.leaves}


def test_aws_may_order_the_keys_of_the_new_object_s_json_otherwise() -> None:
    document = task_made()
    body = change(document, TASK)
    containers = json.loads(body["before"]["container_definitions"])
    turned = [dict(reversed(one.items())) for one in containers]
    text = json.dumps(turned, separators=(",", ":"))
    assert text != body["before"]["container_definitions"]
    body["before"] = body["after"] = {**body["before"], "container_definitions": text}
    assert report(document, begun()).verdict is Verdict.READY


def test_another_deposed_object_is_still_refused() -> None:
    document = task_made()
    document["resource_changes"][-1]["change"]["before"]["arn"] = NEW_TASK.replace(":2", ":7")
    assert finding(report(document, begun()), "TFS408").severity is Severity.ERROR


def test_a_service_that_moves_elsewhere_is_still_refused() -> None:
    document = task_made()
    change(document, SERVICE)["after"]["task_definition"] = NEW_TASK.replace(":2", ":7")
    assert report(document, begun()).verdict is Verdict.REJECTED


def test_a_service_that_came_from_elsewhere_is_still_refused() -> None:
    document = task_made()
    change(document, SERVICE)["before"]["task_definition"] = NEW_TASK.replace(":2", ":7")
    assert report(document, begun()).verdict is Verdict.REJECTED


def test_a_service_that_moves_to_an_object_made_otherwise_is_refused() -> None:
    document = task_made()
    body = change(document, TASK)
    for side in ("before", "after"):
        body[side] = {**body[side], "cpu": "4096"}
    state(document, TASK)["cpu"] = "4096"
    assert report(document, begun()).verdict is not Verdict.READY


def test_a_value_that_rides_along_in_the_rest_is_refused() -> None:
    document = load()
    half_deleted(document, BACKUP)
    change(document, BACKUP)["after"]["iam_role_arn"] = "arn:aws:iam::123456789012:role/other"
    found = report(document, begun())
    assert found.verdict is Verdict.REJECTED
    assert "TFS401" in rules(found)


def test_what_the_begun_plan_did_not_replace_is_not_created() -> None:
    document = load()
    half_deleted(document, "aws_cloudtrail.dynamodb[0]")
    assert "TFS403" in rules(report(document, begun()))


def test_what_holds_data_is_the_rest_of_nothing() -> None:
    """Even where the begun plan, against all rules, replaced the table."""
    wrong = load()
    change(wrong, TABLE)["actions"] = ["create", "delete"]
    document = load()
    half_deleted(document, TABLE)
    assert "TFS103" in rules(report(document, begun(wrong)))

    document = load()
    body = copy.deepcopy(change(document, TABLE))
    left = add(document, TABLE, "aws_dynamodb_table", ["delete"], before=body["before"])
    left["deposed"] = "00e1f2a3"
    found = report(document, begun(wrong))
    assert {"TFS101", "TFS408"} <= rules(found)
    assert finding(found, "TFS408").severity is Severity.ERROR


def test_a_plan_of_its_own_is_judged_as_ever() -> None:
    plain, after = report("good"), report("good", begun())
    assert after.verdict is plain.verdict is Verdict.READY
    assert after.findings == plain.findings
    assert after.changes == plain.changes
    assert report("applied", begun()).verdict is Verdict.APPLIED


def test_the_first_of_two_begun_plans_knows_what_was_there() -> None:
    """The second apply failed too: what it was to create is in the first one's replacement."""
    second = load()
    half_deleted(second, BACKUP)
    both = (*begun().begun, *begun(second).begun)
    document = load()
    half_deleted(document, BACKUP)
    assert report(document, replace(INTENT, begun=both)).verdict is Verdict.READY


def test_with_only_the_old_half_left_there_is_something_to_apply() -> None:
    document = load("applied")
    old = copy.deepcopy(entry(load(), TASK))
    old["deposed"] = "00e1f2a3"
    old["change"].update(actions=["delete"], after=None, after_unknown={})
    old["change"].pop("replace_paths", None)
    old.pop("action_reason", None)
    document["resource_changes"].append(old)
    document["applyable"] = True
    assert report(document).verdict is Verdict.REJECTED
    assert report(document, begun()).verdict is Verdict.READY
