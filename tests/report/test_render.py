"""Every format of every recorded plan's report: whole, narrow, harmless."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import rotation
from tests.verify.plans import (
    APP,
    FOLDER,
    FUNCTION,
    INTENT,
    OLD,
    SERVICE,
    TASK,
    change,
    entry,
    load,
    report,
    resources,
)
from tfswap.report import Format, render
from tfswap.report.sanitize import safe
from tfswap.report.short_address import Shortener
from tfswap.report.wrap import wrap
from tfswap.verify.model.report_data import (
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

CASES = rotation.part(sorted(path.parent.name for path in FOLDER.glob("*/plan.json")), 20)
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
    for line in text.splitlines():
        assert len(line) <= width or " " not in line.strip(), line
    assert text.endswith("\n")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("width", [40, 80])
def test_no_address_or_path_is_broken(case: str, width: int) -> None:
    """What stands in the text is whole: an address, or the end of just one of the plan's."""
    found = report(case)
    plan = load(case)
    addresses = {entry["address"] for entry in plan.get("resource_changes", [])}
    if "prior_state" in plan:
        addresses |= {resource["address"] for resource in resources(plan)}
    words = render(found, Format.TEXT, width=width).split()
    for word in words:
        if word.startswith("….") and '"' not in word:
            end = word.removeprefix("….").rstrip(":,")
            assert len([a for a in addresses if a.endswith(f".{end}")]) == 1, word
    for one in found.findings:
        if one.address:
            assert one.address in words
        if one.path and " " not in one.path:
            assert one.path in words
    for change_ in found.changes:
        short = [w.rstrip(":,").removeprefix("….") for w in words]
        assert not change_.explained or any(change_.address.endswith(w) for w in short)


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
    parts = ["REJECTED", "Checklist", "Errors (1)", "1 change explained, 3 unchanged", "Notes"]
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
        if f"Line {status.name}" in line
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
    assert "&#96;one&#96;" in row


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
    address = "module.one.module.two.module.three.aws_x.y:"
    assert wrap(f"see {address} it changes", 24, "", "  ") == [
        "see",
        f"  {address}",
        "  it changes",
    ]
    assert wrap(OLD, 10) == [OLD]
    assert wrap(f"{OLD} {OLD}", 10, "- ", "  ") == [f"- {OLD}", f"  {OLD}"]


@given(st.text("ab. ", max_size=60), st.integers(1, 30))
def test_wrap_keeps_every_word(text: str, width: int) -> None:
    lines = wrap(text, width, "  ", "    ")
    assert " ".join(" ".join(lines).split()) == " ".join(text.split())
    assert all(len(line) <= width or len(line.split()) == 1 for line in lines)


def test_short_addresses_stay_the_only_ones() -> None:
    known = [
        "module.a[0].module.b.aws_x.y",
        'module.a["k.]"].module.c.aws_x.y',
        "aws_x.y",
        "aws_x.z",
        "module.a[0].aws_x.only",
    ]
    names = Shortener(known)
    assert names.short(known[0]) == "….module.b.aws_x.y"
    assert names.short(known[1]) == "….module.c.aws_x.y"
    assert names.short("aws_x.y") == "aws_x.y"
    assert names.short("aws_x.z") == "aws_x.z"
    assert names.short(known[4]) == "….aws_x.only"
    assert names.split('module.a["k.]"].module.c.aws_x.y: words: more') == (known[1], "words: more")
    assert names.split("nothing: known") == ("", "nothing: known")


def test_a_ready_report_fits_on_two_screens_and_says_it_first() -> None:
    lines = render(report("good"), Format.TEXT).splitlines()
    assert lines[0] == "READY"
    checklist = lines[lines.index("Checklist") + 1 :]
    assert sum(line.startswith("  ok  ") for line in checklist) == 16
    assert checklist.index("") <= 18
    fine = next(i for i, line in enumerate(lines) if line.startswith("12 changes explained"))
    assert lines[fine + 14] == ""


@pytest.mark.parametrize("case", ["ride-image", "left-behind", "replica", "not-tainted"])
def test_the_culprit_stands_beneath_the_verdict(case: str) -> None:
    found = report(case)
    first = found.findings[0]
    head = render(found, Format.TEXT).splitlines()[:6]
    assert head[0] == "REJECTED"
    assert head[2].split()[0] == f"{first.rule}:"
    ends = [line.strip().removeprefix("….") for line in head[3:]]
    assert any(first.address.endswith(end) for end in ends)


