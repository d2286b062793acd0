"""How far a night has come, read from the journal.

Only what was done since the night began counts, and nothing that was rolled back. Phases that only
read (doctor, compare, verify) are done anew each time: what they saw may be old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tfswap.night.phase import Night, Phase

BEGUN, DONE, CHECKED, ENDED = "night-begun", "phase-done", "checked", "night-ended"
_UNDONE = frozenset({"rolled-back"})


def begun(night: Night, entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]] | None:
    """Return what the journal holds of this night, oldest first; None when it is a new one."""
    mine: list[Mapping[str, Any]] | None = None
    for entry in entries:
        event = entry.get("event")
        if event == BEGUN:
            mine = [entry] if _same(night, entry) else None
        elif event == ENDED:
            mine = None
        elif mine is not None:
            # What was rolled back is to be done again; what people answered still holds.
            keep = [each for each in mine if each.get("event") in (BEGUN, CHECKED)]
            mine = keep if event in _UNDONE else [*mine, entry]
    return mine


def _same(night: Night, entry: Mapping[str, Any]) -> bool:
    names, environment = entry.get("names"), entry.get("environment")
    return names == list(night.names) and environment == night.environment


def done(phases: Sequence[Phase], entries: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the names of the phases that need not be run again.

    A phase whose event stands in the journal ends those before it as well: whoever has pushed the
    state by hand has no use for a second ``prepare``, and after the apply a pipeline to stop would
    be the new one.
    """
    seen = list(entries)
    events = {str(entry.get("event")) for entry in seen}
    marked = {entry.get("phase") for entry in seen if entry.get("event") == DONE}
    furthest = -1
    for number, phase in enumerate(phases):
        if phase.events and (phase.name in marked or events & set(phase.events) - _SHARED):
            furthest = number
    finished = {phase.name for phase in phases[: furthest + 1]}
    return frozenset(finished | {p.name for p in phases if p.foreign and p.name in marked})


_SHARED = frozenset({"restored"})
"""Events that several phases share: only the phase's own mark tells them apart."""
