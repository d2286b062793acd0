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

from tfswap.console import Console, without_commands
from tfswap.errors import UsageError
from tfswap.files import write_atomically
from tfswap.report import Format, render_all
from tfswap.review.facts import TableEdit
from tfswap.verify.model.report_data import Report

_READABLE = 0o644
"""Reports are for other steps and users; the state's files are not."""


def write_reports(
    console: Console,
    reports: Sequence[tuple[str, Report]],
    tables: Sequence[TableEdit],
    form: Format,
    writes: Sequence[tuple[Format, Path]],
) -> None:
    """Show the reports and hand them on.

    Args:
        console: Where they are shown.
        reports: From ``review.pull_request.judge``; the first decides.
        tables: The swapped tables, for the runner.
        form: How they are shown.
        writes: Further forms, and the files they go to.

    Raises:
        RepoError: A file cannot be written.
    """
    shown = render_all(reports, form, **console.style)
    console.out(_harmless(shown.rstrip("\n"), form))
    for other, path in writes:
        write_atomically(path, render_all(reports, other).encode(), _READABLE)
        console.say(f"wrote {path}")
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        _append(summary, render_all(reports, Format.MARKDOWN))
    if output := os.environ.get("GITHUB_OUTPUT"):
        _append(output, _outputs(reports[0][1], tables))


def _harmless(shown: str, form: Format) -> str:
    """Return a report that makes the runner do nothing but what ``github`` means it to."""
    if form in (Format.JSON, Format.SARIF):
        return shown.replace("##[", "#\\u0023[")
    return shown if form is Format.GITHUB else without_commands(shown)


def parse_writes(texts: Sequence[str]) -> tuple[tuple[Format, Path], ...]:
    """Take ``sarif=tfswap.sarif`` apart.

    Raises:
        UsageError: There is no such format, or no file.
    """
    return tuple(map(_parse_write, texts))


def _parse_write(text: str) -> tuple[Format, Path]:
    name, _, file = text.partition("=")
    known = {form.value: form for form in Format}
    if name in known and file:
        return known[name], Path(file)
    raise UsageError(
        f"--write {text!r} names no format and file.",
        hint=f"Write it as --write sarif=tfswap.sarif; formats: {', '.join(known)}.",
    )


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
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text)