def test_an_unchanged_namesake_keeps_an_address_long() -> None:
    plan = load()
    name = f"….{TASK.removeprefix('module.eu_west_1[0].module.app.')}"
    assert name in render(report(plan), Format.TEXT)
    twin = copy.deepcopy(entry(plan, SERVICE))
    twin["address"] = TASK.replace("module.app", "module.other")
    twin["module_address"] = "module.eu_west_1[0].module.other"
    twin["change"] = {"actions": ["no-op"], "before": {"a": 1}, "after": {"a": 1}}
    plan["resource_changes"].append(twin)
    text = render(report(plan), Format.TEXT)
    assert f"{name}:" not in text
    assert "….module.app.aws_ecs_task_definition.app" in text


def test_only_an_unchanged_address_that_ends_alike_is_a_namesake() -> None:
    plan = load()
    other = f"{APP.rpartition('.')[0]}.other"
    alike = f"{other}.aws_ecs_task_definition.app"
    for address in (alike, f'{alike}["x"]'):
        twin = copy.deepcopy(entry(plan, TASK))
        twin["address"], twin["module_address"] = address, other
        twin["change"] = {"actions": ["no-op"], "before": {"a": 1}, "after": {"a": 1}}
        plan["resource_changes"].append(twin)
    found = report(plan)
    assert set(found.namesakes) == {alike}
    assert not set(found.namesakes) & {change.address for change in found.changes}


def test_only_what_is_at_fault_is_told_in_the_checklist() -> None:
    text = render(report("left-behind"), Format.TEXT)
    part = text.split("Environment variables")[1].split("  ok  ")[0]
    assert "event_received" in part
    assert "schedule_runner" not in part


def _instances(count: int, kind: LeafKind = LeafKind.RENAMED) -> tuple[ExplainedChange, ...]:
    return tuple(
        ExplainedChange(f'aws_x.many["{kind.value}{n}"]', "update in place", True, (_note(kind),))
        for n in range(count)
    )


def test_alike_instances_of_a_block_share_a_line() -> None:
    """Thousands of instances must not push what matters off the screen."""
    lone = ExplainedChange("aws_x.many[7]", "update in place", True, (), "same meaning")
    bare = ExplainedChange("aws_x.many[8]", "update in place", True, ())
    found = _instances(4) + _instances(3, LeafKind.COMPUTED) + (lone, bare)
    text = render(copy_with(small(Verdict.READY, findings=()), found), Format.TEXT)
    fine = text.split("9 changes explained")[1].split("\n\n")[0].splitlines()[1:]
    assert fine == [
        "  aws_x.many (4 instances): update, renamed a.b",
        *(f'  aws_x.many["computed{n}"]: update, 1 known after apply' for n in range(3)),
        "  aws_x.many[7]: update, same meaning",
        "  aws_x.many[8]: update",
    ]


def copy_with(found: Report, changes: tuple[ExplainedChange, ...]) -> Report:
    """The report with other changes."""
    return msgspec.structs.replace(found, changes=changes)


@pytest.mark.parametrize("case", ["good", "applied"])
@pytest.mark.parametrize("width", [80, 120])
def test_the_short_form_of_what_is_fine_fits_twelve_lines(case: str, width: int) -> None:
    found = report(case)
    assert found.verdict.exit_code == 0
    lines = render(found, Format.TEXT, width=width, full=False).splitlines()
    assert len(lines) <= 12
    assert max(map(len, lines)) <= width
    assert lines[0] == found.verdict.value.upper()


@pytest.mark.parametrize("case", CASES)
def test_the_short_form_leaves_out_only_what_is_fine(case: str) -> None:
    found = report(case)
    full = render(found, Format.TEXT, width=100).splitlines()
    short = render(found, Format.TEXT, width=100, full=False)
    for heading in ("Errors (", "Cannot be verified (", "Warnings ("):
        assert (heading in short) == any(line.startswith(heading) for line in full)
    for one in found.findings:
        assert one.severity is Severity.INFO or one.rule in short
    assert all(" ".join(note.split()[:3]) in short for note in found.notes)
