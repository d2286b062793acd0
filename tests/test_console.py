"""Messages: wrapped for a person, whole lines for a program."""

from __future__ import annotations

import io

import pytest

from tfswap.console import Console

MESSAGE = (
    "The recovery point 7c1e0b52-3f6e-4f0e-9d0e-1a2b3c4d5e6f of production-Lpas cannot be "
    "restored from: it is being deleted."
)
COMMAND = "tfswap backups Lpas --environment production --vault eu-west-1-other"
HINT = f"Choose another one: {COMMAND}, or ask for one to be copied from the other account."


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Make standard error a terminal of 80 columns."""
    screen = _Terminal()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stderr", screen)
    return screen


def test_an_error_is_wrapped_on_a_terminal_and_its_command_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = on_terminal(monkeypatch)
    Console().error(MESSAGE, HINT, details=("aws said no",))
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert " ".join(terminal.getvalue().split()) == f"error: {MESSAGE} | aws said no next: {HINT}"
    assert any(COMMAND in line for line in lines)
    assert [line[:7] for line in lines if not line.startswith(" ")] == ["error: ", "next:  "]


def test_each_paragraph_of_an_error_begins_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    Console().error("One thing.\nAnother.", "")
    assert terminal.getvalue() == "error: One thing.\n       Another.\n"


def test_a_warning_is_wrapped_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    Console().warn(MESSAGE)
    assert max(map(len, terminal.getvalue().splitlines())) <= 80


def test_piped_each_message_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Console().error(MESSAGE, HINT)
    Console().warn(MESSAGE)
    assert capsys.readouterr().err.splitlines() == [
        f"error: {MESSAGE}",
        f"next:  {HINT}",
        f"warning: {MESSAGE}",
    ]
