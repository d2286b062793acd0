"""``tfswap demo``: what it refuses, and in which order it types; the whole of it is in e2e."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.typed import typed
from tfswap.cli.demo import Stop
from tfswap.commands.demo import COMMANDS, demo, fold
from tfswap.console import Console
from tfswap.error_handler import handle_errors
from tfswap.errors import ExitCode


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (["--until", "pushed"], "--until needs --keep"),
        (["--keep", "."], ". already exists"),
    ],
)
def test_what_it_refuses(words: list[str], phrase: str, tmp_path: Path) -> None:
    done = typed(["demo", *words], tmp_path)
    assert done.code == 2
    assert phrase in done.err
    assert list(tmp_path.iterdir()) == []


def test_backups_are_looked_at_before_anything_is_stopped() -> None:
    words = [command.words.split()[0] for command in COMMANDS]
    assert words.index("backups") < words.index("pipeline")
    assert words[-3:] == ["finish", "log", "status"]


def test_every_stop_is_reached() -> None:
    assert [one.reaches for one in COMMANDS if one.reaches] == [stop.value for stop in Stop]


@pytest.mark.parametrize("keep", ["", "play"])
def test_an_interruption_says_what_was_changed_in_the_stand_in(
    keep: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server = SimpleNamespace(pid=4711)
    world = SimpleNamespace(folder=tmp_path, repo=tmp_path, env={}, server=server)
    world.close = lambda: None

    def interrupted(console: Console, world: object, command: object) -> None:
        if getattr(command, "words", "").startswith("apply"):
            raise KeyboardInterrupt

    monkeypatch.setattr("tfswap.commands.demo.build", lambda *_, **__: world)
    monkeypatch.setattr("tfswap.commands.demo._type", interrupted)
    monkeypatch.setattr("tfswap.error_handler._treat_as_interrupt", lambda *_: None)
    console = Console()
    kept = tmp_path / keep if keep else None
    assert handle_errors(console, lambda: demo(console, keep=kept)) == ExitCode.INTERRUPTED
    err = capsys.readouterr().err
    assert "done: tfswap run --yes" in err
    assert "done, done in part, or not: tfswap apply --yes" in err
    assert "Nothing was changed" not in err
    assert "tfswap compare" not in err
    assert ("kill 4711" in err, "deleted with its files" in err) == (bool(keep), not keep)


def test_a_long_output_is_folded_to_both_its_ends() -> None:
    lines = [f"line {number}" for number in range(70)]
    folded = fold(lines)
    assert folded == [*lines[:6], "… 62 more lines", *lines[-2:]]
    assert fold(lines[:9]) == lines[:9]
