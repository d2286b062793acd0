"""The phases of a night, how far it has come, and the runbook written from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tfswap.night import progress
from tfswap.night.course import afterwards, course, preconditions
from tfswap.night.phase import Night

NIGHT = Night(names=("Lpas-20240715",), environment="production")
ALL = [
    *("doctor", "maintenance-on", "pipeline", "restore Lpas-20240715", "prepare", "compare"),
    *("run", "verify", "apply", "finish", "maintenance-off"),
]
HOOKS = {"maintenance_on": ("on",), "maintenance_off": ("off",)}


def names(night: Night) -> list[str]:
    return [phase.name for phase in course(night)]


def entry(event: str, **facts: Any) -> dict[str, Any]:
    return {"event": event, **facts}


def begin(night: Night = NIGHT) -> dict[str, Any]:
    return entry(progress.BEGUN, names=list(night.names), environment=night.environment)


def done(*entries: dict[str, Any], night: Night = NIGHT) -> set[str]:
    held = progress.begun(night, entries)
    assert held is not None
    return set(progress.done(course(night), held))


def test_every_phase_of_the_runbook_is_there_in_its_order() -> None:
    assert names(replace(NIGHT, restore="latest", hooks=HOOKS)) == ALL


def test_what_a_night_has_no_use_for_is_left_out() -> None:
    assert names(replace(NIGHT, has_pipelines=False)) == [
        *("doctor", "prepare", "compare", "run", "verify", "apply", "finish")
    ]


def test_how_to_reach_aws_is_told_up_to_prepare_which_remembers_it() -> None:
    night = replace(NIGHT, restore="latest", role="breakglass", prefix="aws-vault exec id --")
    told = {phase.name: "--role" in phase.command for phase in course(night)}
    assert [name for name, has in told.items() if has] == [
        *("doctor", "pipeline", "restore Lpas-20240715", "prepare")
    ]
    assert "aws-vault exec id --" in course(night)[0].command


def test_a_restore_names_backup_and_day() -> None:
    phase = course(replace(NIGHT, restore="latest"))[2]
    assert phase.command[:6] == ("restore", "Lpas", "--at", "latest", "--date", "20240715")


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
    night = replace(NIGHT, restore="latest")
    assert done(begin(night), entry("prepared"), night=night) == {"doctor", "prepare"}


def test_a_state_that_is_written_ends_every_phase_before_it() -> None:
    found = done(begin(), entry("pushed"))
    assert found == {"doctor", "pipeline", "prepare", "compare", "run"}
    # After the apply, a pipeline to stop would be the new one.
    assert "pipeline" in done(begin(), entry("applied"))
    assert "verify" in done(begin(), entry("applied"))


def test_the_night_under_way_is_the_one_neither_ended_nor_undone() -> None:
    stopped = entry("pipeline-stopped")
    assert progress.open_night([stopped, begin(), stopped]) == [begin(), stopped]
    assert progress.open_night([begin(), stopped, entry("rolled-back")]) == []
    assert progress.open_night([begin(), entry(progress.ENDED), stopped]) == []


def test_what_only_reads_is_done_anew() -> None:
    assert done(begin(), entry(progress.DONE, phase="doctor")) == set()
    assert "verify" not in done(begin(), entry("pushed"), entry(progress.DONE, phase="verify"))


def test_what_was_rolled_back_is_to_be_done_again_and_answers_hold() -> None:
    checked = entry(progress.CHECKED, item="pairing")
    held = progress.begun(NIGHT, [begin(), checked, entry("pushed"), entry("rolled-back")])
    assert held == [begin(), checked]


def test_two_restores_are_told_apart() -> None:
    night = replace(NIGHT, names=("A-20240715", "B-20240715"), restore="latest")
    found = done(
        begin(night),
        entry("restored"),
        entry(progress.DONE, phase="restore A-20240715"),
        night=night,
    )
    assert "restore A-20240715" in found
    assert "restore B-20240715" not in found


def test_an_ended_night_begins_anew() -> None:
    assert progress.begun(NIGHT, [begin(), entry("applied"), entry(progress.ENDED)]) is None
