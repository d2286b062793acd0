"""What an apply does that no value shows: named, cannot be told, and may be allowed by name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.verify.plans import (
    FUNCTION,
    INTENT,
    NEW,
    OLD,
    TABLE,
    Document,
    add,
    change,
    finding,
    load,
    report,
    rules,
)
from tfswap.plan.document import read_plan
from tfswap.swap import Consumer
from tfswap.verify.model.allowance import Allowance
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import Report, Severity, Verdict
from tfswap.verify.without_swap import judge_without_swap

LOADER = "null_resource.loader"
REFERS = {"references": [f"{TABLE}.name", TABLE]}


def allowing(address: str, attribute: str) -> Intent:
    one = Allowance(address, attribute, "agreed in OPS-1", date(2026, 12, 31))
    return Intent(tables=INTENT.tables, allowances=(one,), today=date(2026, 11, 23))


def configured(plan: Document, address: str, **block: Any) -> None:
    """Give a resource of the root module its block in the configuration."""
    kind, name = address.removeprefix("data.").split(".")
    mode = "data" if address.startswith("data.") else "managed"
    whole = {"address": address, "mode": mode, "type": kind, "name": name, **block}
    plan["configuration"]["root_module"]["resources"].append(whole)


def replaced(plan: Document, address: str, argument: str, **block: Any) -> None:
    """Let a resource be replaced for the table's name in one argument."""
    add(
        plan,
        address,
        address.split(".")[0],
        ["delete", "create"],
        before={"id": "1", argument: {"table": OLD}},
        after={argument: {"table": NEW}},
        after_unknown={"id": True, argument: {}},
        replace_paths=[[argument]],
    )["action_reason"] = "replace_because_cannot_update"
    configured(plan, address, expressions={argument: REFERS}, **block)


def triggered() -> Document:
    plan = load()
    add(
        plan,
        "terraform_data.after",
        "terraform_data",
        ["delete", "create"],
        before={"id": "1", "input": "x", "output": "x"},
        after={"input": "x"},
        after_unknown={"id": True, "output": True},
    )["action_reason"] = "replace_by_triggers"
    block = {"address": "terraform_data.after", "mode": "managed", "type": "terraform_data"}
    block |= {"name": "after", "expressions": {"input": {"constant_value": "x"}}}  # type: ignore[dict-item]
    plan["configuration"]["root_module"]["resources"].append(block)
    return plan


def loader(command: Any, kind: str = "local-exec") -> Document:
    plan = load()
    listed = [{"type": kind, "expressions": {"command": command}}]
    replaced(plan, LOADER, "triggers", provisioners=listed)
    return plan


@pytest.mark.parametrize("kind", ["local-exec", "remote-exec", "file", "of-tomorrow"])
def test_a_provisioner_of_a_replaced_object_is_named(kind: str) -> None:
    found = report(loader({"references": ["self.triggers"]}, kind))
    assert found.verdict is Verdict.CANNOT_TELL
    shown = finding(found, "TFS411")
    assert shown.address == LOADER
    assert kind in shown.message
    assert 'attribute = "provisioner"' in shown.hint
    assert report(
        loader({"constant_value": "./load"}), allowing(LOADER, "provisioner")
    ).verdict is (Verdict.READY)


def test_without_one_it_passes_and_in_place_none_runs() -> None:
    plan = load()
    replaced(plan, LOADER, "triggers")
    assert report(plan).verdict is Verdict.READY
    plan = load()
    region = plan["configuration"]["root_module"]["module_calls"]["eu_west_1"]["module"]
    inner = region["module_calls"]["event_received"]["module"]["module_calls"]["event_received"]
    block = next(b for b in inner["module"]["resources"] if b["type"] == "aws_lambda_function")
    block["provisioners"] = [{"type": "local-exec", "expressions": {}}]
    assert report(plan).verdict is Verdict.READY
    body = change(plan, FUNCTION)
    body.update(actions=["delete", "create"], replace_paths=[["environment"]])
    assert rules(report(plan)) >= {"TFS411"}  # In a module, too.


@pytest.mark.parametrize("attribute", ["*", "prov*", "*s*", "invocation"])
def test_an_allowance_for_it_has_to_say_so(attribute: str) -> None:
    plan = loader({"constant_value": "./load"})
    assert report(plan, allowing(LOADER, attribute)).verdict is Verdict.CANNOT_TELL


