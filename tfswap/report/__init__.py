"""Findings to text: ``render(report, Format.TEXT)``; pure."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tfswap.verify.report_data import Report


class Format(Enum):
    """How a report can be written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def render(report: Report, format: Format, *, width: int = 80, colour: bool = False) -> str:
    """Return the report as text, newline at the end.

    Args:
        report: From ``verify.verifier.verify``.
        format: Which form.
        width: Columns to wrap at; text only.
        colour: Whether to add ANSI colours; text only. Nothing is told by colour alone.
    """
    if format is Format.JSON:
        from tfswap.report.json import render_json

        return render_json(report)
    if format is Format.MARKDOWN:
        from tfswap.report.markdown import render_markdown

        return render_markdown(report)
    from tfswap.report.text import render_text

    return render_text(report, width=width, colour=colour)
