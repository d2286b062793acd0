"""The phases of a night, how far it has come, and the runbook written from them."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
import pytest
from typer.main import get_command

from tests.journal_events import event
from tfswap.cli import app
from tfswap.guide.done_phases import done_phases
from tfswap.guide.flags import KNOWN, shown
from tfswap.guide.inputs import GuideInputs
from tfswap.guide.model import GuidedRun
from tfswap.guide.phases import afterwards, phases_of, preconditions
from tfswap.journal.events import Event, GuideBegun, event_of
from tfswap.journal.guided_run import GuideProgress
from tfswap.journal.progress import progress_of

NIGHT = GuidedRun(names=("Lpas-20240715",), environment="production")
ALL = [
    *("doctor", "recovery-point Lpas-20240715", "maintenance-on", "pipeline"),
    *("restore Lpas-20240715", "prepare", "compare", "run"),
    *("verify", "apply", "finish", "maintenance-off"),
]
HOOKS: dict[str, tuple[str, ...]] = {"maintenance_on": ("on",), "maintenance_off": ("off",)}


def names(guided_run: GuidedRun) -> list[str]:
    return [phase.name for phase in phases_of(guided_run)]


def begin(guided_run: GuidedRun = NIGHT, **facts: str) -> Event:
    return event("guide-begun", names=guided_run.names, environment=guided_run.environment, **facts)


def under_way(*events: Event, guided_run: GuidedRun = NIGHT) -> GuideProgress | None:
    return progress_of(events).guide.about(guided_run.names, guided_run.environment)


def done(*events: Event, guided_run: GuidedRun = NIGHT, skip: Collection[str] = ()) -> set[str]:
    held = under_way(*events, guided_run=guided_run)
    assert held is not None
    return set(done_phases(phases_of(guided_run), held.kinds, held.done, skip))


def test_every_phase_of_the_runbook_is_there_in_its_order() -> None:
    assert names(replace(NIGHT, restore="latest", hooks=HOOKS)) == ALL


def test_what_a_night_has_no_use_for_is_left_out() -> None:
    assert names(replace(NIGHT, has_pipelines=False)) == [
        *("doctor", "prepare", "compare", "run", "verify", "apply", "finish")
    ]


def test_how_to_reach_aws_is_told_up_to_prepare_which_remembers_it() -> None:
    guided_run = replace(NIGHT, restore="latest", role="breakglass", prefix="aws-vault exec id --")
    shown = {phase.name: "--role" in phase.command for phase in phases_of(guided_run)}
    assert [name for name, has in shown.items() if has] == [
        *("doctor", "recovery-point Lpas-20240715", "pipeline", "restore Lpas-20240715"),
        "prepare",
    ]
    assert "aws-vault exec id --" in phases_of(guided_run)[0].command


def test_a_restore_names_backup_and_day() -> None:
    phases = {phase.name: phase for phase in phases_of(replace(NIGHT, restore="latest"))}
    words = ("restore", "Lpas", "--at", "latest", "--date", "20240715")
    assert phases["restore Lpas-20240715"].command[:6] == words


def test_the_backup_is_looked_for_before_anything_is_stopped_and_nothing_started_by_it() -> None:
    guided_run = replace(NIGHT, restore="latest", hooks=HOOKS)
    order = names(guided_run)
    look = "recovery-point Lpas-20240715"
    assert order.index(look) < order.index("maintenance-on") < order.index("pipeline")
    phase = phases_of(guided_run)[order.index(look)]
    assert phase.command[-1] == "--dry-run"
    assert not phase.asks


def test_each_flag_goes_to_the_phases_that_know_it_alone() -> None:
    given = (("--vault", "v"), ("--region", "eu-west-2"), ("--release", "a"), ("--release", "b"))
    guided_run = replace(NIGHT, restore="latest", given=given)
    shown = {phase.name.split()[0]: phase.command for phase in phases_of(guided_run)}
    assert [name for name, words in shown.items() if "--vault" in words] == [
        *("recovery-point", "restore")
    ]
    assert [name for name, words in shown.items() if "--region" in words] == [
        *("recovery-point", "pipeline", "restore", "prepare")
    ]
    assert [name for name, words in shown.items() if "--release" in words] == ["prepare"]
    assert shown["prepare"].count("--release") == 2


@pytest.mark.parametrize("command", sorted(KNOWN))
def test_a_phase_is_handed_no_flag_its_command_does_not_take(command: str) -> None:
    def taken(words: list[str]) -> set[str]:
        group: Any = get_command(app)
        for word in words:
            group = group.commands[word]
        return {option for each in group.params for option in each.opts}

    words = ["pipeline", "stop"] if command == "pipeline" else [command]
    assert set(KNOWN[command]) <= taken(words)
    # Whatever a phase takes can be said to the night, or its hints would lead nowhere.
    beside = {"--at", "--date", "--yes", "-y", "--dry-run", "-n", "--timeout", "--offline"}
    beside |= {"--change-key", "--force", "--format", "--full"}
    guided_run = taken(["swap"])
    assert {each for each in taken(words) - beside if each.startswith("--")} <= guided_run
    assert set(KNOWN[command]) <= guided_run


def test_a_long_command_breaks_before_flags_only_and_is_whole_to_a_shell() -> None:
    line = ("tfswap", "restore", "Lpas", "--at", "2024-07-14 05:00", "--vault", "v" * 40)
    text = shown(line, 60, "    ")
    assert all(len(each) <= 60 for each in text.splitlines())
    assert len(text.splitlines()) > 1
    assert tuple(shlex.split(text.replace("\\\n", ""))) == line
    assert shown(line, 200) == shlex.join(line)


def test_what_was_told_adds_up_and_survives_the_journal() -> None:
    first = GuideInputs(
        restore="latest", given=(("--vault", "a"), ("--key", "k")), skip=("doctor",)
    )
    then = GuideInputs(given=(("--vault", "b"),), skip=("pipeline",), pair="Ana, Sam")
    whole = then.after(first)
    assert whole.given == (("--key", "k"), ("--vault", "b"))
    assert whole.skip == ("doctor", "pipeline")
    assert whole.restore == "latest"
    read = event_of(msgspec.to_builtins(GuideBegun(inputs=whole)))
    assert read == GuideBegun(inputs=whole)
    # As an earlier version wrote it, and as nobody did.
    assert event("night-begun", told=msgspec.to_builtins(whole)) == GuideBegun(inputs=whole)
    assert event("night-begun", told={"given": [["--vault"]], "skip": "x"}) == GuideBegun()


def test_a_hook_takes_the_place_of_the_reminder() -> None:
    assert any("maintenance" in line for line in afterwards(NIGHT))
    assert not any("maintenance" in line for line in afterwards(replace(NIGHT, hooks=HOOKS)))
    asked = {item.name: item.question for item in preconditions(replace(NIGHT, hooks=HOOKS))}
    assert "hook" in asked["maintenance"]


def test_a_new_night_has_nothing_done() -> None:
    assert under_way() is None
    assert done(begin()) == set()


@pytest.mark.parametrize(
    "other",
    [
        begin(replace(NIGHT, names=("Lpas-20240716",))),
        begin(replace(NIGHT, environment="preproduction")),
    ],
)
def test_another_night_does_not_count(other: Event) -> None:
    assert under_way(other, event("pushed")) is None
    assert under_way(begin(), event("pushed"), other) is None


def test_what_was_done_before_the_night_does_not_count() -> None:
    assert done(event("pushed"), begin()) == set()


def test_a_branch_prepared_by_hand_stops_no_pipeline_and_restores_no_table() -> None:
    guided_run = replace(NIGHT, restore="latest")
    assert done(begin(guided_run), event("prepared"), guided_run=guided_run) == {"prepare"}


def test_nothing_is_looked_at_anew_once_what_comes_next_is_done() -> None:
    guided_run = replace(NIGHT, restore="latest", hooks=HOOKS)
    found = partial(done, begin(guided_run), event("pipeline-stopped"), guided_run=guided_run)
    looks = {"doctor", "recovery-point Lpas-20240715"}
    assert found() == {"pipeline"}
    assert found(skip={"maintenance-on"}) == {"pipeline", *looks}


def test_a_state_that_is_written_ends_every_phase_before_it() -> None:
    found = done(begin(), event("pushed"))
    assert found == {"doctor", "pipeline", "prepare", "compare", "run"}
    # After the apply, a pipeline to stop would be the new one.
    assert "pipeline" in done(begin(), event("applied"))
    assert "verify" in done(begin(), event("applied"))


def test_the_night_under_way_is_the_one_neither_ended_nor_undone() -> None:
    stopped = event("pipeline-stopped")
    held = under_way(stopped, begin(), stopped)
    assert held is not None
    assert (held.kinds, held.rolled_back) == ({"pipeline-stopped"}, False)
    back = under_way(begin(), stopped, event("rolled-back"))
    assert back is not None
    assert back.rolled_back
    assert under_way(begin(), event("guide-ended"), stopped) is None


def test_what_only_reads_is_done_anew() -> None:
    assert done(begin(), event("phase-done", phase="doctor")) == set()
    assert "verify" not in done(begin(), event("pushed"), event("phase-done", phase="verify"))


def test_a_rollback_undoes_the_swap_and_not_the_restore() -> None:
    guided_run = replace(NIGHT, restore="latest", hooks=HOOKS)
    before = [
        begin(guided_run),
        *(event("confirmed", item=item) for item in ("pairing", "maintenance", "freeze")),
        event("phase-done", phase="maintenance-on"),
        event("pipeline-stopped"),
        event("phase-done", phase="pipeline"),
        event("restored"),
        event("phase-done", phase="restore Lpas-20240715"),
        event("prepared"),
        event("pushed"),
        event("rolled-back"),
    ]
    found = done(*before, guided_run=guided_run)
    assert found & {"prepare", "run", "pipeline", "maintenance-on"} == set()
    assert {"restore Lpas-20240715", "recovery-point Lpas-20240715"} <= found
    held = under_way(*before, guided_run=guided_run)
    assert held is not None
    assert held.confirmed == {"pairing"}


def test_a_rollback_after_an_apply_ends_the_night() -> None:
    events = [begin(), event("pushed"), event("applied"), event("rollback-by-swap")]
    assert under_way(*events, event("prepared"), event("pushed")) is None
    assert progress_of(events).guide.about(None, None) is None


def test_a_pipeline_started_again_is_to_be_stopped_again() -> None:
    stopped = [event("pipeline-stopped"), event("phase-done", phase="pipeline")]
    assert "pipeline" in done(begin(), *stopped)
    assert "pipeline" not in done(begin(), *stopped, event("pipeline-started"))


def test_what_was_told_last_is_what_goes_on() -> None:
    later = event("guide-changed", names=NIGHT.names, environment="production", again="two")
    stopped = event("pipeline-stopped")
    guide = progress_of([begin(again="one"), stopped, later, stopped]).guide
    assert guide.about(NIGHT.names, "production") == guide.about(None, None) == guide
    assert guide.about(NIGHT.names, "preproduction") is None
    assert guide.again == "two"


def test_several_tables_are_restored_by_one_command_and_done_together() -> None:
    guided_run = replace(NIGHT, names=("A-20240715", "B-20240715"), restore="latest")
    [restore] = [each for each in phases_of(guided_run) if each.name.startswith("restore ")]
    words = ("restore", "A", "B", "--at", "latest", "--date", "20240715")
    assert restore.command[: len(words)] == words
    one = event("restored")
    assert restore.name not in done(begin(guided_run), one, guided_run=guided_run)
    marked = event("phase-done", phase=restore.name)
    assert restore.name in done(begin(guided_run), one, marked, guided_run=guided_run)


def test_an_ended_night_begins_anew() -> None:
    assert under_way(begin(), event("applied"), event("guide-ended")) is None


def test_a_way_back_is_under_way_until_it_landed_or_was_given_up() -> None:
    def swapping_back(*events: Event) -> bool:
        return progress_of(events).applies.swapping_back

    begun = [event("applied"), event("rollback-by-swap"), event("prepared"), event("applied")]
    assert swapping_back(*begun)
    assert not swapping_back(*begun, event("finished"))
    assert not swapping_back(*begun, event("rolled-back"))
    assert not swapping_back(event("applied"), event("rolled-back"))


def test_a_plan_with_nothing_left_counts_until_something_moves() -> None:
    def nothing_left(*events: Event) -> bool:
        return progress_of(events).applies.nothing_left

    seen = [event("pushed"), event("verified", verdict="applied")]
    assert nothing_left(*seen)
    assert not nothing_left(*seen, event("pushed"))
    assert not nothing_left(*seen, event("verified", verdict="ready"))


def test_a_pipeline_that_was_stopped_is_remembered_until_it_runs_again() -> None:
    stopped = [begin(), event("pipeline-stopped", pipeline="lpas"), event("rolled-back")]
    now = progress_of(stopped)
    assert (now.tables.stopped_pipeline, now.guide.environment) == ("lpas", "production")
    for after in ("pipeline-started", "applied"):
        assert progress_of([*stopped, event(after)]).tables.stopped_pipeline == ""
    assert progress_of([begin()]).tables.stopped_pipeline == ""
