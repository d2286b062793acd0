"""A report as JSON, for machines: every field of ``verify.report_data.Report``, versioned."""

from __future__ import annotations

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
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
