"""Damage that once slipped through, as small as it can be; each test names the hole."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.verify.good_plans import PASSES, Document, GoodPlan, good_plans
from tests.verify.plans import (
    DOCUMENT,
    FUNCTION,
    NEW,
    OLD,
    OTHER_TABLE,
    PIPELINE,
    SECURITY_GROUP,
    TABLE,
    TASK,
    change,
    entry,
    noop,
    state,
)

BOTH = GoodPlan(
    "two-tables",
    ((OLD, NEW, TABLE), ("production-Sessions", "production-Sessions-20240715", OTHER_TABLE)),
    (),
)


@pytest.mark.parametrize(
    "values",
    [{"stream_view_type": "KEYS_ONLY"}, {"stream_enabled": True, "stream_view_type": "KEYS_ONLY"}],
    ids=["view type", "stream"],
)
def test_a_stream_the_configuration_does_not_have_is_no_protection(
    values: dict[str, object],
) -> None:
    """The second table has no stream: nothing in its configuration says one comes on."""
    plan = BOTH.plan()
    change(plan, OTHER_TABLE)["after"].update(values)
    assert BOTH.report(plan).verdict not in PASSES


def test_a_released_object_made_anew_is_as_the_configuration_has_it() -> None:
    """Only its tags differ from every other resource's; its creation is explained all the same."""
    (good,) = [good for good in good_plans() if good.name == "replica-released"]
    plan = good.plan()
    tags = change(plan, good.release[0])["after"]["tags_all"]
    tags["application"] = "another"
    assert good.report(plan).verdict not in PASSES


ALL = {good.name: good for good in good_plans()}
GOOD = ALL["good"]


def passes(damage: Callable[[Document], Any], good: GoodPlan = GOOD) -> bool:
    plan = good.plan()
    damage(plan)
    return good.report(plan).verdict in PASSES


def variable(plan: Document, before: str, after: str) -> None:
    """Give the function a variable more, before and after."""
    body = change(plan, FUNCTION)
    for side, value in (("before", before), ("after", after)):
        body[side]["environment"][0]["variables"]["MORE"] = value
    state(plan, FUNCTION)["environment"] = body["before"]["environment"]


STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/{}/stream/{}"


def test_no_stream_of_the_restored_table_has_the_label_of_the_outgoing_one() -> None:
    """A label is a time: written out, with the name before it changed, it leads nowhere."""
    one, other = (STREAM.format(name, "2023-01-01T00:00:00.000") for name in (OLD, NEW))
    assert not passes(lambda plan: variable(plan, one, other))
    text = '{{"a": "{}"}}'
    assert not passes(lambda plan: variable(plan, text.format(one), text.format(other)))


def test_every_stream_of_the_table_has_no_label() -> None:
    one, other = (STREAM.format(name, "*") for name in (OLD, NEW))
    assert passes(lambda plan: variable(plan, one, other))


@pytest.mark.parametrize("paths", [None, [], [[]], [["environment"], []]])
@pytest.mark.parametrize("reason", ["", "replace_because_cannot_update", "novel"])
def test_a_replacement_that_nothing_forces(paths: Any, reason: str) -> None:
    def damage(plan: Document) -> None:
        entry(plan, FUNCTION)["action_reason"] = reason
        change(plan, FUNCTION).update(actions=["delete", "create"], replace_paths=paths)

    assert not passes(damage)


@pytest.mark.parametrize("address", [FUNCTION, SECURITY_GROUP])
def test_what_is_not_replaced_is_forced_by_nothing(address: str) -> None:
    assert not passes(lambda plan: change(plan, address).update(replace_paths=[["name"]]))


def test_what_is_updated_has_no_reason_to_be_replaced() -> None:
    reason = "replace_because_tainted"
    assert not passes(lambda plan: entry(plan, FUNCTION).update(action_reason=reason))


def test_every_output_of_the_configuration_is_listed() -> None:
    assert not passes(lambda plan: plan["output_changes"].pop("lpas_table"))
    assert not passes(lambda plan: plan.pop("output_changes"))


def test_a_consumer_is_what_the_state_says_it_is() -> None:
    """Its change hides that the image moves along; the state before tells of another one."""
    assert not passes(lambda plan: state(plan, FUNCTION).update(image_uri="elsewhere:1"))


