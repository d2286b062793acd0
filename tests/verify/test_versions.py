"""What runs by number a version made earlier keeps the environment it was made with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verify.good_plans import PASSES, good_plans
from tests.verify.plans import (
    FUNCTION,
    SERVICE,
    TASK,
    Document,
    add,
    change,
    finding,
    load,
    report,
    rules,
    state,
)
from tfswap.verify.model.report_data import Severity, Verdict

ALIAS = "aws_lambda_alias.live"


def runs(plan: Document, revision: str, *, short: bool = False) -> None:
    """Leave the service on a revision, as ``ignore_changes`` does."""
    arn = change(plan, TASK)["before"]["arn"].rpartition(":")[0] + f":{revision}"
    name = arn.rpartition("/")[2] if short else arn
    body = change(plan, SERVICE)
    body["before"]["task_definition"] = name
    body.update(actions=["no-op"], after=body["before"], after_unknown={})
    state(plan, SERVICE)["task_definition"] = name


def now(plan: Document) -> str:
    revision: str = change(plan, TASK)["before"]["arn"].rpartition(":")[2]
    return revision


@pytest.mark.parametrize("short", [False, True])
def test_a_service_stays_on_the_revision_that_is_replaced(short: bool) -> None:
    plan = load()
    runs(plan, now(plan), short=short)
    found = report(plan)
    assert found.verdict is Verdict.REJECTED
    assert finding(found, "TFS308").severity is Severity.ERROR


@pytest.mark.parametrize("case", ["good", "applied"])
def test_a_revision_that_is_not_in_the_state_cannot_be_told(case: str) -> None:
    """Something else deploys this service: the revision it runs may name the outgoing table."""
    plan = load(case)
    runs(plan, "7")
    found = report(plan)
    assert found.verdict is Verdict.CANNOT_TELL
    assert finding(found, "TFS308").address == SERVICE


def test_the_revision_in_the_state_is_in_order_once_the_swap_is_applied() -> None:
    (good,) = [good for good in good_plans() if good.name == "applied"]
    plan = good.plan()
    runs(plan, now(plan), short=True)
    assert good.report(plan).verdict in PASSES


def alias(plan: Document, version: str, **changes: Any) -> None:
    function = change(plan, FUNCTION)["before"]
    values = {"function_name": function["arn"], "function_version": version, "name": "live"}
    actions = ["update"] if changes else ["no-op"]
    add(plan, ALIAS, "aws_lambda_alias", actions, before=values, after={**values, **changes})


@pytest.mark.parametrize("changes", [{}, {"description": "x"}])
def test_an_alias_stays_on_a_published_version(changes: dict[str, str]) -> None:
    plan = load()
    alias(plan, "5", **changes)
    found = report(plan)
    assert found.verdict is Verdict.REJECTED
    assert finding(found, "TFS308").address == ALIAS


def test_an_alias_of_the_latest_code_follows() -> None:
    plan = load()
    alias(plan, "$LATEST")
    assert "TFS308" not in rules(report(plan))


@pytest.mark.parametrize(("version", "verdict"), [("7", "applied"), ("6", "cannot tell")])
def test_after_the_swap_an_alias_runs_the_version_published_last(
    version: str, verdict: str
) -> None:
    plan = load("applied")
    body = change(plan, FUNCTION)
    for side in (body["before"], body["after"], state(plan, FUNCTION)):
        side["version"] = "7"
    alias(plan, version)
    assert report(plan).verdict.value == verdict
