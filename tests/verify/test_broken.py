"""Plans broken in their structure: an answer that is no pass, or a PlanError, never more."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests import rotation
from tests.verify.plans import Document, load, report
from tfswap.errors import PlanError
from tfswap.report import Format, render
from tfswap.verify.model.report_data import Verdict

ODD: list[Any] = [None, True, 0, -1.5, "", "x", [], {}, [None], [[]], {"": None}, [{"a": True}]]
PARTS = ("resource_changes", "prior_state", "configuration", "output_changes", "variables")


def branches(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(item, dict | list):
            found += branches(item, (*path, key))
        else:
            found.append((*path, key))
    return found


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def broken(part: str, rng: random.Random) -> Document:
    plan = load()
    for _ in range(rng.randrange(1, 4)):
        paths = branches(plan[part]) if isinstance(plan[part], dict | list) else []
        if paths:
            path = rng.choice(paths)
            at(plan[part], path[:-1])[path[-1]] = rng.choice(ODD)
    return plan


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_part_of_another_shape(part: str, odd: Any) -> None:
    plan = load()
    plan[part] = odd
    try:
        found = report(plan)
    except PlanError:
        return
    harmless = part in ("output_changes", "variables")
    assert found.verdict is not Verdict.READY or harmless


@pytest.mark.parametrize("part", PARTS)
def test_structural_damage_gives_an_answer_or_a_plan_error(part: str) -> None:
    for seed in rotation.part(range(60), 12):
        try:
            found = report(broken(part, random.Random(f"{part}/{seed}")))
        except PlanError as error:
            assert error.hint
            continue
        for format in Format:
            assert render(found, format)
