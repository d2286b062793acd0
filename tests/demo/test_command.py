"""``tfswap demo``: what it refuses, and in which order it types; the whole of it is in e2e."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.typed import typed
from tfswap.cli.demo import Stop
from tfswap.commands.demo import COMMANDS


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
