"""The pull request's title, message and body: whole, short enough, harmless, without secrets."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal_events import event
from tests.report.hostile import WORDS
from tests.report.hostile import report as hostile
from tests.report.test_markdown import check, rows
from tests.verify.plans import report
from tfswap.journal.events import Event
from tfswap.report.markdown import LIMIT
from tfswap.report.pr_text import NOT_APPLIED, SwapOutcome, commit_message, pull_body, subject
from tfswap.swap import NameSource, Swap, TableSwap

AT = datetime(2024, 7, 16, 2, 30, tzinfo=UTC)


def table(base: str = "Lpas", old: str = "Lpas") -> TableSwap:
    leaf = NameSource("env/terraform.tfvars.json", f"/environments/production/{base}", 7, 9, old)
    new = f"{base}-20240715"
    address = f"aws_dynamodb_table.{base.lower()}"
    return TableSwap(
        address, base, leaf, new, f"production-{old}", f"production-{new}", "eu-west-1"
    )


def swap(*tables: TableSwap, workspace: str = "production") -> Swap:
    return Swap(
        environment="production",
        environment_origin="the tfvars",
        workspace=workspace,
        root_module="env",
        account="",
        partition="aws",
        branch="restore/x",
        tables=tables or (table(),),
    )


def entry(word: str, **facts: object) -> Event:
    return event(word, at="2024-07-16T02:15:00.000+00:00", who="ada@laptop-7", **facts)


def test_the_message_says_what_where_and_why() -> None:
    message = commit_message(swap())
    first, blank, *rest = message.splitlines()
    assert first == "Use the restored table production-Lpas-20240715 in production"
    assert blank == ""
    assert rest[0] == "production-Lpas -> production-Lpas-20240715"
    assert "env/terraform.tfvars.json" in rest[1]
    assert "Environment: production" in rest
    assert "runbook" in message
    assert "(workspace other)" in commit_message(swap(workspace="other"))


def test_several_tables_and_long_names() -> None:
    assert subject(swap(table(), table("Sessions", "Sessions"))) == (
        "Use 2 restored tables in production"
    )
    long = table("L" * 60, "L" * 60)
    assert subject(swap(long)) == f"Use the restored table production-{'L' * 60}-20240715"


def test_an_applied_swap() -> None:
    entries = (entry("prepared", branch="b"), entry("applied"), entry("step", title="taint"))
    body = pull_body(SwapOutcome(swap(), True, AT, 9, report("good"), entries))
    check(body)
    assert NOT_APPLIED not in body
    assert "**Applied.** A plan of 16 July 2024 02:30 UTC (state serial 9)" in body
    assert "### Checklist of the plan: ready" in body
    assert len(rows(body, "Checklist of the plan: ready")) == len(report("good").checklist)
    assert "Journal (2)" in body
    assert "| 2024-07-16 02:15:00 | ada | applied the verified plan |" in body
    assert "laptop-7" not in body


def test_one_that_is_not_applied_says_so_first() -> None:
    body = pull_body(SwapOutcome(swap(), False))
    check(body.removeprefix(NOT_APPLIED))
    assert body.startswith(NOT_APPLIED)
    assert "do not merge" in body
    assert "Checklist" not in body
    assert "Journal" not in body


def test_only_known_words_of_the_journal_are_told() -> None:
    secret = "s3cret"
    entries = (
        entry("step-done", argv=[secret]),
        entry("applied", argv=[secret], error=secret, env={"A": secret}),
        entry("verified", verdict="ready", serial=3, plan_sha256=secret),
        entry("what-is-this", value=secret),
    )
    assert secret not in pull_body(SwapOutcome(swap(), True, AT, 9, None, entries))


def test_hostile_reports_and_journals() -> None:
    entries = tuple(entry("rolled-back", branch=word) for word in WORDS)
    body = pull_body(SwapOutcome(swap(), True, AT, 9, hostile(), entries))
    check(body)
    assert f"Journal ({len(WORDS)})" in body


@pytest.mark.parametrize("char", ["x", "|", "日"])
def test_a_long_night_is_cut_cleanly(char: str) -> None:
    entries = tuple(entry("rolled-back", branch=char * 90) for _ in range(3000))
    body = pull_body(SwapOutcome(swap(), True, AT, 9, hostile(times=40), entries))
    check(body)
    assert len(body.encode()) > LIMIT // 2
    assert "lines of the journal omitted for length" in body
    assert "### After the merge" in body


@given(st.lists(st.dictionaries(st.sampled_from(["at", "who", "word", "branch"]), st.text())))
def test_any_journal(entries: list[dict[str, str]]) -> None:
    events = tuple(event(facts.pop("word", ""), **facts) for facts in entries)
    check(pull_body(SwapOutcome(swap(), True, AT, 9, None, events)))


def test_a_kept_report_reads_back_as_it_was() -> None:
    found = report("ride-image")
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found
