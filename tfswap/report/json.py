"""A report as JSON, for machines: every field of ``verify.report_data.Report``, versioned."""

from __future__ import annotations

import json

import msgspec

from tfswap.verify.report_data import Report

VERSION = 1
"""Raised when a field changes its meaning or goes; new fields may come without."""


def render_json(report: Report) -> str:
    """Return the report as indented JSON: ``version``, ``exit_code``, then the report's fields."""
    document = {
        "version": VERSION,
        "exit_code": int(report.verdict.exit_code),
        **msgspec.to_builtins(report),
    }
    # ASCII only: a terminal that shows the file must not act on what a plan's values hold.
    return json.dumps(document, indent=2) + "\n"
