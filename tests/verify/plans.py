"""Recorded plans, taken apart so that tests can damage them, and the swap they belong to."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tfswap.names import Rename
from tfswap.plan.document import read_plan
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import Finding, Report
from tfswap.verify.verifier import verify

FOLDER = Path(__file__).parents[2] / "fixtures" / "plans"
OLD, NEW = "production-Lpas", "production-Lpas-20240715"
INTENT = Intent.from_renames([Rename(OLD, NEW)])
TABLE = "aws_dynamodb_table.lpas_table"
OTHER_TABLE = "aws_dynamodb_table.sessions_table"
PIPELINE = "aws_osis_pipeline.lpas_stream[0]"
BACKUP = "aws_backup_selection.main[0]"
PIPELINE_POLICY = "aws_iam_role_policy.opensearch_pipeline"
DOCUMENT = "data.aws_iam_policy_document.opensearch_pipeline"
APP = "module.eu_west_1[0].module.app"
TASK = f"{APP}.aws_ecs_task_definition.app"
SERVICE = f"{APP}.aws_ecs_service.app"
APP_POLICY = f"{APP}.aws_iam_role_policy.app_task_role"
EVENT = "module.eu_west_1[0].module.event_received.module.event_received"
FUNCTION = f"{EVENT}.aws_lambda_function.lambda_function"
SECURITY_GROUP = f"{APP}.aws_security_group.app_ecs_service"

Document = dict[str, Any]


@cache
def _text(case: str) -> str:
    return (FOLDER / case / "plan.json").read_text()


def load(case: str = "good") -> Document:
    """A recorded plan, one's own to damage."""
    document: Document = json.loads(_text(case))
    return document


def report(document: Document | str, intent: Intent = INTENT) -> Report:
    """Verify a plan given as a document or by its case."""
    if isinstance(document, str):
        return verify(read_plan(_text(document).encode()), intent)
    return verify(read_plan(json.dumps(document, separators=(",", ":")).encode()), intent)


def entry(document: Document, address: str) -> Document:
    """The resource change at an address."""
    found: Document = next(e for e in document["resource_changes"] if e["address"] == address)
    return found


def change(document: Document, address: str) -> Document:
    """Its actions, before, after and marks."""
    found: Document = entry(document, address)["change"]
    return found


def noop(document: Document, address: str, **values: Any) -> None:
    """Give an unchanged resource other values, before and after."""
    body = change(document, address)
    for side in ("before", "after"):
        body[side] = {**body[side], **copy.deepcopy(values)}


def state(document: Document, address: str) -> Document:
    """The values of a resource in the state before the plan."""
    found: Document = next(r for r in resources(document) if r["address"] == address)["values"]
    return found


def resources(document: Document) -> Iterator[Document]:
    """Everything in the state before the plan."""
    queue = [document["prior_state"]["values"]["root_module"]]
    while queue:
        module = queue.pop()
        yield from module.get("resources", [])
        queue += module.get("child_modules", [])


def add(document: Document, address: str, kind: str, actions: list[str], **body: Any) -> Document:
    """Append a resource change."""
    sides: Document = {"before": None, "after": None, "after_unknown": {}}
    name = address.split(".")[-1]
    added = {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name,
        "change": {"actions": actions, **sides, **body},
    }
    document["resource_changes"].append(added)
    return added


def rules(found: Report) -> set[str]:
    """Rules of the findings."""
    return {finding.rule for finding in found.findings}


def finding(found: Report, rule: str) -> Finding:
    """The first finding of a rule."""
    return next(one for one in found.findings if one.rule == rule)
