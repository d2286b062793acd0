"""Old names by value, however they are written, in resources the plan does not touch."""

from __future__ import annotations

import base64
import json

import pytest

from tests.verify.plans import NEW, OLD, SECURITY_GROUP, add, load, noop, report, rules
from tfswap.verify.model.report_data import Verdict

ARN = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{OLD}"
SCRIPT = f"#!/bin/sh\nexport TABLE={OLD}\nexec app\n"

WRITTEN = {
    "as it is": OLD,
    "in a sentence": f"The table is {OLD}.",
    "an index of it": f"{ARN}/index/by-user",
    "json in json": json.dumps({"a": json.dumps([{"b": ARN}])}),
    "json escapes": json.dumps({"a": "\n" + OLD}).replace("-", "\\u002d"),
    "json escapes of json": json.dumps({"a": json.dumps({"b": OLD}).replace("p", "\\u0070")}),
    "percent": ARN.replace("/", "%2F").replace("-", "%2D"),
    "percent twice": ARN.replace("-", "%252D"),
    "yaml hexadecimal": 'name: "' + OLD.replace("-", "\\x2d") + '"',
    "joined lines": f"app --table {OLD[:9]}\\\n    {OLD[9:]}",
    "base64": base64.b64encode(SCRIPT.encode()).decode(),
    "wrapped base64": base64.encodebytes((SCRIPT * 5).encode()).decode(),
    "base64 of json": base64.b64encode(json.dumps({"t": ARN}).encode()).decode(),
    "base64 in a script": f"echo {base64.b64encode(SCRIPT.encode()).decode()} | base64 -d | sh",
    "base64 behind a slash": f"data/{base64.b64encode(SCRIPT.encode()).decode()}",
    "json of base64": json.dumps({"data": base64.b64encode(SCRIPT.encode()).decode()}),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_name_in_an_untouched_resource_is_found(how: str) -> None:
    plan = load()
    noop(plan, SECURITY_GROUP, description=WRITTEN[how])
    found = report(plan)
    assert found.verdict is Verdict.REJECTED
    assert "TFS301" in rules(found)


OTHERS = {
    "the new one": NEW,
    "another environment's": f"pre{OLD}",
    "longer": f"{OLD}-archive",
    "base64 of the new one": base64.b64encode(NEW.encode()).decode(),
    "percent": f"100%{NEW}",
}


@pytest.mark.parametrize("how", OTHERS)
def test_other_names_are_no_alarm(how: str) -> None:
    plan = load()
    noop(plan, SECURITY_GROUP, description=OTHERS[how])
    assert report(plan).verdict is Verdict.READY


PATTERNS = {
    f"{ARN[: -len(OLD)]}production-Lpa?": "TFS303",
    f"arn:aws:dynamodb:*:*:*-{OLD.split('-')[1]}": "TFS303",
    "arn:aws:dynamodb:*:*:tab*/*-Lpas": "TFS303",
    "arn:aws:dynamodb:*:*:table/production-*": "TFS304",
    "arn:aws:dynamodb:eu-west-1:123456789012:*": "TFS304",
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_are_understood(pattern: str) -> None:
    plan = load()
    noop(plan, SECURITY_GROUP, description=json.dumps({"Resource": pattern}))
    found = report(plan)
    assert PATTERNS[pattern] in rules(found)
    covers = PATTERNS[pattern] == "TFS304"
    assert found.verdict is (Verdict.READY if covers else Verdict.REJECTED)


def test_a_data_source_read_while_planning_counts() -> None:
    plan = load()
    values = {"json": json.dumps({"a": ARN})}
    root = plan["prior_state"]["values"]["root_module"]
    root["resources"].append(
        {
            "address": "data.aws_x.y",
            "mode": "data",
            "type": "aws_x",
            "name": "y",
            "values": values,
            "sensitive_values": {},
        }
    )
    assert "TFS301" in rules(report(plan))


def test_bytes_that_are_no_text_are_refused_not_skipped() -> None:
    from tests.verify.plans import INTENT
    from tfswap.errors import PlanError
    from tfswap.plan.document import read_plan
    from tfswap.verify.verifier import verify

    plan = load()
    add(plan, "aws_x.y", "aws_x", ["no-op"], before={"a": "?!?"}, after={"a": "?!?"})
    data = json.dumps(plan).encode().replace(b"?!?", b"\xff")
    with pytest.raises(PlanError):
        verify(read_plan(data), INTENT)
