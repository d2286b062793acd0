"""Durations, ages, sizes and times as people read them; pure functions.

Ages are never negative: a clock that runs behind AWS's must not make a backup of the future.
"""

from __future__ import annotations

from datetime import UTC, datetime

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_BYTES = ("B", "kB", "MB", "GB", "TB")


def duration(seconds: float) -> str:
    """Return seconds as their two largest units: ``2 h 5 min``, ``45 s``, ``0 s``."""
    left = max(0, int(seconds))
    parts: list[tuple[int, str]] = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append((count, unit))
        if len(parts) == 2:
            break
    shown = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(shown) or "0 s"


def minutes(seconds: float) -> str:
    """Return seconds as minutes, and as people say them where that is shorter: ``540 min (9 h)``.

    Data lost is told this way, so that several choices can be compared at a glance.
    """
    text, whole = duration(seconds), max(0, int(seconds // 60))
    return f"{whole} min ({text})" if whole >= 60 else f"{whole} min"


def age(moment: datetime, now: datetime) -> float:
    """Return the seconds since a moment, at least 0."""
    return max(0.0, (now - moment).total_seconds())


def at(moment: datetime) -> str:
    """Return a moment in UTC to the minute: ``2024-07-14 05:00 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def size(count: int | None) -> str:
    """Return bytes in decimal units, as the console does: ``1.2 GB``; ``?`` when not known."""
    if count is None:
        return "?"
    value, unit = float(count), 0
    while value >= 999.95 and unit < len(_BYTES) - 1:
        value, unit = value / 1000, unit + 1
    return f"{count} B" if unit == 0 else f"{value:.1f} {_BYTES[unit]}"
