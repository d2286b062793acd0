"""Seeded damage: whatever is done to a good plan, it never passes; only what means the same may.

``tests/verify/damage`` holds the kinds of damage, ``tests/verify/oracle`` decides without the
verifier's help whether a plan still means what it meant.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

import pytest

from tests import rotation
from tests.verify.damage import KINDS, Patient, Unfit
from tests.verify.good_plans import PASSES, GoodPlan, good_plans
from tests.verify.oracle import meaning
from tfswap.errors import PlanError

EACH = 28
"""Plans for each kind of damage on a full run."""
SOME = rotation.count(EACH, 3)
"""Plans for each kind on this run."""
TRIES = 4 * EACH
GOOD = good_plans()


def patients(kind: str) -> Iterator[tuple[GoodPlan, Patient]]:
    """Damaged plans of one kind, over all the good plans that have something to be damaged."""
    found = 0
    for seed in rotation.shuffled(range(TRIES)):
        good = GOOD[seed % len(GOOD)]
        dice = random.Random(f"{kind}/{good.name}/{seed}")
        patient = Patient(good.plan(), *good.tables[seed % len(good.tables)], dice)
        try:
            KINDS[kind](patient)
        except Unfit:
            continue
        yield good, patient
        found += 1
        if found == EACH:
            return


def passes(good: GoodPlan, patient: Patient) -> bool:
    try:
        return good.report(patient.plan).verdict in PASSES
    except PlanError as error:
        assert error.hint
        return False


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.name)
def test_every_good_plan_passes_before_it_is_damaged(good: GoodPlan) -> None:
    assert passes(good, Patient(good.plan(), *good.tables[0], random.Random(0)))


def test_the_harness_is_as_large_as_it_ought_to_be() -> None:
    assert len(KINDS) >= 25
    assert len(KINDS) * EACH >= 2000
    assert {"applied", "good", "swap-back", "two-tables"} <= {good.name for good in GOOD}


@pytest.mark.parametrize("kind", KINDS)
def test_damage_never_passes(kind: str) -> None:
    count = equivalent = 0
    for good, patient in islice(patients(kind), SOME):
        count += 1
        if passes(good, patient):
            assert meaning(patient.plan) == meaning(good.plan()), f"{good.name}, {patient.dice}"
            equivalent += 1
    assert count == SOME
    if rotation.run().full:
        assert equivalent <= EACH // 2, "this kind mostly does no damage"


@pytest.mark.parametrize("kind", KINDS)
def test_the_oracle_sees_the_damage(kind: str) -> None:
    """Else it would excuse everything."""
    assert any(meaning(patient.plan) != meaning(good.plan()) for good, patient in patients(kind))
