"""A clock that only passes when somebody sleeps on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tfswap.aws.wait import Clock

NOON = datetime(2024, 7, 15, 12, 0, tzinfo=UTC)


@dataclass
class Hand:
    """Holds the hands of a ``Clock``."""

    start: datetime = NOON
    passed: float = 0.0
    sleeps: list[float] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        return Clock(self._now, lambda: self.passed, self._sleep)

    def _now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    def _sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.sleeps.append(seconds)
        self.passed += seconds
        assert len(self.sleeps) < 10_000, "a wait that never ends"
