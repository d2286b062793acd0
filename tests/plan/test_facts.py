"""The traps of plan JSON, one test each.

| fact | test |
|---|---|
| majors 0 and 1 are read, unknown keys ignored, others refused | test_door.test_known_majors… |
| repeated keys are refused, at the door and in values | test_door, test_spelling, test_state |
| no ``resource_changes``: a refresh-only plan, or no plan | test_a_refresh_only_plan… |
| ``errored``, ``complete``, ``applyable``; absent in older Terraform | test_flags… |
| destroy has no mode field | test_a_destroy_plan… |
| the nine shapes of ``actions``; any other is unknown | test_changes.test_predicates |
| taint: ``replace_because_tainted``, no ``replace_paths`` | test_taint… |
| ``-replace``: ``replace_by_request`` | test_replace_by_request… |
| both orders of a replacement delete | test_changes.test_predicates |
| a data source read during apply: its own ``after`` is known | test_a_deferred_read… |
| ``after_unknown`` is true, {} or nested | test_unknown… |
| a key in neither ``after`` nor ``after_unknown`` is null | test_a_missing_key… |
| unknown list items are null in ``after`` | test_unknown_items… |
| deposed objects repeat an address | test_deposed… |
| ``forget`` deletes nothing | test_a_forgotten_object… |
| ``previous_address`` on a no-op is a move | test_a_move… |
| drift is apart from the changes | test_drift… |
| deferred changes and actions are told | test_what_is_put_off… |
| checks tell pass, fail, error, unknown | test_checks… |
| ``for_each`` keys hold quotes, dots and brackets | test_awkward_keys… |
| index 0 is no missing index | test_index_zero… |
| sensitive marks: true, or in the shape of the value | test_sensitive… |
| after an import by command there is no ``importing`` | test_importing… |
| ``relevant_attributes`` decides nothing: it is not even read | test_relevant_attributes… |
| sets, JSON and YAML in strings, equal index diffs | tests/verify/test_reshaped, test_compare |
| names need boundaries | tests/test_names, tests/verify/test_by_value |

Where real Terraform recorded a plan with the trap (``fixtures/plans``), the test reads that one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tfswap.plan.address import parse_module, strip_keys
from tfswap.plan.changes import Action
from tfswap.plan.document import Plan, open_plan, read_plan

FOLDER = Path(__file__).parents[2] / "fixtures" / "plans"


def recorded(case: str) -> Plan:
    return open_plan(FOLDER / case / "plan.json")


def made(*entries: dict[str, Any], **parts: Any) -> Plan:
    document = {"format_version": "1.2", "resource_changes": list(entries), **parts}
    return read_plan(json.dumps(document).encode())


def entry(address: str = "aws_x.y", **more: Any) -> dict[str, Any]:
    change = {"actions": ["no-op"], "before": {}, "after": {}, **more.pop("change", {})}
    head = {"address": address, "mode": "managed", "type": "aws_x", "name": "y"}
    return {**head, **more, "change": change}


def at(plan: Plan, address: str) -> Any:
    return next(change for change in plan.changes if change.address == address)


def test_a_refresh_only_plan_is_read_and_says_what_it_is() -> None:
    plan = recorded("refresh-only")
    assert not plan.has_resource_changes
    assert not plan.changes
    assert plan.state


def test_a_destroy_plan_deletes_everything_and_plans_nothing() -> None:
    plan = recorded("destroy")
    managed = [change for change in plan.changes if change.is_managed]
    assert managed
    assert all(change.action is Action.DELETE and change.after is None for change in managed)
    assert not plan.planned


@pytest.mark.parametrize(
    ("case", "errored", "complete", "applyable"),
    [
        ("good", False, True, True),
        ("targeted", False, False, True),
        ("applied", False, True, False),
        ("errored", True, False, False),
    ],
)
def test_flags(case: str, errored: bool, complete: bool, applyable: bool) -> None:
    plan = recorded(case)
    assert (plan.errored, plan.complete, plan.applyable) == (errored, complete, applyable)


def test_flags_absent_in_older_terraform_say_nothing() -> None:
    plan = made()
    assert (plan.errored, plan.complete, plan.applyable) == (False, None, None)


def test_an_errored_plan_still_lists_changes() -> None:
    assert recorded("errored").has_resource_changes


def test_taint_has_no_replace_paths() -> None:
    pipeline = at(recorded("good"), "aws_osis_pipeline.lpas_stream[0]")
    assert pipeline.entry.action_reason == "replace_because_tainted"
    assert pipeline.entry.change.replace_paths is None
    assert pipeline.replaces
    assert pipeline.deletes


def test_replace_by_request() -> None:
    pipeline = at(recorded("replace-by-request"), "aws_osis_pipeline.lpas_stream[0]")
    assert pipeline.entry.action_reason == "replace_by_request"
    assert pipeline.replaces


def test_an_argument_that_forces_a_replacement_is_named() -> None:
    selection = at(recorded("good"), "aws_backup_selection.main[0]")
    assert selection.entry.change.replace_paths == [["resources"]]


def test_a_deferred_read_tells_its_arguments_but_not_its_result() -> None:
    address = "data.aws_iam_policy_document.opensearch_pipeline"
    document = at(recorded("good"), address)
    assert document.reads
    assert document.entry.action_reason == "read_because_dependency_pending"
    assert document.after["statement"]
    assert "json" not in document.after
    assert document.unknown["json"] is True


def test_unknown_is_true_empty_or_nested() -> None:
    whole = made(entry(change={"actions": ["create"], "before": None, "after_unknown": True}))
    assert whole.changes[0].unknown is True
    assert made(entry(change={"after_unknown": {}})).changes[0].unknown == {}
    table = at(recorded("good"), "aws_dynamodb_table.lpas_table")
    assert table.unknown["stream_arn"] is True
    assert isinstance(table.unknown["point_in_time_recovery"], list)


def test_a_missing_key_is_null() -> None:
    change = made(entry(change={"actions": ["update"], "before": {"a": 1}, "after": {}})).changes[0]
    assert change.after_value("a") is None
    assert change.unknown is False


def test_unknown_items_are_null_in_after() -> None:
    body = {
        "actions": ["update"],
        "after": {"a": ["x", None]},
        "after_unknown": {"a": [False, True]},
    }
    change = made(entry(change=body)).changes[0]
    assert change.after["a"][1] is None
    assert change.unknown["a"] == [False, True]


def test_deposed_objects_repeat_an_address() -> None:
    plan = recorded("deposed")
    (old,) = [change for change in plan.changes if change.entry.deposed]
    assert old.deletes
    same = [change for change in plan.changes if change.address == old.address]
    assert len(same) == 2
    assert [change.entry.deposed for change in same].count(None) == 1


def test_a_move_shows_as_previous_address() -> None:
    moved = [c for c in recorded("moved").changes if c.entry.previous_address]
    assert moved
    assert all(c.entry.previous_address != c.address for c in moved)


def test_a_forgotten_object_stays_in_aws() -> None:
    (gone,) = [change for change in recorded("forgotten").changes if change.forgets]
    assert gone.action is Action.FORGET
    assert not gone.deletes
    assert gone.after is None


def test_drift_is_apart_from_the_changes() -> None:
    plan = recorded("drift")
    assert plan.drift
    assert not {id(change) for change in plan.drift} & {id(change) for change in plan.changes}


@pytest.mark.parametrize("name", ["deferred_changes", "action_invocations"])
def test_what_is_put_off_is_told(name: str) -> None:
    assert made(**{name: [{}]}).deferred == (name,)
    assert made(**{name: []}).deferred == ()
    assert made().deferred == ()


def test_checks() -> None:
    assert {check.status for check in recorded("check-failing").checks} & {"fail", "error"}
    shown = [{"address": {"to_display": "check.x"}, "status": "unknown"}]
    (check,) = made(checks=shown).checks
    assert (check.status, check.address.to_display) == ("unknown", "check.x")


@pytest.mark.parametrize("key", ["a.b", 'quo"te', "br[0]", "back\\slash", "é.[]", "${x}"])
def test_awkward_keys(key: str) -> None:
    module = f"module.m[{json.dumps(key, ensure_ascii=False)}]"
    address = f"{module}.aws_x.y[{json.dumps(key, ensure_ascii=False)}]"
    change = made(entry(address, module_address=module, index=key)).changes[0]
    assert [(step.name, step.key) for step in change.module] == [("m", key)]
    assert change.config_address == "module.m.aws_x.y"
    assert change.entry.index == key


def test_awkward_keys_of_real_terraform_are_taken_apart() -> None:
    for change in recorded("awkward-neighbours").changes:
        within = change.entry.module_address
        assert parse_module(within) is not None
        bare = f"{'data.' if not change.is_managed else ''}{change.type}.{change.entry.name}"
        assert change.config_address.endswith(bare)
        assert strip_keys(within) == change.config_address[: len(strip_keys(within))]


def test_index_zero_is_no_missing_index() -> None:
    change = made(entry("aws_x.y[0]", index=0)).changes[0]
    assert change.entry.index == 0
    assert change.entry.index is not None
    assert made(entry()).changes[0].entry.index is None


def test_sensitive_marks_are_true_or_in_the_shape_of_the_value() -> None:
    whole = made(entry(change={"before_sensitive": True})).changes[0]
    assert whole.hides("anything")
    part = made(entry(change={"after_sensitive": {"a": [{"b": True}], "c": [{}]}})).changes[0]
    assert [part.hides(name) for name in "abc"] == [True, False, False]


def test_importing_is_absent_after_an_import_by_command() -> None:
    assert all(change.entry.change.importing is None for change in recorded("good").changes)


def test_importing_is_kept_where_a_block_imports() -> None:
    change = made(entry(change={"importing": {"id": "x"}})).changes[0]
    assert change.entry.change.importing == {"id": "x"}


def test_relevant_attributes_are_not_read() -> None:
    assert made(entry(), relevant_attributes="not even a list").changes
