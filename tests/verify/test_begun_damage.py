"""Seeded damage to the rest of an interrupted apply: the begun plan excuses none of it."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests import rotation
from tests.verify.damage import KINDS, Patient, Unfit
from tests.verify.good_plans import PASSES, GoodPlan, good_plans
from tfswap.errors import PlanError
from tfswap.plan.document import read_plan
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.partial_apply import UnfinishedApply
from tfswap.verify.model.report_data import Verdict
from tfswap.verify.model.stateful_types import STATEFUL
from tfswap.verify.verifier import verify

EACH = rotation.count(6, 1)
"""Plans for each kind of damage."""
TRIES = 24
CUTS = rotation.count(12, 3)
"""Ways in which each good plan is cut."""
REPLACED = (["delete", "create"], ["create", "delete"])


def is_ready(good: GoodPlan) -> bool:
    return good.report(good.plan()).verdict is Verdict.READY


GOOD = [good for good in good_plans() if is_ready(good)]


@cache
def intent(name: str) -> Intent:
    """The swap, in a night in which its good plan was begun."""
    good = next(good for good in GOOD if good.name == name)
    begun = UnfinishedApply(read_plan(good.text.encode()), "02:13 UTC on 15 Jul", "sam@desk")
    return replace(good.intent, begun=(begun,))


def drop(document: dict[str, Any], address: str) -> None:
    queue = [document.get("prior_state", {}).get("values", {}).get("root_module", {})]
    while queue:
        module = queue.pop()
        module["resources"] = [r for r in module.get("resources", []) if r["address"] != address]
        queue += module.get("child_modules", [])


def cut(document: dict[str, Any], dice: random.Random) -> list[str]:
    """Turn replacements into what Terraform plans when they were cut in half."""
    done = []
    for entry in document.get("resource_changes", ()):
        body = entry["change"]
        if body["actions"] not in REPLACED or entry["type"] in STATEFUL or dice.random() < 0.3:
            continue
        body.pop("replace_paths", None)
        entry.pop("action_reason", None)
        if dice.random() < 0.3:
            entry["action_reason"] = "replace_because_tainted"
        else:
            body.update(actions=["create"], before=None, before_sensitive=False)
            drop(document, entry["address"])
        done.append(entry["address"])
    return done


def passes(good: GoodPlan, document: dict[str, Any], begun: bool = True) -> bool:
    data = json.dumps(document, separators=(",", ":")).encode()
    try:
        found = verify(read_plan(data), intent(good.name) if begun else good.intent)
    except PlanError:
        return False
    return found.verdict in PASSES


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.name)
def test_a_good_plan_cut_anywhere_passes_and_not_without_what_was_begun(good: GoodPlan) -> None:
    cuts = 0
    for number, seed in enumerate(rotation.shuffled(range(12)), start=1):
        document = good.plan()
        addresses = cut(document, random.Random(seed))
        assert passes(good, document), addresses
        pipelines = all("aws_osis_pipeline" in address for address in addresses)
        if addresses and not pipelines:
            cuts += 1
            assert not passes(good, document, begun=False), addresses
        if cuts and number >= CUTS:
            break
    assert cuts


def patients(kind: str) -> Iterator[tuple[GoodPlan, Patient, dict[str, Any]]]:
    found = 0
    for seed in rotation.shuffled(range(TRIES)):
        good = GOOD[seed % len(GOOD)]
        dice = random.Random(f"{kind}/{good.name}/{seed}")
        patient = Patient(good.plan(), *good.tables[seed % len(good.tables)], dice)
        try:
            KINDS[kind](patient)
        except Unfit:
            continue
        whole = copy.deepcopy(patient.plan)
        # With its address cut each is the very rest of a replacement: what was dropped went with
        # the object that the begun plan deleted.
        if kind not in ("add_deposed", "drop_an_argument"):
            cut(patient.plan, dice)
        yield good, patient, whole
        found += 1
        if found == EACH:
            return


@pytest.mark.parametrize("kind", KINDS)
def test_the_begun_plan_excuses_no_damage(kind: str) -> None:
    """What passes as the rest of something passes as a whole plan too, or it does not pass."""
    for good, patient, whole in patients(kind):
        if passes(good, patient.plan):
            assert passes(good, whole, begun=False), f"{kind}, {good.name}"
