"""A restored table's source and items, as each command that goes by them is typed.

Terraform's part is handed in; what AWS says is the stand-in's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from tests.aws.lab import make_table
from tests.commands.conftest import Outcome
from tests.commands.test_retire import NEW, OLD, Scene, state
from tests.commands.test_retire import prepared as prepared
from tests.commands.test_retire import scene as scene
from tests.journal_events import entries
from tfswap.commands.run import command as running
from tfswap.commands.run import rehearse as rehearsing
from tfswap.context.command_context import CommandContext
from tfswap.errors import TfswapError
from tfswap.terraform.state_file import parse


class Case(NamedTuple):
    """What the restored table is, and what is said of it."""

    source: str
    code: int
    says: str
    items: int = 1


PLACE = "arn:aws:dynamodb:{}:{}:table/" + OLD
WRONG = {
    "another table": Case("production-Sessions", 1, "was restored from production-Sessions"),
    "another account": Case(
        PLACE.format("eu-west-1", "9" * 12), 1, f"in account {'9' * 12}, eu-west-1, not from {OLD}"
    ),
    "another region": Case(
        PLACE.format("eu-west-2", "123456789012"), 1, "in account 123456789012, eu-west-2, not from"
    ),
    "empty": Case(OLD, 1, f"{NEW} is empty; {OLD} has items", items=0),
}
UNKNOWN = Case("", 3, "its source is unknown (AWS has no restore job for it)")
COMMANDS: dict[str, Sequence[str]] = {
    "compare": ("compare",),
    "doctor": ("doctor", "--terraform-bin", "/nowhere/terraform"),
    "run": ("run", "--yes"),
    "run --direct": ("run", "--direct", "--yes"),
    "retire": ("retire", OLD, "--final-backup", "--dry-run"),
}
VOUCHING = [name for name in COMMANDS if name != "doctor"]
REACHED = "Past the checks."


@pytest.fixture
def restored(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[Case], None]:
    """Make the restored table as a case has it; ``run`` goes no further than its checks."""

    def ready(context: CommandContext) -> tuple[Any, Any]:
        swap = context.directory.load()
        return swap, context.terraform(swap)

    def reached(*_: Any) -> None:
        raise TfswapError(REACHED)

    monkeypatch.setattr(running, "ready_to_work", ready)
    for module in (running, rehearsing):
        monkeypatch.setattr(module, "pull", lambda *_: (b"", parse(state(OLD))))
        monkeypatch.setattr(module, "back_up", lambda *_: None)
    scratch = SimpleNamespace(place=reached)
    monkeypatch.setattr(rehearsing.workdir, "prepare", lambda *_: scratch)
    monkeypatch.setattr(running, "steps_of", reached)

    def make(case: Case) -> None:
        dynamodb = scene.aws.client("dynamodb")
        dynamodb.update_table(TableName=NEW, DeletionProtectionEnabled=False)
        dynamodb.delete_table(TableName=NEW)
        make_table(scene.aws, NEW, restored_from=case.source, items=case.items)
        dynamodb.put_item(TableName=OLD, Item={"PK": {"S": "1"}, "SK": {"S": "x"}})

    return make


def typed(scene: Scene, name: str, *flags: str) -> tuple[Outcome, str]:
    """Type a command; returns how it ended and all it said, on one line."""
    done = scene.clone.tfswap(*COMMANDS[name], *flags)
    return done, " ".join(done.text.split())


def code_of(name: str, case: Case) -> int:
    """A blocker of doctor's ends with 2, whatever it is."""
    return 2 if name == "doctor" else case.code


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_wrong_source_stops_every_command_whoever_accepts_it(
    scene: Scene, restored: Callable[[Case], None], name: str, case: str
) -> None:
    restored(WRONG[case])
    for flags in ([], ["--accept-source"]) if name in VOUCHING else ([],):
        done, said = typed(scene, name, *flags)
        assert done.code == code_of(name, WRONG[case])
        assert WRONG[case].says in said
        assert REACHED not in said
    assert scene.there()


@pytest.mark.parametrize("name", COMMANDS)
def test_an_unknown_source_stops_every_command(
    scene: Scene, restored: Callable[[Case], None], name: str
) -> None:
    restored(UNKNOWN)
    done, said = typed(scene, name)
    assert done.code == code_of(name, UNKNOWN)
    assert UNKNOWN.says in said
    assert REACHED not in said
    assert "--accept-source" in said


@pytest.mark.parametrize("first", VOUCHING)
def test_who_accepts_an_unknown_source_is_in_the_journal_and_counts_everywhere(
    scene: Scene, restored: Callable[[Case], None], first: str
) -> None:
    restored(UNKNOWN)
    _, said = typed(scene, first, "--accept-source")
    assert f"{NEW} is accepted although its source is unknown; this is recorded" in said
    [told] = [e for e in entries(scene.context.journal.path) if e["event"] == "source-accepted"]
    assert told["table"] == NEW
    assert told["who"]
    for name in COMMANDS:
        done, said = typed(scene, name)
        if name.startswith("run"):
            assert REACHED in said
        else:
            assert f"{UNKNOWN.says}; accepted by {told['who']} at" in said
            assert done.code == (2 if name == "doctor" else 0)
