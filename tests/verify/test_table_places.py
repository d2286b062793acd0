"""A table is an ARN: of the same name elsewhere, it is another one."""

from __future__ import annotations

import copy
import json

import pytest

from tests.verify.plans import (
    APP_POLICY,
    NEW,
    OLD,
    TABLE,
    Document,
    add,
    change,
    entry,
    load,
    noop,
    report,
    resources,
    rules,
    state,
)
from tfswap.names import TableArn
from tfswap.verify.context.table_places import TablePlaces
from tfswap.verify.model.report_data import Verdict

HOME = TableArn("aws", "eu-west-1", "123456789012", NEW)
ELSEWHERE = [
    f"arn:aws:dynamodb:eu-west-1:210987654321:table/{OLD}",
    f"arn:aws:dynamodb:us-east-1:123456789012:table/{OLD}",
    f"arn:aws-cn:dynamodb:eu-west-1:123456789012:table/{OLD}",
]
PARAMETER = "aws_ssm_parameter.container_version"


@pytest.mark.parametrize("arn", ELSEWHERE)
def test_the_same_name_elsewhere_is_not_left_behind(arn: str) -> None:
    plan = load()
    noop(plan, PARAMETER, value=arn)
    state(plan, PARAMETER)["value"] = arn
    assert report(plan).verdict is Verdict.READY
    here = str(HOME._replace(name=OLD))
    noop(plan, PARAMETER, value=f"{arn},{here}")
    assert "TFS301" in rules(report(plan))


@pytest.mark.parametrize("arn", ELSEWHERE)
def test_the_same_name_elsewhere_is_not_renamed_along(arn: str) -> None:
    plan = load()
    body = change(plan, APP_POLICY)
    for side in ("before", "after"):
        policy = json.loads(body[side]["policy"])
        policy["Statement"].append({"Effect": "Allow", "Action": "x:Y", "Resource": arn})
        body[side]["policy"] = json.dumps(policy)
    state(plan, APP_POLICY)["policy"] = body["before"]["policy"]
    assert report(plan).verdict is Verdict.READY
    body["after"]["policy"] = body["after"]["policy"].replace(arn, arn.replace(OLD, NEW))
    assert report(plan).verdict is Verdict.REJECTED


def same_named(plan: Document, region: str) -> Document:
    """A table of the old name that stays, in another region."""
    twin = copy.deepcopy(entry(plan, TABLE))
    address = "aws_dynamodb_table.elsewhere"
    twin.update(address=address, name="elsewhere")
    arn = f"arn:aws:dynamodb:{region}:123456789012:table/{OLD}"
    values = {**twin["change"]["after"], "name": OLD, "id": OLD, "arn": arn, "stream_arn": ""}
    twin["change"].update(actions=["no-op"], before=values, after=values, after_unknown={})
    plan["resource_changes"].append(twin)
    held = copy.deepcopy(next(r for r in resources(plan) if r["address"] == TABLE))
    held.update(address=address, name="elsewhere", values=values)
    plan["prior_state"]["values"]["root_module"]["resources"].append(held)
    return plan


def test_a_table_of_the_same_name_in_another_region_stays() -> None:
    assert report(same_named(load(), "us-east-1")).verdict is Verdict.READY


def test_a_bare_name_means_the_table_beside_it() -> None:
    def value_in(plan: Document, region: str) -> Document:
        arn = f"arn:aws:ssm:{region}:123456789012:parameter/x"
        noop(plan, PARAMETER, value=OLD, arn=arn)
        state(plan, PARAMETER).update(value=OLD, arn=arn)
        return plan

    assert report(value_in(same_named(load(), "us-east-1"), "us-east-1")).verdict is Verdict.READY
    assert "TFS301" in rules(report(value_in(same_named(load(), "us-east-1"), "eu-west-1")))
    assert "TFS301" in rules(report(value_in(load(), "us-east-1")))


def test_a_table_of_the_old_name_right_here_is_no_stranger() -> None:
    assert report(same_named(load(), "eu-west-1")).verdict is not Verdict.READY


def test_a_restored_table_in_another_account_than_its_consumers_name() -> None:
    plan = load()
    body = change(plan, TABLE)
    for values in (body["before"], body["after"], state(plan, TABLE)):
        values["arn"] = str(values["arn"]).replace("123456789012", "210987654321")
    assert report(plan).verdict is not Verdict.READY


def test_a_list_of_all_tables_names_both() -> None:
    plan = load()
    listed = add(plan, "data.aws_dynamodb_tables.all", "aws_dynamodb_tables", ["no-op"])
    listed.update(mode="data", name="all")
    values = {"names": [OLD, NEW], "id": "eu-west-1"}
    plan["resource_changes"].pop()
    data = {**listed, "values": values}
    data.pop("change")
    plan["prior_state"]["values"]["root_module"]["resources"].append(data)
    assert report(plan).verdict is Verdict.READY


def test_places() -> None:
    places = TablePlaces((HOME,), frozenset({"eu-west-2"}))
    assert not places.is_elsewhere("aws", "eu-west-2", "123456789012")
    assert places.is_elsewhere("aws", "eu-west-3", "123456789012")
    assert not places.is_beside_namesake("arn:aws:lambda:us-east-1:123456789012:function:x")
    beside = TablePlaces((HOME,), frozenset(), frozenset({("aws", "us-east-1", "123456789012")}))
    assert beside.is_beside_namesake("arn:aws:lambda:us-east-1:123456789012:function:x")
    assert not beside.is_beside_namesake("arn:aws:lambda:eu-west-1:123456789012:function:x")
    assert OLD not in places.own(f"a {ELSEWHERE[0]}/index/* b")
