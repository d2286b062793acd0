"""A report as JSON, for machines: every field of ``verify.model.report_data.Report``, versioned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from tfswap.verify.model.report_data import Report

VERSION = 1
"""Raised when a field changes its meaning or goes; new fields may come without."""


def render_json(reports: Sequence[tuple[str, Report]]) -> str:
    """Return the report as indented JSON: ``version``, ``exit_code``, then the report's fields.

    Args:
        reports: Names and reports. Several become ``{"version": 1, "reports": [...]}``, each as one
            alone would be, with its ``name``.
    """
    documents = [_document(report) for _, report in reports]
    whole = documents[0] if len(documents) == 1 else _several(reports, documents)
    # ASCII only: a terminal that shows the file must not act on what a plan's values hold.
    return json.dumps(whole, indent=2) + "\n"


def _document(report: Report) -> dict[str, Any]:
    return {
        "version": VERSION,
        "exit_code": int(report.verdict.exit_code),
        **msgspec.to_builtins(report),
    }


def _several(
    reports: Sequence[tuple[str, Report]], documents: list[dict[str, Any]]
) -> dict[str, Any]:
    named = [{"name": name, **body} for (name, _), body in zip(reports, documents, strict=True)]
    return {"version": VERSION, "reports": named}
