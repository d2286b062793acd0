"""Every JSON report fits the schema in ``docs/``, and the schema says all that is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests import rotation
from tests.report.documents import closed
from tests.report.test_render import small
from tests.verify.plans import FOLDER, FUNCTION, change, load, report
from tfswap.report import Format, render
from tfswap.report.schema import render_schemas, report_schema
from tfswap.verify.model.report_data import Report, Verdict

FILE = Path(__file__).parents[2] / "docs" / "report.schema.json"
CASES = rotation.part(sorted(path.parent.name for path in FOLDER.glob("*/plan.json")), 20)


def check(found: Report) -> None:
    schema = json.loads(FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(closed(schema))
    errors = [
        error.message for error in validator.iter_errors(json.loads(render(found, Format.JSON)))
    ]
    assert errors == []


def test_the_schemas_in_docs_are_current() -> None:
    for name, text in render_schemas().items():
        message = "run: python -m tfswap.report.schema docs"
        assert (FILE.parent / name).read_text() == text, message
    there = {f"schemas/{path.name}" for path in (FILE.parent / "schemas").iterdir()}
    assert there | {FILE.name} == render_schemas().keys()


@pytest.mark.parametrize("case", CASES)
def test_every_recorded_plans_report_fits(case: str) -> None:
    check(report(case))


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_fits(verdict: Verdict) -> None:
    check(small(verdict))


def test_a_sensitive_report_fits() -> None:
    plan = load()
    change(plan, FUNCTION)["after_sensitive"] = {"environment": True}
    check(report(plan))


@pytest.mark.parametrize(
    "damage",
    [
        lambda r: r.pop("verdict"),
        lambda r: r.update(verdict="fine"),
        lambda r: r.update(version=2),
        lambda r: r.update(exit_code=2),
        lambda r: r["findings"][0].update(severity="bad"),
        lambda r: r["findings"][0].pop("rule"),
        lambda r: r["changes"][0]["leaves"][0].update(kind="other"),
        lambda r: r.update(surplus=1),
    ],
)
def test_what_does_not_fit_is_found(damage: Any) -> None:
    document = json.loads(render(report("ride-image"), Format.JSON))
    document["changes"] = [one for one in document["changes"] if one["leaves"]]
    damage(document)
    validator = jsonschema.Draft202012Validator(closed(report_schema()))
    assert list(validator.iter_errors(document))
