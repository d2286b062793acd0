"""The journal's events: what earlier versions wrote is read, and junk is skipped with a note."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal_events import event
from tfswap.journal import events as e
from tfswap.journal.progress import progress_of
from tfswap.journal.writer import Journal
from tfswap.report.event_text import event_line, skipped_note
from tfswap.report.history import history

RECORDED = Path(__file__).parents[2] / "fixtures" / "journals" / "untyped.jsonl"
"""Written by the version before events were typed: a guided run with a killed line in it."""
BRANCH, OLD = "restore/production-Lpas-20240715", "production-Lpas"
NEW = f"{OLD}-20240715"


def test_every_line_of_an_earlier_version_is_read_and_told_in_words() -> None:
    events, skipped = Journal(RECORDED).read()
    assert [type(each).__name__ for each in events if isinstance(each, e.UnknownEvent)] == []
    lines = RECORDED.read_bytes().splitlines()
    assert [lines[number - 1].endswith(b'"appl') for number in skipped] == [True]
    assert len(events) + len(skipped) == len(lines)
    shown = [event_line(each) for each in events]
    assert [text for text in shown if "?" in text] == []
    assert {each.pair for each in events} == {"Ana, Sam"}


def test_an_earlier_versions_swap_stands_where_it_stood() -> None:
    whole = Journal(RECORDED).progress()
    now = whole.of_swap(BRANCH)
    assert isinstance(now.events[0], e.GuideBegun)
    assert now.branches.finished
    assert now.branches.pull_request(BRANCH) == "https://github.com/o/r/pull/7"
    assert now.branches.origins[BRANCH].came_from == "main"
    assert now.applies.applied
    assert now.applies.plan == "f" * 64
    assert now.applies.unfinished == ()
    assert not now.writes.rollback_begun
    assert now.tables.retired == now.tables.deleted == {OLD}
    assert now.tables.retiring == {OLD: ("eu-west-1", "eu-west-2")}
    assert now.tables.jobs == ("job-1",)
    assert now.tables.accepted(NEW, "id-1").startswith("Ana, Sam at 20")
    assert not whole.guide.under_way


def test_an_earlier_versions_guided_run_is_continued_where_it_stopped() -> None:
    events = Journal(RECORDED).read().events
    cut = next(i for i, each in enumerate(events) if isinstance(each, e.ApplyFailed)) + 1
    guide = progress_of(events[:cut]).guide.about(["Lpas-20240715"], "production")
    assert guide is not None
    assert guide.again.endswith("--skip doctor")
    assert guide.inputs.given == (("--vault", "v"),)
    assert guide.inputs.skip == ("doctor",)
    assert guide.done == {"pipeline", "restore Lpas-20240715", "prepare", "run"}
    assert guide.confirmed == {"pairing", "maintenance", "freeze", "image", "role"}
    [unfinished] = progress_of(events[:cut]).applies.unfinished
    assert (unfinished.plan_sha256, unfinished.workspace) == ("e" * 64, "production")


def test_every_kind_is_told_in_words() -> None:
    bare = [word for word, kind in e.KINDS.items() if event_line(kind()) == word.replace("-", " ")]
    assert bare == []


@pytest.mark.parametrize("word", sorted(e.KINDS))
def test_what_is_written_is_read_back(tmp_path: Path, word: str) -> None:
    values: dict[str, Any] = {
        "str": "x\udcff" if word == "step" else "x",
        "str | None": "x",
        "int": 3,
        "int | None": 3,
        "bool": True,
        "tuple[str, ...]": ("a", "b"),
        "tuple[tuple[str, str], ...]": (("a", "b"),),
    }
    kind = e.KINDS[word]
    hints = {
        field.name: str(getattr(field.type, "__name__", field.type))
        if isinstance(field.type, type) and not hasattr(field.type, "__origin__")
        else str(field.type)
        for field in msgspec.structs.fields(kind)
    }
    facts = {name: values[hint] for name, hint in hints.items() if hint in values}
    facts = {name: value for name, value in facts.items() if name not in ("v", "at", "who")}
    journal = Journal(tmp_path / "j")
    journal.note(kind(**facts))
    [read] = journal.read().events
    assert type(read) is kind
    if word != "step":
        assert read.bare() == kind(**facts).bare()


@pytest.mark.parametrize(
    "junk",
    [
        *(b"[" * 100_000, b'{"event":' * 100_000, b"\xff\xfe", b"\0", b"7", b"null", b'"x"', b"[]"),
        *(b"{}", b'{"event": 5}', b'{"event": null}', b'{"event": "\\ud800"}', b"NaN", b"1e999"),
        *(b'{"event": "applied"', b"9" * 5000, b'{"event": "applied", "serial": 1e999}'),
    ],
    ids=lambda line: line[:20].decode("latin-1"),
)
def test_junk_is_skipped_with_its_line(tmp_path: Path, junk: bytes) -> None:
    journal = Journal(tmp_path / "j")
    journal.note(e.RollbackBegun(branch="b"))
    with journal.path.open("ab") as file:
        file.write(junk + b"\n")
    journal.note(e.Prepared(branch="b"))
    events, skipped = journal.read()
    assert [each.kind for each in events] == ["rollback-begun", "prepared"]
    assert skipped == (2,)
    assert "line 2 cannot be read" in skipped_note(skipped)


def test_a_fact_of_another_type_does_not_hide_that_something_was_begun() -> None:
    entry = {"at": 5, "serial": "x" * 9, "plan_sha256": ["a"], "workspace": 10**40, "who": None}
    begun = event("apply", **entry)
    assert begun == e.ApplyBegun()
    assert progress_of([begun]).applies.unfinished == (begun,)


def test_an_event_of_a_later_version_is_told_by_its_name() -> None:
    later = event("moved-to-mars", at="2026-11-23T02:00:00+00:00", who="ana@desk", secret="x")
    [line] = history([later], everything=True).happenings
    assert (line.event, line.text) == ("moved-to-mars", "moved to mars")
    assert progress_of([later]).guide == progress_of([]).guide


_WORDS = st.sampled_from([*sorted(e.KINDS), "night-begun", "checked", "else"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
_FIELDS = st.sampled_from(
    ["at", "who", "branch", "serial", "plan_sha256", "told", "inputs", "names", "renames", "table"]
)


@given(st.lists(st.tuples(_WORDS, st.dictionaries(_FIELDS, _JSON, max_size=4)), max_size=12))
def test_any_facts_are_folded_and_told(entries: list[tuple[str, dict[str, Any]]]) -> None:
    events = [
        e.event_of(json.loads(json.dumps({"event": word, **facts}))) for word, facts in entries
    ]
    assert [each.kind != "" for each in events] == [True] * len(events)
    progress_of(events).of_swap("restore/x")
    history(events, everything=True)
