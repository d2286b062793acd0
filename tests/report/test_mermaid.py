"""The consumers' diagram: told apart by more than colour, names no syntax, limited and said so."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given

from tests.report.hostile import TABLE, any_report
from tests.report.hostile import report as hostile
from tests.verify.plans import report
from tfswap.report.links import MAX_NODES
from tfswap.report.mermaid import MAX_CHARACTERS, flowchart
from tfswap.verify.model.report_data import LinkRole, LinkStanding, PlanLink, Report

LABEL = r"(?:[A-Za-z0-9 ]|#\d+;|<br/>)*"
NODE = re.compile(
    rf'  n\d+(?:\["{LABEL}"\]|\(\["{LABEL}"\]\)|\{{\{{"{LABEL}"\}}\}}|\[\("{LABEL}"\)\])'
    r":::(?:changed|unchanged|failing)"
)
EDGE = re.compile(r"  (n\d+) (-->|-\.->|==>) (n\d+)")


def check(text: str) -> None:
    head, *lines = text.splitlines()
    assert head == "flowchart LR"
    for line in lines:
        assert NODE.fullmatch(line) or EDGE.fullmatch(line) or line.startswith("  classDef "), line
    assert len(text) <= MAX_CHARACTERS


def resolved(line: str) -> str:
    return re.sub(r"#(\d+);", lambda match: chr(int(match[1])), line)


def node(text: str, name: str) -> str:
    (line,) = (resolved(one) for one in text.splitlines() if f'{name}"' in resolved(one))
    return line


def many(count: int, standing: LinkStanding = LinkStanding.UNCHANGED) -> Report:
    links = [PlanLink(TABLE, "", LinkRole.TABLE, LinkStanding.CHANGED)]
    links += [PlanLink(f"aws_x.n{n}", TABLE, LinkRole.CONSUMER, standing) for n in range(count)]
    links += [PlanLink("aws_x.bad", TABLE, LinkRole.CONSUMER, LinkStanding.FAILING)]
    return msgspec.structs.replace(hostile(), links=tuple(links))


def test_the_three_standings_differ_in_shape_sign_and_border() -> None:
    text, left_out = flowchart(report("left-behind"))
    check(text)
    assert left_out == ""
    failing = [line for line in map(resolved, text.splitlines()) if ":::failing" in line]
    (line,) = failing
    assert '{{"✗' in line
    assert "event_received" in line
    assert '["~' in node(text, "aws_backup_selection.main")
    assert '(["=' in node(text, "output.lpas_table")
    assert '[("~' in next(one for one in map(resolved, text.splitlines()) if TABLE in one)
    assert "stroke-dasharray" in text
    assert "stroke-width:4px" in text
    assert text.count("==>") == 1
    assert text.count("-.->") == 1


def test_the_table_says_both_names() -> None:
    text, _ = flowchart(report("good"))
    assert "production-Lpas → production-Lpas-20240715" in resolved(text)


def test_nothing_to_draw() -> None:
    assert flowchart(msgspec.structs.replace(hostile(), links=())) == ("", "")
    alone = (PlanLink(TABLE, "", LinkRole.TABLE, LinkStanding.CHANGED),)
    assert flowchart(msgspec.structs.replace(hostile(), links=alone)) == ("", "")


def test_hostile_names_are_no_syntax() -> None:
    text, _ = flowchart(hostile())
    check(text)
    assert "日本語" in resolved(text)


@given(any_report())
def test_any_name_is_no_syntax(found: Report) -> None:
    check(flowchart(found)[0])


@pytest.mark.parametrize("count", [MAX_NODES, 1000])
def test_a_crowd_is_limited_failing_first_and_said_so(count: int) -> None:
    text, left_out = flowchart(many(count))
    check(text)
    assert "aws_x.bad" in resolved(text)
    assert len(re.findall(":::", text)) == MAX_NODES
    over = count + 2 - MAX_NODES
    assert left_out == f"The diagram shows 60 of {count + 2}; not shown: {over} unchanged."


def test_long_names_are_limited_by_their_length() -> None:
    found = hostile(tuple(f"aws_x.{'_' * 99}{n}" for n in range(50)))
    text, left_out = flowchart(found)
    check(text)
    assert "not shown" in left_out


def test_a_way_over_what_is_not_shown_leads_on_to_the_next_that_is() -> None:
    chain = [PlanLink(TABLE, "", LinkRole.TABLE, LinkStanding.CHANGED)]
    before = TABLE
    for number in range(MAX_NODES + 5):
        name = f"aws_x.n{number}"
        chain.append(PlanLink(name, before, LinkRole.CONSUMER, LinkStanding.UNCHANGED))
        before = name
    chain.append(PlanLink("aws_x.bad", before, LinkRole.CONSUMER, LinkStanding.FAILING))
    text, _ = flowchart(msgspec.structs.replace(hostile(), links=tuple(chain)))
    check(text)
    thick = [match for line in text.splitlines() if (match := EDGE.fullmatch(line))]
    assert [match[2] for match in thick].count("==>") == 1


def test_a_circle_of_parents_ends() -> None:
    links = (
        PlanLink(TABLE, "", LinkRole.TABLE, LinkStanding.CHANGED),
        PlanLink("a", "b", LinkRole.CONSUMER, LinkStanding.CHANGED),
        PlanLink("b", "a", LinkRole.CONSUMER, LinkStanding.CHANGED),
    )
    check(flowchart(msgspec.structs.replace(hostile(), links=links))[0])
