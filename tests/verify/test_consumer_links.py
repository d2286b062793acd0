"""The consumers' graph of a report: who is in it, on which way, and how each fares."""

from __future__ import annotations

import pytest

from tests.verify.plans import (
    APP,
    DOCUMENT,
    EVENT,
    FOLDER,
    PIPELINE_POLICY,
    SERVICE,
    TABLE,
    TASK,
    report,
)
from tfswap.plan.address import strip_keys
from tfswap.verify.model.report_data import LinkRole, LinkStanding, PlanLink

CASES = sorted(path.parent.name for path in FOLDER.glob("*/plan.json"))
FUNCTION = strip_keys(f"{EVENT}.aws_lambda_function.lambda_function")


def links(case: str) -> dict[str, PlanLink]:
    found = report(case).links
    by_address = {link.address: link for link in found}
    assert len(by_address) == len(found), "a node is told twice"
    return by_address


def test_a_good_plan_has_every_change_in_the_graph_and_nothing_failing() -> None:
    found = links("good")
    changed = {strip_keys(change.address) for change in report("good").changes}
    standing = {a: link.standing for a, link in found.items()}
    assert {a for a, s in standing.items() if s is LinkStanding.CHANGED} == changed
    assert found["output.lpas_table"].standing is LinkStanding.UNCHANGED
    assert found[TABLE].role is LinkRole.TABLE
    assert {link.role for link in found.values()} == {LinkRole.TABLE, LinkRole.CONSUMER}


def test_the_way_leads_over_other_consumers() -> None:
    found = links("good")
    assert found[DOCUMENT].parent == TABLE
    assert found[PIPELINE_POLICY].parent == DOCUMENT
    assert found[strip_keys(SERVICE)].parent == strip_keys(TASK)
    # The documents between are read while planning and have no instance in the plan.
    assert found[strip_keys(f"{APP}.aws_iam_role_policy.app_task_role")].parent == TABLE


@pytest.mark.parametrize("case", CASES)
def test_ways_end_at_a_table_or_nowhere(case: str) -> None:
    found = links(case)
    for link in found.values():
        seen = set()
        while link.parent:
            assert link.address not in seen
            seen.add(link.address)
            link = found[link.parent]
    for finding in report(case).findings:
        if finding.severity.value in ("error", "cannot tell") and finding.address:
            assert found[strip_keys(finding.address)].standing is LinkStanding.FAILING


def test_a_consumer_left_behind_and_an_outsider_are_told_apart() -> None:
    assert links("left-behind")[FUNCTION].role is LinkRole.CONSUMER
    assert links("left-behind")[FUNCTION].standing is LinkStanding.FAILING
    assert links("ride-image")["aws_ssm_parameter.container_version"].role is LinkRole.OUTSIDER