def test_a_command_that_names_the_outgoing_table_is_rejected_whatever_is_allowed() -> None:
    plan = loader({"constant_value": f"aws dynamodb delete-table --table-name {OLD}"})
    found = report(plan, allowing(LOADER, "provisioner"))
    assert found.verdict is Verdict.REJECTED
    assert finding(found, "TFS411").evidence.startswith("aws dynamodb delete-table")


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        ("aws_lambda_invocation", Verdict.CANNOT_TELL),
        ("aws_ssm_association", Verdict.CANNOT_TELL),
        ("aws_redshiftdata_statement", Verdict.CANNOT_TELL),
        ("shell_script", Verdict.CANNOT_TELL),
        ("kubernetes_job_v1", Verdict.CANNOT_TELL),
        ("helm_release", Verdict.CANNOT_TELL),
        ("aws_glue_job", Verdict.READY),
        ("null_resource", Verdict.READY),
    ],
)
def test_invocations(kind: str, verdict: Verdict) -> None:
    plan = load()
    replaced(plan, f"{kind}.x", "input")
    found = report(plan)
    assert (found.verdict, "TFS411" in rules(found)) == (verdict, verdict is not Verdict.READY)
    assert report(plan, allowing(kind, "invocation")).verdict is Verdict.READY


CUSTOM = '{"Resources": {"X": {"Type": "Custom::Migrate"}}}'


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        (CUSTOM, Severity.UNKNOWN),
        ("Resources:\n  X:\n    Type: AWS::CloudFormation::CustomResource", Severity.UNKNOWN),
        ('{"Resources": {"X": {"Type": "AWS::SNS::Topic"}}}', None),
        (None, Severity.WARNING),
    ],
)
def test_stacks_call_functions_by_custom_resources(body: Any, severity: Severity | None) -> None:
    plan = load()
    sides: dict[str, Any] = {
        side: {"template_body": body, "parameters": {"Table": name}}
        for side, name in (("before", OLD), ("after", NEW))
    }
    add(plan, "aws_cloudformation_stack.x", "aws_cloudformation_stack", ["update"], **sides)
    configured(plan, "aws_cloudformation_stack.x", expressions={"parameters": REFERS})
    shown = [f.severity for f in report(plan).findings if f.rule == "TFS411"]
    assert shown == ([severity] if severity else [])


def read(kind: str, **expressions: Any) -> Report:
    plan = load()
    address = f"data.{kind}.x"
    entry = add(plan, address, kind, ["read"], after={}, after_unknown={"id": True})
    entry["mode"] = "data"
    configured(plan, address, expressions=expressions)
    return report(plan)


@pytest.mark.parametrize(
    ("kind", "expressions", "verdict"),
    [
        ("external", {}, Verdict.CANNOT_TELL),
        ("aws_lambda_invocation", {}, Verdict.CANNOT_TELL),
        ("aws_ecs_task_execution", {}, Verdict.CANNOT_TELL),
        ("http", {}, Verdict.READY),
        ("http", {"method": {"constant_value": "HEAD"}}, Verdict.READY),
        ("http", {"method": {"constant_value": "POST"}}, Verdict.CANNOT_TELL),
        ("http", {"method": {"references": ["var.method"]}}, Verdict.CANNOT_TELL),
        ("aws_iam_role", {}, Verdict.READY),
    ],
)
def test_data_sources_that_act(kind: str, expressions: Document, verdict: Verdict) -> None:
    found = read(kind, **expressions)
    assert found.verdict is verdict
    assert ("TFS411" in rules(found)) == (kind != "aws_iam_role")


def action(**values: Any) -> Document:
    trigger = {"triggering_resource_address": FUNCTION, "action_trigger_event": "AfterUpdate"}
    return {
        **load(),
        "action_invocations": [
            {
                "address": "action.aws_lambda_invoke.warm",
                "type": "aws_lambda_invoke",
                "config_values": values,
                "lifecycle_action_trigger": trigger,
            }
        ],
    }


def test_actions_are_named_with_what_triggers_them() -> None:
    found = report(action())
    assert found.verdict is Verdict.CANNOT_TELL
    shown = finding(found, "TFS411")
    assert shown.address == "action.aws_lambda_invoke.warm"
    assert FUNCTION in shown.message
    allowed = allowing("action.aws_lambda_invoke.warm", "action")
    assert report(action(), allowed).verdict is Verdict.READY
    assert report(action(payload=OLD), allowed).verdict is Verdict.REJECTED


