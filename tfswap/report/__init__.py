"""Findings to text: ``render(report, Format.TEXT)``; pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tfswap.verify.model.report_data import Report


class Format(Enum):
    """How a report can be written (docs/formats.md)."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"
    HTML = "html"


class HistoryFormat(Enum):
    """How a history can be written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def render(
    report: Report,
    format: Format,
    *,
    width: int = 80,
    colour: bool = False,
    full: bool = True,
) -> str:
    """Return the report as text, newline at the end.

    Args:
        report: From ``verify.verifier.verify``.
        format: Which form.
        width: Columns to wrap at; text only.
        colour: Whether to add ANSI colours; text only. Nothing is told by colour alone.
        full: Whether to list what is fine, too, and not only count it; text only.
    """
    return render_all((("", report),), format, width=width, colour=colour, full=full)


def render_all(
    reports: Sequence[tuple[str, Report]],
    format: Format,
    *,
    width: int = 80,
    colour: bool = False,
    full: bool = True,
) -> str:
    """Return the reports on several plans as one text, newline at the end.

    Args:
        reports: What each plan is called, such as its file's name or nothing, and what was found.
        format: Which form; SARIF gets a run a plan, JUnit a test suite, Markdown a heading.
        width: Columns to wrap at; text only.
        colour: As for ``render``.
        full: As for ``render``.
    """
    if format is Format.JSON:
        from tfswap.report.json import render_json

        return render_json(reports)
    if format is Format.MARKDOWN:
        from tfswap.report.markdown import render_markdown

        return render_markdown(reports)
    if format is Format.GITHUB:
        from tfswap.report.github import render_github

        return render_github(reports)
    if format is Format.SARIF:
        from tfswap.report.sarif import render_sarif

        return render_sarif(reports)
    if format is Format.JUNIT:
        from tfswap.report.junit import render_junit

        return render_junit(reports)
    if format is Format.HTML:
        from tfswap.report.html import render_html

        return render_html(reports)
    from tfswap.report.text import render_text

    texts = [
        (name, render_text(one, width=width, colour=colour, full=full)) for name, one in reports
    ]
    return "\n".join(f"{_heading(name)}{text}" for name, text in texts)


def _heading(name: str) -> str:
    from tfswap.report.sanitize import safe

    return f"{safe(name)}\n\n" if name else ""
