"""JUnit: well-formed whatever a plan holds, and every bad verdict breaks the build."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given

from tests import rotation
from tests.report.hostile import any_report
from tests.report.hostile import report as hostile
from tests.report.test_render import small
from tests.verify.plans import FOLDER, report
from tfswap.report import Format, render, render_all
from tfswap.verify.model.report_data import Finding, Report, Severity, Verdict

CASES = rotation.part(sorted(path.parent.name for path in FOLDER.glob("*/plan.json")), 20)


def suites(found: Report) -> ElementTree.Element:
    return ElementTree.fromstring(render(found, Format.JUNIT).encode())


def bad(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [case for case in root.iter("testcase") if {c.tag for c in case} & {"failure", "error"}]


@pytest.mark.parametrize("case", CASES)
def test_a_recorded_plan_breaks_the_build_when_it_is_not_passed(case: str) -> None:
    found = report(case)
    root = suites(found)
    assert bool(bad(root)) == bool(found.verdict.exit_code)
    (suite,) = root
    rules = {one.rule for one in found.findings}
    assert len(list(suite)) == 1 + len(found.checklist) + len(rules)


def test_counts_are_those_of_the_cases() -> None:
    (suite,) = root = suites(small(Verdict.REJECTED))
    for element in (root, suite):
        assert element.attrib["tests"] == str(len(list(root.iter("testcase")))) == "6"
        # The verdict, the failed line and the rule; the line that cannot be told; the n/a one.
        assert element.attrib["failures"] == "3"
        assert element.attrib["errors"] == "1"
        assert element.attrib["skipped"] == "1"


def test_a_rule_says_message_address_and_place() -> None:
    case = list(suites(small(Verdict.REJECTED)).iter("testcase"))[-1]
    assert case.attrib["name"].startswith("TFS401 ")
    assert (case.attrib["file"], case.attrib["line"]) == ("main.tf", "7")
    failure = case[0]
    assert failure.attrib["message"] == "The swap does not explain this change."
    assert failure.text is not None
    assert "aws_x.y a|b" in failure.text


@pytest.mark.parametrize("severity", Severity)
def test_severities(severity: Severity) -> None:
    found = small(Verdict.READY, findings=(Finding("TFS001", severity, "So."),))
    case = list(suites(found).iter("testcase"))[-1]
    assert [child.tag for child in case] == [
        {"error": "failure", "cannot tell": "error"}.get(severity.value, "system-out")
    ]


@given(any_report())
def test_any_report_is_well_formed(found: Report) -> None:
    assert len(list(suites(found).iter("testcase"))) >= 2


def test_hostile_texts_are_well_formed_and_visible() -> None:
    text = render(hostile(), Format.JUNIT)
    ElementTree.fromstring(text.encode())
    assert "\\u0000" in text
    assert "\\ufffe" in text


def test_several_plans_are_several_suites() -> None:
    root = ElementTree.fromstring(
        render_all([("a", small(Verdict.READY)), ("b", hostile())], Format.JUNIT).encode()
    )
    assert [suite.attrib["name"] for suite in root] == ["a", "b"]
    assert int(root.attrib["tests"]) == sum(int(suite.attrib["tests"]) for suite in root)
