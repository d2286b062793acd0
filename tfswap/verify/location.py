"""Where in the repository a finding's resource stands, as far as the swap knows its consumers."""

from __future__ import annotations

import msgspec

from tfswap.plan.address import strip_keys
from tfswap.verify.intent import Intent
from tfswap.verify.report_data import Finding


def located(finding: Finding, intent: Intent) -> Finding:
    """Return the finding with file and line, where they are known."""
    place = intent.locations.get(strip_keys(finding.address)) if finding.address else None
    return msgspec.structs.replace(finding, location=place) if place else finding
