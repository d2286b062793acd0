"""The runbook's "Things to check for", line by line, each with its evidence.

A line for which the plan has nothing says so, with what was looked for: silence is no pass.
"""

from __future__ import annotations

from tfswap.verify.checklist.policies import policies
from tfswap.verify.checklist.references import references
from tfswap.verify.checklist.services import backup, environment, functions, services, tasks
from tfswap.verify.checklist.table import pipelines, protections, tags
from tfswap.verify.model.report_data import ChecklistItem
from tfswap.verify.rules.registry import RuleInput


def checklist(case: RuleInput) -> tuple[ChecklistItem, ...]:
    """Return the checklist in the runbook's order."""
    return (
        *policies(case),
        environment(case),
        backup(case),
        tags(case),
        *protections(case),
        pipelines(case),
        tasks(case),
        services(case),
        functions(case),
        references(case),
    )
