"""The phases of a night, how far it has come, and the runbook written from them."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
from typer.main import get_command

from tfswap.cli import app
from tfswap.guide import progress
from tfswap.guide.flags import KNOWN, shown
from tfswap.guide.inputs import GuideInputs, inputs_in
from tfswap.guide.model import GuidedRun
from tfswap.guide.phases import afterwards, phases_of, preconditions

NIGHT = GuidedRun(names=("Lpas-20240715",), environment="production")
ALL = [
    *("doctor", "recovery-point Lpas-20240715", "maintenance-on", "pipeline"),
    *("restore Lpas-20240715", "prepare", "compare", "run"),
    *("verify", "apply", "finish", "maintenance-off"),
]
HOOKS: dict[str, tuple[str, ...]] = {"maintenance_on": ("on",), "maintenance_off": ("off",)}


def names(guided_run: GuidedRun) -> list[str]:
    return [phase.name for phase in phases_of(guided_run)]


def entry(event: str, **facts: Any) -> dict[str, Any]:
    return {"event": event, **facts}


def begin(guided_run: GuidedRun = NIGHT) -> dict[str, Any]:
    return entry(progress.BEGUN, names=list(guided_run.names), environment=guided_run.environment)


def done(*entries: dict[str, Any], guided_run: GuidedRun = NIGHT) -> set[str]:
    held = progress.begun(guided_run, entries)
    assert held is not None
    return set(progress.done(phases_of(guided_run), held))


def test_every_phase_of_the_runbook_is_there_in_its_order() -> None:
    assert names(replace(NIGHT, restore="latest", hooks=HOOKS)) == ALL


def test_what_a_night_has_no_use_for_is_left_out() -> None:
    assert names(replace(NIGHT, has_pipelines=False)) == [
        *("doctor", "prepare", "compare", "run", "verify", "apply", "finish")
    ]


def test_how_to_reach_aws_is_told_up_to_prepare_which_remembers_it() -> None:
    guided_run = replace(NIGHT, restore="latest", role="breakglass", prefix="aws-vault exec id --")
    told = {phase.name: "--role" in phase.command for phase in phases_of(guided_run)}
    assert [name for name, has in told.items() if has] == [
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
    told = {phase.name.split()[0]: phase.command for phase in phases_of(guided_run)}
    assert [name for name, words in told.items() if "--vault" in words] == [
        *("recovery-point", "restore")
    ]
    assert [name for name, words in told.items() if "--region" in words] == [
        *("recovery-point", "pipeline", "restore", "prepare")
    ]
    assert [name for name, words in told.items() if "--release" in words] == ["prepare"]
    assert told["prepare"].count("--release") == 2


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
    beside |= {"--change-key"}
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
    assert inputs_in({"told": json.loads(json.dumps(whole.facts()))}) == whole
    assert inputs_in({"told": {"given": [["--vault"]], "skip": "doctor"}}) == GuideInputs()
    assert inputs_in(None) == GuideInputs()


def test_a_hook_takes_the_place_of_the_reminder() -> None:
    assert any("maintenance" in line for line in afterwards(NIGHT))
    assert not any("maintenance" in line for line in afterwards(replace(NIGHT, hooks=HOOKS)))
    asked = {item.name: item.question for item in preconditions(replace(NIGHT, hooks=HOOKS))}
    assert "hook" in asked["maintenance"]


def test_a_new_night_has_nothing_done() -> None:
    assert progress.begun(NIGHT, []) is None
    assert done(begin()) == set()


@pytest.mark.parametrize(
    "other",
    [
        begin(replace(NIGHT, names=("Lpas-20240716",))),
        begin(replace(NIGHT, environment="preproduction")),
    ],
)
def test_another_night_does_not_count(other: dict[str, Any]) -> None:
    assert progress.begun(NIGHT, [other, entry("pushed")]) is None
    assert progress.begun(NIGHT, [begin(), entry("pushed"), other]) is None


def test_what_was_done_before_the_night_does_not_count() -> None:
    assert done(entry("pushed"), begin()) == set()


def test_a_branch_prepared_by_hand_stops_no_pipeline_and_restores_no_table() -> None:
    guided_run = replace(NIGHT, restore="latest")
    assert done(begin(guided_run), entry("prepared"), guided_run=guided_run) == {"prepare"}


def test_nothing_is_looked_at_anew_once_what_comes_next_is_done() -> None:
    guided_run = replace(NIGHT, restore="latest", hooks=HOOKS)
    held = [begin(guided_run), entry("pipeline-stopped")]
    looks = {"doctor", "recovery-point Lpas-20240715"}
    assert progress.done(phases_of(guided_run), held) == {"pipeline"}
    assert progress.done(phases_of(guided_run), held, {"maintenance-on"}) == {"pipeline", *looks}


def test_a_state_that_is_written_ends_every_phase_before_it() -> None:
    found = done(begin(), entry("pushed"))
    assert found == {"doctor", "pipeline", "prepare", "compare", "run"}
    # After the apply, a pipeline to stop would be the new one.
    assert "pipeline" in done(begin(), entry("applied"))
    assert "verify" in done(begin(), entry("applied"))


def test_the_night_under_way_is_the_one_neither_ended_nor_undone() -> None:
    stopped = entry("pipeline-stopped")
    assert progress.open_run([stopped, begin(), stopped]) == [begin(), stopped]
    assert progress.open_run([begin(), stopped, entry("rolled-back")]) == []
    assert progress.open_run([begin(), entry(progress.ENDED), stopped]) == []


def test_what_only_reads_is_done_anew() -> None:
    assert done(begin(), entry(progress.DONE, phase="doctor")) == set()
    assert "verify" not in done(begin(), entry("pushed"), entry(progress.DONE, phase="verify"))


def test_a_rollback_undoes_the_swap_and_not_the_restore() -> None:
    guided_run = replace(NIGHT, restore="latest", hooks=HOOKS)
    before = [
        begin(guided_run),
        *(entry(progress.CHECKED, item=item) for item in ("pairing", "maintenance", "freeze")),
        entry(progress.DONE, phase="maintenance-on"),
        entry("pipeline-stopped"),
        entry(progress.DONE, phase="pipeline"),
        entry("restored"),
        entry(progress.DONE, phase="restore Lpas-20240715"),
        entry("prepared"),
        entry("pushed"),
        entry("rolled-back"),
    ]
    found = done(*before, guided_run=guided_run)
    assert found & {"prepare", "run", "pipeline", "maintenance-on"} == set()
    assert {"restore Lpas-20240715", "recovery-point Lpas-20240715"} <= found
    held = progress.begun(guided_run, before) or []
    assert {each["item"] for each in held if each["event"] == progress.CHECKED} == {"pairing"}


def test_a_rollback_after_an_apply_ends_the_night() -> None:
    entries = [begin(), entry("pushed"), entry("applied"), entry("rollback-by-swap")]
    assert progress.begun(NIGHT, [*entries, entry("prepared"), entry("pushed")]) is None
    assert progress.under_way(NIGHT.names, None, entries) is None
    assert progress.open_run(entries) == []


def test_a_pipeline_started_again_is_to_be_stopped_again() -> None:
    stopped = [entry("pipeline-stopped"), entry(progress.DONE, phase="pipeline")]
    assert "pipeline" in done(begin(), *stopped)
    assert "pipeline" not in done(begin(), *stopped, entry("pipeline-started"))


def test_what_was_told_last_is_what_goes_on() -> None:
    first = {**begin(), "again": "one"}
    later = {**begin(), "event": progress.TOLD, "again": "two"}
    entries = [first, entry("pipeline-stopped"), later, entry("pipeline-stopped")]
    assert progress.under_way(NIGHT.names, "production", entries) == later
    assert progress.under_way(None, None, entries) == later
    assert progress.under_way(NIGHT.names, "preproduction", entries) is None
    assert progress.open_run(entries)[0]["again"] == "two"


def test_two_restores_are_told_apart() -> None:
    guided_run = replace(NIGHT, names=("A-20240715", "B-20240715"), restore="latest")
    found = done(
        begin(guided_run),
        entry("restored"),
        entry(progress.DONE, phase="restore A-20240715"),
        guided_run=guided_run,
    )
    assert "restore A-20240715" in found
    assert "restore B-20240715" not in found


def test_an_ended_night_begins_anew() -> None:
    assert progress.begun(NIGHT, [begin(), entry("applied"), entry(progress.ENDED)]) is None


def test_a_way_back_is_under_way_until_it_landed_or_was_given_up() -> None:
    begun = [entry("applied"), entry("rollback-by-swap"), entry("prepared"), entry("applied")]
    assert progress.way_back(begun)
    assert not progress.way_back([*begun, entry("finished")])
    assert not progress.way_back([*begun, entry("rolled-back")])
    assert not progress.way_back([entry("applied"), entry("rolled-back")])


def test_a_plan_with_nothing_left_counts_until_something_moves() -> None:
    seen = [entry("pushed"), entry("verified", verdict="applied")]
    assert progress.nothing_to_apply(seen)
    assert not progress.nothing_to_apply([*seen, entry("pushed")])
    assert not progress.nothing_to_apply([*seen, entry("verified", verdict="ready")])


def test_a_pipeline_that_was_stopped_is_remembered_until_it_runs_again() -> None:
    stopped = [begin(), entry("pipeline-stopped", pipeline="lpas"), entry("rolled-back")]
    assert progress.pipeline_left(stopped) == ("lpas", "production")
    for after in ("pipeline-started", "applied"):
        assert progress.pipeline_left([*stopped, entry(after)]) == ("", "")
    assert progress.pipeline_left([begin()]) == ("", "")
