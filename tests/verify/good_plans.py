"""Every recorded plan that passes, with its swap, to be damaged or reshaped."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from tfswap.names import Rename
from tfswap.plan.document import read_plan
from tfswap.verify.model.intent import Intent, TableIntent
from tfswap.verify.model.report_data import Report, Verdict
from tfswap.verify.verifier import verify

FOLDER = Path(__file__).parents[2] / "fixtures" / "plans"
PASSES = (Verdict.READY, Verdict.APPLIED)
Document = dict[str, Any]


@dataclass(frozen=True)
class GoodPlan:
    """A recorded plan whose answer is ``ready`` or ``applied``."""

    name: str
    tables: tuple[tuple[str, str, str], ...]
    """Old name, new name and address."""
    release: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """The plan, without the two parts that say nothing about what will be done."""
        plan = json.loads((FOLDER / self.name / "plan.json").read_text())
        for part in ("resource_drift", "relevant_attributes"):
            plan.pop(part, None)
        return json.dumps(plan)

    def plan(self) -> Document:
        """A copy of one's own."""
        document: Document = msgspec.json.decode(self.text)
        return document

    def report(self, plan: Document | bytes) -> Report:
        """Verify a plan against this one's swap."""
        data = plan if isinstance(plan, bytes) else msgspec.json.encode(plan)
        return verify(read_plan(data), self.intent)

    @cached_property
    def intent(self) -> Intent:
        """The swap with what ``prepare`` knows of its inputs."""
        return Intent(
            tables=tuple(map(_table, self.tables)),
            release=self.release,
            environment="production",
            account="123456789012",
            partition="aws",
        )


def _table(table: tuple[str, str, str]) -> TableIntent:
    old, new, address = table
    value = new.removeprefix("production-")
    key = f"{value.split('-')[0].lower()}_table_name"
    pointer = f"/environments/production/dynamodb/{key}"
    return TableIntent(Rename(old, new), address, "eu-west-1", pointer, value)


def good_plans() -> list[GoodPlan]:
    """Every plan that its ``case.toml`` says passes, and that nothing is wanting for yet."""
    every = (path.parent.name for path in sorted(FOLDER.glob("*/case.toml")))
    return [found for name in every if (found := _good(name))]


def _good(name: str) -> GoodPlan | None:
    shown = tomllib.loads((FOLDER / name / "case.toml").read_text())
    for part in (shown, shown.get("given", {}), shown.get("prepared", {})):
        if part.get("verdict", "ready") not in {verdict.value for verdict in PASSES}:
            return None
        if any(key.startswith("wanting") for key in part):
            return None
    tables = tuple((each["from"], each["to"], each["address"]) for each in shown["swap"]["tables"])
    return GoodPlan(name, tables, tuple(shown["swap"].get("release", ())))
