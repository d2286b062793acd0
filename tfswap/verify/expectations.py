"""The runbook's "Things to check for", line by line, each with its evidence.

A line for which the plan has nothing says so, with what was looked for: silence is no pass.
"""

from __future__ import annotations

from tfswap.verify.expect_policies import policies
from tfswap.verify.expect_references import references
from tfswap.verify.expect_services import backup, environment, functions, services, tasks
from tfswap.verify.expect_table import pipelines, protections, tags
from tfswap.verify.report_data import ChecklistItem
from tfswap.verify.rules.registry import Case


def checklist(case: Case) -> tuple[ChecklistItem, ...]:
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
