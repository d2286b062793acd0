"""An examination as text or JSON; pure."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tfswap.doctor.checks import Examination
from tfswap.doctor.result import CheckResult, Level
from tfswap.report.documents import DoctorDocument, DoctorLine, render_document
from tfswap.report.wrap import wrap, wrap_labelled

_COLOURS = {Level.OK: "\x1b[32m", Level.WARNING: "\x1b[33m", Level.STOP: "\x1b[31m"}
_LABELS = {Level.OK: "ok", Level.WARNING: "warning", Level.STOP: "blocker"}
_NAMES = 19
"""Columns of the longest check's name and two spaces."""
_LEVELS = 9


class Form(StrEnum):
    """How it is shown."""

    TEXT = "text"
    JSON = "json"


def as_json(examination: Examination, heading: dict[str, str], code: int) -> str:
    """Return the examination as indented JSON."""
    lines = [
        DoctorLine(name, line.level.value, line.text, line.hint) for name, line in examination.lines
    ]
    return render_document(DoctorDocument(exit_code=code, lines=lines, **heading))


def as_text(examination: Examination, *, width: int, colour: bool) -> str:
    """Return the examination line by line, and the sum."""
    shown: list[str] = []
    last = ""
    for name, line in examination.lines:
        shown += _line("" if name == last else name, line, width, colour=colour)
        last = name
    return "\n".join([*shown, "", _sum(examination)])


def _line(name: str, line: CheckResult, width: int, *, colour: bool) -> Iterator[str]:
    label = _LABELS[line.level]
    first = f"{label:<{_LEVELS}}{name:<{_NAMES}}"
    rest = " " * len(first)
    lines = wrap(line.text, width, first, rest)
    if line.hint:
        lines += wrap_labelled(f"{rest}-> ", line.hint, width)
    if colour:
        lines[0] = f"{_COLOURS[line.level]}{label:<{_LEVELS}}\x1b[0m{lines[0][_LEVELS:]}"
    yield from lines


def _sum(examination: Examination) -> str:
    def counted(level: Level, one: str, many: str) -> str:
        number = examination.count(level)
        return f"{number} {one if number == 1 else many}"

    return ", ".join(
        (
            counted(Level.STOP, "blocker", "blockers"),
            counted(Level.WARNING, "warning", "warnings"),
            f"{examination.count(Level.OK)} ok",
        )
    )
