"""How far a night has come, read from the journal.

Only what was done since the night began counts, and nothing that was undone. Phases that only read
(doctor, compare, verify) are done anew each time, until what comes after them is done: what they
saw may be old.

A rollback undoes branch, tfvars and state; a restored table stays restored. Pipeline and
maintenance mode may have been set back by then, so they are offered again: doing either twice harms
nothing. A rollback after an apply is a swap of its own, the other way round: it ends the night.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from tfswap.guide.model import GuidedRun, Phase

Entry = Mapping[str, Any]
BEGUN, TOLD, DONE = "night-begun", "night-told", "phase-done"
CHECKED, ENDED = "checked", "night-ended"
_UNDONE = "rolled-back"
_ENDS = frozenset({ENDED, "rollback-by-swap"})
_ASKED_AGAIN = frozenset({"maintenance", "freeze"})
"""What people may have ended once the swap was rolled back."""


def begun(guided_run: GuidedRun, entries: Iterable[Entry]) -> list[Entry] | None:
    """Return what the journal holds of this night, oldest first; None when it is a new one."""
    mine: list[Entry] | None = None
    for entry in entries:
        event = entry.get("event")
        if event == BEGUN:
            mine = [entry] if _same(guided_run.names, guided_run.environment, entry) else None
        elif event in _ENDS:
            mine = None
        elif mine is not None:
            mine = [*_left(mine, entry), entry]
    return mine


def _left(before: Sequence[Entry], entry: Entry) -> list[Entry]:
    """Return what still holds of what was done before, after this entry."""
    if entry.get("event") == _UNDONE:
        return [each for each in before if _stays(each)]
    if entry.get("event") == "pipeline-started":
        return [
            each
            for each in before
            if each.get("event") != "pipeline-stopped"
            and (each.get("event"), each.get("phase")) != (DONE, "pipeline")
        ]
    return list(before)


def _stays(entry: Entry) -> bool:
    """Whether a rollback leaves this as it is."""
    event = entry.get("event")
    if event == CHECKED:
        return entry.get("item") not in _ASKED_AGAIN
    if event == DONE:
        return str(entry.get("phase")).startswith("restore ")
    return event in (BEGUN, TOLD, "restored")


def under_way(
    names: Sequence[str] | None, environment: str | None, entries: Iterable[Entry]
) -> Entry | None:
    """Return the entry that holds what a night under way was told; None where there is none.

    Args:
        names: The restored tables; None for those of any night.
        environment: None for any.
        entries: The journal.
    """
    last: Entry | None = None
    for entry in entries:
        event = entry.get("event")
        if event in (BEGUN, TOLD):
            last = entry
        elif event in _ENDS:
            last = None
    return last if last is not None and _same(names, environment, last) else None


def open_run(entries: Iterable[Entry]) -> list[Entry]:
    """Return the journal of the night that is under way, oldest first; empty where none is.

    One that was rolled back is none: whether it goes on is for people to say. The first entry holds
    the command to go on with (``again``) as it was said last.
    """
    mine: list[Entry] = []
    for entry in entries:
        event = entry.get("event")
        if event == BEGUN:
            mine = [entry]
        elif event in _ENDS or event == _UNDONE:
            mine = []
        elif mine:
            if event == TOLD:
                mine[0] = {**mine[0], "again": entry.get("again")}
            mine.append(entry)
    return mine


def way_back(entries: Iterable[Entry]) -> bool:
    """Whether a rollback after an apply was begun, and neither landed nor given up."""
    found = False
    for entry in entries:
        if entry.get("event") == "rollback-by-swap":
            found = True
        elif entry.get("event") in ("finished", _UNDONE):
            found = False
    return found


def nothing_to_apply(entries: Iterable[Entry]) -> bool:
    """Whether the last plan that was verified found everything applied already."""
    found = False
    for entry in entries:
        if entry.get("event") == "verified":
            found = entry.get("verdict") == "applied"
        elif entry.get("event") in ("prepared", "pushed", _UNDONE):
            found = False
    return found


def pipeline_left(entries: Iterable[Entry]) -> tuple[str, str]:
    """Return the pipeline that was stopped and neither started nor made anew since, and where.

    Returns:
        Its name and the environment; empty where there is none, or the environment is not known.
    """
    name = environment = ""
    for entry in entries:
        event = entry.get("event")
        if event == BEGUN:
            environment = str(entry.get("environment") or "")
        elif event == "pipeline-stopped":
            name = str(entry.get("pipeline") or "")
        elif event in ("pipeline-started", "applied"):
            name = ""
    return (name, environment) if name else ("", "")


def _same(names: Sequence[str] | None, environment: str | None, entry: Entry) -> bool:
    """Whether an entry tells of a night about these names in this environment."""
    return (names is None or entry.get("names") == list(names)) and (
        environment is None or entry.get("environment") == environment
    )


def done(
    phases: Sequence[Phase], entries: Iterable[Entry], skip: Collection[str] = ()
) -> frozenset[str]:
    """Return the names of the phases that need not be run again; those left out count as none.

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
    acted = {
        phase.name
        for number, (phase, did) in enumerate(zip(phases, own, strict=True))
        if (phase.name in marked if phase.foreign else did or number <= written)
    }
    return frozenset(
        phase.name
        for number, phase in enumerate(phases)
        if phase.name in acted
        or (phase.only_reads and {phase.ahead_of, _next(phases[number:], skip)} & acted)
    )


def _next(phases: Sequence[Phase], skip: Collection[str]) -> str:
    """Return the name of the first phase that does more than read; empty where none does."""
    acting = (each.name for each in phases if not each.only_reads and each.name not in skip)
    return next(acting, "")


def _last(those: Iterable[bool]) -> int:
    """Return the place of the last that is true; -1 where none is."""
    return max((number for number, is_so in enumerate(those) if is_so), default=-1)


_SHARED = frozenset({"restored"})
"""Events that several phases share: only the phase's own mark tells them apart."""
_WRITES = frozenset({"pushed", "applied", "finished"})
"""Events after which nothing before them is to be done again."""
