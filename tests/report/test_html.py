"""The HTML report: one file, nothing from elsewhere, nothing of the plan taken for markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report import hostile
from tests.report.test_render import CASES, small
from tests.verify.plans import report
from tfswap.report import Format, render, render_all
from tfswap.verify.model.report_data import ExplainedChange, LeafKind, LeafNote, Verdict

_VOID = {"meta", "br", "input", "path", "rect"}


class Page(HTMLParser):
    """What a browser would see: balanced elements, ids, links, attributes that load or run."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.links.append(value or "")
            if name in ("src", "srcset", "style", "action", "data") or name.startswith("on"):
                self.loads.append((name, value or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open and self.open.pop() == tag, f"</{tag}> has no opening part"

    def handle_data(self, data: str) -> None:
        self.text += data


def check(page: str) -> Page:
    """Assert what holds for every page and return it parsed."""
    seen = Page(page)
    assert not seen.open
    assert not seen.loads
    assert seen.tags.count("script") == seen.tags.count("style") == 1
    assert len(seen.ids) == len(set(seen.ids))
    assert all(link.startswith("#") and link[1:] in seen.ids for link in seen.links)
    return seen


@pytest.mark.parametrize("case", CASES)
def test_every_recorded_plan_gives_a_whole_page(case: str) -> None:
    found = report(case)
    seen = check(render(found, Format.HTML))
    assert found.verdict.value in seen.text
    for one in found.findings:
        assert " ".join(one.message.split()) in " ".join(seen.text.split())
    assert all(change.address in seen.text for change in found.changes)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_sign_and_a_word(verdict: Verdict) -> None:
    page = render(small(verdict), Format.HTML)
    assert re.search(rf'<span aria-hidden="true">[✓✗?]</span> {verdict.value}', page)


def test_nothing_foreign_becomes_markup() -> None:
    check(render(hostile.report(), Format.HTML))


@given(st.lists(st.text(max_size=30), min_size=1, max_size=8))
def test_no_text_becomes_markup(words: list[str]) -> None:
    check(render(hostile.report(tuple(words)), Format.HTML))


def test_several_plans_share_a_page_and_no_id() -> None:
    reports = [("a.json", report("good")), ("b.json", report("ride-image"))]
    page = check(render_all(reports, Format.HTML))
    assert {"report-1", "report-2"} <= set(page.ids)


def test_what_is_not_explained_comes_first_and_open() -> None:
    page = render(small(Verdict.REJECTED), Format.HTML)
    wrong, fine = (page.index(f"<code>aws_x.{name}</code> \n<span") for name in ("wrong", "fine"))
    assert wrong < fine
    assert 'data-state="open" open>' in page and 'data-state="explained">' in page


def test_explained_values_are_counted_and_folded_behind_those_that_are_not() -> None:
    kinds = (LeafKind.RENAMED, LeafKind.UNEXPLAINED, LeafKind.COMPUTED)
    leaves = tuple(LeafNote(f"at.{kind.name}", kind, "old -> new") for kind in kinds)
    mixed = ExplainedChange("aws_x.mixed", "update in place", False, leaves)
    page = render(msgspec.structs.replace(small(Verdict.REJECTED), changes=(mixed,)), Format.HTML)
    before, folded = page.split("<details><summary>2 explained values</summary>")
    values = folded.partition("</details>")[0]
    assert [page.count(f"<code>at.{kind.name}</code>") for kind in kinds] == [1, 1, 1]
    assert "at.UNEXPLAINED" in before
    assert "at.RENAMED" in values and "at.COMPUTED" in values


def test_the_drawing_shows_what_mermaid_shows() -> None:
    found = report("good")
    page = render(found, Format.HTML)
    drawing = page[page.index("<svg") : page.index("</svg>")]
    assert drawing.count("<title>") == len(found.links)
    assert drawing.count('class="edge') == sum(bool(link.parent) for link in found.links)


def test_the_policy_allows_just_the_two_inline_parts() -> None:
    page = render(report("good"), Format.HTML)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]+'; script-src 'sha256-[\w+/=]+'", policy
    )
