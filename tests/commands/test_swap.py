"""``tfswap swap`` and ``tfswap runbook``: the night's phases, led through, stopped and gone on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest

from tfswap.commands import swap as command
from tfswap.commands.status import status
from tfswap.commands.workbench import Workbench, open_workbench
from tfswap.console import Console

from .conftest import Clone

NAME = "Lpas-20240715"
TOML = """
[hooks]
maintenance_on = "scripts/maintenance.sh 'on now'"
"""


class Hands:
    """Stands where a phase would be run: keeps what was to be run, and answers."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.argv: list[tuple[str, ...]] = []
        self.fails: dict[str, int] = {}

    def __call__(self, argv: Sequence[str], cwd: Path, variables: Mapping[str, str]) -> int:
        mine = list(argv[:3]) == [sys.executable, "-m", "tfswap"]
        name = argv[3] if mine else argv[0]
        self.ran.append(name)
        self.argv.append(tuple(argv))
        return self.fails.get(name, 0)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    made = Hands()
    monkeypatch.setattr(command, "hand_over", made)
    return made


@pytest.fixture
def bench(clone: Clone) -> Workbench:
    return open_workbench(clone.repo, {}, Console())


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What is typed at each question, in order."""

    def type_in(*lines: str) -> None:
        left = list(lines)
        monkeypatch.setattr(Console, "ask", lambda self, question: left.pop(0))
        monkeypatch.setattr(
            Console, "confirm", lambda self, question, *, yes: yes or left.pop(0) == "yes"
        )

    return type_in


COURSE = ["doctor", "pipeline", "prepare", "compare", "run", "verify-plan", "apply", "finish"]


def test_every_phase_is_run_in_order(bench: Workbench, hands: Hands) -> None:
    assert command.swap(bench, [NAME], yes=True) == 0
    assert hands.ran == COURSE
    agreed = {argv[3]: "--yes" in argv for argv in hands.argv}
    assert [name for name, told in agreed.items() if told] == ["pipeline", "run", "apply", "finish"]


def test_it_stops_at_the_first_that_fails_and_goes_on_there(
    bench: Workbench, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    hands.fails["run"] = 1
    assert command.swap(bench, [NAME], yes=True) == 1
    assert hands.ran[-1] == "run"
    again = f"tfswap swap {NAME} --environment production"
    assert f"to go on from here: {again}\n" in capsys.readouterr().err
    status(bench, offline=True)
    assert f"next: {again}\n" in capsys.readouterr().out
    hands.fails.clear()
    hands.ran.clear()
    assert command.swap(bench, [NAME], yes=True) == 0
    # What only reads is done anew; what was done is not.
    assert hands.ran == ["compare", "run", "verify-plan", "apply", "finish"]
    capsys.readouterr()
    status(bench, offline=True)
    assert again not in capsys.readouterr().out


def test_a_phase_done_by_hand_meanwhile_is_not_done_again(bench: Workbench, hands: Hands) -> None:
    hands.fails["prepare"] = 2
    command.swap(bench, [NAME], yes=True)
    for event in ("prepared", "pushed", "applied"):
        bench.journal.note(event)
    hands.ran.clear()
    assert command.swap(bench, [NAME], yes=True) == 0
    assert hands.ran == ["finish"]


def test_the_command_to_go_on_says_everything_that_was_said(
    bench: Workbench, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    hands.fails["restore"] = 2
    night = partial(command.swap, bench, ["Lpas"], restore="latest", date="20240715", yes=True)
    assert night(skip=["doctor"]) == 2
    again = "tfswap swap Lpas --restore latest --date 20240715 --environment production"
    assert f"{again} --skip doctor\n" in capsys.readouterr().err
    bench.journal.note("pipeline-stopped")
    status(bench)
    assert "tfswap pipeline start --environment production" in capsys.readouterr().out


def test_it_asks_before_each_phase(
    bench: Workbench, hands: Hands, answers: Callable[..., None]
) -> None:
    answers(*["yes"] * 5, "", "skip", "no")
    assert command.swap(bench, [NAME]) == 130
    assert hands.ran == ["doctor"]
    # The answers hold; it goes on with what was not done.
    hands.ran.clear()
    answers("", "skip", "", "stop")
    assert command.swap(bench, [NAME]) == 130
    assert hands.ran == ["doctor", "prepare"]


def test_a_precondition_that_does_not_hold_stops_it(
    bench: Workbench, hands: Hands, answers: Callable[..., None]
) -> None:
    answers("yes", "no")
    assert command.swap(bench, [NAME]) == 130
    assert hands.ran == []


def test_nobody_to_ask_is_said(clone: Clone) -> None:
    done = clone.tfswap("swap", NAME)
    assert done.code == 2
    assert "Pass --yes" in done.err


def test_a_dry_run_does_nothing(clone: Clone, hands: Hands, bench: Workbench) -> None:
    before = clone.everything()
    assert command.swap(bench, [NAME], dry_run=True) == 0
    assert hands.ran == []
    assert clone.everything() == before


def test_a_hook_is_an_argv_and_no_shell(clone: Clone, hands: Hands) -> None:
    (clone.repo / "tfswap.toml").write_text(TOML)
    clone.commit()
    command.swap(open_workbench(clone.repo, {}, Console()), [NAME], yes=True)
    assert hands.argv[1] == ("scripts/maintenance.sh", "on now")


def test_a_night_that_restores_keeps_its_name_past_midnight(bench: Workbench, hands: Hands) -> None:
    hands.fails["restore"] = 130
    assert command.swap(bench, ["Lpas"], restore="latest", date="20240715", yes=True) == 130
    hands.fails.clear()
    hands.argv.clear()
    assert command.swap(bench, ["Lpas"], restore="latest", yes=True) == 0
    assert any(NAME in argv for argv in hands.argv)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Lpas"], "--restore latest"),
        ([NAME, "--restore", "latest"], "takes the base name"),
        ([NAME, "--date", "20240715"], "--restore"),
        ([NAME, "--skip", "nothing"], "There are: doctor"),
        (["Lpas-20241399"], "not a date"),
    ],
)
def test_what_cannot_be_meant_is_said(clone: Clone, arguments: list[str], says: str) -> None:
    done = clone.tfswap("swap", *arguments)
    assert done.code == 2
    assert says in done.err


def test_the_runbook_has_every_command_filled_in(clone: Clone) -> None:
    before = clone.everything()
    done = clone.tfswap("runbook", "Lpas", "--restore", "latest", "--date", "20240715")
    assert done.code == 0, done.text
    for part in (
        "tfswap restore Lpas --at latest --date 20240715 --environment production",
        f"tfswap prepare {NAME} --environment production",
        f"terraform import aws_dynamodb_table.lpas_table production-{NAME}",
        "terraform taint 'aws_osis_pipeline.lpas_stream[0]'",
        "Account 123456789012",
        "aws osis stop-pipeline --pipeline-name lpas-production-stream --region eu-west-1",
        "--backup-vault-name eu-west-1-production-backup-vault",
        "encryption key alias/opg-modernising-lpa_dynamodb_encryption",
        "tfswap rollback --dry-run",
        'cd "$(git rev-parse --show-toplevel)"\ngit commit',
    ):
        assert part in done.out
    assert clone.everything() == before
    assert "<" not in done.out.replace("<details>", "").replace("</details>", "").replace(
        "<summary>", ""
    ).replace("</summary>", "")
