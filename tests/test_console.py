"""What people are told and asked: wrapped to their terminal, whole words, nothing lost."""

from __future__ import annotations

import io

import pytest

from tfswap.console import Console
from tfswap.errors import UsageError

LONG = (
    "restore job 8B6F3939-4589-4161-9ACF-D6FCC225A77C started; it goes on in AWS even if this ends"
)


def test_progress_is_wrapped_between_words(capsys: pytest.CaptureFixture[str]) -> None:
    Console().say(LONG)
    Console().say("short\n  and indented")
    err = capsys.readouterr().err
    assert max(map(len, err.splitlines())) <= 80
    assert " ".join(err.split()) == f"· {LONG} · short and indented"
    assert "\n      and indented\n" in err


@pytest.mark.parametrize("length", range(20, 120, 7))
def test_a_question_is_wrapped_and_its_choice_whole(
    length: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    monkeypatch.delenv("CI", raising=False)
    question = ("Start this restore (account 123456789012) " * 4)[:length].strip() + "?"
    assert Console().confirm(question, yes=False)
    err = capsys.readouterr().err
    assert max(map(len, err.splitlines())) <= 80
    assert err.endswith("Only 'yes' goes on: ")
    assert " ".join(err.split()).startswith(question)


def test_nobody_to_answer_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(UsageError) as told:
        Console().confirm(f"{LONG}?", yes=False)
    assert "\n" not in told.value.message
