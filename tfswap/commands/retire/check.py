"""One line of what speaks for or against deleting an outgoing table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SafetyCheck:
    """One line of the case."""

    good: bool | None
    """None: not to be known, which stops as a no does."""
    text: str
    hint: str = ""
