"""One slip is told once, and nothing else hides beneath it."""

from __future__ import annotations

import json

import pytest

from tests.record.cases import CASES
from tests.record.folder import expected
from tests.verify.plans import APP_POLICY, FUNCTION, TASK, change, entry, load, report, rules
from tests.verify.recorded import prepared_intent
from tfswap.verify.model.report_data import Report, Severity, Verdict

WRONG = "production-Lpas-20240714"
_BAD = (Severity.ERROR, Severity.UNKNOWN)


def weighing(found: Report) -> int:
    return sum(one.severity in _BAD for one in found.findings)


SINGLE = ["other-date", "prefix-left-in", "other-date-throughout", "wrong-date", "errored"]


@pytest.mark.parametrize("case", SINGLE)
def test_a_single_slip_is_told_in_two_findings_at_most(case: str) -> None:
    assert weighing(report(case)) <= 2
    assert weighing(report(case, prepared_intent(expected(case)))) <= 2


def test_what_follows_from_a_wrong_name_is_named_beneath_it() -> None:
    root = next(f for f in report("other-date").findings if f.rule == "TFS207")
    assert {TASK, "output.environment_config_json"} <= set(root.also)


def test_a_wider_policy_does_not_hide_behind_a_wrong_name() -> None:
    plan = load("other-date-throughout")
    body = change(plan, APP_POLICY)
    policy = json.loads(body["after"]["policy"])
    policy["Statement"][0]["Action"] = "dynamodb:*"
    body["after"]["policy"] = json.dumps(policy)
    found = report(plan, prepared_intent(expected("other-date-throughout")))
    assert APP_POLICY in {f.address for f in found.findings if f.rule == "TFS307"}


def test_another_value_does_not_hide_behind_a_wrong_name() -> None:
    plan = load("other-date")
    change(plan, FUNCTION)["after"]["memory_size"] = 1
    found = report(plan)
    assert ("TFS401", FUNCTION) in {(f.rule, f.address) for f in found.findings}
    plan = load("other-date")
    body = change(plan, TASK)
    assert WRONG in body["after"]["container_definitions"]
    containers = body["after"]["container_definitions"].replace(WRONG, f"{WRONG} ")
    body["after"]["container_definitions"] = containers
    assert ("TFS401", TASK) in {(f.rule, f.address) for f in report(plan).findings}


def test_a_document_is_told_with_its_policy_and_not_with_another() -> None:
    found = report("policy-untouched")
    (one,) = [f for f in found.findings if f.rule == "TFS301"]
    assert one.address == "aws_iam_role_policy.reports"
    assert one.also == ("data.aws_iam_policy_document.reports",)
    plan = load("policy-untouched")
    listed = plan["configuration"]["root_module"]["resources"]
    block = next(b for b in listed if b["address"] == "aws_iam_role_policy.reports")
    block["expressions"].pop("policy")
    alone = [f.address for f in report(plan).findings if f.rule == "TFS301"]
    assert "data.aws_iam_policy_document.reports" in alone


def test_tags_are_told_once_for_a_resource() -> None:
    paths = {f.path for f in report("ride-tag").findings if f.rule == "TFS401"}
    assert paths == {"tags_all.owner"}


def test_an_errored_plan_is_not_called_targeted() -> None:
    found = report("errored")
    assert {"TFS001"} <= rules(found)
    assert "TFS002" not in rules(found)
    assert "TFS002" in rules(report("targeted"))


@pytest.mark.parametrize("case", CASES)
def test_whatever_is_at_fault_is_still_named(case: str) -> None:
    """Folding names fewer findings, never fewer resources."""
    found = report(case)
    named = {a for f in found.findings if f.severity in _BAD for a in (f.address, *f.also)}
    unexplained = {c.address for c in found.changes if not c.explained}
    assert unexplained <= named or found.verdict is Verdict.REJECTED
    assert entry is not None
