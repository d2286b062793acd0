"""``tfswap swap`` and ``tfswap runbook``: the night's phases, led through, stopped and gone on."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec
import pytest

from tests.commands.conftest import Clone
from tests.journal_events import entries, event
from tfswap.commands.status.command import status
from tfswap.commands.swap import command, not_needed, run_phase
from tfswap.config import Overrides
from tfswap.console import Console
from tfswap.context.command_context import CommandContext, open_context
from tfswap.context.swap_discovery import discovered
from tfswap.errors import RepoError, UsageError
from tfswap.terraform.run_attached import AttachedResult, run_attached
from tfswap.terraform.state_file import State, StateInstance

NAME = "Lpas-20240715"
NEW = f"production-{NAME}"


class Hands:
    """Stands where a phase would be run: keeps what was to be run, and answers."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.argv: list[tuple[str, ...]] = []
        self.fails: dict[str, int] = {}
        self.interrupted: set[str] = set()

    def __call__(
        self, argv: Sequence[str], cwd: Path, variables: Mapping[str, str]
    ) -> AttachedResult:
        mine = list(argv[:3]) == [sys.executable, "-m", "tfswap"]
        name = argv[3] if mine else argv[0]
        self.ran.append(name)
        self.argv.append(tuple(argv))
        return AttachedResult(self.fails.get(name, 0), name in self.interrupted)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    made = Hands()
    monkeypatch.setattr(run_phase, "run_attached", made)
    return made