@pytest.mark.parametrize(
    "text",
    [
        f"printf 'x\\n{OLD}'",
        f"echo -e '\\t{OLD}'",
        f'a: "\\u0070{OLD[1:]}"',
        f'a: "\\U00000070{OLD[1:]}"',
        "x: '" + json.dumps({"a": f"\n{OLD}"}) + "'",
    ],
)
def test_a_name_behind_an_escape_is_read(text: str) -> None:
    def damage(plan: Document) -> None:
        noop(plan, SECURITY_GROUP, description=text)
        state(plan, SECURITY_GROUP)["description"] = text

    assert not passes(damage)


def _statement_twice(after: Document) -> None:
    after["statement"].append({**after["statement"][0], "actions": ["dynamodb:*"]})
    after["statement"].append({**after["statement"][0]})


@pytest.mark.parametrize(
    "damage",
    [
        _statement_twice,
        lambda after: after.update(policy_json="{}"),
        lambda after: after["statement"][0].update(resource_tags=["x"]),
    ],
    ids=["a Sid twice", "an argument", "an argument of a statement"],
)
def test_a_document_is_made_of_what_is_known_here(damage: Callable[[Document], Any]) -> None:
    assert not passes(lambda plan: damage(change(plan, DOCUMENT)["after"]))


def test_arguments_of_a_later_provider_that_are_not_set_say_nothing() -> None:
    assert passes(lambda plan: change(plan, DOCUMENT)["after"].update(novel=None, other=[]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("global_table_arn", f"arn:aws:dynamodb:eu-north-1:123456789012:table/{NEW}"),
        ("kms_key_arn", None),
    ],
)
def test_a_released_replica_is_one_of_the_restored_table(name: str, value: str | None) -> None:
    """Of the table in another region; or under a key the configuration sets, and nobody knows."""
    good = ALL["replica-released"]

    def damage(plan: Document) -> None:
        body = change(plan, good.release[0])
        body["after"][name] = value
        if value is None:
            body["after_unknown"][name] = True

    assert not passes(damage, good)


def test_a_tag_from_nowhere() -> None:
    assert not passes(lambda plan: change(plan, TABLE)["after"]["tags_all"].update(novel="1"))


def test_of_two_variables_of_one_name_the_last_one_counts() -> None:
    def damage(plan: Document) -> None:
        body = change(plan, TASK)
        for side, values in (("before", "ab"), ("after", "ba")):
            found = json.loads(body[side]["container_definitions"])
            found[0]["environment"] += [{"name": "MODE", "value": value} for value in values]
            body[side]["container_definitions"] = json.dumps(found)
        state(plan, TASK)["container_definitions"] = body["before"]["container_definitions"]

    assert not passes(damage)


@pytest.mark.parametrize("values", [("5", '"!!int 5"'), ('"!!bool true"', "true")])
def test_a_text_in_yaml_is_no_tagged_value(values: tuple[str, str]) -> None:
    def damage(plan: Document) -> None:
        body = change(plan, PIPELINE)
        for side, value in zip(("before", "after"), values, strict=True):
            body[side]["pipeline_configuration_body"] += f"\nmore: {value}\n"
        state(plan, PIPELINE).update(body["before"])

    assert not passes(damage)


def test_an_entry_is_what_its_address_says() -> None:
    """A resource that calls itself a data source to be read changes nothing, it would seem."""
    assert not passes(lambda plan: entry(plan, FUNCTION).update(type="aws_x"))
    assert not passes(lambda plan: entry(plan, FUNCTION).update(module_address="module.x"))

    def damage(plan: Document) -> None:
        entry(plan, SECURITY_GROUP)["mode"] = "data"
        change(plan, SECURITY_GROUP)["actions"] = ["read"]

    assert not passes(damage)


def test_the_same_change_at_two_places_of_a_resource_is_told_of_both() -> None:
    plan = GOOD.plan()
    body = change(plan, FUNCTION)
    body["before"].update(handler="10.0.0.0/8", description="10.0.0.0/8")
    body["after"].update(handler="0.0.0.0/0", description="0.0.0.0/0")
    state(plan, FUNCTION).update(body["before"])
    (found,) = GOOD.report(plan).findings
    assert {"handler", "description"} <= {found.path, *found.message.rstrip(".").split()}
