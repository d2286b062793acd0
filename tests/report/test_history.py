"""The journal told as a history: what is a line, what is noise, and nothing that is a secret."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journal_events import event
from tests.report.documents import document
from tfswap.journal.events import Event, event_of
from tfswap.journal.scope import of_this_swap
from tfswap.report import HistoryFormat
from tfswap.report.event_text import ENDS, NOISE, event_line
from tfswap.report.history import history, render_history


def entry(word: str, minute: int, **facts: Any) -> Event:
    at = f"2026-11-23T02:{minute:02}:07.123+00:00"
    return event(word, at=at, who="ana@desk", **facts)


RENAMES = [["production-Lpas", "production-Lpas-20240715"]]
BRANCH = "restore/production-Lpas-20240715"
NIGHT = [
    entry("preparing", 0, branch=BRANCH, came_from="main", commit="c" * 40, created=True),
    entry("prepared", 0, branch=BRANCH, environment="production", renames=RENAMES),
    entry("step", 1, title="forget production-Lpas", where="rehearsal", argv=["SECRET"]),
    entry("step-done", 1, title="forget production-Lpas", where="rehearsal"),
    entry("rehearsed", 2, serial=7, verdict="ready", pair="Ana, Sam"),
    entry("push", 3, pulled_serial=7, sha256="d" * 64),
    entry("push-refused", 3, error="StateMovedError"),
    entry("rehearsed", 4, serial=8, verdict="ready"),
    entry("push", 5, pulled_serial=8, sha256="e" * 64),
    entry("pushed", 5, serial=10, lineage="l"),
    entry("verified", 6, verdict="ready", plan_sha256="f" * 64, serial=10),
    entry("apply", 7, plan_sha256="f" * 64, serial=10),
]


def lines(entries: list[Event], *, everything: bool = False) -> list[str]:
    return [each.text for each in history(entries, everything=everything).happenings]


def test_the_writes_and_verdicts_are_lines_and_the_rehearsals_steps_are_not() -> None:
    assert lines(NIGHT) == [
        f"prepared the swap production-Lpas -> production-Lpas-20240715: branch {BRANCH}, "
        "tfvars edited",
        "rehearsed on a copy of state serial 7: ready",
        "the write was rejected, nothing changed: someone else wrote the state in the meantime",
        "rehearsed on a copy of state serial 8: ready",
        "wrote the state: it has the restored table (serial 10)",
        "verified a plan of state serial 10: ready",
        "started to apply the verified plan (state serial 10); its end was not recorded (killed?)",
    ]


def test_a_push_killed_and_done_again_is_told_as_two() -> None:
    killed = [*NIGHT[:5], entry("push", 5, pulled_serial=8), *NIGHT[8:10]]
    shown_lines = lines(killed)
    assert sum("not recorded" in line for line in shown_lines) == 1
    assert shown_lines[-1].startswith("wrote the state")


def test_the_steps_of_a_direct_run_are_lines() -> None:
    direct = [
        entry("direct", 1, where="backend"),
        entry("step", 2, title="forget production-Lpas", where="backend"),
        entry("step-done", 2, title="forget production-Lpas", where="backend"),
        entry("step", 3, title="import production-Lpas-20240715", where="backend"),
    ]
    assert lines(direct) == [
        "started to run the commands one by one on the state; its end was not recorded (killed?)",
        "forget production-Lpas (on the state itself)",
        "starts: import production-Lpas-20240715 (on the state itself); its end was not "
        "recorded (killed?)",
    ]


def test_a_push_found_done_later_is_still_told_as_unfinished() -> None:
    found = [*NIGHT[:9], entry("pushed", 6, serial=10, found=True)]
    unfinished, later = lines(found)[-2:]
    assert "not recorded" in unfinished
    assert later.startswith("found the write done")


def test_everything_is_everything() -> None:
    assert len(lines(NIGHT, everything=True)) == len(NIGHT)


def test_an_earlier_swap_is_left_out_unless_asked_for() -> None:
    earlier = [entry("prepared", 0, branch="restore/x", renames=[["x", "y"]]), *NIGHT]
    assert lines(earlier) == lines(NIGHT)
    assert len(lines(earlier, everything=True)) == len(earlier)


def test_a_second_night_is_told_from_its_own_beginning() -> None:
    first = [
        entry("night-begun", 0),
        entry("prepared", 0, branch="restore/x"),
        entry("retired", 1, table="y"),
    ]
    second = [entry("night-begun", 2), entry("pipeline-stopped", 2, name="p"), *NIGHT]
    found = of_this_swap([*first, *second], BRANCH)
    assert list(found) == second
    ended = [*first, entry("night-ended", 1), entry("restored", 1)]
    assert list(of_this_swap([*ended, *NIGHT])) == NIGHT


def test_another_prepare_that_came_to_nothing_hides_no_swap() -> None:
    failed = entry("preparing", 9, branch="restore/z")
    assert list(of_this_swap([*NIGHT, failed], BRANCH)) == [*NIGHT, failed]
    earlier = [entry("prepared", 0, branch="restore/x"), *NIGHT, failed]
    assert list(of_this_swap(earlier, BRANCH)) == [*NIGHT, failed]


@pytest.mark.parametrize("form", HistoryFormat)
@pytest.mark.parametrize("everything", [False, True])
def test_no_argv_and_no_unknown_fact_is_ever_shown(form: HistoryFormat, everything: bool) -> None:
    odd = [*NIGHT, entry("step", 8, title="t", argv=["SECRET"]), entry("new-kind", 9, it="SECRET")]
    text = render_history(history(odd, everything=everything), form)
    assert "SECRET" not in text
    assert "new kind" in text


def test_text_keeps_to_the_width_and_markdown_to_its_table() -> None:
    nasty = [*NIGHT, entry("phase-failed", 9, phase="a|b\x1b[2J `x`")]
    found = history(nasty, "production-Lpas -> production-Lpas-20240715, workspace production")
    text = render_history(found, HistoryFormat.TEXT, width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert "pair: Ana, Sam" in text
    assert "23 November 2026 (UTC), ana@desk" in text
    rows = render_history(found, HistoryFormat.MARKDOWN).splitlines()
    assert "\x1b" not in "".join(rows)
    cells = [row.replace("\\|", "").count("|") for row in rows if row.startswith("|")]
    assert set(cells) == {4}


def test_json_is_for_machines() -> None:
    found = document("log", render_history(history(NIGHT), HistoryFormat.JSON))
    assert found["version"] == 1
    assert found["pair"] == "Ana, Sam"
    assert [each["event"] for each in found["events"]][-1] == "apply"


def test_two_pairs_are_both_named() -> None:
    later = [*NIGHT, entry("applied", 8, pair="Kim, Lee")]
    assert history(later).pair == "Ana, Sam; later Kim, Lee"


@pytest.mark.parametrize(
    "odd", [{"event": ""}, {"event": "x", "at": "yesterday"}, {"event": "prepared", "at": 4}]
)
def test_an_entry_that_makes_no_sense_stops_nothing(odd: dict[str, Any]) -> None:
    assert lines([event_of(odd), *NIGHT]) == lines(NIGHT)
    assert isinstance(event_line(event_of(odd)), str)


def test_what_begins_something_is_no_noise_of_its_own() -> None:
    words = {kind.__struct_config__.tag for kind in set(ENDS) - set(NOISE)}
    assert words == {"direct", "push", "rollback-push", "apply"}
