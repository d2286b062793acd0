"""The journal's events about a guided run."""

from __future__ import annotations

from tfswap.guide.inputs import GuideInputs
from tfswap.journal.event import Event, Names


class GuideBegun(Event, frozen=True):
    """A guided run begins."""

    names: Names = ()
    environment: str = ""
    again: str = ""
    """The command to continue with."""
    inputs: GuideInputs = GuideInputs()


class GuideChanged(GuideBegun, frozen=True):
    """It is continued with other inputs."""


class GuideEnded(Event, frozen=True):
    """Every phase is done."""

    names: Names = ()


class _OfPhase(Event, frozen=True):
    phase: str = ""


class PhaseBegun(_OfPhase, frozen=True, tag="phase"):
    """A phase begins."""

    argv: Names = ()


class PhaseDone(_OfPhase, frozen=True):
    """It ended well."""


class PhaseNotNeeded(_OfPhase, frozen=True):
    """It had nothing to do."""


class PhaseSkipped(_OfPhase, frozen=True):
    """Somebody left it out."""


class PhaseFailed(_OfPhase, frozen=True):
    """It did not end well."""

    exit: int | None = None


class Confirmed(Event, frozen=True):
    """Somebody confirmed what only people can know."""

    item: str = ""
    by: str = ""
