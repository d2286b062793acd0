"""The last report of each verdict, kept beside the plan for the pull request's body.

``.tfswap/report-<verdict>.json`` holds the report and the sha256 of the plan file it is about:
what belongs to another plan is not told. Reports hold nothing a plan marks sensitive.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from tfswap.files import write_atomically
from tfswap.home import Home
from tfswap.verify.report_data import Report, Verdict


class Kept(msgspec.Struct, frozen=True):
    """A report and its plan."""

    plan_sha256: str
    report: Report


def keep_report(home: Home, plan_sha256: str, report: Report) -> None:
    """Keep a report; the one of the same verdict before it goes."""
    kept = Kept(plan_sha256, report)
    write_atomically(_path(home, report.verdict), msgspec.json.encode(kept), 0o600)


def kept_report(home: Home, verdict: Verdict, plan_sha256: str) -> Report | None:
    """Return the report of a verdict on a plan; None where none is kept, or it cannot be read."""
    try:
        kept = msgspec.json.decode(_path(home, verdict).read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError, ValueError):
        return None
    return kept.report if kept.plan_sha256 == plan_sha256 else None


def _path(home: Home, verdict: Verdict) -> Path:
    return home.folder / f"report-{verdict.value.replace(' ', '-')}.json"
