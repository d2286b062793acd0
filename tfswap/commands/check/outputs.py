"""Where a check's reports go: standard output, files, and what a CI runner reads.

GitHub's runner names two files in the environment (docs.github.com, "Workflow commands"): what is
added to ``GITHUB_STEP_SUMMARY`` is shown as Markdown, ``name=value`` lines in ``GITHUB_OUTPUT`` are
the step's outputs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from tfswap.console import Console
from tfswap.console.standard_error import without_commands
from tfswap.context.report_output import ReportOutput
from tfswap.files import inside
from tfswap.report import Format, render_all
from tfswap.review.facts import TableEdit
from tfswap.verify.model.report_data import Report


def write_reports(
    console: Console,
    reports: Sequence[tuple[str, Report]],
    tables: Sequence[TableEdit],
    output: ReportOutput,
) -> None:
    """Show the reports and hand them on.

    Args:
        console: Where they are shown.
        reports: From ``review.pull_request.judge``; the first decides.
        tables: The swapped tables, for the runner.
        output: How they are shown, and which files get them.

    Raises:
        RepoError: A file cannot be written.
    """
    shown = output.rendered(console, reports)
    console.out(_harmless(shown.rstrip("\n"), output.form))
    output.write_files(console, reports)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        _append(summary, render_all(reports, Format.MARKDOWN))
    if values := os.environ.get("GITHUB_OUTPUT"):
        _append(values, _outputs(reports[0][1], tables))


def _harmless(shown: str, form: Format) -> str:
    """Return a report that makes the runner do nothing but what ``github`` means it to."""
    if form in (Format.JSON, Format.SARIF):
        return shown.replace("##[", "#\\u0023[")
    return shown if form is Format.GITHUB else without_commands(shown)


def _outputs(report: Report, tables: Sequence[TableEdit]) -> str:
    """Return the step's outputs; no value holds a line's end, JSON writes it otherwise."""
    swaps = [
        {
            "environment": table.environment,
            "address": table.address,
            "old": table.old_name,
            "new": table.new_name,
        }
        for table in tables
    ]
    values = {
        "verdict": report.verdict.value,
        "state": report.pull.value if report.pull else "",
        "swaps": json.dumps(swaps),
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _append(path: str, text: str) -> None:
    with inside(Path(path)).open("a", encoding="utf-8") as file:
        file.write(text)
