"""A report as one HTML file to read together on a shared screen, and to keep with the incident.

Self-contained: no network, no font, no script from elsewhere (the page's own Content-Security-
Policy forbids it). Light and dark, printable, usable with the keyboard alone, complete without
JavaScript. Every text of the plan is escaped; nothing a plan marks sensitive is in a ``Report``.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from tfswap.report.html.markup import SYMBOLS, text
from tfswap.report.html.sections import sections
from tfswap.verify.model.report_data import Report


def render_html(reports: Sequence[tuple[str, Report]]) -> str:
    """Return one page with a section a report.

    Args:
        reports: What each plan is called, such as its file's name or nothing, and what was found.
    """
    return "\n".join(_page(reports)) + "\n"


def _page(reports: Sequence[tuple[str, Report]]) -> Iterator[str]:
    style, script = _asset("page.css"), _asset("page.js")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield '<head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield '<meta name="robots" content="noindex">'
    yield f"<title>{text(_title(reports))}</title>"
    yield f"<style>{style}</style></head>"
    yield '<body><a class="skip" href="#report-1">Skip to the verdict</a>'
    yield "<main>"
    for number, (name, report) in enumerate(reports, 1):
        yield from sections(number, name, report)
    yield f"</main><script>{script}</script></body></html>"


def _title(reports: Sequence[tuple[str, Report]]) -> str:
    verdicts = dict.fromkeys(report.verdict for _, report in reports)
    words = ", ".join(f"{SYMBOLS[verdict]} {verdict.value}" for verdict in verdicts)
    tables = dict.fromkeys(table.new for _, report in reports for table in report.tables)
    return f"tfswap: {words}" + (f" · {', '.join(tables)}" if tables else "")


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
