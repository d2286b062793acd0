"""Where in the repository a finding's resource stands, as far as the swap knows its consumers."""

from __future__ import annotations

import msgspec

from tfswap.plan.address import strip_keys
from tfswap.verify.model.intent import Intent, TableIntent
from tfswap.verify.model.report_data import Finding

_TFVARS = ("TFS206", "TFS207")
"""Rules about the name in the tfvars."""


def located(finding: Finding, intent: Intent) -> Finding:
    """Return the finding with file and line, where they are known."""
    place = intent.locations.get(strip_keys(finding.address)) if finding.address else None
    if finding.rule in _TFVARS:
        place = next((t.place for t in intent.tables if _about(finding, t)), None)
    return msgspec.structs.replace(finding, location=place) if place else finding


def _about(finding: Finding, table: TableIntent) -> bool:
    return finding.evidence == table.variable or finding.address == table.address
