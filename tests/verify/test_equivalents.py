"""What the provider takes for the same, and, beside each, what it does not."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.verify.plans import APP_POLICY, TASK, Document, change, load, report, state
from tfswap.verify.model.leaf_diff import changed
from tfswap.verify.model.report_data import LeafKind, Verdict
from tfswap.verify.values.equivalents import containers, same_function
from tfswap.verify.values.iam_policy import canonical
from tfswap.verify.values.value_diff import Marks, ValueDiff

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:runner"


def edited(plan: Document, edit: Any, *, side: str = "before", mode: str = "awsvpc") -> Document:
    body = change(plan, TASK)
    found = json.loads(body[side]["container_definitions"])
    edit(found[0])
    body[side]["container_definitions"] = json.dumps(found)
    body["before"]["network_mode"] = body["after"]["network_mode"] = mode
    state(plan, TASK).update(copy.deepcopy(body["before"]))
    return plan


def ports(**mapping: Any) -> Any:
    return lambda container: container.update(portMappings=[mapping])


SAME: list[tuple[str, Any, Any, str]] = [
    ("essential", lambda c: c.pop("essential"), lambda c: None, "awsvpc"),
    ("empty", lambda c: c.update(command=[], user=None), lambda c: None, "awsvpc"),
    (
        "port",
        ports(containerPort=80, hostPort=80, protocol="tcp"),
        ports(containerPort=80),
        "awsvpc",
    ),
    ("dynamic", ports(containerPort=80, hostPort=0), ports(containerPort=80), "bridge"),
    (
        "health",
        lambda c: c.update(healthCheck={"command": ["x"], "interval": 30, "retries": 3}),
        lambda c: c.update(healthCheck={"command": ["x"], "timeout": 5}),
        "awsvpc",
    ),
]
OTHER: list[tuple[str, Any, Any, str]] = [
    ("essential", lambda c: c.update(essential=False), lambda c: None, "awsvpc"),
    ("cpu", lambda c: c.update(cpu=1), lambda c: c.pop("cpu"), "awsvpc"),
    ("port", ports(containerPort=80, hostPort=80), ports(containerPort=80), "bridge"),
    ("protocol", ports(containerPort=80, protocol="udp"), ports(containerPort=80), "awsvpc"),
    (
        "health",
        lambda c: c.update(healthCheck={"command": ["x"], "retries": 9}),
        lambda c: c.update(healthCheck={"command": ["x"]}),
        "awsvpc",
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "mode"), [c[1:] for c in SAME], ids=[c[0] for c in SAME]
)
def test_defaults_of_a_container_may_come_and_go(before: Any, after: Any, mode: str) -> None:
    plan = edited(edited(load(), before, mode=mode), after, side="after", mode=mode)
    assert report(plan).verdict is Verdict.READY


@pytest.mark.parametrize(
    ("before", "after", "mode"), [c[1:] for c in OTHER], ids=[c[0] for c in OTHER]
)
def test_what_is_no_default_may_not(before: Any, after: Any, mode: str) -> None:
    plan = edited(edited(load(), before, mode=mode), after, side="after", mode=mode)
    assert report(plan).verdict is Verdict.REJECTED


def test_containers_have_no_order_and_must_be_containers() -> None:
    assert containers([{"name": "b"}, {"name": "a"}], "") == containers(
        [{"name": "a"}, {"name": "b"}], ""
    )
    for other in (None, {"name": "a"}, ["a"]):
        assert containers(other, "") == other


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ARN, "runner", True),
        ("runner", ARN, True),
        (ARN, "another", False),
        (f"{ARN}:3", "runner", False),
        (f"{ARN}:live", f"{ARN}:other", False),
        (ARN, ARN.replace("123456789012", "210987654321"), False),
    ],
)
def test_a_function_by_name_or_arn(one: str, other: str, same: bool) -> None:
    kind, path = "aws_lambda_event_source_mapping", ("function_name",)
    assert same_function(kind, path, one, other) is same
    assert not same_function("aws_other", path, one, other)
    assert not same_function(kind, ("description",), one, other)


def policy(principal: Any) -> Document:
    return {"Statement": [{"Effect": "Allow", "Action": "dynamodb:Query", "Principal": principal}]}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"AWS": "123456789012"}, {"AWS": "arn:aws:iam::123456789012:root"}, True),
        ({"AWS": ["123456789012"]}, {"AWS": "arn:aws-cn:iam::123456789012:root"}, True),
        ("*", {"AWS": "*"}, True),
        ({"AWS": "123456789012"}, {"AWS": "arn:aws:iam::210987654321:root"}, False),
        ({"AWS": "123456789012"}, {"AWS": "arn:aws:iam::123456789012:role/root"}, False),
        ({"AWS": "123456789012"}, {"AWS": "*"}, False),
        ({"AWS": "123456789012"}, {"Service": "123456789012"}, False),
        ("*", {"Service": "*"}, False),
    ],
)
def test_an_account_by_its_number_or_its_root(one: Any, other: Any, same: bool) -> None:
    assert (canonical(policy(one)) == canonical(policy(other))) is same


def test_a_policy_of_another_account_is_refused() -> None:
    plan = load()
    body = change(plan, APP_POLICY)
    for side, account in (("before", "123456789012"), ("after", "210987654321")):
        found = json.loads(body[side]["policy"])
        found["Statement"][0]["Principal"] = {"AWS": account}
        body[side]["policy"] = json.dumps(found)
    state(plan, APP_POLICY)["policy"] = body["before"]["policy"]
    assert report(plan).verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("kind", "verdict"), [("aws_glue_job", True), ("aws_s3tables_table", False)]
)
def test_the_sdk_writes_empties_for_none_in_a_block(kind: str, verdict: bool) -> None:
    """Recorded with the real provider in the lab: ``null -> ""`` in a block that changes."""
    differ = ValueDiff(kind, str, lambda *_: changed((), LeafKind.UNRESOLVED, 0, 0))
    for empty in ("", 0, False, [], {}):
        block = {"command": [{"a": None}]}, {"command": [{"a": empty}]}
        (found,) = differ.compare(*block, Marks())
        assert found.kind.explained is verdict
    (top,) = differ.compare({"a": None}, {"a": ""}, Marks())
    (more,) = differ.compare({"c": [{"a": None}]}, {"c": [{"a": "x"}]}, Marks())
    assert not top.kind.explained and not more.kind.explained
