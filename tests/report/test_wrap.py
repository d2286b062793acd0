"""Lines for narrow terminals: no word broken, and no command that is to be copied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfswap.report.wrap import wrap, wrap_next

LONG = (
    "have https://github.com/acme/infrastructure/pull/1234 merged; once it is in production, end "
    "the change freeze. A day or more later: tfswap retire production-Lpas-20240715 --dry-run"
)


def test_a_long_one_is_indented_beneath_its_first_line() -> None:
    first, *rest = wrap_next(LONG, 80)
    assert first.startswith("next: have https://github.com")
    assert rest
    assert all(line.startswith(" " * 6) and line[6] != " " for line in rest)
    assert max(map(len, [first, *rest])) <= 80


@pytest.mark.parametrize("width", [40, 60, 72, 80, 100])
def test_a_command_stays_on_one_line(width: int) -> None:
    for text, command in (
        (LONG, "tfswap retire production-Lpas-20240715 --dry-run"),
        ("wait until it has ended, or look at it in AWS, then tfswap status", "tfswap status"),
        (
            "x " * 30 + "(terraform plan -out 'a b' -lock=true) and look",
            "plan -out 'a b' -lock=true",
        ),
        ("then tfswap swap Lpas --pair 'Ana, Sam and Kim' -y.", "--pair 'Ana, Sam and Kim' -y"),
        ("git switch a-branch-with-a-name, then run tfswap finish again.", "tfswap finish"),
    ):
        assert any(command in line for line in wrap_next(text, width))


def test_one_command_too_long_for_the_terminal_is_one_line() -> None:
    command = "tfswap retire production-Lpas --final-backup --quiet-hours 48 --environment prod"
    assert wrap_next(command, 60) == [f"next: {command}"]


def test_prose_after_a_command_is_wrapped() -> None:
    text = "tfswap finish (" + "commits the edit, " * 6 + "and more)"
    assert max(map(len, wrap_next(text, 60))) <= 60


@given(st.text(st.characters(codec="ascii"), max_size=200), st.integers(40, 120))
def test_nothing_is_lost_or_added(text: str, width: int) -> None:
    words = " ".join(wrap(text, width)).split()
    assert " ".join(wrap_next(text, width)).split() == ["next:", *words]
