"""The journal in tests: an event by its word on disk, and what a file holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tfswap.journal.events import Event, event_of
from tfswap.journal.writer import Journal


def event(word: str, **facts: Any) -> Event:
    """Return the event that a line with these facts tells of."""
    return event_of({"event": word, **facts})


def entries(path: Path) -> list[dict[str, Any]]:
    """Return the facts of a journal's events, oldest first."""
    return [msgspec.to_builtins(each) for each in Journal(path).read().events]
