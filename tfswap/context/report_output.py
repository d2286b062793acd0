"""Where reports go: standard output in one format, and files in others (``--write``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tfswap.errors import UsageError
from tfswap.files import write_atomically
from tfswap.report import Format, render_all

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.verify.model.report_data import Report

_READABLE = 0o644
"""Reports are for other steps and users; the state's files are not."""


@dataclass(frozen=True)
class ReportOutput:
    """The formats a report is wanted in."""

    form: Format = Format.TEXT
    """What standard output gets."""
    writes: tuple[tuple[Format, Path], ...] = ()
    """Further formats, and the files they go to."""

    @property
    def shows_patches(self) -> bool:
        """Whether one of the formats shows each change as a patch."""
        return Format.JSON in (self.form, *(form for form, _ in self.writes))

    def rendered(self, console: Console, reports: Sequence[tuple[str, Report]]) -> str:
        """Return what standard output gets."""
        shown = render_all(reports, self.form, **console.style)
        return console.linked(shown) if self.form is Format.TEXT else shown

    def write_files(self, console: Console, reports: Sequence[tuple[str, Report]]) -> None:
        """Write the files, and say which.

        Raises:
            RepoError: A file cannot be written.
        """
        for form, path in self.writes:
            write_atomically(path, render_all(reports, form).encode(), _READABLE)
            console.say(f"wrote {path}")

    def show(self, console: Console, report: Report) -> None:
        """Show one report and write its files.

        Raises:
            RepoError: A file cannot be written.
        """
        console.out(self.rendered(console, [("", report)]))
        self.write_files(console, [("", report)])


TEXT_ONLY = ReportOutput()


def report_output(form: Format, writes: Sequence[str]) -> ReportOutput:
    """Take ``--format`` and ``--write sarif=tfswap.sarif`` apart.

    Raises:
        UsageError: There is no such format, no file, or no folder for it: better said now than
            once the plan is made.
    """
    return ReportOutput(form, tuple(map(_parse_write, writes)))


def _parse_write(text: str) -> tuple[Format, Path]:
    name, _, file = text.partition("=")
    known = {form.value: form for form in Format}
    if name not in known or not file:
        raise UsageError(
            f"--write {text!r} names no format and file.",
            hint=f"Write it as --write sarif=tfswap.sarif; formats: {', '.join(known)}.",
        )
    path = Path(file)
    if not path.parent.is_dir():
        raise UsageError(
            f"--write {text!r}: there is no folder {path.parent}.",
            hint=f"mkdir -p {path.parent}, then run the command again.",
        )
    return known[name], path
