"""Markdown as its reader sees it: whole tables, foreign text shown, never obeyed, cut cleanly."""

from __future__ import annotations

import re
from html import unescape

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests import rotation
from tests.report.hostile import WORDS, any_report
from tests.report.hostile import report as hostile
from tests.report.test_render import small
from tests.verify.plans import FOLDER, report
from tfswap.report import Format, render, render_all
from tfswap.report.escape import code, prose
from tfswap.report.markdown import LIMIT, render_markdown
from tfswap.report.sanitize import safe
from tfswap.verify.model.report_data import PullState, Report, Verdict

CASES = rotation.part(sorted(path.parent.name for path in FOLDER.glob("*/plan.json")), 20)
OURS = {"<br>", "<code>", "</code>"}
FOLDS = ("<details>\n<summary>", "</details>\n")


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)


def inlines(text: str) -> list[Token]:
    return [child for token in tokens(text) for child in token.children or ()]


def check(text: str) -> None:
    """Nothing but our own structure: no foreign HTML, link, image, mention or open end."""
    assert len(text.encode()) <= LIMIT
    assert len(text.encode("utf-16-le")) // 2 <= LIMIT
    quoted = False  # GitHub looks for mentions and issues outside of code only
    for child in inlines(text):
        assert child.type not in ("link_open", "image", "em_open")
        if child.type == "html_inline":
            assert child.content in OURS
        if child.type == "html_inline" and "code" in child.content:
            quoted = child.content == "<code>"
        if child.type.startswith("text") and not quoted:
            assert not re.search(r"[@#]\w", child.content), child.content
    for token in tokens(text):
        if token.type == "html_block":
            assert token.content.startswith(FOLDS)
        assert token.type != "code_block"
        if token.type == "fence":
            assert token.info == "mermaid"
    for opened, closed in (("<details>", "</details>"), ("<code>", "</code>")):
        assert text.count(opened) == text.count(closed)
    assert text.count("```") % 2 == 0


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of a table's body, as Markdown."""
    found: list[list[str]] = []
    inside = False
    for token in tokens(text):
        if token.type == "inline" and token.content == heading:
            inside = True
        elif inside and token.type == "tr_open":
            found.append([])
        elif inside and token.type == "table_close":
            return found[1:]
        elif inside and token.type == "inline" and found:
            found[-1].append(token.content)
    return found[1:]


@pytest.mark.parametrize("case", CASES)
def test_every_recorded_plan(case: str) -> None:
    found = report(case)
    text = render(found, Format.MARKDOWN)
    check(text)
    assert text.splitlines()[0] == f"## tfswap: {found.verdict.value}"
    assert len(rows(text, "Checklist")) == len(found.checklist)
    assert [row[0] for row in rows(text, "Findings")] == [one.rule for one in found.findings]
    assert f"<summary>Changes ({len(found.changes)})</summary>" in text or not found.changes


def test_the_verdict_comes_first_then_checklist_findings_diagram_and_the_rest_folded() -> None:
    text = render(report("left-behind"), Format.MARKDOWN)
    order = [
        "## tfswap",
        "Do not apply",
        "### Checklist",
        "### Findings",
        "```mermaid",
        "<details>",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert text.index("</details>") > text.index("| resource |") > places[-1]


def test_hostile_texts_are_shown_and_not_obeyed() -> None:
    found = hostile()
    text = render(found, Format.MARKDOWN)
    check(text)
    shown = rows(text, "Findings")
    assert len(shown) == len(found.findings)
    for row, one in zip(shown, found.findings, strict=True):
        assert len(row) == 5
        seen = unescape(row[3].split("<br>")[0]).replace("\u200b", "")
        assert seen.rstrip() == safe(one.message).rstrip()


@pytest.mark.parametrize("word", [*WORDS, "a|b", "x`y``z", "*", "_a_", "a_b", "&amp;", "&#64;x"])
def test_code_and_prose_show_just_what_they_were_given(word: str) -> None:
    line = f"a {prose(word)} b"
    shown = "".join(c.content for c in inlines(line) if c.type in ("text", "text_special"))
    assert shown.replace("\u200b", "") == f"a {safe(word)} b"
    cell = code(word)
    (row,) = rows(f"# t\n\n| a |\n|---|\n| {cell} |\n", "t")
    if word:
        assert unescape(row[0].strip("`").removeprefix("<code>").removesuffix("</code>")) == safe(
            word
        )


@given(any_report())
def test_any_report_is_only_our_structure(found: Report) -> None:
    check(render(found, Format.MARKDOWN))


@given(any_report(), st.integers(1, 400), st.integers(1200, LIMIT))
def test_whatever_is_cut_is_cut_cleanly(found: Report, times: int, limit: int) -> None:
    words = tuple(one.address for one in found.findings)
    text = render_markdown((("", hostile(words, times=times)),), limit)
    check(text)
    assert len(text.encode()) <= limit
    assert text.startswith("## tfswap: rejected")


@pytest.mark.parametrize("char", rotation.part(["x", "|", "é", "日", "😀"], 2))
def test_a_long_report_keeps_verdict_and_findings_and_says_what_went(char: str) -> None:
    found = hostile((f"aws_x.y{char * 90}",), times=3000)
    text = render(found, Format.MARKDOWN)
    check(text)
    assert len(text.encode()) > LIMIT // 2
    assert text.startswith("## tfswap: rejected")
    assert 5 < len(rows(text, "Findings")) < 3000
    assert re.search(r"… \d+ of the findings omitted for length", text)
    assert re.search(r"… \d+ of the changes omitted for length", text)


@pytest.mark.parametrize(("count", "shown"), [(40, 40), (200, LIMIT // 1200 - 1)])
def test_many_plans_share_the_room(count: int, shown: int) -> None:
    text = render_all([(f"plan-{n}.json", hostile()) for n in range(count)], Format.MARKDOWN)
    check(text)
    assert text.count("## tfswap `plan-") == shown
    assert (f"{count - shown} of the plans omitted" in text) == (count > shown)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_sign(verdict: Verdict) -> None:
    line = render(small(verdict), Format.MARKDOWN).splitlines()[2]
    assert line[0] == ("✅" if not verdict.exit_code else "❌" if verdict.exit_code == 1 else "❔")


def test_the_state_of_a_pull_request_is_told() -> None:
    found = msgspec.structs.replace(small(Verdict.REJECTED), pull=PullState.DO_NOT_MERGE)
    assert "pull request: **do not merge**" in render(found, Format.MARKDOWN)
    assert "pull request: do not merge" in render(found, Format.GITHUB)


@pytest.mark.parametrize(
    "text", [":smile:", ":+1:", "http://evil.example", "https://x", "www.evil.example", "GH-12"]
)
def test_what_github_would_turn_into_something_stays_text(text: str) -> None:
    assert text not in prose(f"a {text} b")


def test_times_and_addresses_stay_readable() -> None:
    for text in ("2024-07-16 02:15:00", "aws_x.some_name: a -> b", "50% (of 3)", "a_b's = c"):
        assert prose(text) == text
