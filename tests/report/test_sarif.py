"""SARIF 2.1.0: what the published schema requires of the parts we write, and stable identities.

The schema itself is not ours to ship; this says the same of every property that may be there.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import given

from tests import rotation
from tests.report.hostile import TFVARS, any_report
from tests.report.hostile import report as hostile
from tests.report.test_render import small
from tests.verify.plans import FOLDER, report
from tfswap.report import Format, render, render_all
from tfswap.rule_catalogue import RULES
from tfswap.verify.model.report_data import Finding, Location, Report, Severity, Verdict

CASES = rotation.part(sorted(path.parent.name for path in FOLDER.glob("*/plan.json")), 20)
Json = dict[str, Any]
Check = Callable[[Any], None]


def text(value: Any) -> None:
    assert isinstance(value, str)
    assert value


def whole(least: int) -> Check:
    def check(value: Any) -> None:
        assert isinstance(value, int)
        assert value >= least

    return check


def one_of(*values: Any) -> Check:
    def check(value: Any) -> None:
        assert value in values

    return check


def many(of: Check) -> Check:
    def check(value: Any) -> None:
        assert isinstance(value, list)
        for item in value:
            of(item)

    return check


def each(of: Check) -> Check:
    def check(value: Any) -> None:
        assert isinstance(value, dict)
        for item in value.values():
            of(item)

    return check


def thing(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """An object with no property but these (additionalProperties is false all over SARIF)."""

    def check(value: Any) -> None:
        assert isinstance(value, dict)
        assert required.keys() <= value.keys() <= required.keys() | (optional or {}).keys()
        for key, item in value.items():
            {**required, **(optional or {})}[key](item)

    return check


def relative(value: Any) -> None:
    assert re.fullmatch(r"(?!/)(?!.*(^|/)\.\.(/|$))[A-Za-z0-9._~!$&'()*+;=/%-]+", value)


BAG = each(text)
WORDS = thing({"text": text}, {"markdown": text})
RULE = thing(
    {"id": text},
    {"name": text, "shortDescription": WORDS, "fullDescription": WORDS, "help": WORDS},
)
PHYSICAL = thing(
    {
        "artifactLocation": thing({"uri": relative, "uriBaseId": one_of("SRCROOT")}),
        "region": thing({"startLine": whole(1)}),
    }
)
LOGICAL = thing({"fullyQualifiedName": text}, {"kind": one_of("resource")})
RESULT = thing(
    {
        "ruleId": text,
        "ruleIndex": whole(0),
        "level": one_of("none", "note", "warning", "error"),
        "message": thing({"text": text}),
        "locations": many(
            thing({"logicalLocations": many(LOGICAL)}, {"physicalLocation": PHYSICAL})
        ),
        "partialFingerprints": each(text),
        "properties": BAG,
    }
)
RUN = thing(
    {
        "tool": thing({"driver": thing({"name": text, "version": text, "rules": many(RULE)})}),
        "automationDetails": thing({"id": text}),
        "originalUriBaseIds": each(thing({"description": WORDS})),
        "invocations": many(
            thing({"executionSuccessful": one_of(True), "exitCode": one_of(0, 1, 3)})
        ),
        "columnKind": one_of("utf16CodeUnits", "unicodeCodePoints"),
        "results": many(RESULT),
        "properties": BAG,
    }
)
LOG = thing({"$schema": text, "version": one_of("2.1.0"), "runs": many(RUN)})


def sarif(found: Report) -> Json:
    document: Json = json.loads(render(found, Format.SARIF))
    LOG(document)
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    prints = [tuple(result["partialFingerprints"].items()) for result in run["results"]]
    assert len(set(prints)) == len(prints)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"]
    return document


def result(found: Report) -> Json:
    first: Json = sarif(found)["runs"][0]["results"][0]
    return first


@pytest.mark.parametrize("case", CASES)
def test_every_recorded_plan(case: str) -> None:
    found = report(case)
    (run,) = sarif(found)["runs"]
    assert len(run["results"]) == len(found.findings)
    assert run["invocations"][0]["exitCode"] == int(found.verdict.exit_code)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict(verdict: Verdict) -> None:
    assert sarif(small(verdict))["runs"][0]["properties"]["verdict"] == verdict.value


@given(any_report())
def test_any_report(found: Report) -> None:
    sarif(found)


def test_hostile_texts() -> None:
    results = sarif(hostile())["runs"][0]["results"]
    place = results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(place) == "a b/ü,:%.tf"
    shown = "\n".join(one["message"]["text"] for one in results)
    assert "\\[link](" in shown
    assert not re.search(r"(?<!\\)\[[^\]\n]*\]\(", shown)
    assert "{{0}}" in shown


def test_every_rule_has_help() -> None:
    rules = sarif(small(Verdict.READY))["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["help"]["markdown"].startswith("**Meaning.**")
        assert "helpUri" not in rule


def test_a_finding_stands_on_its_line_with_its_address() -> None:
    (place,) = result(small(Verdict.REJECTED))["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "main.tf"
    assert place["physicalLocation"]["region"] == {"startLine": 7}
    assert place["logicalLocations"] == [{"fullyQualifiedName": "aws_x.y", "kind": "resource"}]


@pytest.mark.parametrize("location", [None, Location("/abs.tf", 1), Location("../x.tf", 1)])
def test_one_without_a_line_stands_where_the_tfvars_name_the_table(
    location: Location | None,
) -> None:
    found = hostile()
    one = Finding("TFS002", Severity.ERROR, "So.", location=location)
    (place,) = result(msgspec.structs.replace(found, findings=(one,)))["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == TFVARS.file
    assert place["logicalLocations"] == [{"fullyQualifiedName": "the plan"}]


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.ERROR, "error"),
        (Severity.UNKNOWN, "error"),
        (Severity.WARNING, "warning"),
        (Severity.INFO, "note"),
    ],
)
def test_levels(severity: Severity, level: str) -> None:
    found = small(Verdict.REJECTED, findings=(Finding("TFS001", severity, "So."),))
    assert result(found)["level"] == level


def test_a_fingerprint_outlives_lines_and_values_and_tells_findings_apart() -> None:
    one = small(Verdict.REJECTED).findings[0]
    moved = msgspec.structs.replace(one, location=Location("b.tf", 99), evidence="x", message="y")
    other = msgspec.structs.replace(one, address="aws_x.other")

    def prints(*findings: Finding) -> list[Json]:
        results = sarif(small(Verdict.REJECTED, findings=findings))["runs"][0]["results"]
        return [one["partialFingerprints"] for one in results]

    assert prints(one) == prints(moved)
    assert prints(one) != prints(other)
    assert len({str(p) for p in prints(one, moved)}) == 2


def test_a_rule_of_nobody_is_described_all_the_same() -> None:
    found = small(Verdict.REJECTED, findings=(Finding("XYZ1", Severity.ERROR, "So."),))
    assert result(found)["ruleIndex"] == len(RULES)


def test_several_plans_are_several_runs_of_their_own_category() -> None:
    text = render_all([("a", small(Verdict.READY)), ("b", hostile())], Format.SARIF)
    document = json.loads(text)
    LOG(document)
    ids = [run["automationDetails"]["id"] for run in document["runs"]]
    assert ids == ["tfswap/production/a/", "tfswap/production/b/"]


DAMAGE: list[Callable[[Json], object]] = [
    lambda d: d.pop("version"),
    lambda d: d.update(version="2.0.0"),
    lambda d: d.update(surplus=1),
    lambda d: d["runs"][0].pop("tool"),
    lambda d: d["runs"][0]["results"][0].pop("message"),
    lambda d: d["runs"][0]["results"][0].update(level="bad"),
    lambda d: d["runs"][0]["results"][0].update(ruleIndex=-1),
    lambda d: d["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].update(
        startLine=0
    ),
    lambda d: d["runs"][0]["results"][0]["locations"][0]["physicalLocation"][
        "artifactLocation"
    ].update(uri="/etc/passwd"),
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_does_not_fit_is_found(damage: Callable[[Json], object]) -> None:
    document = copy.deepcopy(sarif(small(Verdict.REJECTED)))
    damage(document)
    with pytest.raises(AssertionError):
        LOG(document)
