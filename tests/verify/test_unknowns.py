"""Unknown values: computed by the provider, from another change, or admitted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verify.plans import (
    BACKUP,
    DOCUMENT,
    FUNCTION,
    INTENT,
    NEW,
    OLD,
    PIPELINE_POLICY,
    SERVICE,
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
from tfswap.plan.address import AddressStep
from tfswap.plan.configuration import Configuration
from tfswap.verify.context.references import References, ReferenceTarget, Unresolved
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import LeafKind, Verdict


def unknown(plan: Document, address: str, name: str) -> Document:
    body = change(plan, address)
    body["after"].pop(name, None)
    body["after_unknown"][name] = True
    return plan


def kind(plan: Document, address: str, name: str, intent: Intent = INTENT) -> tuple[LeafKind, str]:
    changes = {found.address: found for found in report(plan, intent).changes}
    leaf = next(leaf for leaf in changes[address].leaves if leaf.path == name)
    return leaf.kind, leaf.reason


def test_the_provider_computes_what_the_configuration_leaves_out() -> None:
    assert kind(load(), TASK, "revision")[0] is LeafKind.COMPUTED
    assert kind(load(), TABLE, "stream_arn")[0] is LeafKind.COMPUTED


@pytest.mark.parametrize("name", ["memory_size", "image_uri", "role"])
def test_what_the_configuration_sets_is_not_computed(name: str) -> None:
    assert kind(unknown(load(), FUNCTION, name), FUNCTION, name)[0] is LeafKind.UNRESOLVED


def test_a_dynamic_block_is_not_taken_for_silence() -> None:
    plan = unknown(load(), FUNCTION, "environment")
    assert kind(plan, FUNCTION, "environment")[0] is LeafKind.UNRESOLVED


def test_tags_are_never_computed() -> None:
    assert kind(unknown(load(), TASK, "tags_all"), TASK, "tags_all")[0] is LeafKind.UNRESOLVED


def test_an_object_that_stays_keeps_its_attributes() -> None:
    plan = unknown(load(), FUNCTION, "kms_key_arn")
    assert kind(plan, FUNCTION, "kms_key_arn")[0] is LeafKind.UNRESOLVED


def test_a_computed_block_was_empty_before() -> None:
    plan = load()
    change(plan, BACKUP)["before"]["condition"] = [{"string_equals": [{"key": "k"}]}]
    assert kind(plan, BACKUP, "condition")[0] is LeafKind.UNRESOLVED


def test_a_value_from_another_change() -> None:
    found, reason = kind(load(), SERVICE, "task_definition")
    assert found is LeafKind.COMPUTED
    assert f"{TASK}.arn" in reason


def test_a_value_that_was_something_else_before() -> None:
    plan = load()
    change(plan, SERVICE)["before"]["task_definition"] = "arn:aws:ecs:x:1:task-definition/other:1"
    found, reason = kind(plan, SERVICE, "task_definition")
    assert found is LeafKind.UNRESOLVED
    assert "another value before" in reason


def test_an_update_needs_a_reason() -> None:
    plan = load()
    body = change(plan, FUNCTION)
    body["after"] = {**body["before"]}
    unknown(plan, FUNCTION, "last_modified")
    assert "TFS410" in rules(report(plan))


def test_a_document_that_is_the_same_otherwise() -> None:
    """A depends_on defers documents that do not mention the table at all."""
    plan = load()
    text = change(plan, PIPELINE_POLICY)["before"]["policy"]
    change(plan, PIPELINE_POLICY)["before"]["policy"] = text.replace(OLD, NEW)
    assert kind(plan, PIPELINE_POLICY, "policy")[0] is LeafKind.EQUIVALENT


def test_another_instance_of_the_document_is_not_guessed() -> None:
    plan = load()
    twin = {**entry(plan, DOCUMENT), "address": f"{DOCUMENT}[1]", "index": 1}
    plan["resource_changes"].append(twin)
    assert kind(plan, PIPELINE_POLICY, "policy")[0] is LeafKind.UNRESOLVED


def test_a_policy_that_is_not_known_now() -> None:
    plan = load()
    change(plan, PIPELINE_POLICY)["before"]["policy"] = "not json"
    assert kind(plan, PIPELINE_POLICY, "policy")[0] is LeafKind.UNRESOLVED


def test_a_local_ends_the_way_unless_the_repository_helps() -> None:
    plan = unknown(load(), "aws_osis_pipeline.lpas_stream[0]", "pipeline_configuration_body")
    pipeline, body = "aws_osis_pipeline.lpas_stream[0]", "pipeline_configuration_body"
    found, reason = kind(plan, pipeline, body)
    assert found is LeafKind.UNRESOLVED
    assert "local.lpas_stream_template_vars" in reason
    known = {"local.lpas_stream_template_vars": ("aws_dynamodb_table.lpas_table.arn",)}
    found, reason = kind(plan, pipeline, body, Intent(tables=INTENT.tables, locals=known))
    assert found is LeafKind.UNRESOLVED
    assert "not refer to an unknown" in reason


def test_the_stream_of_the_outgoing_table() -> None:
    plan = load()
    stream = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{OLD}/stream/2024-01-01T00:00:00.000"
    mapping: Document = {
        "address": "aws_lambda_event_source_mapping.m",
        "mode": "managed",
        "type": "aws_lambda_event_source_mapping",
        "name": "m",
        "change": {
            "actions": ["delete", "create"],
            "before": {"event_source_arn": stream, "uuid": "u"},
            "after": {},
            "after_unknown": {"event_source_arn": True, "uuid": True},
            "replace_paths": [["event_source_arn"]],
        },
    }
    plan["resource_changes"].append(mapping)
    block = {
        "mode": "managed",
        "type": "aws_lambda_event_source_mapping",
        "name": "m",
        "expressions": {
            "event_source_arn": {"references": [f"{TABLE}.stream_arn", TABLE]},
        },
    }
    plan["configuration"]["root_module"]["resources"].append(block)
    assert report(plan).verdict is Verdict.READY
    mapping["change"]["before"]["event_source_arn"] = stream.replace(OLD, "production-Sessions")
    assert finding(report(plan), "TFS306").address == mapping["address"]


TREE: dict[str, Any] = {
    "root_module": {
        "outputs": {},
        "module_calls": {
            "a": {
                "expressions": {"in": {"references": ["module.b.out", "var.known", "each.key"]}},
                "module": {},
            },
            "b": {
                "module": {
                    "outputs": {"out": {"expression": {"references": ["data.aws_d.e[0].json"]}}}
                }
            },
            "loop": {
                "module": {"outputs": {"o": {"expression": {"references": ["module.loop.o"]}}}}
            },
        },
    }
}


def endings(*references: str, module: tuple[AddressStep, ...] = ()) -> list[str]:
    found = References(Configuration(TREE), INTENT).endings(
        {"references": list(references)}, module
    )
    return [str(one) if isinstance(one, ReferenceTarget) else f"? {one.trail[-1]}" for one in found]


def test_references_through_modules() -> None:
    inside = (AddressStep("a", "k"),)
    assert endings("var.in", module=inside) == ["module.b.data.aws_d.e.json"]
    assert endings("var.in[0].x") == []
    assert endings("aws_x.y[0].arn") == ["aws_x.y.arn"]
    assert endings("each.value.x") == ["? each.value.x"]
    assert endings("module.b") == ["? module.b"]
    assert endings("module.none.out") == ["? module.none.out"]
    assert endings("local.x", module=inside) == ["? local.x"]


def test_references_that_go_in_circles_end() -> None:
    tree = {"references": ["local.x"]}
    circle = Intent(tables=INTENT.tables, locals={"local.x": ("local.x",)})
    found = list(References(Configuration(TREE), circle).endings(tree, ()))
    assert all(isinstance(one, Unresolved) for one in found)


def test_the_constant_index_of_a_reference_is_kept() -> None:
    (found,) = References(Configuration(TREE), INTENT).endings(
        {"references": ["aws_x.y[3].arn"]}, ()
    )
    assert isinstance(found, ReferenceTarget)
    assert found.key == 3