@pytest.fixture
def context(clone: Clone) -> CommandContext:
    return open_context(clone.repo, Overrides(), Console())


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What is typed at each question, in order."""

    def type_in(*lines: str) -> None:
        left = list(lines)
        monkeypatch.setattr(Console, "ask", lambda self, question: left.pop(0))
        monkeypatch.delenv("CI", raising=False)

    return type_in


COURSE = ["doctor", "pipeline", "prepare", "compare", "run", "verify-plan", "apply", "finish"]


def test_every_phase_is_run_in_order(context: CommandContext, hands: Hands) -> None:
    assert command.swap(context, [NAME], yes=True) == 0
    assert hands.ran == COURSE
    agreed = {argv[3]: "--yes" in argv for argv in hands.argv}
    assert [name for name, shown in agreed.items() if shown] == [
        "pipeline",
        "run",
        "apply",
        "finish",
    ]


def test_it_stops_at_the_first_that_fails_and_goes_on_there(
    context: CommandContext, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    hands.fails["run"] = 1
    assert command.swap(context, [NAME], yes=True) == 1
    assert hands.ran[-1] == "run"
    again = f"tfswap swap {NAME} --environment production"
    assert f"to continue from here: {again}\n" in capsys.readouterr().err
    status(context, offline=True)
    assert f"next: {again}\n" in capsys.readouterr().out
    hands.fails.clear()
    hands.ran.clear()
    assert command.swap(context, [NAME], yes=True) == 0
    # What only reads is done anew; what was done is not.
    assert hands.ran == ["compare", "run", "verify-plan", "apply", "finish"]
    capsys.readouterr()
    status(context, offline=True)
    assert again not in capsys.readouterr().out


def test_a_phase_done_by_hand_meanwhile_is_not_done_again(
    context: CommandContext, hands: Hands
) -> None:
    hands.fails["prepare"] = 2
    command.swap(context, [NAME], yes=True)
    for word in ("prepared", "pushed", "applied"):
        context.journal.note(event(word))
    hands.ran.clear()
    assert command.swap(context, [NAME], yes=True) == 0
    assert hands.ran == ["finish"]


def told_again(text: str) -> list[str]:
    """The words of the last command a text says to go on with, over however many lines."""
    return shlex.split(text[text.rindex("tfswap swap") :].replace("\\\n", ""))


def test_the_command_to_go_on_says_everything_that_was_said(
    context: CommandContext, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    hands.fails["restore"] = 2
    guided_run = partial(
        command.swap, context, ["Lpas"], restore="latest", date="20240715", yes=True
    )
    assert guided_run(skip=["doctor"]) == 2
    again = "tfswap swap Lpas --restore latest --date 20240715 --environment production"
    assert told_again(capsys.readouterr().err) == [*again.split(), "--skip", "doctor"]
    context.journal.note(event("pipeline-stopped"))
    status(context)
    assert "tfswap pipeline start --environment production" in capsys.readouterr().out


def test_a_night_goes_on_with_what_it_was_told_before(
    context: CommandContext, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    hands.fails["restore"] = 2
    given = [("--vault", "a vault"), ("--region", "eu-west-1")]
    first = partial(command.swap, context, ["Lpas"], restore="latest", date="20240715", yes=True)
    assert first(given=given) == 2
    # The restore's words name another vault; it is added, and so is a phase to leave out.
    assert command.swap(context, [NAME], given=[("--vault", "v2")], skip=["doctor"], yes=True) == 2
    capsys.readouterr()
    status(context)
    line = told_again(capsys.readouterr().out.partition("To cancel")[0])
    shown = ("--region eu-west-1 --vault v2", "--restore latest", "--skip doctor")
    assert all(words in shlex.join(line) for words in shown)
    hands.fails.clear()
    hands.argv.clear()
    hands.ran.clear()
    assert command.swap(context, [NAME], yes=True) == 0
    assert hands.ran[0] == "restore"
    words = {argv[3]: argv for argv in hands.argv}
    assert shlex.join(words["restore"]).count("--region eu-west-1 --vault v2") == 1
    assert "--vault" not in words["prepare"]
    assert "--region" in words["prepare"]
    # The next night is another.
    hands.ran.clear()
    assert command.swap(context, [NAME], yes=True) == 0
    assert hands.ran == COURSE


def test_another_backup_can_be_chosen_until_one_is_restored(
    context: CommandContext, hands: Hands
) -> None:
    guided_run = partial(command.swap, context, yes=True)
    hands.fails["restore"] = 2
    assert guided_run(["Lpas"], restore="latest", date="20240715", skip=["doctor", "pipeline"]) == 2
    hands.fails.clear()
    hands.fails["prepare"] = 2
    assert guided_run([NAME], restore="2024-07-14T05:00Z") == 2
    assert "2024-07-14T05:00Z" in [argv for argv in hands.argv if argv[3] == "restore"][-1]
    with pytest.raises(
        UsageError, match="already restored in this guided run, from 2024-07-14T05:00Z"
    ):
        guided_run([NAME], restore="latest")
    hands.fails.clear()
    hands.ran.clear()
    # The base name alone is enough to go on.
    assert guided_run(["Lpas"]) == 0
    assert "restore" not in hands.ran


def test_another_environment_is_another_night(
    context: CommandContext, clone: Clone, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    hands.fails["pipeline"] = 2
    command.swap(context, [NAME], given=[("--vault", "v")], skip=["doctor"], yes=True)
    other = open_context(clone.repo, Overrides(environment="preproduction"), Console())
    hands.ran.clear()
    command.swap(other, [NAME], yes=True)
    assert hands.ran[0] == "doctor"


def test_flags_reach_the_night_from_the_command_line(clone: Clone) -> None:
    flags = ("--vault", "v", "--role-arn", "r", "--key", "alias/k", "--release", "a.b")
    done = clone.tfswap("swap", "Lpas", "--restore", "latest", *flags, "--dry-run")
    assert done.code == 0, done.text
    restores = [line for line in done.out.split("\n     ") if "restore Lpas" in line]
    text = " ".join(done.out.replace("\\\n", " ").split())
    assert restores
    assert text.count("--vault v --key alias/k --role-arn r") == 2
    assert text.count("--release a.b") == 1
    assert all(len(line) <= 80 for line in done.text.splitlines())


def test_no_night_begins_while_a_way_back_is_under_way(
    context: CommandContext, hands: Hands
) -> None:
    command.swap(context, [NAME], yes=True)
    swap = discovered(context, [NAME])
    back = msgspec.structs.replace(swap.tables[0], new_value="Lpas")
    context.directory.save(msgspec.structs.replace(swap, tables=(back,)))
    context.journal.note(event("rollback-by-swap"))
    hands.ran.clear()
    with pytest.raises(RepoError, match="rollback is in progress, back to Lpas") as shown:
        command.swap(context, [NAME], yes=True)
    assert "tfswap status" in shown.value.hint
    assert hands.ran == []
    context.journal.note(event("finished"))
    assert command.swap(context, [NAME], yes=True) == 0


def test_status_names_the_pipeline_that_a_rolled_back_night_left_standing(
    context: CommandContext, capsys: pytest.CaptureFixture[str]
) -> None:
    context.directory.make()
    context.journal.note(event("pipeline-stopped", pipeline="lpas"))
    context.journal.note(event("rolled-back"))
    status(context)
    assert (
        "If you do not continue the swap: tfswap pipeline start lpas\n" in capsys.readouterr().out
    )
    context.journal.note(event("pipeline-started", pipeline="lpas"))
    status(context)
    assert "pipeline" not in capsys.readouterr().out


def test_what_is_applied_already_is_not_applied_again(
    context: CommandContext, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    hands.fails["apply"] = 1
    context.directory.make()
    context.journal.note(event("verified", verdict="applied"))
    assert command.swap(context, [NAME], yes=True) == 0
    assert "no changes left to apply" in " ".join(capsys.readouterr().err.split())
    assert hands.ran == [name for name in COURSE if name != "apply"]


def test_the_new_tables_pipeline_is_never_stopped(
    context: CommandContext, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = discovered(context, [NAME]).tables[0]
    there = {
        table.address: StateInstance(table.address, dict.fromkeys(("id", "name"), NEW), False, {}),
        **{each: StateInstance(each, {}, True, {}) for each in table.pipelines},
    }
    monkeypatch.setattr(not_needed, "pull", lambda *_: (b"", State(7, "lineage", there)))
    assert command.swap(context, [NAME], yes=True) == 0
    assert hands.ran == [name for name in COURSE if name != "pipeline"]


def test_it_asks_before_each_phase(
    context: CommandContext, hands: Hands, answers: Callable[..., None]
) -> None:
    answers("yes", "y", "y", "yes", "y", "y", "skip", "")
    assert command.swap(context, [NAME]) == 130
    assert hands.ran == ["doctor"]
    # The answers hold; it goes on with what was not done.
    hands.ran.clear()
    answers("y", "skip", "yes", "stop")
    assert command.swap(context, [NAME]) == 130
    assert hands.ran == ["doctor", "prepare"]


def test_a_precondition_that_does_not_hold_stops_it(
    context: CommandContext, hands: Hands, answers: Callable[..., None]
) -> None:
    for answer in ("no", ""):
        answers("yes", answer)
        assert command.swap(context, [NAME]) == 130
        assert hands.ran == []
        context.directory.journal.unlink()


def test_nobody_to_ask_is_said(clone: Clone) -> None:
    done = clone.tfswap("swap", NAME)
    assert done.code == 2
    assert "Add --yes" in done.err


def test_a_dry_run_does_nothing(clone: Clone, hands: Hands, context: CommandContext) -> None:
    before = clone.everything()
    assert command.swap(context, [NAME], dry_run=True) == 0
    assert hands.ran == []
    assert clone.everything() == before


def with_hook(clone: Clone, line: str) -> CommandContext:
    (clone.repo / "tfswap.toml").write_text(f'[hooks]\nmaintenance_on = "{line}"\n')
    clone.commit()
    clone.git("push", "--quiet", "origin", "main")
    return open_context(clone.repo, Overrides(), Console())


def test_a_hook_is_an_argv_and_no_shell(clone: Clone, hands: Hands) -> None:
    command.swap(with_hook(clone, "scripts/maintenance.sh 'on now'"), [NAME], yes=True)
    assert hands.argv[1] == ("scripts/maintenance.sh", "on now")


@pytest.mark.parametrize(
    ("script", "code", "says"),
    [
        ("", 2, "scripts/on.sh cannot be run: No such file or directory."),
        ("exit 3", 3, "scripts/on.sh ended with exit code 3."),
        ("kill -INT $$", 130, "Interrupted in 2/9"),
        ("kill -TERM $$", 143, "scripts/on.sh ended with exit code 143."),
    ],
)
def test_a_hook_that_ends_badly_is_kept_and_said_and_gone_on_with(
    clone: Clone,
    hands: Hands,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    script: str,
    code: int,
    says: str,
) -> None:
    hook = clone.repo / "scripts" / "on.sh"
    hook.parent.mkdir()
    if script:
        hook.write_text(f"#!/bin/sh\n{script}\n")
        hook.chmod(0o755)
    context = with_hook(clone, "scripts/on.sh")

    def hand(argv: Sequence[str], cwd: Path, variables: Mapping[str, str]) -> AttachedResult:
        ours = argv[0] == sys.executable
        return hands(argv, cwd, variables) if ours else run_attached(argv, cwd, variables)

    monkeypatch.setattr(run_phase, "run_attached", hand)
    assert command.swap(context, [NAME], yes=True) == code
    shown = capsys.readouterr().err
    assert says in " ".join(shown.split())
    assert told_again(shown) == f"tfswap swap {NAME} --environment production".split()
    assert all(len(line) <= 80 for line in shown.splitlines())
    last = [e for e in entries(context.journal.path) if e["event"].startswith("phase")][-1]
    assert (last["event"], last["phase"], last["exit"]) == ("phase-failed", "maintenance-on", code)
    assert hands.ran == ["doctor"]
    # Left out, as the words say, it goes on; and stays left out without saying so again.
    hands.fails["prepare"] = 2
    assert command.swap(context, [NAME], skip=["maintenance-on"], yes=True) == 2
    hands.fails.clear()
    assert command.swap(context, [NAME], yes=True) == 0


def test_a_pipeline_that_cannot_be_stopped_leaves_a_way_on(
    context: CommandContext, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    hands.fails["pipeline"] = 2
    assert command.swap(context, [NAME], yes=True) == 2
    shown = " ".join(capsys.readouterr().err.split())
    assert "CREATE_FAILED or START_FAILED" in shown
    assert "add --skip pipeline" in shown
    hands.ran.clear()
    assert command.swap(context, [NAME], skip=["pipeline"], yes=True) == 0
    assert "pipeline" not in hands.ran


def test_an_interrupt_that_a_phase_survived_stops_the_night_after_it(
    context: CommandContext, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    hands.interrupted.add("run")
    assert command.swap(context, [NAME], yes=True) == 130
    assert hands.ran[-1] == "run"
    assert "already succeeded" in " ".join(capsys.readouterr().err.split())
    hands.interrupted.clear()
    hands.ran.clear()
    context.journal.note(event("pushed"))
    assert command.swap(context, [NAME], yes=True) == 0
    assert hands.ran == ["verify-plan", "apply", "finish"]


def test_ctrl_c_at_a_question_says_where_the_night_stands(
    context: CommandContext,
    hands: Hands,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def pressed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Console, "confirm", pressed)
    assert command.swap(context, [NAME]) == 130
    shown = capsys.readouterr().err
    assert "nothing was changed" in shown
    assert told_again(shown)
    monkeypatch.setattr(Console, "confirm", lambda *_, **__: True)
    monkeypatch.setattr(Console, "ask", pressed)
    assert command.swap(context, [NAME]) == 130
    shown = capsys.readouterr().err
    assert "Stopped before 1/8, check everything first; nothing is running." in shown
    assert told_again(shown)
    assert hands.ran == []


def test_a_night_that_restores_keeps_its_name_past_midnight(
    context: CommandContext, hands: Hands
) -> None:
    hands.fails["restore"] = 130
    assert command.swap(context, ["Lpas"], restore="latest", date="20240715", yes=True) == 130
    hands.fails.clear()
    hands.argv.clear()
    assert command.swap(context, ["Lpas"], restore="latest", yes=True) == 0
    assert any(NAME in argv for argv in hands.argv)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Lpas"], "--restore latest"),
        ([NAME, "--restore", "latest"], "needs the base name"),
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
        "--key-id alias/opg-modernising-lpa_dynamodb_encryption",
        "aws backup start-restore-job --region eu-west-1 --resource-type DynamoDB",
        'aws backup describe-restore-job --region eu-west-1 --restore-job-id "$JOB"',
        "export TF_VAR_default_role=breakglass",
        "# Things to check for:",
        "aws dynamodb describe-continuous-backups",
        "tfswap rollback --dry-run",
        'cd "$(git rev-parse --show-toplevel)"\ngit commit',
    ):
        assert part in done.out
    assert clone.everything() == before
    # Nothing is left to fill in: `<` stands in tags and in bash's `<(…)` alone.
    assert re.findall(r"<(?!/?(?:details|summary)>|\()", done.out) == []
