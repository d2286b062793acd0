"""The lab: every consumer of a table is explained, and no damage to any of them passes.

``tests/lab`` has the configuration and its plans, made by the real provider. A full run damages
every consumer in every way; else some pairs by the seed.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import msgspec
import pytest

from tests import rotation
from tests.lab.damage import KINDS, RIDERS, Victim
from tests.lab.lab import TABLE, WORLDS, World
from tests.verify.damage.patient import Unfit, same
from tests.verify.oracle import meaning
from tfswap.errors import PlanError
from tfswap.plan.document import read_plan
from tfswap.verify.model.report_data import Report, Severity, Verdict

Document = dict[str, Any]
AT_LEAST = {False: 105, True: 110}
"""Of the changes, how many are explained without a baseline: by names alone, and as prepared."""
EACH = 5
"""Consumers for each kind of damage, on a run that is not a full one."""


@cache
def consumers(world: World) -> tuple[str, ...]:
    plan = msgspec.json.decode(world.swap)
    changed = (e for e in plan["resource_changes"] if e["change"]["actions"] != ["no-op"])
    return tuple(e["address"] for e in changed if e["mode"] == "managed" and e["address"] != TABLE)


@cache
def explained(world: World) -> frozenset[str]:
    """What the value rules alone explain; damage to the rest would be refused in any case."""
    found = world.report(prepared=True, baseline=False)
    return frozenset(change.address for change in found.changes if change.explained)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_the_lab_is_as_large_as_it_ought_to_be(world: World) -> None:
    assert len({address.split(".")[-2] for address in consumers(world)}) >= 100


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
@pytest.mark.parametrize("prepared", [False, True])
def test_with_a_baseline_every_consumer_is_explained(world: World, prepared: bool) -> None:
    report = world.report(prepared=prepared, baseline=True)
    assert report.verdict is Verdict.READY
    assert not [f for f in report.findings if f.severity is not Severity.INFO]


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
@pytest.mark.parametrize("prepared", [False, True])
def test_without_one_nearly_all_are(world: World, prepared: bool) -> None:
    report = world.report(prepared=prepared, baseline=False)
    found = [change.address for change in report.changes if change.explained]
    assert len(found) >= AT_LEAST[prepared], set(consumers(world)) - {*found}
    assert len(report.changes) > 110


@pytest.mark.parametrize("kind", KINDS)
def test_damage_never_passes(kind: str) -> None:
    for address in rotation.part(consumers(WORLDS[0]), EACH):
        dice = random.Random(f"{kind}/{address}/{rotation.run().seed}")
        for baseline in (False, True):
            world = dice.choice(WORLDS)
            if baseline or address in explained(world):
                # Whether a plain word is a table's name, the configuration says.
                prepared = world.is_plain or dice.choice([False, True])
                _damage(kind, world, address, prepared, baseline)


def _damage(kind: str, world: World, address: str, prepared: bool, baseline: bool) -> None:
    dice = random.Random(f"{kind}/{address}")
    plan = msgspec.json.decode(world.swap)
    try:
        KINDS[kind](_victim(world, plan, address, dice))
    except Unfit:
        return
    without = None
    if baseline and KINDS[kind] in RIDERS:
        without = _with_rider(kind, world, address, plan)
    if passes(world, plan, without, prepared=prepared, baseline=baseline):
        assert meaning(plan) == meaning(msgspec.json.decode(world.swap)), (
            f"{kind} of {address} in {world.name} passes: prepared {prepared}, baseline {baseline}"
        )


def _victim(world: World, plan: Document, address: str, dice: random.Random) -> Victim:
    entry = _entry(plan, address)
    module = plan["configuration"]["root_module"]
    for name in filter(None, entry.get("module_address", "").split("module.")):
        module = module["module_calls"][name]["module"]
    block = next(b for b in module["resources"] if b["type"] == entry["type"])
    return Victim(entry, world.old, world.new, dice, frozenset(block["expressions"]))


def _with_rider(kind: str, world: World, address: str, plan: Document) -> bytes:
    """Return the baseline with the rider in it."""
    found = msgspec.json.decode(world.data("baseline"))
    entry, ours = _entry(found, address), _entry(plan, address)
    good = _entry(msgspec.json.decode(world.swap), address)["change"]
    body = entry["change"]
    if kind in ("deleted", "moved", "imported"):
        KINDS[kind](Victim(entry, world.old, world.new, random.Random(0), frozenset()))
        return bytes(msgspec.json.encode(found))
    changed = {
        name: ours["change"]["after"].get(name)
        for name in {**good["after"], **ours["change"]["after"]}
        if good["after"].get(name) != ours["change"]["after"].get(name)
    }
    before = body["before"]
    body.update(actions=["update"], after={**same(before), **_back(changed, world)})
    gone = [name for name in changed if name not in ours["change"]["after"]]
    for name in gone:
        body["after"].pop(name)
        body["after_unknown"] = {**body["after_unknown"], name: True}
    found["applyable"] = True
    return bytes(msgspec.json.encode(found))


def _back(values: Document, world: World) -> Document:
    text = msgspec.json.encode(values).decode().replace(world.new, world.old)
    found: Document = msgspec.json.decode(text)
    return found


def _entry(plan: Document, address: str) -> Document:
    found: Document = next(e for e in plan["resource_changes"] if e["address"] == address)
    return found


def passes(
    world: World, plan: Document, without: bytes | None, *, prepared: bool, baseline: bool
) -> bool:
    try:
        report: Report = world.report(
            plan, prepared=prepared, baseline=read_plan(without) if without else baseline
        )
    except PlanError as error:
        assert error.hint
        return False
    return report.verdict in (Verdict.READY, Verdict.APPLIED)
