"""Which phases of a guided run need not be run again.

Phases that only read (doctor, compare, verify) are run again each time, until what comes after them
is done: what they saw may be old.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from tfswap.guide.model import Phase


def done_phases(
    phases: Sequence[Phase],
    kinds: Collection[str],
    marked: Collection[str],
    skip: Collection[str] = (),
) -> frozenset[str]:
    """Return the names of the phases that need not be run again; those left out count as none.

    A state that is written ends every phase before it: whoever wrote it by hand has no use for a
    second ``prepare``, and after the apply a pipeline to stop would be the new one. Before that
    each phase stands for itself: a branch prepared by hand stops no pipeline and restores no table.

    Args:
        phases: The run's, in order.
        kinds: Kinds of journal events that came since it began, and still hold.
        marked: Phases that ended well.
        skip: Phases to leave out.
    """
    own = [
        bool(phase.events and (phase.name in marked or set(kinds) & (set(phase.events) - _SHARED)))
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
