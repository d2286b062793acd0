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


def open_night(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the journal of the night that is under way, oldest first; empty where none is.

    One that was rolled back is none: whether it goes on is for people to say.
    """
    mine: list[Mapping[str, Any]] = []
    for entry in entries:
        event = entry.get("event")
        if event == BEGUN:
            mine = [entry]
        elif event == ENDED or event in _UNDONE:
            mine = []
        elif mine:
            mine.append(entry)
    return mine


def _same(night: Night, entry: Mapping[str, Any]) -> bool:
    names, environment = entry.get("names"), entry.get("environment")
    return names == list(night.names) and environment == night.environment


def done(phases: Sequence[Phase], entries: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the names of the phases that need not be run again.

    A state that is written ends every phase before it: whoever wrote it by hand has no use for a
    second ``prepare``, and after the apply a pipeline to stop would be the new one. Before that
    each phase stands for itself: a branch prepared by hand stops no pipeline and restores no table.
    """
    seen = list(entries)
    events = {str(entry.get("event")) for entry in seen}
    marked = {entry.get("phase") for entry in seen if entry.get("event") == DONE}
    own = [
        bool(phase.events and (phase.name in marked or events & (set(phase.events) - _SHARED)))
        for phase in phases
    ]
    written = _last(
        did and bool(set(phase.events) & _WRITES) for did, phase in zip(own, phases, strict=True)
    )
    anything = _last(own)
    return frozenset(
        phase.name
        for number, (phase, did) in enumerate(zip(phases, own, strict=True))
        if (phase.name in marked if phase.foreign else did)
        or (number <= written and not phase.foreign)
        or (number <= anything and not phase.events and not phase.foreign)
    )


def _last(those: Iterable[bool]) -> int:
    """Return the place of the last that is true; -1 where none is."""
    return max((number for number, is_so in enumerate(those) if is_so), default=-1)


_SHARED = frozenset({"restored"})
"""Events that several phases share: only the phase's own mark tells them apart."""
_WRITES = frozenset({"pushed", "applied", "finished"})
"""Events after which nothing before them is to be done again."""
