"""What a check says: one line, how bad it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tfswap.errors import ExitCode


class Level(StrEnum):
    """How bad."""

    OK = "ok"
    WARNING = "warning"
    """Needs attention, or is not known; stops nothing."""
    STOP = "stop"
    """The swap would fail, or harm something."""


@dataclass(frozen=True)
class CheckResult:
    """One thing that was looked at."""

    level: Level
    text: str
    hint: str = ""
    """The next thing to do; empty where nothing is."""
    ends: ExitCode = ExitCode.USAGE
    """How a command ends that is stopped by it."""

    @property
    def is_ok(self) -> bool:
        """Whether it is as it should be."""
        return self.level is Level.OK


def ok(text: str) -> CheckResult:
    """Return a line about what is as it should be."""
    return CheckResult(Level.OK, text)


def warning(text: str, hint: str = "") -> CheckResult:
    """Return a line about what needs attention, or is not known."""
    return CheckResult(Level.WARNING, text, hint)


def stop(text: str, hint: str, ends: ExitCode = ExitCode.USAGE) -> CheckResult:
    """Return a line about what is in the way; the hint says how to clear it."""
    return CheckResult(Level.STOP, text, hint, ends)


def judged(good: bool | None, text: str, hint: str = "") -> CheckResult:
    """Return a line that stops unless it is good; None is not known, which stops as well."""
    if good:
        return ok(text)
    return stop(text, hint, ExitCode.CANNOT_TELL if good is None else ExitCode.REJECTED)
