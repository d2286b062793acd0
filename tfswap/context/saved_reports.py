"""The last report of each verdict, kept beside the plan for the pull request's body.

``.tfswap/report-<verdict>.json`` holds the report and the sha256 of the plan file it is about:
what belongs to another plan is not told. Reports hold nothing a plan marks sensitive.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from tfswap.files import write_atomically
from tfswap.swap_directory import SwapDirectory
from tfswap.verify.model.report_data import Report, Verdict


class SavedReport(msgspec.Struct, frozen=True):
    """A report and its plan."""

    plan_sha256: str
    report: Report


def save_report(directory: SwapDirectory, plan_sha256: str, report: Report) -> None:
    """Keep a report; the one of the same verdict before it goes."""
    kept = SavedReport(plan_sha256, report)
    write_atomically(_path(directory, report.verdict), msgspec.json.encode(kept), 0o600)


def saved_report(directory: SwapDirectory, verdict: Verdict, plan_sha256: str) -> Report | None:
    """Return the report of a verdict on a plan; None where none is kept, or it cannot be read."""
    try:
        kept = msgspec.json.decode(_path(directory, verdict).read_bytes(), type=SavedReport)
    except (OSError, msgspec.DecodeError, ValueError):
        return None
    return kept.report if kept.plan_sha256 == plan_sha256 else None


def _path(directory: SwapDirectory, verdict: Verdict) -> Path:
    return directory.folder / f"report-{verdict.value.replace(' ', '-')}.json"