def test_the_guard_sees_actions_and_no_provisioner() -> None:
    assert _guard(action()).verdict is Verdict.CANNOT_TELL
    assert _guard(loader({"constant_value": "x"})).verdict is Verdict.PASSED


def _guard(plan: Document) -> Report:
    return judge_without_swap(read_plan(json.dumps(plan).encode()))


def write_only(version: tuple[int, int] = (1, 1), kind: str = "aws_ssm_parameter") -> Document:
    plan = load()
    before, after = (
        {"name": "/x", "value_wo": None, "value_wo_version": number} for number in version
    )
    address = f"{kind}.token"
    actions = ["no-op"] if before == after else ["update"]
    add(plan, address, kind, actions, before=before, after=after)
    configured(plan, address, expressions={"value_wo": REFERS})
    return plan


@pytest.mark.parametrize("kind", ["aws_ssm_parameter", "aws_x_of_tomorrow", "vault_kv_secret_v2"])
def test_a_write_only_argument_is_not_sent_again_by_itself(kind: str) -> None:
    found = report(write_only(kind=kind))
    assert found.verdict is Verdict.CANNOT_TELL
    shown = finding(found, "TFS309")
    assert (shown.address, shown.path) == (f"{kind}.token", "value_wo")
    assert "write-only" in shown.message


def test_a_version_that_moves_sends_it() -> None:
    plan = write_only((1, 2))
    assert report(plan, allowing("aws_ssm_parameter.token", "value_wo_version")).verdict is (
        Verdict.READY
    )


def test_write_only_in_a_block_of_another_provider() -> None:
    plan = load()
    values = {"auth": [{"user": "x", "secret": None}]}
    add(plan, "acme_job.x", "acme_thing", ["no-op"], before=values, after=values)
    plan["resource_changes"][-1]["address"] = "acme_thing.x"
    configured(plan, "acme_thing.x", expressions={"auth": [{"secret": REFERS}]})
    assert finding(report(plan), "TFS309").path == "auth[0].secret"
    values["auth"][0]["secret"] = "s3cret"
    assert report(plan).verdict is Verdict.READY


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("ephemeral.aws_ssm_parameter.p", Verdict.CANNOT_TELL),
        ("ephemeral.random_password.p", Verdict.READY),
        ("var.token", Verdict.READY),
    ],
)
def test_an_ephemeral_resource_hides_what_it_is_made_of(source: str, verdict: Verdict) -> None:
    plan = write_only()
    block = plan["configuration"]["root_module"]["resources"][-1]
    block["expressions"]["value_wo"] = {"references": [f"{source}.value", source]}
    assert report(plan).verdict is verdict


@pytest.mark.parametrize(
    ("text", "exists_after"),
    [
        ("production-lpas", True),
        ("PRODUCTION_LPAS", True),
        ("prefix/productionLpas/suffix", True),
        ("production-lpas-uploads", False),
        ("production", False),
    ],
)
def test_a_name_in_other_letters_that_does_not_change(text: str, exists_after: bool) -> None:
    plan = load()
    values = {"value": text}
    add(plan, "aws_ssm_parameter.x", "aws_ssm_parameter", ["no-op"], before=values, after=values)
    configured(plan, "aws_ssm_parameter.x", expressions={"value": REFERS})
    assert (report(plan).verdict is Verdict.CANNOT_TELL) == exists_after


@pytest.mark.parametrize(
    ("value", "verdict"),
    [("table-7f3a", Verdict.CANNOT_TELL), (NEW, Verdict.READY), (OLD, Verdict.REJECTED)],
)
def test_what_ignore_changes_keeps_shows_which_table_it_is_of(value: str, verdict: Verdict) -> None:
    plan = load()
    sides = {"value": value}
    add(plan, "aws_ssm_parameter.x", "aws_ssm_parameter", ["no-op"], before=sides, after=sides)
    configured(plan, "aws_ssm_parameter.x", expressions={"value": REFERS})
    consumer = Consumer("aws_ssm_parameter.x", "resource", TABLE, "main.tf", 3, ("value",))
    table = replace(INTENT.tables[0], address=TABLE, consumers=(consumer,))
    assert report(plan, replace(INTENT, tables=(table,))).verdict is verdict
    assert report(plan).verdict is (verdict if value == OLD else Verdict.READY)
