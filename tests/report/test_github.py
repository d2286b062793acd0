"""Workflow commands: a line each, escaped as GitHub's toolkit does, on files of the repository."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given

from tests.report.hostile import any_report
from tests.report.hostile import report as hostile
from tests.report.test_render import small
from tfswap.report import Format, render, render_all
from tfswap.report.github import command
from tfswap.verify.model.report_data import Finding, Location, Report, Severity, Verdict

GITHUB = Format.GITHUB
COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def parse(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as the runner does: split first, then resolve."""
    match = COMMAND.fullmatch(line)
    assert match, line
    pairs = dict(part.split("=", 1) for part in match[2].split(","))
    return match[1], {k: _resolved(v, ":,") for k, v in pairs.items()}, _resolved(match[3])


def _resolved(text: str, more: str = "") -> str:
    for char in f"\r\n{more}":
        text = text.replace(f"%{ord(char):02X}", char)
    return text.replace("%25", "%")


def commands(found: Report) -> list[tuple[str, dict[str, str], str]]:
    lines = render(found, Format.GITHUB).splitlines()
    return [parse(line) for line in lines if line.startswith("::")]


def test_a_finding_is_an_annotation_on_its_file_and_line() -> None:
    ((kind, properties, text),) = commands(small(Verdict.REJECTED))
    assert kind == "error"
    assert (properties["file"], properties["line"]) == ("main.tf", "7")
    assert properties["title"].startswith("TFS401 ")
    first, *rest = text.split("\n")
    assert first == "The swap does not explain this change."
    assert rest[0] == "aws_x.y a|b"
    assert rest[-1] == "Next: Plan again."


def test_the_verdict_is_said_last_and_short() -> None:
    lines = render(small(Verdict.REJECTED), Format.GITHUB).splitlines()
    assert lines[-2] == "tfswap: REJECTED. What there is to say."
    assert "production-Lpas -> production-Lpas-20240715 in production" in lines[-1]


@pytest.mark.parametrize(
    ("severity", "kind"),
    [
        (Severity.ERROR, "error"),
        (Severity.UNKNOWN, "error"),
        (Severity.WARNING, "warning"),
        (Severity.INFO, "notice"),
    ],
)
def test_severities(severity: Severity, kind: str) -> None:
    found = small(Verdict.REJECTED, findings=(Finding("TFS001", severity, "So."),))
    assert commands(found)[0][0] == kind


@pytest.mark.parametrize("verdict", Verdict)
def test_no_bad_verdict_goes_without_an_annotation(verdict: Verdict) -> None:
    found = small(verdict, findings=())
    assert bool(commands(found)) == bool(verdict.exit_code)


@pytest.mark.parametrize("file", ["/etc/passwd", "../up.tf", "a/../../b.tf", ""])
def test_paths_that_lead_out_of_the_repository_are_left_out(file: str) -> None:
    one = Finding("TFS001", Severity.ERROR, "So.", location=Location(file, 3))
    _, properties, _ = commands(small(Verdict.REJECTED, findings=(one,)))[0]
    assert set(properties) == {"title"}


def test_escaping() -> None:
    assert command("error", "50%\r\na:b,c", {"file": "a:b,%.tf"}) == (
        "::error file=a%3Ab%2C%25.tf::50%25%0D%0Aa:b,c"
    )


def test_hostile_texts_stay_within_their_annotation() -> None:
    found = hostile()
    lines = render(found, Format.GITHUB).splitlines()
    shown = [line for line in lines if line.lstrip().startswith("::")]
    assert len(shown) == len(found.findings)
    assert not any("##[" in line for line in lines if line not in shown)
    places = [properties for _, properties, _ in commands(found) if "file" in properties]
    assert {p["file"] for p in places} == {"a b/ü,:%.tf"}


@given(any_report())
def test_any_report_is_one_line_a_finding(found: Report) -> None:
    lines = render(found, Format.GITHUB).split("\n")
    shown = [parse(line) for line in lines if line.lstrip().startswith("::")]
    silent = bool(found.verdict.exit_code) and not any(
        one.severity in (Severity.ERROR, Severity.UNKNOWN) for one in found.findings
    )
    assert len(shown) == len(found.findings) + silent


def test_several_plans_name_themselves() -> None:
    good = msgspec.structs.replace(small(Verdict.READY), findings=())
    text = render_all([("a.json", small(Verdict.REJECTED)), ("b.json", good)], Format.GITHUB)
    assert "tfswap: a.json: REJECTED." in text
    assert "tfswap: b.json: READY." in text


@pytest.mark.parametrize(
    "name", ["##[error]x", "::error::x", "a\n::error::x", "a\r::stop-commands::y"]
)
def test_a_plan_s_name_is_no_command(name: str) -> None:
    text = render_all([(name, msgspec.structs.replace(small(Verdict.READY), findings=()))], GITHUB)
    assert "##[" not in text
    assert not re.search(r"(^|[\r\n])\s*::", text)
