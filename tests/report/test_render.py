"""Every format of every recorded plan's report: whole, narrow, harmless."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest

from tests.verify.plans import FOLDER, FUNCTION, INTENT, OLD, change, load, report
from tfswap.report import Format, render
from tfswap.report.safe import safe
from tfswap.report.wrap import wrap
from tfswap.verify.report_data import (
    ChecklistItem,
    Counts,
    ExplainedChange,
    Finding,
    LeafKind,
    LeafNote,
    Location,
    RenamedTable,
    Report,
    Severity,
    Status,
    Verdict,
)

CASES = sorted(path.parent.name for path in FOLDER.glob("*/plan.json"))
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def small(verdict: Verdict, **values: Any) -> Report:
    """A report with one of everything."""
    finding = Finding(
        rule="TFS401",
        severity=Severity.ERROR,
        message="The swap does not explain this change.",
        address="aws_x.y",
        path="a|b",
        evidence='"`one`" -> "two"',
        hint="Plan again.",
        also=tuple(f"aws_x.z{number}" for number in range(9)),
        location=Location("main.tf", 7),
    )
    return Report(
        verdict=verdict,
        summary="What there is to say.",
        tables=(RenamedTable("production-Lpas", "production-Lpas-20240715", "aws_x.table"),),
        checklist=tuple(
            ChecklistItem(status.name, f"Line {status.name}", status, ("evidence",))
            for status in Status
        ),
        findings=values.pop("findings", (finding,)),
        changes=(
            ExplainedChange("aws_x.fine", "update in place", True, (_note(LeafKind.RENAMED),)),
            ExplainedChange("aws_x.wrong", "update in place", False, (_note(LeafKind.RENAMED),)),
        ),
        counts=Counts(noop=3, update=2),
        notes=("A note.",),
        environment="production",
        **values,
    )


def _note(kind: LeafKind) -> LeafNote:
    return LeafNote("a.b", kind, "old -> new")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_text_keeps_to_its_width(case: str, width: int) -> None:
    text = render(report(case), Format.TEXT, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert text.endswith("\n")


@pytest.mark.parametrize("case", CASES)
def test_colour_adds_nothing_but_colour(case: str) -> None:
    found = report(case)
    plain = render(found, Format.TEXT)
    painted = render(found, Format.TEXT, colour=True)
    assert "\x1b" not in plain
    assert painted != plain
    assert ANSI.sub("", painted) == plain


@pytest.mark.parametrize("verdict", Verdict)
def test_the_verdict_comes_first(verdict: Verdict) -> None:
    found = small(verdict)
    assert render(found, Format.TEXT).splitlines()[0] == verdict.value.upper()
    assert render(found, Format.MARKDOWN).splitlines()[0] == f"## tfswap: {verdict.value}"
    assert json.loads(render(found, Format.JSON))["verdict"] == verdict.value


def test_the_order_of_the_text() -> None:
    text = " ".join(render(small(Verdict.REJECTED), Format.TEXT).split())
    parts = ["REJECTED", "Checklist", "Wrong (1)", "Fine (1 explained, 3 unchanged)", "Notes"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "aws_x.wrong" not in text
    assert "main.tf:7" in text
    assert "and 3 more" in text
    assert "Next: Plan again." in text


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_word(status: Status) -> None:
    line = next(
        line
        for line in render(small(Verdict.READY), Format.TEXT).splitlines()
        if line.endswith(f"Line {status.name}")
    )
    words = {"SATISFIED": "ok", "NOT_APPLICABLE": "n/a", "CANNOT_TELL": "CANNOT TELL"}
    assert line.split("  ")[1].strip() == words.get(status.name, status.name)


@pytest.mark.parametrize("severity", Severity)
def test_every_severity_has_a_heading(severity: Severity) -> None:
    one = Finding("TFS001", severity, "Something.", hint="Do it.")
    text = render(small(Verdict.REJECTED, findings=(one,)), Format.TEXT)
    assert "TFS001  Something." in text
    assert ("Next: Do it." in text) == (severity is not Severity.INFO)


@pytest.mark.parametrize("case", CASES)
def test_json_can_be_read_back(case: str) -> None:
    found = report(case)
    document = json.loads(render(found, Format.JSON))
    assert document.pop("version") == 1
    assert document.pop("exit_code") == int(found.verdict.exit_code)
    assert msgspec.convert(document, Report) == found


@pytest.mark.parametrize("format", Format)
def test_every_format_is_rendered(format: Format) -> None:
    assert "TFS401" in render(small(Verdict.REJECTED), format)


def test_markdown_tables_keep_their_columns() -> None:
    lines = render(small(Verdict.REJECTED), Format.MARKDOWN).splitlines()
    row = next(line for line in lines if line.startswith("| TFS401"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert "'one'" in row


def test_escape_sequences_are_made_visible() -> None:
    plan = load()
    after = change(plan, FUNCTION)["after"]
    after["description"] = "\x1b[2K\x1b[1A\x9b1;32mREADY\u202e <script>\r"
    found = report(plan, INTENT)
    for format in Format:
        text = render(found, format)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


def test_safe() -> None:
    assert safe("plain") == "plain"
    assert safe("Grüße → ok") == "Grüße → ok"
    assert safe("a\x1bb\u200bc") == "a\\u001bb\\u200bc"


def test_wrap() -> None:
    assert wrap("a b", 80, "  ") == ["  a b"]
    assert wrap("", 80, "  ") == [""]
    lines = wrap("module.one.module.two.module.three.aws_x.y: it changes", 24, "", "  ")
    assert max(map(len, lines)) <= 24
    assert "".join(line.strip() for line in lines).startswith("module.one.module.two.module.three")
    assert OLD in wrap(OLD, 10)[0]
