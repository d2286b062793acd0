"""The baseline of a plan: the same world where nothing is swapped and nothing changes."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

from tests.verify.plans import INTENT, NEW, OLD, TABLE, Document, report, state
from tfswap.plan.document import read_plan
from tfswap.verify.model.baseline_plan import BaselinePlan
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import Report


def baseline_of(plan: Document) -> Document:
    """Return what Terraform would plan for the same configuration with the name as it was."""
    found = copy.deepcopy(plan)
    for entry in found["resource_changes"]:
        body = entry["change"]
        if body["actions"] == ["create"]:
            body["gone"] = True
        body.update(actions=["no-op"], after=copy.deepcopy(body["before"]), after_unknown={})
        body.pop("replace_paths", None)
        entry.pop("action_reason", None)
    listed = found["resource_changes"]
    found["resource_changes"] = [e for e in listed if not e["change"].pop("gone", False)]
    for output in found.get("output_changes", {}).values():
        output.update(actions=["no-op"], after=output["before"], after_unknown=False)
    found["applyable"] = False
    back(found, TABLE)
    tfvars = found["variables"]["environments"]["value"]["production"]["dynamodb"]
    tfvars.update({k: "Lpas" for k, v in tfvars.items() if v == "Lpas-20240715"})
    return found


def back(plan: Document, address: str) -> None:
    """Let a table of the plan be the outgoing one."""
    old = json.loads(json.dumps(state(plan, address)).replace(NEW, OLD))
    state(plan, address).update(old)
    body = next(e for e in plan["resource_changes"] if e["address"] == address)["change"]
    body.update(before=old, after=old)


def judged(plan: Document, baseline: Document, intent: Intent = INTENT) -> Report:
    """Verify a plan with a baseline."""
    data = json.dumps(baseline, separators=(",", ":")).encode()
    return report(plan, replace(intent, baseline=BaselinePlan(read_plan(data), "made by the test")))


def change_in(plan: Document, address: str, **values: Any) -> None:
    """Let the baseline change some values of a resource in place."""
    entry = next(e for e in plan["resource_changes"] if e["address"] == address)
    body = entry["change"]
    body.update(actions=["update"], after={**body["after"], **values})
    plan["applyable"] = True
