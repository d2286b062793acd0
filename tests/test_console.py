"""Messages: wrapped for a person, whole lines for a program."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from tfswap import __version__
from tfswap.console import Console
from tfswap.errors import UsageError
from tfswap.startup import PLAIN_SIGNS

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


def answered(monkeypatch: pytest.MonkeyPatch, *answers: str) -> io.StringIO:
    """Have these answers typed, and return what is shown."""
    screen = on_terminal(monkeypatch)
    monkeypatch.setattr("sys.stdin", _Terminal("".join(f"{answer}\n" for answer in answers)))
    monkeypatch.setattr("tfswap.console.prompts._forget_typed_ahead", lambda: None)
    monkeypatch.setattr("tfswap.console.prompts._wait_for_keys", lambda: None)
    return screen


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y", True), ("YES", True), ("", False), ("n", False), ("ok", False)]
)
def test_y_and_yes_mean_yes_and_enter_means_no(
    monkeypatch: pytest.MonkeyPatch, answer: str, agreed: bool
) -> None:
    screen = answered(monkeypatch, answer, "yes")
    assert Console().confirm("Stop it?", yes=False) is agreed
    assert screen.getvalue() == "Stop it? [y/N] "


@pytest.mark.parametrize(
    ("answers", "agreed", "asked"),
    [
        (["yes"], True, 1),
        (["y", "yes"], True, 2),
        (["y", "y", "yes"], False, 2),
        (["", "yes"], False, 1),
        (["no", "yes"], False, 1),
    ],
)
def test_a_whole_word_is_asked_for_once_more_on_y(
    monkeypatch: pytest.MonkeyPatch, answers: list[str], agreed: bool, asked: int
) -> None:
    screen = answered(monkeypatch, *answers)
    assert Console().confirm("Apply it?", yes=False, whole_word=True) is agreed
    assert screen.getvalue().count("Type 'yes' to continue: ") == asked


@pytest.mark.parametrize(
    ("answers", "agreed", "asked"),
    [(["Lpas"], True, 1), (["y", "Lpas"], True, 2), (["yes", "y"], False, 2), (["lpas"], False, 1)],
)
def test_a_name_is_asked_for_once_more_on_y(
    monkeypatch: pytest.MonkeyPatch, answers: list[str], agreed: bool, asked: int
) -> None:
    screen = answered(monkeypatch, *answers)
    assert Console().confirm_word("Type Lpas: ", "Lpas", hint="") is agreed
    assert screen.getvalue().count("Type Lpas: ") == asked


def test_without_a_terminal_the_error_names_the_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(UsageError, match="No terminal to prompt on: Stop it") as refused:
        Console().confirm("Stop it?", yes=False)
    assert "--yes" in refused.value.hint


SIGNS = "✓ done ✗ failed ? unknown · note → next … é"


@pytest.mark.parametrize(
    ("encoding", "written"),
    [("utf-8", SIGNS), ("ascii", "ok done FAIL failed ? unknown - note -> next ... ?")],
)
def test_without_utf_8_signs_become_words(encoding: str, written: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors=PLAIN_SIGNS)
    stream.write(SIGNS)
    stream.flush()
    assert raw.getvalue().decode(encoding) == written


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_step_ends_with_a_sign_in_any_encoding_and_no_colour(encoding: str) -> None:
    script = (
        "from tfswap.startup import load_program; load_program(['rules'])\n"
        "from tfswap.console import Console\n"
        "console = Console()\n"
        "with console.step('plan'): pass\n"
        "try:\n"
        "    with console.step('push'): raise ValueError\n"
        "except ValueError: pass\n"
    )
    env = {**os.environ, "PYTHONIOENCODING": encoding, "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=env, check=True)
    good, bad = ("✓", "✗") if encoding == "utf-8" else ("ok", "FAIL")
    assert done.stderr.decode(encoding).splitlines() == [
        f"  {good} plan (0.0 s)",
        f"  {bad} push (0.0 s)",
    ]
    assert "\x1b" not in done.stderr.decode(encoding)


def shown_while_running(monkeypatch: pytest.MonkeyPatch, **env: str) -> str:
    """Return what a step of two seconds leaves on a terminal, every byte of it."""
    screen = on_terminal(monkeypatch)
    for name in ("CI", "NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **env}.items():
        monkeypatch.setenv(name, value)
    clock = iter(range(0, 10_000, 2))
    for module in ("tfswap.console", "tfswap.console.spinner"):
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(monotonic=lambda: next(clock)))
    console = Console()
    with console.step("plan"):
        console.waiting_for = "aws_x.y: refreshing state " + "z" * 100
        time.sleep(0.3)
    return screen.getvalue()


def test_a_running_step_shows_its_seconds_and_what_it_waits_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = shown_while_running(monkeypatch)
    assert re.search(r"plan\S* ?\S*\(\d+ s\)", seen)
    assert "aws_x.y: refreshing state" in seen
    assert "z" * 100 not in seen
    assert re.search(r"\x1b\[2K[^\n]*  \S*✓\S* plan \S*\(\d+\.0 s\)\S*\n\Z", seen)


@pytest.mark.parametrize("env", [{"CI": "true"}, {"TERM": "dumb"}])
def test_only_a_terminal_that_can_shows_it(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = shown_while_running(monkeypatch, **env)
    assert "refreshing" not in seen
    assert "\x1b[2K" not in seen
    assert seen.count("plan") == 1


def test_a_rule_leads_to_its_page_where_the_terminal_can(monkeypatch: pytest.MonkeyPatch) -> None:
    page = f"https://github.com/tfswap/tfswap/blob/v{__version__}/docs/rules.md"
    monkeypatch.setattr("sys.stdout", _Terminal())
    for name in ("CI", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    text = "  TFS402: it moved"
    assert Console().linked(text) == f"  \x1b]8;;{page}#tfs402\x1b\\TFS402\x1b]8;;\x1b\\: it moved"
    for name, value in (("CI", "1"), ("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as other:
            other.setenv(name, value)
            assert Console().linked(text) == text
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert Console().linked(text) == text
